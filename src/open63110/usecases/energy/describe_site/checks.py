# SPDX-License-Identifier: Apache-2.0
"""What makes a description of a site impossible; each refusal says where."""

import itertools
from collections.abc import Sequence
from typing import Final

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId, station_id
from open63110.model.limit import demand_silence
from open63110.model.site import EvsePlan, Site, SiteId, SiteRules, ZoneId, place_id
from open63110.usecases.energy.describe_site.feeders import Tree, check_tree, demand_amounts, demand_once
from open63110.usecases.energy.describe_site.messages import PlaceStation, SitePlan, StationPlan, ZonePlan

LONGEST_TURN: Final = 86_400.0
"""[s]"""


def check_site(site: Site | SitePlan, where: str = "") -> None:
    """Look at a site, its connections to the grid, feeders and assets.

    Raises:
        Malformed: an id that will not do, or that is there twice, a number that cannot be, or a tree that is none.
    """
    place_id(site.id, f"{where}id")
    check_tree(site, where)
    if site.rules is not None:
        _check_rules(site.rules, f"{where}rules")


def _check_rules(rules: SiteRules, where: str) -> None:
    demand_amounts((rules.pauses, rules.on, rules.off, rules.value, rules.carbon_price), where)
    for name in ("on", "off"):
        if getattr(rules, name) > LONGEST_TURN:
            words = f"{name} is a time in seconds, a day at most, not {getattr(rules, name):g}"
            raise Malformed(words, code="InvalidValue", where=f"{where}.{name}")


def check_zone(zone: ZonePlan, where: str = "") -> None:
    """Look at a zone, not at its stations.

    Raises:
        Malformed: an id that will not do, or a number below nothing.
    """
    place_id(zone.id, f"{where}id")
    demand_amounts((zone.import_max, zone.export_max, zone.failsafe, zone.failsafe_after), where.rstrip(".") or "import_max")
    demand_silence(zone.failsafe_after, f"{where}failsafe_after")
    if zone.failsafe is not None and zone.failsafe > zone.import_max:
        words = f"what remains without a link, {zone.failsafe:g} W, is more than the zone carries, {zone.import_max:g} W"
        raise Malformed(words, code="InvalidValue", where=f"{where}failsafe")


def check_place(command: PlaceStation) -> tuple[SiteId | None, ZoneId | None]:
    """Look at where a station is to stand, and at its own id: it may be new.

    Raises:
        Malformed: an id that will not do, or a site without a zone, or the other way round.
    """
    _check_station(command.station, "station")
    if (command.site is None) != (command.zone is None):
        missing = "zone" if command.zone is None else "site"
        raise Malformed("a place is a site and a zone of it", where=missing, remedy="give both, or none to take it out")
    if command.feeder and command.zone is None:
        raise Malformed("what stands in no zone has no feeder", where="feeder", remedy="give a site and a zone as well")
    return command.site, command.zone


def check_evses(evses: Sequence[EvsePlan], where: str = "evses") -> None:
    """Look at all EVSEs of a station.

    Raises:
        Malformed: they are not numbered from 1 on without gaps, or one has a number below nothing.
    """
    numbers = sorted(one.number for one in evses)
    if numbers != list(range(1, len(numbers) + 1)):
        words = f"EVSEs are numbered from 1 on without gaps, not {', '.join(map(str, numbers))}"
        raise Malformed(words, code="BadEvseNumber", where=where)
    for place, one in enumerate(evses):
        demand_amounts((one.import_max, one.export_max, *one.pilots), f"{where}[{place}]")
        if any(later <= before for before, later in itertools.pairwise((0.0, *one.pilots))):
            words = "the currents it can offer beside 0 are given rising"
            raise Malformed(words, code="InvalidValue", where=f"{where}[{place}].pilots")


def check_wired(tree: Tree, feeder: str, evses: Sequence[EvsePlan], where: str = "evses") -> None:
    """Look at whether EVSEs can hang where they do.

    Raises:
        Malformed: a wiring that is none, or phases that the place does not have.
    """
    for place, one in enumerate(evses):
        tree.demand_wired(one.wiring, feeder, f"{where}[{place}].wiring")


def check_whole(sites: Sequence[SitePlan]) -> None:
    """Look at sites with all that stands there.

    Raises:
        Malformed: something in it will not do, or is there twice.
    """
    zones = [(f"sites[{s}].zones[{z}].", zone) for s, site in enumerate(sites) for z, zone in enumerate(site.zones)]
    stations = [(f"{where}stations[{n}].", one) for where, zone in zones for n, one in enumerate(zone.stations)]
    for place, site in enumerate(sites):
        check_site(site, f"sites[{place}].")
        demand_once((one.id for one in site.zones), f"sites[{place}].zones", "zone")
    demand_once((one.id for one in sites), "sites", "site")
    for where, zone in zones:
        check_zone(zone, where)
    _check_stations(stations)
    for place, site in enumerate(sites):
        _check_fed(site, f"sites[{place}].")


def _check_fed(site: SitePlan, where: str) -> None:
    """Let zones and stations hang at what the site has, on phases that are there."""
    tree = Tree(site)
    for z, zone in enumerate(site.zones):
        at = f"{where}zones[{z}]."
        tree.demand(zone.feeder, f"{at}feeder")
        for n, one in enumerate(zone.stations):
            tree.demand(one.feeder, f"{at}stations[{n}].feeder")
            check_wired(tree, one.feeder or zone.feeder, one.evses, f"{at}stations[{n}].evses")


def _check_stations(stations: Sequence[tuple[str, StationPlan]]) -> None:
    for where, station in stations:
        _check_station(station.id, f"{where}id")
        check_evses(station.evses, f"{where}evses")
    demand_once((one.id for _, one in stations), "sites", "station")
    demand_once((evse.evse_id for _, one in stations for evse in one.evses if evse.evse_id), "sites", "EVSEID")


def _check_station(text: StationId, where: str) -> None:
    try:
        station_id(text)
    except ValueError as fault:
        raise Malformed(str(fault), code="BadStationId", where=where) from fault
