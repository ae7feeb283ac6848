# SPDX-License-Identifier: Apache-2.0
"""A made-up garage for whoever has no site at hand: a small connection, rotated wiring, feeders, single phases, a house."""

from typing import Final

from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Amperes, Watts
from open63110.model.limit import PHASE
from open63110.model.site import Asset, EvsePlan, Feeder, GridConnection, SiteId, ZoneId
from open63110.usecases.energy.describe_site import SitePlan, StationPlan, ZonePlan

ROTATED: Final = ("L1L2L3", "L2L3L1", "L3L1L2")

ROW: Final = 20
"""EVSEs that one feeder feeds at most."""

SHARE: Final = 0.08
"""What the grid connection carries, as a part of all that the EVSEs could draw."""

FEEDS: Final = 0.5
"""The same of a feeder."""

MOST: Final = Amperes(32.0)


def garage(evses: int, name: str = "garage") -> SitePlan:
    """Return a garage of so many EVSEs; every fifth station has two, every seventh EVSE has one phase."""
    stations = _stations(evses, name)
    rows = [stations[first : first + ROW] for first in range(0, len(stations), ROW)]
    amperes = Amperes(round(max(63.0, SHARE * evses * MOST)))
    power = Watts(round(3 * PHASE * amperes * 0.95, -2))
    return SitePlan(
        id=SiteId(name),
        address="made up",
        connections=(GridConnection(id="main", import_max=power, amperes=(amperes,) * 3),),
        feeders=tuple(Feeder(id=f"row-{n}", amperes=(_fed(row),) * 3) for n, row in enumerate(rows, start=1)),
        zones=tuple(_zone(n, row) for n, row in enumerate(rows, start=1)),
        assets=(Asset(id="house", kind="load", assumed=(Watts(round(0.08 * power, -2)),)),),
    )


def _stations(evses: int, name: str) -> list[StationPlan]:
    found: list[StationPlan] = []
    left, number = evses, 0
    while left > 0:
        size = min(left, 2 if len(found) % 5 == 4 else 1)
        plans = tuple(_evse(place + 1, number + place) for place in range(size))
        found.append(StationPlan(id=StationId(f"{name.upper()}-{len(found) + 1:03d}"), evses=plans))
        left, number = left - size, number + size
    return found


def _evse(number: int, place: int) -> EvsePlan:
    turned = ROTATED[place % len(ROTATED)]
    wiring = turned[:2] if place % 7 == 6 else turned  # one phase, L1 or another
    return EvsePlan(number=EvseNumber(number), import_max=Watts(MOST * PHASE * (len(wiring) // 2)), wiring=wiring)


def _fed(row: list[StationPlan]) -> Amperes:
    return Amperes(round(max(32.0, FEEDS * MOST * sum(len(one.evses) for one in row))))


def _zone(number: int, row: list[StationPlan]) -> ZonePlan:
    power = Watts(round(3 * PHASE * _fed(row), -2))
    return ZonePlan(id=ZoneId(f"row-{number}"), import_max=power, stations=tuple(row), feeder=f"row-{number}")
