# SPDX-License-Identifier: Apache-2.0
"""A site as it stands there: its description turned into meters, EVSEs and the loads beside them, for the simulator alone."""

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Amperes, Seconds, Volts, Watts
from open63110.model.limit import PHASE
from open63110.model.site import Asset, EvsePlan, Feeder, GridConnection
from open63110.model.wiring import wired
from open63110.simulator.network import Network, Node
from open63110.simulator.outlet import Rating, Winding
from open63110.usecases.energy.describe_site import SitePlan, ZonePlan

USUAL: Final = Amperes(32.0)
"""What an EVSE gives on each phase of which nobody said what it can [A]."""

QUIET: Final = 0.6
"""Part of what is assumed of a load that it draws at night; by day it is up to the whole."""


class Outfit(NamedTuple):
    """One EVSE of the site."""

    station: StationId
    number: EvseNumber
    rating: Rating
    conductors: tuple[int, ...]
    """Where each of its windings is metered."""


class Load(NamedTuple):
    """What is drawn, or given, beside the stations."""

    id: str
    conductors: tuple[int, ...]
    amperes: tuple[Amperes, ...]
    """On each, by day; negative: it gives [A]."""
    powers: tuple[Watts, ...]
    """The same [W]."""

    def part(self, of_day: Seconds) -> float:
        """Return which part of its most it draws at a time of the day."""
        return QUIET + (1.0 - QUIET) * max(0.0, math.sin(math.pi * (of_day / 86_400.0)))


class Premises:
    """Everything there is."""

    def __init__(self, site: SitePlan) -> None:
        """Build it.

        Raises:
            Malformed: a feeder, or what it hangs at, is not there; or there is no EVSE.
        """
        self.site = site
        self._places: dict[str, Feeder | GridConnection] = {one.id: one for one in site.connections}
        self._places |= {one.id: one for one in site.feeders}
        self._first = site.connections[0].id if site.connections else ""
        self.network = Network(self._nodes())
        self.outfits: list[Outfit] = [one for zone in site.zones for one in self._zone(zone)]
        self.loads = [self._load(one) for one in site.assets if one.kind in {"load", "pv"} and any(one.assumed)]
        if not self.outfits:
            raise Malformed(f"nothing stands at site {site.id}: its stations need zones and EVSEs", where="site")

    @property
    def first(self) -> dict[StationId, int]:
        """The place of the first EVSE of each station among all."""
        places: dict[StationId, int] = {}
        for place, one in enumerate(self.outfits):
            places.setdefault(one.station, place)
        return places

    @property
    def whole(self) -> str:
        """Name of the node that is the site as a whole."""
        return f"site {self.site.id}"

    def _nodes(self) -> Iterator[Node]:
        yield Node(self.whole, electric=False)
        for one in self.site.connections:
            yield Node(f"grid {one.id}", "", one.amperes, one.import_max)
        for feeder in self.site.feeders:
            above = self._above(feeder)
            ratio = self._volts(feeder.id) / (math.sqrt(3) * self._volts(above)) if feeder.winding else 0.0
            yield Node(f"feeder {feeder.id}", self._name(above), feeder.amperes, feeder.import_max, ratio)
        for zone in self.site.zones:
            yield Node(f"zone {zone.id}", "", (), zone.import_max, electric=False)

    def _above(self, feeder: Feeder) -> str:
        above = feeder.parent or self._first
        if above not in self._places:
            raise Malformed(f"feeder {feeder.id} hangs at {above or 'nothing'}, which is not there", where="site")
        return above

    def _name(self, place: str) -> str:
        """Return what a feeder or connection is called among the nodes; empty where the site has none."""
        key = place or self._first
        if not key:
            return ""
        found = self._places.get(key)
        if found is None:
            raise Malformed(f"there is no feeder or connection {key}", where="site")
        return f"{'feeder' if isinstance(found, Feeder) else 'grid'} {key}"

    def _volts(self, place: str) -> Volts:
        """Return the voltage to neutral at a place [V]."""
        seen: set[str] = set()
        key = place or self._first
        while key and key not in seen:
            seen.add(key)
            one = self._places[key]
            if isinstance(one, GridConnection):
                return one.volts
            if one.volts is not None:
                return one.volts
            key = self._above(one)
        return PHASE

    def _zone(self, zone: ZonePlan) -> Iterator[Outfit]:
        for station in zone.stations:
            place = station.feeder or zone.feeder
            for evse in station.evses or (EvsePlan(number=EvseNumber(1)),):
                groups = (self._name(place), f"zone {zone.id}", self.whole)
                yield self._outfit(station.id, evse, place, tuple(filter(None, groups)))

    def _outfit(self, station: StationId, evse: EvsePlan, place: str, at: tuple[str, ...]) -> Outfit:
        wiring = wired(evse.wiring)
        volts = Volts(self._volts(place) * (math.sqrt(3) if wiring.between else 1.0))
        windings = (Winding(*wiring.phases),) if wiring.between else tuple(map(Winding, wiring.phases))
        most = USUAL if evse.import_max is None else Amperes(evse.import_max / volts / len(windings))
        most = Amperes(min([most, *evse.pilots[-1:]]))
        conductors = tuple(self.network.connect(at, one, volts) for one in windings)
        return Outfit(station, evse.number, Rating(windings, volts, most, evse.pilots), conductors)

    def _load(self, asset: Asset) -> Load:
        wiring, volts = wired(asset.wiring), self._volts(asset.feeder)
        at = tuple(filter(None, (self._name(asset.feeder), self.whole)))
        windings = (Winding(*wiring.phases),) if wiring.between else tuple(map(Winding, wiring.phases))
        volts = Volts(volts * (math.sqrt(3) if wiring.between else 1.0))
        shares = asset.assumed if len(asset.assumed) > 1 else tuple(asset.assumed[0] / len(windings) for _ in windings)
        conductors = tuple(self.network.connect(at, one, volts) for one in windings)
        powers = tuple(Watts(one) for one in shares[: len(windings)])
        return Load(asset.id, conductors, tuple(Amperes(one / volts) for one in powers), powers)
