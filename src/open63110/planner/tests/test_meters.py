# SPDX-License-Identifier: Apache-2.0
"""What is drawn beside EVSEs is counted at the voltage and on the phases where it is drawn, and measured so too."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from open63110.kernel.units import Amperes, Volts, Watts
from open63110.model.power import AssetReading
from open63110.model.site import Asset, Feeder, GridConnection, Site, SiteId
from open63110.planner.frame import Frame, frame
from open63110.planner.meters import Meters
from open63110.planner.network import Floats, use

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
NORTH = SiteId("north")
GRID = GridConnection(id="grid", amperes=(Amperes(200.0),) * 3, volts=Volts(277.0), import_max=Watts(150_000.0))
LOW = Feeder(id="low", amperes=(Amperes(100.0),) * 3, volts=Volts(120.0), winding="delta-wye")
PLAIN = Feeder(id="plain", amperes=(Amperes(100.0),) * 3, volts=Volts(120.0))


def site(*assets: Asset) -> Site:
    return Site(id=NORTH, connections=(GRID,), feeders=(LOW, PLAIN), assets=assets)


def asset(kind: Any = "load", **more: Any) -> Asset:
    return Asset(id="a", kind=kind, **more)


def reading(*power: float, seconds: float = 0.0) -> AssetReading:
    return AssetReading(id="north:a", site=NORTH, asset="a", at=NOW + timedelta(seconds=seconds), power=tuple(map(Watts, power)))


def looked(one: Asset, *said: AssetReading) -> tuple[Frame, Meters, Floats]:
    """Return what is reckoned with in every row after some readings [A or W]."""
    here, meters = site(one), Meters()
    made = frame(here, [], [], [])
    found = meters.read(here, made, lambda _: None, np.zeros(0), NOW)
    for last in said:
        found = meters.read(here, made, {"a": last}.get, np.zeros(0), last.at)
        meters.correct(here, made, made.network.ratings, found)
    return made, meters, use(made.loads, found.loads)


def at(made: Frame, load: Floats, place: str, *phases: str) -> list[float]:
    return [float(load[made.row_of[place, phase]]) for phase in phases]


def test_a_load_behind_a_transformer_counts_with_its_watts_everywhere_and_with_the_amperes_of_each_side() -> None:
    made, _, load = looked(asset(feeder="low", assumed=(Watts(30_000.0),)))
    assert at(made, load, "low", "W", "L1") == pytest.approx([30_000.0, 10_000.0 / 277.0])
    assert at(made, load, "grid", "W", "L3") == pytest.approx([30_000.0, 10_000.0 / 277.0])
    made, _, load = looked(asset(feeder="plain"), reading(12_000.0, 0.0, 0.0))
    assert at(made, load, "plain", "W", "L1") == pytest.approx([12_000.0, 100.0])


def test_a_load_on_two_phases_and_one_between_two_count_on_these_alone() -> None:
    made, _, load = looked(asset(wiring="L1L2", assumed=(Watts(27_700.0),)))
    assert at(made, load, "grid", "L1", "L2", "L3", "W") == pytest.approx([50.0, 50.0, 0.0, 27_700.0])
    made, _, load = looked(asset(wiring="L1-L2", assumed=(Watts(27_700.0),)))
    each = 27_700.0 / 277.0 / math.sqrt(3.0)
    assert at(made, load, "grid", "L1", "L2", "L3", "W") == pytest.approx([each, each, 0.0, 27_700.0])


def test_a_meter_of_a_place_of_120_volts_shows_the_amperes_there() -> None:
    made, meters, load = looked(asset("meter", feeder="plain"), reading(13_200.0, 0.0, 0.0))
    assert at(made, load, "plain", "L1", "W") == pytest.approx([110.0, 13_200.0])
    assert meters.withheld.trims["plain", "L1"] == pytest.approx(10.0 + 2.0), "what was too much, and two per cent"


def test_a_meter_before_a_transformer_shows_the_amperes_before_it_and_what_is_behind_counts_with_the_same_watts() -> None:
    made, meters, load = looked(asset("meter", feeder="low"), reading(*(110.0 * 277.0,) * 3))
    assert at(made, load, "low", "L1", "L2", "L3", "W") == pytest.approx([110.0, 110.0, 110.0, 3 * 110.0 * 277.0])
    assert meters.withheld.trims["low", "L2"] == pytest.approx(12.0)


def test_a_meter_on_one_phase_that_says_one_number_says_it_of_that_phase() -> None:
    made, _, load = looked(asset("meter", wiring="L2"), reading(2_770.0))
    assert at(made, load, "grid", "L1", "L2", "L3") == pytest.approx([0.0, 10.0, 0.0])
