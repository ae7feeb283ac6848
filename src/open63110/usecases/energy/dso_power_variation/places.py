# SPDX-License-Identifier: Apache-2.0
"""What is known of the power at the places that a DSO speaks of, and which place lies within which."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from open63110.kernel.errors import Malformed, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.units import Watts
from open63110.model.authorization import may_be_ordered
from open63110.model.constraint import ConstraintScope
from open63110.model.dso import place_text
from open63110.model.exposure import most
from open63110.model.power import EvsePower, NodePower, SitePower
from open63110.model.site import Site, zone_key
from open63110.model.station import Station
from open63110.ports import GridSites

UNREACHED = frozenset({"dark", "refused"})
"""States of EVSEs that count with the most they may draw, whatever is ordered."""

WANTING = frozenset({"active", "waiting"})


class StationSeen(NamedTuple):
    """One station."""

    id: StationId
    setpoint: Watts | None
    """What it may take as things are planned [W]; None: nothing limits one of its EVSEs."""
    most: Watts
    measured: Watts | None
    missing: bool
    wanting: int
    """EVSEs that have something to charge."""


class Seen(NamedTuple):
    """One place."""

    place: ConstraintScope
    load: Watts | None
    """Measured [W]; None: nobody knows."""
    most: Watts
    """[W]"""
    floor: Watts
    """Drawn whatever is ordered [W]."""
    planned: Watts
    excess: Watts
    limit: Watts | None
    """What may be drawn there by whoever limits it [W]; None: nobody does."""
    stations: tuple[StationSeen, ...]

    @property
    def wanting(self) -> int:
        """EVSEs that have something to charge."""
        return sum(one.wanting for one in self.stations)


def seen(place: ConstraintScope, sites: GridSites, now: datetime) -> Seen:
    """Look at a place as it is now."""
    power = sites.power(place.site)
    if power is None:
        return _unwatched(place, _standing(place, sites, now))
    nodes = _tops(place, power.nodes)
    stations = _stations(_evses(place, power, sites))
    base = sum(one.base for one in nodes)
    return Seen(
        place=place,
        load=_measured(stations) if (load := loads(place, power.nodes)) is None else load,
        most=Watts(sum(one.most for one in nodes)),
        floor=Watts(max(0.0, base + sum(one.most for one in stations if one.missing))),
        planned=Watts(sum(one.planned for one in nodes)),
        excess=Watts(sum(one.excess for one in nodes)),
        limit=_limit(nodes),
        stations=stations,
    )


def _limit(nodes: Sequence[NodePower]) -> Watts | None:
    limits = [one.limit for one in nodes]
    return None if None in limits or not limits else Watts(sum(one or 0.0 for one in limits))


def _measured(stations: Sequence[StationSeen]) -> Watts | None:
    known = [one.measured for one in stations if one.measured is not None]
    return Watts(sum(known)) if known else None


def loads(place: ConstraintScope, nodes: Sequence[NodePower]) -> Watts | None:
    """Return what flows at a place by the nodes of its site [W]; None: nobody knows."""
    known = [one.load for one in _tops(place, nodes) if one.load is not None]
    return Watts(sum(known)) if known else None


def _tops(place: ConstraintScope, nodes: Sequence[NodePower]) -> list[NodePower]:
    """Return the node that is the place; of a site without one of its own those that nothing is above."""
    wanted = f"zone:{place.zone}" if place.zone else place.feeder or "site"
    found = [one for one in nodes if one.id == wanted]
    return found or ([] if place.zone or place.feeder else [one for one in nodes if not one.parent])


def _evses(place: ConstraintScope, power: SitePower, sites: GridSites) -> list[EvsePower]:
    if place.zone:
        here = {one.id for one in sites.members(zone_key(place.site, place.zone))}
        return [one for one in power.evses if one.station in here]
    if not place.feeder:
        return list(power.evses)
    inside = {place.feeder}
    for node in power.nodes:  # those above come before those below
        if node.parent in inside:
            inside.add(node.id)
    return [one for one in power.evses if one.node in inside]


def _stations(evses: Iterable[EvsePower]) -> tuple[StationSeen, ...]:
    found: dict[StationId, list[EvsePower]] = {}
    for one in evses:
        found.setdefault(one.station, []).append(one)
    return tuple(_station(station, found[station]) for station in sorted(found))


def _station(station: StationId, evses: Sequence[EvsePower]) -> StationSeen:
    setpoints = [one.setpoint for one in evses]
    measured = [one.measured for one in evses if one.measured is not None]
    return StationSeen(
        id=station,
        setpoint=None if None in setpoints else Watts(sum(one or 0.0 for one in setpoints)),
        most=Watts(sum(one.most for one in evses)),
        measured=Watts(sum(measured)) if measured else None,
        missing=any(one.state in UNREACHED for one in evses),
        wanting=sum(one.state in WANTING for one in evses),
    )


def _unwatched(place: ConstraintScope, stations: tuple[StationSeen, ...]) -> Seen:
    """Return a place of a site where nothing can be exceeded and nobody demands anything: so far nobody looks after its power."""
    drawn = Watts(sum(one.most for one in stations))
    dark = Watts(sum(one.most for one in stations if one.missing))
    known = None if any(one.measured is None for one in stations) else _measured(stations)
    return Seen(place, known, drawn, dark, drawn, Watts(0.0), None, stations)


def _standing(place: ConstraintScope, sites: GridSites, now: datetime) -> tuple[StationSeen, ...]:
    """Return the stations of a place as they are by themselves."""
    found: list[Station] = []
    for zone in sites.zones(place.site):
        if place.zone in {None, zone.id}:
            found += sites.members(zone.key)
    if place.feeder:
        site = sites.site(place.site)
        found = [one for one in found if site is not None and place.feeder in _lines(_fed_at(one, sites), site)]
    return tuple(_alone(one, now) for one in sorted(found, key=lambda one: one.id))


def _alone(station: Station, now: datetime) -> StationSeen:
    running = [one for one in station.transfers.values() if one.ended is None]
    powers = [one.power for one in running]
    return StationSeen(
        id=station.id,
        setpoint=None,
        most=most(station, now),
        measured=None if None in powers else Watts(sum(one or 0.0 for one in powers)),
        missing=not may_be_ordered(station),
        wanting=len(running),
    )


def _fed_at(station: Station, sites: GridSites) -> str:
    zone = sites.zone(station.zone) if station.zone else None
    return station.feeder or (zone.feeder if zone is not None else "")


# -- which lies within which --


def demand_place(place: ConstraintScope, sites: GridSites) -> Site:
    """Return the site of a place that a DSO may speak of.

    Raises:
        Unknown: there is no such place.
        Malformed: it is a station, or two places at once.
    """
    site = sites.site(place.site)
    if site is None:
        raise Unknown(f"there is no site {place.site}", code="UnknownSite", where="site")
    if place.station is not None or place.evse is not None or (place.zone and place.feeder):
        words = "a DSO speaks of a site, of a zone, or of a feeder or connection to the grid"
        raise Malformed(words, code="InvalidValue", where="scope")
    if place.zone and sites.zone(zone_key(place.site, place.zone)) is None:
        raise Unknown(f"there is no zone {place.zone} at site {place.site}", code="UnknownZone", where="zone")
    lines = {*(one.id for one in site.connections), *(one.id for one in site.feeders)}
    if place.feeder and place.feeder not in lines:
        raise Unknown(f"there is no feeder {place.feeder} at site {place.site}", code="UnknownFeeder", where="feeder")
    return site


def within(inner: ConstraintScope, outer: ConstraintScope, sites: GridSites) -> bool:
    """Tell whether a place is another one, or lies inside it."""
    if inner.site != outer.site:
        return False
    if outer == inner or not (outer.zone or outer.feeder):
        return True
    site = sites.site(outer.site)
    return bool(outer.feeder) and site is not None and outer.feeder in _fed_by(inner, site, sites)


def _fed_by(place: ConstraintScope, site: Site, sites: GridSites) -> set[str]:
    """Return the feeders and the connection that a place is fed by; of a whole site none."""
    zone = sites.zone(zone_key(place.site, place.zone)) if place.zone else None
    if zone is None and not place.feeder:
        return set()
    return _lines(zone.feeder if zone is not None else place.feeder or "", site)


def _lines(at: str, site: Site) -> set[str]:
    """Return a feeder and all that is above it; empty: the site's first connection."""
    parents = {one.id: one.parent for one in site.feeders}
    first = site.connections[0].id if site.connections else ""
    found: set[str] = set()
    at = at or first
    while at and at not in found:
        found.add(at)
        at = (parents[at] or first) if at in parents else ""
    return found


def demand_apart(places: Sequence[ConstraintScope], sites: GridSites) -> None:
    """See to it that nothing would count twice.

    Raises:
        Malformed: one place lies within another, or zones and feeders of one site stand side by side.
    """
    for number, one in enumerate(places):
        for other in places[:number]:
            mixed = one.site == other.site and bool(one.zone) != bool(other.zone)
            if mixed or within(one, other, sites) or within(other, one, sites):
                words = f"{place_text(one)} and {place_text(other)} share stations, which would count twice"
                raise Malformed(words, code="PlacesOverlap", where="places")
