# SPDX-License-Identifier: Apache-2.0
"""A site as it stands there."""

import math
from typing import Any

import pytest

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Amperes, Seconds, Volts, Watts
from open63110.model.site import Asset, EvsePlan, Feeder, GridConnection, SiteId, ZoneId
from open63110.simulator.garage import garage
from open63110.simulator.premises import QUIET, Premises
from open63110.usecases.energy.describe_site import SitePlan, StationPlan, ZonePlan

LIMITS = (Amperes(100.0),) * 3


def evse(number: int = 1, **more: Any) -> EvsePlan:
    return EvsePlan(number=EvseNumber(number), **more)


def site(*evses: EvsePlan, zone: str = "", station: str = "", **more: Any) -> SitePlan:
    plain: dict[str, Any] = {"connections": (GridConnection(id="main", import_max=Watts(60_000.0), amperes=LIMITS),)}
    stands = StationPlan(id=StationId("CS1"), evses=evses, feeder=station)
    zones = (ZonePlan(id=ZoneId("north"), import_max=Watts(44_000.0), stations=(stands,), feeder=zone),)
    return SitePlan(id=SiteId("s"), zones=zones, **plain | more)


def flows(premises: Premises, amperes: float) -> dict[str, float]:
    network = premises.network
    found = network.flows([amperes] * network.conductors)
    return {row.name: round(flow, 3) for row, flow in zip(network.rows, found, strict=True) if flow}


def test_a_station_draws_at_its_feeder_and_all_above_and_counts_in_its_zone() -> None:
    west, east = Feeder(id="west", amperes=LIMITS), Feeder(id="east", parent="west", amperes=LIMITS)
    found = flows(Premises(site(evse(wiring="L2"), zone="east", feeders=(west, east))), 10.0)
    assert found == {
        "feeder east L2": 10.0,
        "feeder east": 2_300.0,
        "feeder west L2": 10.0,
        "feeder west": 2_300.0,
        "grid main L2": 10.0,
        "grid main": 2_300.0,
        "zone north": 2_300.0,
        "site s": 2_300.0,
    }


def test_a_station_may_hang_elsewhere_than_its_zone() -> None:
    west, east = Feeder(id="west", amperes=LIMITS), Feeder(id="east", amperes=LIMITS)
    found = flows(Premises(site(evse(), zone="west", station="east", feeders=(west, east))), 10.0)
    assert "feeder east L1" in found
    assert "feeder west L1" not in found


def test_an_evse_gives_what_is_said_of_it_at_the_voltage_of_its_feeder() -> None:
    below = Feeder(id="t", volts=Volts(120.0), winding="delta-wye", amperes=LIMITS)
    main = GridConnection(id="main", import_max=Watts(150_000.0), volts=Volts(277.0))
    one = evse(wiring="L1-L2", import_max=Watts(6_651.0), pilots=tuple(map(Amperes, (8.0, 16.0, 24.0, 32.0))))
    (outfit,) = Premises(site(one, zone="t", feeders=(below,), connections=(main,))).outfits
    assert outfit.rating.volts == pytest.approx(120 * math.sqrt(3))
    assert outfit.rating.most == pytest.approx(32.0, abs=0.01)
    (usual,) = Premises(site(evse(import_max=Watts(11_040.0)))).outfits
    assert (usual.rating.most, len(usual.rating.windings)) == (16.0, 3)


def test_what_a_house_draws_counts_at_its_feeder_and_is_less_at_night() -> None:
    house = Asset(id="house", kind="load", assumed=(Watts(6_900.0),))
    sun = Asset(id="sun", kind="pv", assumed=(Watts(-2_300.0), Watts(0.0), Watts(0.0)))
    premises = Premises(site(evse(), assets=(house, sun, Asset(id="meter", kind="meter"))))
    assert [one.amperes for one in premises.loads] == [(10.0, 10.0, 10.0), (-10.0, 0.0, 0.0)]
    assert premises.loads[0].part(Seconds(0.0)) == QUIET
    assert premises.loads[0].part(Seconds(12 * 3600.0)) == pytest.approx(1.0)


def test_what_hangs_at_nothing_is_refused() -> None:
    with pytest.raises(Malformed, match="feeder west hangs at nowhere"):
        Premises(site(evse(), feeders=(Feeder(id="west", parent="nowhere"),)))
    with pytest.raises(Malformed, match="no feeder or connection east"):
        Premises(site(evse(), zone="east"))
    with pytest.raises(Malformed, match="nothing stands"):
        Premises(SitePlan(id=SiteId("s")))


def test_the_first_evse_of_each_station_has_its_place() -> None:
    premises = Premises(garage(12))
    assert len(premises.outfits) == 12
    assert list(premises.first.values()) == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10]


def test_a_made_up_garage_can_carry_a_part_of_what_it_could_draw_only() -> None:
    premises = Premises(garage(100))
    everything = flows(premises, 32.0)
    limits = {row.name: row.limit for row in premises.network.rows}
    assert all(everything[f"grid main {phase}"] > 2 * limits[f"grid main {phase}"] for phase in ("L1", "L2", "L3"))
    assert {len(one.rating.windings) for one in premises.outfits} == {1, 3}
    assert len({one.rating.windings[0].plus for one in premises.outfits}) == 3
