# SPDX-License-Identifier: Apache-2.0
"""The levels of a site as one picture: what is above, this level, what is below, and the stations of each by zone (B.25)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from open63110.bindings.web.offers import ShownLimit, ShownZone, shown_limits, shown_zones
from open63110.bindings.web.queries import state_of
from open63110.kernel.ids import StationId
from open63110.kernel.units import Watts
from open63110.model.limit import WHOLE
from open63110.model.order import OPEN, Order, Outcome
from open63110.model.site import Zone
from open63110.model.station import Station
from open63110.runtime.ways import Say, Way, Ways

POWER = frozenset({"LimitPower", "WithdrawLimit", "LimitZone", "WithdrawZoneLimit"})
"""Orders that say how much may flow."""

WIRES: Mapping[str, str] = {"iec63110.link.v1": "link", "ocpp1.6": "OCPP 1.6", "ocpp2.0.1": "OCPP 2.0.1", "ocpp2.1": "OCPP 2.1"}
"""What wires are called where there is little room."""


class ShownStation(msgspec.Struct, frozen=True, kw_only=True):
    """One station, small."""

    id: StationId
    state: str
    wire: str
    power: Watts
    limit: ShownLimit | None
    """Of the station as a whole."""


class ShownPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A zone as one level has it, or the stations that stand in none."""

    name: str
    """Empty: no zone."""
    power: Watts
    """What flows there now [W]."""
    most: Watts | None
    """What may flow there: its limit, else what feeds it carries, else what its stations may take together [W]; None: unknown."""
    feed: Watts | None
    """What feeds it carries [W]; None: nobody said here."""
    limit: ShownZone | None
    stations: tuple[ShownStation, ...]


class ShownLevel(msgspec.Struct, frozen=True, kw_only=True):
    """One level, with the link to it."""

    way: Way
    direct: bool
    """This node has the link to it itself, and knows how it is."""
    said: str
    """Who has the say of power there, as far as the last order of power shows; empty: none is remembered."""
    tone: str
    asked: datetime | None
    """When that was."""
    places: tuple[ShownPlace, ...]
    below: "tuple[ShownLevel, ...]"

    @property
    def stations(self) -> tuple[ShownStation, ...]:
        """Those with links to this very level."""
        return tuple(one for place in self.places for one in place.stations)

    @property
    def online(self) -> int:
        """How many of them are here."""
        return sum(one.state != "offline" for one in self.stations)

    @property
    def power(self) -> float:
        """What flows at this level and all below [W]."""
        return sum(place.power for place in self.places) + sum(one.power for one in self.below)


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything."""

    above: Way | None
    here: ShownLevel
    say: Say | None
    beside: tuple[Way, ...]


def picture(
    name: str, ways: Ways, stations: Sequence[Station], zones: Mapping[str, Zone], orders: Iterable[Order], now: datetime
) -> Picture:
    """Draw what somebody may see.

    Args:
        name: of this level.
        ways: of this node.
        stations: those that may be seen.
        zones: by key; none for whoever may not see them.
        orders: newest first.
        now: the time.
    """
    drawing = _Drawing(name, ways, stations, zones, orders, now)
    here = Way(name=name, role="csms", place=ways.place, open=True)
    return Picture(above=ways.above, here=drawing.level(here, (), stations), say=ways.say, beside=ways.beside)


class _Drawing:
    def __init__(
        self,
        name: str,
        ways: Ways,
        stations: Sequence[Station],
        zones: Mapping[str, Zone],
        orders: Iterable[Order],
        now: datetime,
    ) -> None:
        self._name = name
        self._direct = {one.name: one for one in ways.below}
        self._zones, self._now = zones, now
        self._limits = {one.name: one for one in shown_zones(zones.values(), now)}
        self._orders = [one for one in orders if one.kind in POWER]

        self._empty = set(zones) - {one.zone for one in stations}

    def level(self, way: Way, path: tuple[str, ...], stations: Sequence[Station]) -> ShownLevel:
        """Draw a level with what is below it; ``path`` are the levels to it, without this node."""
        depth = len(path)
        mine = [one for one in stations if len(one.via) == depth]
        names = sorted({one.via[depth] for one in stations if len(one.via) > depth} | (set() if depth else self._direct.keys()))
        below = tuple(
            self.level(self._way(one), (*path, one), [each for each in stations if each.via[depth : depth + 1] == (one,)])
            for one in names
        )
        last = self._last(path[0], stations) if depth == 1 else None
        said, tone = self._said(last) if last is not None else ("", "")
        places = tuple(self._places(mine, here=not depth))
        return ShownLevel(
            way=way,
            direct=way.name in self._direct,
            said=said,
            tone=tone,
            asked=last.asked if last is not None else None,
            places=places,
            below=below,
        )

    def _way(self, name: str) -> Way:
        return self._direct.get(name) or Way(name=name, role="local-csms")

    def _last(self, level: str, stations: Sequence[Station]) -> Order | None:
        """Return the newest order of power that a level or one of its stations was given."""
        known = {level, *(one.id for one in stations)}
        return next((one for one in self._orders if one.station in known), None)

    def _said(self, last: Order) -> tuple[str, str]:
        if last.reason in {"LeaseHeld", "OtherAuthority"}:
            return last.detail or "not this level", "warn"
        if last.outcome in OPEN:
            return f"asked by {last.by}, not answered yet", "busy"
        if last.outcome is Outcome.ACCEPTED:
            return f"{self._name}, asked by {last.by}", "good"
        return f"asked by {last.by}, answered {last.reason or last.outcome}", "bad"

    def _places(self, stations: Sequence[Station], *, here: bool) -> Iterator[ShownPlace]:
        for key in sorted({one.zone or "" for one in stations} | (self._empty if here else set())):
            there = sorted((one for one in stations if (one.zone or "") == key), key=lambda one: one.id)
            shown = tuple(map(self._station, there))
            zone, limit = self._zones.get(key), self._limits.get(key)
            feed = zone.import_max if zone is not None else None
            yield ShownPlace(
                name=f"/{key.replace(':', '/')}" if key else "",
                power=Watts(sum(one.power for one in shown)),
                most=limit.limit if limit is not None else feed or _together(shown),
                feed=feed,
                limit=limit,
                stations=shown,
            )

    def _station(self, station: Station) -> ShownStation:
        flows = sum(one.power or 0.0 for one in station.transfers.values() if one.ended is None)
        return ShownStation(
            id=station.id,
            state=state_of(station),
            wire=WIRES.get(station.wire, station.wire),
            power=Watts(flows),
            limit=shown_limits(station, self._now).get(WHOLE),
        )


def _together(stations: Sequence[ShownStation]) -> Watts | None:
    """Return what stations may take together; None: one of them may take what nobody knows."""
    limits = [one.limit.limit for one in stations if one.limit is not None and one.limit.limit is not None]
    return Watts(sum(limits)) if limits and len(limits) == len(stations) else None
