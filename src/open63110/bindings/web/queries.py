# SPDX-License-Identifier: Apache-2.0
"""Questions: lists with filters and paging derived from how nouns are kept, narrowed to what the asker may see (I17)."""

import re
import typing
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.listings import Listing
from open63110.bindings.web.shapes import Seer, show
from open63110.kernel.errors import Malformed, Unknown
from open63110.kernel.ids import StationId, TransferNumber
from open63110.kernel.roles import Role
from open63110.model.principal import Principal, PrincipalChanged
from open63110.model.quirk import Applied, applied
from open63110.model.station import Station
from open63110.ports import Query, StoredFact, Where
from open63110.runtime.node import Node
from open63110.runtime.permissions import PERSONAL, in_scope

MOST = 1000
USUAL = 100
CHUNK = 500
"""Rows read at a time when everything is wanted."""


PAGING = ("limit", "offset", "order", "format")
STATION_FILTERS = ("registration", "wire", "connected", "state", "q")


def filters_of(listing: Listing) -> list[tuple[str, Any, Literal["=", ">=", "<"]]]:
    """Return what a list can be narrowed by: name of the parameter, type, comparison. Moments have a begin and an end."""
    hints = _hints(listing.noun)
    found: list[tuple[str, Any, Literal["=", ">=", "<"]]] = []
    for column in (*({listing.station} & {listing.kept.key}), *listing.kept.columns):
        hint = _bare(hints[column])
        if hint is datetime:
            found += [(f"{column}_from", datetime, ">="), (f"{column}_to", datetime, "<")]
        else:
            found.append((column, hint, "="))
    return found


def _hints(noun: type[Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(noun)
    properties = {name: one for name, one in vars(noun).items() if isinstance(one, property)}
    return hints | {name: typing.get_type_hints(one.fget)["return"] for name, one in properties.items()}


def _bare(hint: Any) -> Any:
    """Return the plain type under a NewType, an enumeration or an optional."""
    if isinstance(hint, typing.NewType):
        return _bare(hint.__supertype__)
    inner = [one for one in typing.get_args(hint) if one is not type(None)]
    if inner and typing.get_origin(hint) is not Literal:
        return _bare(inner[0])
    return str if typing.get_origin(hint) is Literal or (isinstance(hint, type) and issubclass(hint, str)) else hint


class Queries:
    """Answers questions about what is kept."""

    def __init__(self, node: Node, access: Access) -> None:
        """Read from the node's store and memory."""
        self._node, self._access = node, access

    # -- lists --

    async def page(self, caller: Caller, listing: Listing, said: Mapping[str, str]) -> tuple[list[Any], str | None]:
        """Return a page of nouns, and the offset of the next one, None if this is the last."""
        query = self._query(caller, listing, said)
        found = await self._node.store.find(listing.noun, msgspec.structs.replace(query, limit=query.limit + 1))
        more = len(found) > query.limit
        return found[: query.limit], str(query.offset + query.limit) if more else None

    async def count(self, caller: Caller, listing: Listing, said: Mapping[str, str]) -> int:
        """Count what a list without paging would hold."""
        return await self._node.store.count(listing.noun, *self._query(caller, listing, said).where)

    async def every(self, caller: Caller, listing: Listing, said: Mapping[str, str]) -> AsyncIterator[Any]:
        """Return everything that matches, a chunk at a time, oldest first: what comes meanwhile does not shift the rest."""
        query = self._query(caller, listing, {name: value for name, value in said.items() if name not in PAGING})
        key = listing.kept.key
        order, last = key, None
        while True:
            where = query.where if last is None else (*query.where, Where(key, ">", last))
            found = await self._node.store.find(listing.noun, Query(where=where, order=order, limit=CHUNK))
            for noun in found:
                yield noun
            if len(found) < CHUNK:
                return
            last = getattr(found[-1], key)

    def _query(self, caller: Caller, listing: Listing, said: Mapping[str, str]) -> Query:
        self._demand(caller, listing)
        where = [*conditions(listing, said), *self._scope(caller, listing)]
        order = said.get("order") or listing.order
        column = order.removeprefix("-")
        if column not in (listing.kept.key, *listing.kept.columns):
            raise Malformed(f"{listing.plural} cannot be sorted by {column!r}", code="UnknownColumn", where="order")
        return Query(where=tuple(where), order=order, limit=limit_of(said), offset=number_of(said, "offset", 0))

    def _scope(self, caller: Caller, listing: Listing) -> list[Where]:
        """Return the condition that keeps another's stations, or what belongs to another, out."""
        if owns(caller.principal, listing):
            return [Where(listing.owner, "=", caller.principal.id)]
        patterns = caller.principal.scope
        if "*" in patterns:
            return []
        if len(patterns) == 1 and patterns[0].endswith("*"):
            return [Where(listing.station, "prefix", patterns[0][:-1])]
        exact = {pattern for pattern in patterns if not pattern.endswith("*")}
        known = {station for station in self._node.engine.stations if in_scope(caller.principal, station)}
        return [Where(listing.station, "in", tuple(sorted(exact | known)))]

    async def one(self, caller: Caller, listing: Listing, key: str) -> Any:
        """Return one noun by its key.

        Raises:
            Unknown: there is none, or it is another's.
        """
        self._demand(caller, listing)
        kept = listing.kept
        whole = _bare(_hints(listing.noun)[kept.key]) is int
        noun = None
        if not whole or (key.isascii() and key.isdigit() and len(key) < 19):
            found = await self._node.store.find(
                listing.noun, Query(where=(Where(kept.key, "=", int(key) if whole else key),), limit=1)
            )
            noun = found[0] if found else None
        if noun is None or not _mine(caller.principal, listing, noun):
            raise Unknown(f"there is no such {kept.name}: {key}", code=f"Unknown{kept.noun.__name__}", where=kept.key)
        return noun

    def _demand(self, caller: Caller, listing: Listing) -> None:
        """See to it that somebody may read a list, or what of it belongs to him."""
        if not owns(caller.principal, listing):
            self._access.demand_reader(caller, None if listing.station else StationId(""), roles=listing.roles)

    # -- stations --

    def stations(self, caller: Caller, said: Mapping[str, str]) -> list[Station]:
        """Return the stations a caller may see, by id, as they are in memory."""
        self._access.demand_reader(caller)
        _refuse_unknown(said, {*STATION_FILTERS, *PAGING})
        mine = (one for one in self._node.engine.stations.values() if in_scope(caller.principal, one.id))
        return sorted((one for one in mine if _wanted(one, said)), key=lambda one: natural(one.id))

    def station(self, caller: Caller, station: str) -> Station:
        """Return one station.

        Raises:
            Unknown: there is none, or it is another's.
        """
        self._access.demand_reader(caller, StationId(station))
        found = self._node.engine.stations.get(StationId(station))
        if found is None:
            raise Unknown(f"there is no station {station!r}", code="UnknownStation", where="station")
        return found

    def quirks(self, station: Station) -> list[Applied]:
        """Return what is awaited of a station otherwise than of all."""
        return list(applied(self._node.engine.policy.quirks, station.id, station.identity))

    async def frames(self, caller: Caller, station: str, limit: int) -> Sequence[Any]:
        """Return a station's newest raw frames; they hold credentials in clear."""
        self._access.demand_reader(caller, StationId(station), roles=PERSONAL)
        return await self._node.frames.recent(StationId(station), limit)

    # -- facts --

    async def facts(self, caller: Caller, said: Mapping[str, str]) -> tuple[list[StoredFact], str | None]:
        """Return a page of the journal, and where the next one begins; with newest=true the latest, newest first."""
        _refuse_unknown(said, {"station", "number", "after", "newest", "limit"})
        station = said.get("station")
        self._access.demand_reader(caller, StationId(station) if station else None)
        limit, after = limit_of(said), number_of(said, "after", 0)
        number = number_of(said, "number", 0)
        newest = said.get("newest", "") == "true"
        found = await self._node.store.facts(
            station=StationId(station) if station else None,
            number=TransferNumber(number) if number else None,
            after=after,
            newest=newest,
            limit=limit,
        )
        mine = [one for one in found if may_see(caller.principal, one)]
        return mine, str(found[-1].id) if len(found) == limit and not newest else None


def owns(principal: Principal, listing: Listing) -> bool:
    """Tell whether a principal reads of a list only what belongs to it: a DSO (7.8), a secondary actor (8.3.12)."""
    return bool(listing.owner) and principal.role is listing.owners and not principal.disabled


def _mine(principal: Principal, listing: Listing, noun: Any) -> bool:
    if owns(principal, listing):
        return bool(getattr(noun, listing.owner) == principal.id)
    return not listing.station or in_scope(principal, getattr(noun, listing.station))


def may_see(principal: Principal, fact: StoredFact) -> bool:
    """Tell whether a reader may see a fact: of its own stations, and of principals only as administrator."""
    if isinstance(fact.event, PrincipalChanged):
        return principal.role is Role.ADMIN
    return in_scope(principal, fact.event.station)


def shown_fact(fact: StoredFact, seer: Seer) -> dict[str, Any]:
    """Show a row of the journal."""
    return {"id": fact.id, "heard": fact.heard, "kind": type(fact.event).__name__, "fact": show(fact.event, seer)}


def gathered(facts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Show facts of one kind that follow each other as their newest, with their number; also where two kinds take turns.

    What nobody asked for stands by itself.
    """
    found: list[dict[str, Any]] = []
    for fact in facts:
        last = next((one for one in found[-2:] if _alike(one, fact)), None)
        if last is None:
            found.append({**fact, "times": 1})
        else:
            last["times"] += 1
    return found


def _alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["kind"] == other["kind"] and one["fact"].get("unasked") == other["fact"].get("unasked"))


def conditions(listing: Listing, said: Mapping[str, str]) -> list[Where]:
    """Read conditions off a query string.

    Raises:
        Malformed: no such filter, or a value that cannot be.
    """
    known = {name: (hint, op) for name, hint, op in filters_of(listing)}
    _refuse_unknown(said, {*known, *PAGING})
    found = []
    for name, text in said.items():
        if name in known and text != "":
            hint, op = known[name]
            column = name if op == "=" else name.rpartition("_")[0]
            found.append(Where(column, op, _value(name, hint, text)))
    return found


def _value(name: str, hint: Any, text: str) -> Any:
    """Read one value; a day alone stands for its begin, as an end for its end."""
    if hint is datetime and len(text) == 10:
        begin = _value(name, hint, f"{text}T00:00:00Z")
        return begin + timedelta(days=1) if name.endswith("_to") else begin
    try:
        value = msgspec.convert(text, hint, strict=False)
    except msgspec.ValidationError as fault:
        raise Malformed(f"{name} is not {text!r}: {fault}", where=name) from fault
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


def moment_of(said: Mapping[str, str], name: str, default: datetime) -> datetime:
    """Read a moment.

    Raises:
        Malformed: it is none.
    """
    found: datetime = _value(name, datetime, said[name]) if said.get(name) else default
    return found


def limit_of(said: Mapping[str, str]) -> int:
    """Return how many are wanted at most."""
    return min(MOST, max(1, number_of(said, "limit", USUAL)))


def number_of(said: Mapping[str, str], name: str, default: int) -> int:
    """Read a whole number that is not negative.

    Raises:
        Malformed: it is something else.
    """
    text = said.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Malformed(f"{name} is a whole number, not {text!r}", where=name)
    return int(text)


def _refuse_unknown(said: Mapping[str, str], known: set[str]) -> None:
    for name in said:
        if name not in known:
            raise Malformed(f"{name} is no filter here", code="UnknownFilter", where=name, remedy=", ".join(sorted(known)))


def _wanted(station: Station, said: Mapping[str, str]) -> bool:
    word = said.get("q", "").lower()
    identity = station.identity
    texts = (station.id, station.note, identity.vendor, identity.model, identity.serial)
    return (
        said.get("registration", "") in {"", station.registration.value}
        and said.get("wire", "") in {"", station.wire}
        and said.get("connected", "") in {"", "true" if station.connected else "false"}
        and said.get("state", "") in {"", state_of(station)}
        and any(word in text.lower() for text in texts)
    )


def natural(text: str) -> list[tuple[int, str]]:
    """Sort CS-10 behind CS-9."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]+)", text)]


def state_of(station: Station) -> str:
    """Say in one word how a station is: what needs a person first."""
    if station.registration.value in {"quarantined", "rejected", "pending"}:
        return station.registration.value
    if station.connected is None:
        return "offline"
    states = {plug.state for evse in station.evses.values() for plug in evse.connectors.values()}
    states |= {evse.state for evse in station.evses.values() if evse.state} | ({station.state} if station.state else set())
    if any(transfer.ended is None and transfer.began for transfer in station.transfers.values()):
        return "faulted" if station.state == "faulted" else "charging"
    return next((one for one in ("faulted", "occupied", "reserved", "available", "unavailable") if one in states), "online")
