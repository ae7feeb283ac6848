# SPDX-License-Identifier: Apache-2.0
"""REST about the power of a site: as it is, as it was and will be, what EVs are promised; as JSON and as tables (8.2.3)."""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from open63110.bindings.web import export
from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.listings import BY_PLURAL
from open63110.bindings.web.operations import JsonResponse, Operation, Parameter
from open63110.bindings.web.queries import MOST, Queries
from open63110.bindings.web.shapes import show
from open63110.bindings.web.site_promises import COLUMNS, Promised, cells, promised
from open63110.bindings.web.site_series import Series, Shape, series
from open63110.kernel.errors import Malformed, Unknown
from open63110.kernel.ids import StationId
from open63110.model.power import EvsePower, EvseSample, NodePower, PowerSample, SitePower
from open63110.model.site import Site
from open63110.ports import Query, Where
from open63110.runtime.node import Node
from open63110.runtime.permissions import READERS

USUAL = timedelta(hours=3)
LONGEST = timedelta(days=31)
"""That one curve or table covers."""

HISTORY = (
    *(
        "at",
        "kind",
        "node",
        "limit_W",
        "limited_by",
        "actor",
        "constraint",
        "load_W",
        "planned_W",
        "most_W",
        "base_W",
        "excess_W",
    ),
    *("L1_A", "L2_A", "L3_A", "limit_L1_A", "limit_L2_A", "limit_L3_A", "setpoint_W"),
)
"""Of power over time as a table: a row for each node and each EVSE at each moment."""

_SPAN = (
    Parameter(name="hours", type=float, about="So long before `to`; 3 if neither this nor `from` is said."),
    Parameter(name="from", type=datetime, about="Begin."),
    Parameter(name="to", type=datetime, about="Now if not said."),
)
_FORMAT = Parameter(name="format", about="json, csv.")


class SitePowers:
    """The operations about the power of a site."""

    def __init__(self, node: Node, access: Access, queries: Queries) -> None:
        """Read from memory and store."""
        self._node, self._access, self._queries = node, access, queries

    def operations(self) -> Iterator[Operation]:
        """Return what can be asked."""
        yield self._get("getPowerOfSite", "power", "The power of a site as it is now, node by node", self._now, SitePower)
        looked = (Parameter(name="node", about="site, a connection, a feeder, or zone:ID."),)
        phase = (Parameter(name="phase", type=int, about="1 to 3: the current of a phase; else power in all."),)
        words = "The power of a site over time and as planned, stacked by zone or station, with each limit and who set it"
        yield self._get("getSiteCurve", "curve", words, self._curve, Series, looked + phase + _SPAN)
        words = "The power of a site over time: a row for each node and EVSE at each moment"
        yield self._get("getSiteHistory", "history", words, self._history, None, (*_SPAN, _FORMAT))
        words = "What each EV at a site is promised, what limits it, and why it waits"
        yield self._get("getSitePromises", "promises", words, self._promises, Promised, (_FORMAT,))

    def _get(
        self, id: str, path: str, summary: str, handler: Any, answer: Any, parameters: tuple[Parameter, ...] = ()
    ) -> Operation:
        return Operation(
            id=id,
            method="GET",
            path=f"sites/{{key}}/{path}",
            summary=summary,
            tag="sites",
            roles=", ".join(sorted(READERS)),
            handler=handler,
            answer=answer,
            parameters=parameters,
        )

    async def _site(self, request: Request, caller: Caller) -> Site:
        self._access.demand_reader(
            caller, StationId("")
        )  # a DSO may read about sites, and learns nothing of single EVs (R-7.4-3)
        site: Site = await self._queries.one(caller, BY_PLURAL["sites"], request.path_params["key"])
        return self._node.engine.known.sites.get(site.id, site)

    async def _now(self, request: Request, caller: Caller) -> Response:
        site = await self._site(request, caller)
        power = self._node.engine.known.power(site.id)
        if power is None:
            raise Unknown(f"nobody looks after the power of site {site.id}", code="UnknownPower", where="key")
        return JsonResponse(show(power, self._access.seer(caller)))

    async def _curve(self, request: Request, caller: Caller) -> Response:
        site, said, known = await self._site(request, caller), request.query_params, self._node.engine.known
        now = self._node.clock.now()
        begin, end = self._span(request, now)
        phase = said.get("phase", "0") or "0"
        if phase not in {"0", "1", "2", "3"}:
            raise Malformed("a phase is 1, 2 or 3", where="phase")
        samples = [one async for one in self._samples(site, begin, end)]
        power = known.power(site.id) if end >= now else None
        zones = {str(one.id): str(zone.id) for zone in known.zones(site.id) for one in known.members(zone.key)}
        shape = Shape(site=site, node=said.get("node") or "site", phase=int(phase), zones=zones)
        return JsonResponse(series(shape, samples, power, known.constraints(site.id), now))

    async def _samples(self, site: Site, begin: datetime, end: datetime) -> AsyncIterator[PowerSample]:
        """Read what was sampled, oldest first, a page at a time."""
        last = 0
        while True:
            where = (Where("site", "=", site.id), Where("at", ">=", begin), Where("at", "<=", end), Where("id", ">", last))
            found = await self._node.store.find(PowerSample, Query(where=where, order="id", limit=MOST))
            for one in found:
                yield one
            if len(found) < MOST:
                return
            last = found[-1].id

    def _span(self, request: Request, now: datetime) -> tuple[datetime, datetime]:
        end = _moment(request, "to") or now
        begin = _moment(request, "from") or end - _hours(request)
        if not timedelta(0) < end - begin <= LONGEST:
            raise Malformed(f"from lies before to, by {LONGEST.days} days at most", where="from")
        return begin, end

    async def _history(self, request: Request, caller: Caller) -> Response:
        site = await self._site(request, caller)
        begin, end = self._span(request, self._node.clock.now())
        samples = self._samples(site, begin, end)
        if _format(request) == "csv":
            return export.file(StreamingResponse(_table(samples), media_type="text/csv; charset=utf-8"), f"{site.id}-power.csv")
        seer = self._access.seer(caller)
        return export.file(
            StreamingResponse(export.as_json(samples, seer), media_type="application/json"), f"{site.id}-power.json"
        )

    async def _promises(self, request: Request, caller: Caller) -> Response:
        site, known = await self._site(request, caller), self._node.engine.known
        rows = promised(known.power(site.id), known.stations)
        if _format(request) == "csv":
            text = "".join(export.line(one) for one in (COLUMNS, *map(cells, rows)))
            return export.file(Response(text, media_type="text/csv; charset=utf-8"), f"{site.id}-promises.csv")
        seer = self._access.seer(caller)
        return JsonResponse([show(one, seer) for one in rows])


def _format(request: Request) -> str:
    form = request.query_params.get("format") or ("csv" if "text/csv" in request.headers.get("accept", "") else "json")
    if form not in {"json", "csv"}:
        raise Malformed(f"this cannot be had as {form}", where="format", remedy="json, csv")
    return form


def _hours(request: Request) -> timedelta:
    text = request.query_params.get("hours", "")
    try:
        hours = float(text) if text else USUAL / timedelta(hours=1)
    except ValueError:
        hours = 0.0
    if not 0 < hours <= LONGEST / timedelta(hours=1):
        raise Malformed(f"hours is a number above 0, up to {LONGEST / timedelta(hours=1):g}, not {text!r}", where="hours")
    return timedelta(hours=hours)


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name, "")
    if not text:
        return None
    try:
        found = msgspec.convert(text, datetime)
    except msgspec.ValidationError as fault:
        raise Malformed(f"{name} is no moment: {text!r}", where=name, remedy="2026-11-30T12:00:00Z") from fault
    return found if found.tzinfo else found.replace(tzinfo=UTC)


async def _table(samples: AsyncIterator[PowerSample]) -> AsyncIterator[str]:
    yield export.line(HISTORY)
    async for sample in samples:
        rows = [*map(_of_node, sample.nodes), *map(_of_evse, sample.evses)]
        yield "".join(export.line(_under_heading({"at": _utc(sample.at), **row})) for row in rows)


def _under_heading(row: dict[str, Any]) -> Iterable[Any]:
    return ["" if row.get(name) is None else row[name] for name in HISTORY]


def _of_node(node: NodePower) -> dict[str, Any]:
    loads = {f"L{place}_A": value for place, value in enumerate(node.load_amperes, 1)}
    limits = {f"limit_L{place}_A": value for place, value in enumerate(node.amperes, 1)}
    return {
        "kind": node.kind,
        "node": node.id,
        "limit_W": node.limit,
        "limited_by": node.winner.source,
        "actor": node.winner.actor,
        "constraint": node.winner.constraint,
        "load_W": node.load,
        "planned_W": node.planned,
        "most_W": node.most,
        "base_W": node.base,
        "excess_W": node.excess,
        **loads,
        **limits,
    }


def _of_evse(one: EvseSample | EvsePower) -> dict[str, Any]:
    return {"kind": "evse", "node": f"{one.station}/{one.evse}", "load_W": one.measured, "setpoint_W": one.setpoint}


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
