# SPDX-License-Identifier: Apache-2.0
"""Sites, zones and stations in memory, for tests of what describes them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect
from open63110.kernel.units import Watts
from open63110.model.site import Site, SiteChanged, SiteId, StationPlaced, Zone, ZoneChanged, ZoneId, ZoneKey
from open63110.model.station import Station
from open63110.usecases.energy.describe_site import ImportSites, PlaceStation, PutSite, PutZone, SitePlan, csms, evolve, graph

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
NORTH, DECK = SiteId("north"), ZoneId("deck")
NOBODY = StationId("")


class World:
    """Sites, zones and stations, changed by facts and by the commands that follow."""

    def __init__(self) -> None:
        self.all: dict[SiteId, Site] = {}
        self.every: dict[ZoneKey, Zone] = {}
        self.stations: dict[StationId, Station] = {}
        self.facts: list[Any] = []

    def site(self, key: SiteId) -> Site | None:
        return self.all.get(key)

    def zone(self, key: ZoneKey) -> Zone | None:
        return self.every.get(key)

    def zones(self, site: SiteId) -> Sequence[Zone]:
        return [one for _, one in sorted(self.every.items()) if one.site == site]

    def members(self, zone: ZoneKey) -> Sequence[Station]:
        return [one for _, one in sorted(self.stations.items()) if one.zone == zone]

    def play(self, effects: Iterable[Effect]) -> list[Any]:
        """Take effects as the engine would; return the facts."""
        before = len(self.facts)
        placing = []
        for effect in list(effects):
            if isinstance(effect, PlaceStation):
                placing.append(effect)
            else:
                self._note(effect)
        for command in placing:
            for fact in list(csms.place(command, self.stations.get(command.station), self, NOW)):
                self._note(fact)
        return self.facts[before:]

    def _note(self, fact: Any) -> None:
        self.facts.append(fact)
        match fact:
            case SiteChanged(site=None):
                del self.all[fact.id]
            case SiteChanged(site=Site() as site):
                self.all[fact.id] = site
            case ZoneChanged(zone=None):
                del self.every[fact.key]
            case ZoneChanged(zone=Zone() as zone):
                self.every[fact.key] = zone
            case StationPlaced():
                known = self.stations.get(fact.station) or Station(id=fact.station)
                self.stations[fact.station] = evolve.placed(fact, known)

    def take(self, *sites: SitePlan) -> list[Any]:
        return self.play(csms.take_over(ImportSites(station=NOBODY, sites=sites), self, NOW))

    def read(self) -> SitePlan:
        zones = self.zones(NORTH)
        return graph(self.all[NORTH], zones, {one.key: self.members(one.key) for one in zones})

    def put_zone(self, **more: Any) -> list[Any]:
        fields: dict[str, Any] = {"site": NORTH, "id": DECK, "import_max": Watts(60_000.0)} | more
        return self.play(csms.put_zone(PutZone(station=NOBODY, **fields), self, NOW))

    def put_site(self, **more: Any) -> list[Any]:
        fields: dict[str, Any] = {"id": NORTH} | more
        return self.play(csms.put_site(PutSite(station=NOBODY, **fields), self, NOW))

    def place(self, station: StationId, **more: Any) -> list[Any]:
        return self.play(csms.place(PlaceStation(station=station, **more), self.stations.get(station), self, NOW))
