# SPDX-License-Identifier: Apache-2.0
"""What was taken back by the word of a meter is given back with the limit that it was about, and with the meter."""

from datetime import UTC, datetime, timedelta

import numpy as np

from open63110.kernel.units import Amperes, Watts
from open63110.model.site import Feeder, GridConnection, Site, SiteId
from open63110.planner.frame import Frame, frame
from open63110.planner.withheld import Withheld

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
ROW = ("hall", "W")


def made(*amperes: float) -> Frame:
    grid = GridConnection(id="grid", amperes=(Amperes(100.0),) * 3, import_max=Watts(69_000.0))
    hall = Feeder(id="hall", amperes=tuple(map(Amperes, amperes)), import_max=Watts(10_000.0))
    return frame(Site(id=SiteId("north"), connections=(grid,), feeders=(hall,)), [], [], [])


def test_once_nothing_is_limited_there_any_more_nothing_is_taken_back_and_nobody_is_told() -> None:
    here, withheld = made(), Withheld()
    withheld.judge(here, here.network.ratings, "hall", {"W": 12_000.0}, NOW)
    assert withheld.trims == {ROW: 2_200.0}
    withheld.judge(here, np.full(len(here.network.ratings), np.inf), "hall", {"W": 12_000.0}, NOW + timedelta(seconds=1))
    assert withheld.trims == {}
    assert withheld.told() == {}


def test_a_phase_without_a_limit_gives_nothing_where_another_shows_too_much() -> None:
    here, withheld = made(20.0), Withheld()
    for second in (0, 5, 12):
        withheld.judge(here, here.network.ratings, "hall", {"L1": 25.0}, NOW + timedelta(seconds=second))
    assert set(withheld.trims) == {("hall", "L1")}


def test_with_its_meter_goes_what_was_taken_back_at_a_place() -> None:
    here, withheld = made(), Withheld()
    withheld.judge(here, here.network.ratings, "hall", {"W": 12_000.0}, NOW)
    withheld.keep({"hall", "grid"})
    assert withheld.trims
    withheld.keep({"grid"})
    assert (withheld.trims, withheld.told()) == ({}, {})
