# SPDX-License-Identifier: Apache-2.0
"""What is expected at a site becomes what its plan counts with; what is over, or was never said, counts for nothing."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from open63110.kernel.units import Percent, WattHours, Watts
from open63110.model.outlook import Outlook, OutlookStep, outlook_id
from open63110.model.power import AssetReading
from open63110.model.site import Asset, GridConnection, Site, SiteId, SiteRules
from open63110.planner.expected import Ahead, energy_of, shifted, turns
from open63110.planner.frame import frame
from open63110.planner.grid import grid
from open63110.planner.problem import Energy

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NORTH = SiteId("north")
HOUSE = Asset(id="house", kind="load", assumed=(Watts(9_000.0),))
ROOF = Asset(id="roof", kind="pv", assumed=(Watts(0.0),))
STORE = Asset(
    id="store",
    kind="battery",
    capacity=WattHours(40_000.0),
    import_max=Watts(10_000.0),
    export_max=Watts(8_000.0),
    efficiency=0.81,
)


def expected(kind: Any, *values: float, asset: str = "", hours: float = 24.0, **more: Any) -> Outlook:
    """A series with a step each hour, from an hour ago on."""
    steps = tuple(OutlookStep(since=NOW + (at - 1) * HOUR, value=value) for at, value in enumerate(values))
    key = outlook_id(NORTH, kind, asset)
    return Outlook(id=key, site=NORTH, kind=kind, asset=asset, steps=steps, until=NOW + hours * HOUR, **more)


def reading(asset: str, power: float, ago: float = 0.0, soc: float | None = None) -> AssetReading:
    return AssetReading(
        id=f"north:{asset}",
        site=NORTH,
        asset=asset,
        at=NOW - timedelta(seconds=ago),
        power=(Watts(power),),
        soc=None if soc is None else Percent(soc),
    )


def site(rules: SiteRules | None = None) -> Site:
    connection = GridConnection(id="g", import_max=Watts(60_000.0))
    return Site(id=NORTH, connections=(connection,), assets=(HOUSE, ROOF, STORE), rules=rules)


def told(*outlooks: Outlook, rules: SiteRules | None = None, meters: tuple[AssetReading, ...] = (), **more: Any) -> Energy:
    return energy_of(Ahead(site(rules), outlooks, {one.asset: one for one in meters}, **more), NOW)[0]


def hourly(profile: Any, hours: int = 3) -> list[float]:
    found: list[float] = grid(hours * 3_600.0, ((3_600.0, hours),)).mean(profile).tolist()
    return found


def test_where_nothing_is_expected_or_its_time_is_over_a_plan_is_as_it_always_was() -> None:
    ahead = Ahead(site(SiteRules(value=0.2)), (expected("price", 0.3, hours=0.0),), {})
    energy, quick = energy_of(ahead, NOW)
    assert quick == 0.1
    assert (energy.value, energy.peak, energy.battery, energy.flows) == (1.0, None, None, False)
    assert hourly(energy.price) == [0.0, 0.0, 0.0]


def test_prices_count_from_now_on_and_the_last_one_goes_on() -> None:
    energy = told(expected("price", 9.9, 0.3, 0.1), expected("export-price", 0.05), expected("ghg", 0.0, 400.0, 100.0))
    assert hourly(energy.price) == pytest.approx([0.3, 0.1, 0.1])
    assert energy.feed_in is not None
    assert hourly(energy.feed_in) == pytest.approx([0.05] * 3)
    assert hourly(energy.carbon) == pytest.approx([0.4, 0.1, 0.1]), "kilograms"


def test_energy_is_worth_more_than_it_can_cost_unless_the_site_says_what_it_is_worth() -> None:
    prices = expected("price", 0.3, 0.3, 0.1)
    carbon = expected("ghg", 500.0, 500.0)
    assert told(prices, carbon, rules=SiteRules(carbon_price=0.2)).value == pytest.approx(4.0)
    assert told(prices, rules=SiteRules(value=0.25)).value == 0.25
    ahead = Ahead(site(), (prices,), {})
    energy, quick = energy_of(ahead, NOW)
    assert quick * energy.value == pytest.approx(0.05 * 0.2), (
        "that energy comes at once is worth little beside what prices differ by"
    )


def test_loads_are_as_forecast_else_as_measured_else_as_assumed_and_the_sun_only_as_forecast() -> None:
    prices = expected("price", 0.3)
    assert hourly(told(prices).load) == pytest.approx([9_000.0] * 3)
    assert hourly(told(prices, meters=(reading("house", 4_000.0),)).load) == pytest.approx([4_000.0] * 3)
    assert hourly(told(prices, meters=(reading("house", 4_000.0, ago=90.0),)).load) == pytest.approx([9_000.0] * 3)
    assert hourly(told(expected("load", 1.0, 2_000.0, 3_000.0, asset="house")).load) == pytest.approx([2_000.0, 3_000.0, 3_000.0])
    assert hourly(told(expected("pv", 0.0, 5_000.0, 1_000.0, asset="roof")).pv) == pytest.approx([5_000.0, 1_000.0, 1_000.0])
    assert not told(prices, meters=(reading("roof", -5_000.0),)).flows or told(prices).battery is not None


def test_a_demand_charge_is_earned_by_the_days_that_are_left_and_what_was_reached_costs_nothing_more() -> None:
    charge = expected("demand-charge", 15.0, hours=24.0 * 20, reached=Watts(30_000.0))
    peak = told(charge, reached=20_000.0).peak
    assert peak is not None
    assert peak.price == pytest.approx(15.0 / (0.6 * 20))
    assert peak.paid == 30_000.0
    again = told(charge, reached=35_000.0).peak
    assert again is not None
    assert again.paid == 35_000.0


def test_a_battery_counts_while_it_says_how_full_it_is() -> None:
    prices = expected("price", 0.3)
    battery = told(prices, meters=(reading("store", 0.0, ago=600.0, soc=25.0),)).battery
    assert battery is not None
    assert (battery.level, battery.capacity, battery.charge, battery.discharge) == (10_000.0, 40_000.0, 10_000.0, 8_000.0)
    assert battery.efficiency == pytest.approx(math.sqrt(0.81))
    assert told(prices, meters=(reading("store", 0.0, ago=1_000.0, soc=25.0),)).battery is None
    assert told(prices, meters=(reading("store", 0.0),)).battery is None


def test_rows_have_more_room_when_loads_are_to_draw_less_and_the_sun_is_to_give() -> None:
    made = frame(site(), [], [], [])
    loads = np.zeros(len(made.loads.points))
    loads[list(made.load_of["house"])] = 9_000.0 / 230.0 / 3
    series = [expected("load", 9_000.0, 9_000.0, 3_000.0, asset="house"), expected("pv", 0.0, 0.0, 0.0, 6_000.0, asset="roof")]
    assert turns(series, NOW) == [NOW + HOUR, NOW + HOUR, NOW + 2 * HOUR]
    row = made.row_of["site", "W"]
    assert [round(float(shifted(made, loads, series, NOW + at * HOUR)[row].real)) for at in (0, 1, 2, 30)] == [
        0,
        -6_000,
        -12_000,
        0,
    ]
