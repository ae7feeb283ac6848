# SPDX-License-Identifier: Apache-2.0
"""REST: the handlers behind the table of operations."""

from collections.abc import Iterator
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from open63110.bindings.web import intake
from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.bulk import Bulk
from open63110.bindings.web.commands import DEFAULT_WAIT, Commands, Patience, RawCallBody, path_of
from open63110.bindings.web.curve import Curve, curve, readings_of, rows_of
from open63110.bindings.web.deletions import Deletions
from open63110.bindings.web.dso import Grid
from open63110.bindings.web.errors import body_of_order, status_of_order
from open63110.bindings.web.export import as_csv, as_json, file
from open63110.bindings.web.faults import Faults
from open63110.bindings.web.firmware import FirmwareContent
from open63110.bindings.web.listings import BY_PLURAL, LISTINGS, Listing
from open63110.bindings.web.log_content import LogContent
from open63110.bindings.web.operations import API, JsonResponse, Operation, Parameter
from open63110.bindings.web.people import People
from open63110.bindings.web.places import Places
from open63110.bindings.web.queries import (
    STATION_FILTERS,
    Queries,
    filters_of,
    limit_of,
    number_of,
    shown_fact,
)
from open63110.bindings.web.series import StreamSeries
from open63110.bindings.web.shapes import Replayed, show
from open63110.bindings.web.site_power import SitePowers
from open63110.bindings.web.stream import Stream
from open63110.bindings.web.tariff_history import TariffHistory
from open63110.bindings.web.to_many import ToMany
from open63110.kernel.errors import Malformed, Refused
from open63110.kernel.ids import TransferNumber
from open63110.kernel.usecase import Door
from open63110.model.order import OPEN, Order, Outcome
from open63110.model.reading import Reading
from open63110.model.station import Station
from open63110.ports import StoredFact
from open63110.runtime.node import Node
from open63110.runtime.orders import Asked
from open63110.runtime.permissions import PERSONAL
from open63110.runtime.principals import Principals, durable

PAGED = (
    Parameter(name="limit", type=int, about="At most so many, 1 to 1000; 100 if not said."),
    Parameter(name="offset", type=int, about="Where this page begins: `next` of the one before."),
    Parameter(name="order", about="Column to sort by; a leading minus sorts downwards."),
)
LIMIT = PAGED[:1]
WAITING = (
    Parameter(name="deadline", type=float, about="After so many seconds the order is not carried out any more."),
    Parameter(name="wait", type=float, about=f"How long to wait for the outcome [s]; {DEFAULT_WAIT:g} if not said, at most 120."),
)
READERS_WORDS = "viewer, operator, admin"
MOST_READINGS = 50_000


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """A raw frame, for the description."""

    at: str
    sent: bool
    """By us."""
    text: str


class Rest:
    """Every operation of REST."""

    def __init__(
        self, node: Node, access: Access, commands: Commands, queries: Queries, stream: Stream, principals: Principals
    ) -> None:
        """Put the table together."""
        self._node, self._access, self._commands, self._queries = node, access, commands, queries
        self._stream, self._principals = stream, principals
        self.places = Places(node, access, commands, queries, self.answered)
        self.operations: tuple[Operation, ...] = tuple(self._all())

    def _all(self) -> Iterator[Operation]:
        yield from self._of_stations()
        yield from self._of_lists()
        yield from self._of_facts()
        yield from People(self._access, self._principals).operations()
        yield from Bulk(self._node, self._access).operations()
        yield from FirmwareContent(self._node, self._access).operations()
        yield from self.places.operations()
        for part in (LogContent, SitePowers, StreamSeries, Faults, Grid, TariffHistory, Deletions):
            yield from part(self._node, self._access, self._queries).operations()
        yield from ToMany(self._node, self._access, self._commands).operations()
        for case in self._node.engine.table.cases:
            for door in case.doors:
                yield self._of_door(door, f"{_sentence(door.command.__doc__ or case.title)} ({case.clause})")
        yield self._raw_call()

    # -- commands --

    def _of_door(self, door: Door, summary: str) -> Operation:
        async def handler(request: Request, caller: Caller) -> Response:
            patience = Patience.of(dict(request.query_params))
            station = request.path_params.get("station", "")
            with self._commands.audited(caller, door, station):
                self._commands.demand(caller, door, station)
                body = intake.read(await request.body(), intake.body_of(door.command))
                asked = await self._commands.ask(caller, door, station, body, patience)
            return self.answered(caller, asked)

        return Operation(
            id=door.command.__name__,
            method="POST",
            path=path_of(door),
            summary=summary,
            tag="commands",
            roles=", ".join(sorted({*door.roles, "admin"})),
            handler=handler,
            body=intake.body_of(door.command),
            answer=Order,
            parameters=WAITING,
            order=True,
        )

    def _raw_call(self) -> Operation:
        async def handler(request: Request, caller: Caller) -> Response:
            patience = Patience.of(dict(request.query_params))
            body = intake.read(await request.body(), RawCallBody)
            asked = await self._commands.call_raw(caller, request.path_params["station"], body, patience)
            return self.answered(caller, asked)

        return Operation(
            id="RawCall",
            method="POST",
            path="stations/{station}/ocpp",
            summary="Send any call of OCPP word by word, checked against the schema of the station's version",
            tag="commands",
            roles="admin",
            handler=handler,
            body=RawCallBody,
            answer=Order,
            parameters=WAITING,
            order=True,
        )

    def answered(self, caller: Caller, asked: Asked) -> Response:
        """Say what became of an order."""
        order, shown = asked.order, self._commands.shown(caller, asked)
        status = status_of_order(order)
        if order.outcome in OPEN:
            return JsonResponse(shown, status, headers={"Location": f"{API}/orders/{order.id}"})
        if order.outcome is Outcome.ACCEPTED:
            return JsonResponse(shown, status)
        return JsonResponse({**body_of_order(order), "order": shown}, status)

    # -- stations --

    def _of_stations(self) -> Iterator[Operation]:
        filters = tuple(Parameter(name=name) for name in STATION_FILTERS)
        yield _get(
            "listStations",
            "stations",
            "Stations as they are now",
            self._stations,
            Station,
            many=True,
            parameters=filters + PAGED[:2],
        )
        yield _get("getStation", "stations/{station}", "One station with its open sessions", self._station, Station)
        yield _get(
            "listFrames",
            "stations/{station}/frames",
            "The newest raw frames of a station, newest first",
            self._frames,
            Frame,
            many=True,
            parameters=LIMIT,
            roles="operator, admin",
        )
        yield _get(
            "listStationFacts",
            "stations/{station}/facts",
            "The journal of one station",
            self._facts,
            StoredFact,
            many=True,
            parameters=_FACTS,
        )

    async def _stations(self, request: Request, caller: Caller) -> Response:
        said = dict(request.query_params)
        found, limit, offset = self._queries.stations(caller, said), limit_of(said), number_of(said, "offset", 0)
        seer, page = self._access.seer(caller), found[offset : offset + limit]
        following = str(offset + limit) if offset + limit < len(found) else None
        return JsonResponse({"items": [show(one, seer) for one in page], "next": following, "total": len(found)})

    async def _station(self, request: Request, caller: Caller) -> Response:
        station = self._queries.station(caller, request.path_params["station"])
        shown = show(station, self._access.seer(caller))
        more = {"deviations": dict(self._node.deviations(station.id)), "quirks": self._queries.quirks(station)}
        return JsonResponse({**shown, **more})

    async def _frames(self, request: Request, caller: Caller) -> Response:
        limit = limit_of(dict(request.query_params))
        frames = await self._queries.frames(caller, request.path_params["station"], limit)
        return JsonResponse({"items": [{"at": one.at, "sent": one.sent, "text": one.text} for one in frames], "next": None})

    # -- lists --

    def _of_lists(self) -> Iterator[Operation]:
        for listing in LISTINGS:
            yield from self._of_list(listing)
        yield _get(
            "listReadings",
            "transfers/{number}/readings",
            "What was measured during an energy transfer, from the journal",
            self._readings,
            Reading,
            many=True,
            parameters=(Parameter(name="after", type=int, about="Facts after this one only: `next` of the answer before."),),
        )
        yield _get(
            "getCurve", "transfers/{number}/curve", "Power, limit, energy and state of charge over time", self._curve, Curve
        )
        yield Operation(
            id="replayQuarantine",
            method="POST",
            path="quarantine/{key}/replay",
            summary="Feed a quarantined input in again",
            tag="quarantine",
            roles="operator, admin",
            handler=self._replay,
            answer=Replayed,
        )

    def _of_list(self, listing: Listing) -> Iterator[Operation]:
        async def many(request: Request, caller: Caller) -> Response:
            return await self._page(listing, request, caller)

        async def one(request: Request, caller: Caller) -> Response:
            key = request.path_params["key"]
            if listing.noun is Order:
                order = await self._commands.order(caller, key)
                return JsonResponse({**show(order, self._access.seer(caller)), "led_to": await self._commands.led_to(order)})
            return JsonResponse(show(await self._queries.one(caller, listing, key), self._access.seer(caller)))

        name, word = listing.noun.__name__, listing.plural
        several = "".join(part.capitalize() for part in word.split("-"))
        filters = tuple(Parameter(name=what, type=hint) for what, hint, _ in filters_of(listing))
        formats = (Parameter(name="format", about="page, json (everything in one array), csv (records only)."),)
        roles = READERS_WORDS if listing.roles is None else ", ".join(sorted(listing.roles, reverse=True))
        roles += f", {listing.owners} of its own" if listing.owner else ""
        yield _get(
            f"list{several}",
            word,
            f"{word.capitalize()}, filtered and in pages",
            many,
            listing.noun,
            many=True,
            parameters=filters + PAGED + formats,
            roles=roles,
        )
        if listing.whole:
            return
        yield _get(
            f"get{name}", f"{word}/{{key}}", f"One of the {word}, by its {listing.kept.key}", one, listing.noun, roles=roles
        )

    async def _page(self, listing: Listing, request: Request, caller: Caller) -> Response:
        said, seer = dict(request.query_params), self._access.seer(caller)
        wanted = said.get("format") or ("csv" if "text/csv" in request.headers.get("accept", "") else "page")
        if wanted == "page":
            found, following = await self._queries.page(caller, listing, said)
            return JsonResponse({"items": [show(one, seer) for one in found], "next": following})
        await self._queries.count(caller, listing, said)  # refuses before the first byte is sent
        every = self._queries.every(caller, listing, said)
        if wanted == "json":
            return file(StreamingResponse(as_json(every, seer), media_type="application/json"), f"{listing.plural}.json")
        if wanted == "csv" and listing is BY_PLURAL["sdrs"]:
            return file(StreamingResponse(as_csv(every, seer), media_type="text/csv; charset=utf-8"), "sdrs.csv")
        raise Malformed(f"{listing.plural} cannot be had as {wanted}", where="format", remedy="page, json; records also csv")

    async def _readings(self, request: Request, caller: Caller) -> Response:
        after = number_of(dict(request.query_params), "after", 0)
        facts = await self.facts_of_transfer(caller, request.path_params["number"], after)
        rows = [row for one in facts for row in rows_of(one.id, readings_of(one.event))]
        return JsonResponse({"items": rows, "next": str(facts[-1].id if facts else after)})

    async def _curve(self, request: Request, caller: Caller) -> Response:
        facts = await self.facts_of_transfer(caller, request.path_params["number"], 0)
        readings = (reading for one in facts for reading in readings_of(one.event))
        return JsonResponse(curve(readings, facts[-1].id if facts else 0))

    async def facts_of_transfer(self, caller: Caller, number: str, after: int) -> list[StoredFact]:
        """Return the facts of one energy transfer, in the order they were heard."""
        transfer = await self._queries.one(caller, BY_PLURAL["transfers"], number)
        found: list[StoredFact] = []
        while len(found) < MOST_READINGS:
            facts = await self._node.store.facts(number=TransferNumber(transfer.number), after=after, limit=1000)
            found.extend(facts)
            if len(facts) < 1000:
                break
            after = facts[-1].id
        return found

    async def _replay(self, request: Request, caller: Caller) -> Response:
        return JsonResponse({"id": await self.replay(caller, request.path_params["key"])})

    async def replay(self, caller: Caller, key: str) -> int:
        """Feed a quarantined input in again, and audit who did.

        Raises:
            Refused: it failed again, or has worked already.
        """
        self._access.demand_reader(caller, roles=PERSONAL)
        item = await self._queries.one(caller, BY_PLURAL["quarantine"], key)
        trouble = "it was replayed already" if item.replayed else self._node.replay(item)
        outcome = "rejected" if trouble else "accepted"
        self._access.note(caller.principal, "ReplayQuarantine", f"{item.station}", outcome, f"{item.id} {trouble}".strip())
        await durable(self._node.engine)
        if trouble:
            raise Refused(trouble, code="NotReplayed", where="id")
        return int(item.id)

    # -- facts --

    def _of_facts(self) -> Iterator[Operation]:
        yield _get("listFacts", "facts", "The journal, oldest first", self._facts, StoredFact, many=True, parameters=_FACTS)
        yield Operation(
            id="watchFacts",
            method="GET",
            path="events",
            summary="Facts as they become durable (server-sent events); resumes after Last-Event-ID",
            tag="facts",
            roles=READERS_WORDS,
            handler=self._events,
            parameters=(Parameter(name="after", type=int, about="Begin after this fact; without it: from now on."),),
            content="text/event-stream",
        )
        yield Operation(
            id="watchChanges",
            method="GET",
            path="changes",
            summary="Which stations changed, once a second at most (server-sent events)",
            tag="facts",
            roles=READERS_WORDS,
            handler=self._changes,
            content="text/event-stream",
        )

    async def _facts(self, request: Request, caller: Caller) -> Response:
        said = dict(request.query_params)
        if "station" in request.path_params:
            said["station"] = request.path_params["station"]
        found, following = await self._queries.facts(caller, said)
        seer = self._access.seer(caller)
        return JsonResponse({"items": [shown_fact(one, seer) for one in found], "next": following})

    async def _events(self, request: Request, caller: Caller) -> Response:
        self._access.demand_reader(caller)
        last = request.headers.get("last-event-id") or request.query_params.get("after", "")
        after = number_of({"Last-Event-ID": last}, "Last-Event-ID", 0) if last else None
        return _live(StreamingResponse(self._stream.watch(caller, changes=False, after=after)))

    async def _changes(self, _: Request, caller: Caller) -> Response:
        self._access.demand_reader(caller)
        return _live(StreamingResponse(self._stream.watch(caller, changes=True, after=None)))


_FACTS = (
    Parameter(name="station", about="Of this station only."),
    Parameter(name="number", type=int, about="Of this energy transfer only."),
    Parameter(name="after", type=int, about="After this fact: `next` of the page before."),
    Parameter(name="newest", type=bool, about="true: the newest first."),
    *LIMIT,
)


def _sentence(words: str) -> str:
    """Return the first sentence of a docstring, without its dot."""
    return words.splitlines()[0].split(". ")[0].rstrip(".")


def _get(name: str, path: str, summary: str, handler: Any, answer: Any, **more: Any) -> Operation:
    more.setdefault("roles", READERS_WORDS)
    tag = path.split("/", 1)[0]
    return Operation(id=name, method="GET", path=path, summary=summary, tag=tag, handler=handler, answer=answer, **more)


def _live(response: StreamingResponse) -> Response:
    response.headers["Content-Type"] = "text/event-stream"
    response.headers["X-Accel-Buffering"] = "no"
    return response
