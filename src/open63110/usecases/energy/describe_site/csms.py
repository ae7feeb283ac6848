# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about descriptions of sites: everything is looked at before anything changes."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect
from open63110.model.site import Site, SiteChanged, SiteId, StationPlaced, Zone, ZoneChanged, ZoneId, zone_key
from open63110.model.station import Station
from open63110.ports import Sites
from open63110.usecases.energy.describe_site import evolve
from open63110.usecases.energy.describe_site.checks import (
    check_evses,
    check_place,
    check_site,
    check_whole,
    check_wired,
    check_zone,
)
from open63110.usecases.energy.describe_site.described import evses_of, station_of
from open63110.usecases.energy.describe_site.feeders import Tree
from open63110.usecases.energy.describe_site.messages import (
    ImportSites,
    PlaceStation,
    PutSite,
    PutZone,
    RemoveSite,
    RemoveZone,
    SitePlan,
    ZonePlan,
)

_NOBODY = StationId("")


def put_site(command: PutSite, sites: Sites, now: datetime) -> Iterator[Effect]:
    """Keep it, if it is new.

    Raises:
        Refused: a zone or a station hangs at a feeder that would not be there any more, or at phases that it would not have.
    """
    plan = SitePlan(
        id=command.id,
        address=command.address,
        connections=command.connections,
        feeders=command.feeders,
        assets=command.assets,
        rules=command.rules,
    )
    check_site(plan)
    _demand_unused(plan, sites)
    yield from _site(plan, sites, now)


def _demand_unused(plan: SitePlan, sites: Sites) -> None:
    """Let everything that hangs somewhere go on doing so."""
    tree = Tree(plan)
    zones = sites.zones(plan.id)
    stations = [(zone, one) for zone in zones for one in sites.members(zone.key)]
    hanging = [(f"zone {one.id}", one.feeder) for one in zones] + [(str(one.id), one.feeder) for _, one in stations]
    lost = [f"{who} (at {feeder})" for who, feeder in hanging if feeder and feeder not in tree.nodes]
    if lost:
        words = f"what is to go still feeds {_few(lost)}"
        raise Refused(words, code="FeederInUse", where="feeders", remedy="let something else feed them first")
    for zone, one in stations:
        check_wired(tree, one.feeder or zone.feeder, evses_of(one), f"station {one.id}: evses")


def _site(plan: SitePlan, sites: Sites, now: datetime) -> Iterator[Effect]:
    known = sites.site(plan.id)
    site = replace(
        known or Site(id=plan.id),
        address=plan.address,
        connections=plan.connections,
        feeders=plan.feeders,
        assets=plan.assets,
        rules=plan.rules if plan.rules is not None or known is None else known.rules,
    )
    if known != site:
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
        Malformed: nothing of the site is called as what is to feed it, or has not the phases that its stations are wired to.
    """
    site = _demand_site(command.site, sites)
    plan = ZonePlan(
        id=command.id,
        import_max=command.import_max,
        export_max=command.export_max,
        failsafe=command.failsafe,
        failsafe_after=command.failsafe_after,
        priority=command.priority_in_site,
        feeder=command.feeder,
    )
    check_zone(plan)
    tree = Tree(site)
    tree.demand(plan.feeder, "feeder")
    for one in sites.members(zone_key(command.site, command.id)):
        check_wired(tree, one.feeder or plan.feeder, evses_of(one), f"station {one.id}: evses")
    yield from _zone(plan, command.site, sites, now)


def _zone(plan: ZonePlan, site: SiteId, sites: Sites, now: datetime) -> Iterator[Effect]:
    known = sites.zone(zone_key(site, plan.id))
    zone = replace(
        known or Zone(id=plan.id, site=site, import_max=plan.import_max),
        import_max=plan.import_max,
        export_max=plan.export_max,
        failsafe=plan.failsafe,
        failsafe_after=plan.failsafe_after,
        priority=plan.priority,
        feeder=plan.feeder,
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
    here = _demand_zone(site, zone, sites) if site is not None and zone is not None else None
    check_evses(command.evses or ())
    known = station or Station(id=command.station)
    key = here.key if here else None
    left = known.zone if known.zone != key else None
    fact = StationPlaced(station=command.station, at=now, zone=key, evses=command.evses, left=left, feeder=command.feeder)
    placed = evolve.placed(fact, known)
    if here is not None:
        tree = Tree(sites.site(here.site) or Site(id=here.site))
        tree.demand(command.feeder, "feeder")
        check_wired(tree, command.feeder or here.feeder, evses_of(placed))
    if station is None or placed != known:
        yield fact


def take_over(command: ImportSites, sites: Sites, now: datetime) -> Iterator[Effect]:
    """Let sites be as described. Stations are placed by commands of their own, which were looked at here already.

    Raises:
        Refused: a station would be lost, because it is not named any more.
    """
    _check(command.sites)
    named = {one.id for site in command.sites for zone in site.zones for one in zone.stations}
    for plan in command.sites:
        for zone in sites.zones(plan.id):
            lost = [str(one.id) for one in sites.members(zone.key) if one.id not in named]
            if lost:
                words = f"{_few(lost)} stand{'s' * (len(lost) == 1)} in zone {zone.key} and would be lost"
                raise Refused(words, code="StationLeftOut", remedy="name it, or place it elsewhere first")
    for plan in command.sites:
        yield from _take_over(plan, sites, now)


def _check(sites: Sequence[SitePlan]) -> None:
    """Look at all of it; whoever reads the refusal in a list of orders is told where as well."""
    try:
        check_whole(sites)
    except Malformed as fault:
        words = f"{fault.where}: {fault.message}"
        raise Malformed(words, code=fault.code, where=fault.where, remedy=fault.remedy) from fault


def _take_over(plan: SitePlan, sites: Sites, now: datetime) -> Iterator[Effect]:
    yield from _site(plan, sites, now)
    kept = {one.id for one in plan.zones}
    for gone in sites.zones(plan.id):
        if gone.id not in kept:
            yield ZoneChanged(station=_NOBODY, at=now, key=gone.key, zone=None)
    for zone in plan.zones:
        yield from _zone(zone, plan.id, sites, now)
        here = {one.id: one for one in sites.members(zone_key(plan.id, zone.id))}
        for station in zone.stations:
            if station.id not in here or station_of(here[station.id]) != station:
                yield PlaceStation(station=station.id, site=plan.id, zone=zone.id, evses=station.evses, feeder=station.feeder)


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
