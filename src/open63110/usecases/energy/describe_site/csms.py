# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about descriptions of sites: everything is looked at before anything changes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from open63110.kernel.errors import Refused, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect
from open63110.model.site import EvsePlan, Site, SiteChanged, SiteId, StationPlaced, Zone, ZoneChanged, ZoneId, ZoneKey, zone_key
from open63110.model.station import Station
from open63110.ports import Sites
from open63110.usecases.energy.describe_site import evolve
from open63110.usecases.energy.describe_site.checks import check_evses, check_place, check_site, check_whole, check_zone
from open63110.usecases.energy.describe_site.messages import (
    ImportSites,
    PlaceStation,
    PutSite,
    PutZone,
    RemoveSite,
    RemoveZone,
    SitePlan,
    StationPlan,
    ZonePlan,
)

_NOBODY = StationId("")


def put_site(command: PutSite, sites: Sites, now: datetime) -> Iterator[Effect]:
    """Keep it, if it is new."""
    site = Site(id=command.id, address=command.address, connections=command.connections)
    check_site(site)
    yield from _site(site, sites, now)


def _site(site: Site, sites: Sites, now: datetime) -> Iterator[Effect]:
    if sites.site(site.id) != site:
        yield SiteChanged(station=_NOBODY, at=now, id=site.id, site=site)


def remove_site(command: RemoveSite, sites: Sites, now: datetime) -> Iterator[Effect]:
    """Forget it.

    Raises:
        Unknown: there is no such site.
        Refused: it owns a zone.
    """
    _demand_site(command.id, sites)
    zones = [str(one.id) for one in sites.zones(command.id)]
    if zones:
        raise Refused(f"site {command.id} still has zones: {_few(zones)}", code="SiteNotEmpty", remedy="remove them first")
    yield SiteChanged(station=_NOBODY, at=now, id=command.id, site=None)


def put_zone(command: PutZone, sites: Sites, now: datetime) -> Iterator[Effect]:
    """Keep it, if it is new.

    Raises:
        Unknown: there is no such site.
    """
    _demand_site(command.site, sites)
    plan = ZonePlan(
        id=command.id,
        import_max=command.import_max,
        export_max=command.export_max,
        failsafe=command.failsafe,
        failsafe_after=command.failsafe_after,
        priority=command.priority_in_site,
    )
    check_zone(plan)
    yield from _zone(plan, command.site, sites, now)


def _zone(plan: ZonePlan, site: SiteId, sites: Sites, now: datetime) -> Iterator[Effect]:
    known = sites.zone(zone_key(site, plan.id))
    zone = Zone(
        id=plan.id,
        site=site,
        import_max=plan.import_max,
        export_max=plan.export_max,
        failsafe=plan.failsafe,
        failsafe_after=plan.failsafe_after,
        priority=plan.priority,
        limit=known.limit if known else None,
    )
    if known != zone:
        yield ZoneChanged(station=_NOBODY, at=now, key=zone.key, zone=zone)


def remove_zone(command: RemoveZone, sites: Sites, now: datetime) -> Iterator[Effect]:
    """Forget it.

    Raises:
        Refused: it owns a station.
    """
    zone = _demand_zone(command.site, command.id, sites)
    stations = [str(one.id) for one in sites.members(zone.key)]
    if stations:
        words = f"zone {zone.key} still has stations: {_few(stations)}"
        raise Refused(words, code="ZoneNotEmpty", remedy="place them elsewhere first")
    yield ZoneChanged(station=_NOBODY, at=now, key=zone.key, zone=None)


def place(command: PlaceStation, station: Station | None, sites: Sites, now: datetime) -> Iterator[Effect]:
    """Note where it stands, if that is news. Its share of a limit of its zone follows (8.2.3)."""
    site, zone = check_place(command)
    key = _demand_zone(site, zone, sites).key if site is not None and zone is not None else None
    check_evses(command.evses or ())
    known = station or Station(id=command.station)
    left = known.zone if known.zone != key else None
    fact = StationPlaced(station=command.station, at=now, zone=key, evses=command.evses, left=left)
    if station is None or evolve.placed(fact, known) != known:
        yield fact


def take_over(command: ImportSites, sites: Sites, now: datetime) -> Iterator[Effect]:
    """Let sites be as described. Stations are placed by commands of their own, which were looked at here already.

    Raises:
        Refused: a station would be lost, because it is not named any more.
    """
    check_whole(command.sites)
    named = {one.id for site in command.sites for zone in site.zones for one in zone.stations}
    for plan in command.sites:
        for zone in sites.zones(plan.id):
            lost = [str(one.id) for one in sites.members(zone.key) if one.id not in named]
            if lost:
                words = f"{_few(lost)} stand{'s' * (len(lost) == 1)} in zone {zone.key} and would be lost"
                raise Refused(words, code="StationLeftOut", remedy="name it, or place it elsewhere first")
    for plan in command.sites:
        yield from _take_over(plan, sites, now)


def _take_over(plan: SitePlan, sites: Sites, now: datetime) -> Iterator[Effect]:
    yield from _site(Site(id=plan.id, address=plan.address, connections=plan.connections), sites, now)
    kept = {one.id for one in plan.zones}
    for gone in sites.zones(plan.id):
        if gone.id not in kept:
            yield ZoneChanged(station=_NOBODY, at=now, key=gone.key, zone=None)
    for zone in plan.zones:
        yield from _zone(zone, plan.id, sites, now)
        here = {one.id: one for one in sites.members(zone_key(plan.id, zone.id))}
        for station in zone.stations:
            if station.id not in here or _plans(here[station.id]) != station.evses:
                yield PlaceStation(station=station.id, site=plan.id, zone=zone.id, evses=station.evses)


def graph(site: Site, zones: Iterable[Zone], members: Mapping[ZoneKey, Sequence[Station]]) -> SitePlan:
    """Describe a site as it is: what ``ImportSites`` of it would change nothing of."""
    return SitePlan(
        id=site.id,
        address=site.address,
        connections=site.connections,
        zones=tuple(_described(zone, members[zone.key]) for zone in zones),
    )


def _described(zone: Zone, stations: Iterable[Station]) -> ZonePlan:
    return ZonePlan(
        id=zone.id,
        import_max=zone.import_max,
        export_max=zone.export_max,
        failsafe=zone.failsafe,
        failsafe_after=zone.failsafe_after,
        priority=zone.priority,
        stations=tuple(StationPlan(id=one.id, evses=_plans(one)) for one in stations),
    )


def _plans(station: Station) -> tuple[EvsePlan, ...]:
    return tuple(
        EvsePlan(number=number, evse_id=one.evse_id, import_max=one.import_max, export_max=one.export_max)
        for number, one in sorted(station.evses.items())
    )


def _demand_site(key: SiteId, sites: Sites) -> Site:
    site = sites.site(key)
    if site is None:
        raise Unknown(f"there is no site {key}", code="UnknownSite", where="site")
    return site


def _demand_zone(site: SiteId, zone: ZoneId, sites: Sites) -> Zone:
    found = sites.zone(zone_key(site, zone))
    if found is None:
        raise Unknown(f"there is no zone {zone} at site {site}", code="UnknownZone", where="zone")
    return found


def _few(names: Sequence[str]) -> str:
    """Name some."""
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
