# SPDX-License-Identifier: Apache-2.0
"""Currents of a plan as levels that EVSEs can be told."""

import math
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.planner.check import check
from open63110.planner.network import Floats, Network, Room, room
from open63110.planner.pilot import Pilot
from open63110.planner.pilots import Wish, fits, settle
from open63110.planner.tree import Node, Point, compiled

AMPERES = tuple(float(one) for one in range(6, 33))
KINDS = (Pilot(), Pilot(least=6.0), Pilot(least=6.0, levels=AMPERES), Pilot(least=8.0, levels=(8.0, 16.0, 24.0, 32.0)))
WIRINGS = ("L1", "L2", "L1L2L3", "L1-L2", "L3-L1")


def site(limit: float, wirings: list[str]) -> tuple[Network, Room]:
    points = [Point(id=str(at), node="grid", wiring=wiring) for at, wiring in enumerate(wirings)]
    network = compiled([Node(id="grid", amperes=(limit,) * 3, volts=120.0)], points)
    return network, room(network)


def wish(count: int, kinds: tuple[Pilot, ...], planned: Floats, **other: Any) -> Wish:
    no = np.zeros(count, dtype=np.bool_)
    usual: dict[str, Any] = {
        "high": np.full(count, 32.0),
        "laxity": np.arange(count, dtype=float),
        "watts": np.full(count, 230.0),
    }
    flags = {name: np.asarray(other.pop(name, no), dtype=np.bool_) for name in ("begun", "held", "barred")}
    return Wish(pilots=kinds, planned=planned, **(usual | other | flags))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Network, Room, Wish]:
    count = draw(st.integers(1, 8))
    network, given_room = site(
        draw(st.floats(0.0, 120.0)), draw(st.lists(st.sampled_from(WIRINGS), min_size=count, max_size=count))
    )
    kinds = tuple(draw(st.lists(st.sampled_from(KINDS), min_size=count, max_size=count)))

    def numbers(low: float, high: float) -> Floats:
        return np.array(draw(st.lists(st.floats(low, high), min_size=count, max_size=count)))

    flags = {name: np.array(draw(st.lists(st.booleans(), min_size=count, max_size=count))) for name in ("begun", "barred")}
    held = flags["begun"] & ~flags["barred"]
    barred = flags["barred"] & ~flags["begun"]
    asked = wish(
        count, kinds, numbers(0, 32), high=numbers(0, 32), laxity=numbers(-9, 9), begun=flags["begun"], held=held, barred=barred
    )
    return network, given_room, asked


@given(cases())
def test_whatever_is_wished_the_rows_hold_and_every_current_is_a_level(case: tuple[Network, Room, Wish]) -> None:
    network, given_room, asked = case
    told = settle(network, given_room, np.arange(len(network.points)), asked)
    tops = np.array([pilot.cover(high) for pilot, high in zip(asked.pilots, asked.high.tolist(), strict=True)])
    least = np.array([pilot.cover(1e-6) if pilot.least else 0.0 for pilot in asked.pilots])
    assert check(network, given_room, told, np.where(asked.held, np.maximum(tops, least), tops)) is None
    for current, pilot in zip(told.tolist(), asked.pilots, strict=True):
        assert current == 0.0 or current >= pilot.least
        assert not pilot.levels or current in (0.0, *pilot.levels)
    assert not told[asked.barred].any()


@given(cases())
def test_who_may_not_stop_goes_on_wherever_all_of_these_fit(case: tuple[Network, Room, Wish]) -> None:
    network, given_room, asked = case
    points = np.arange(len(network.points))
    least = np.array([pilot.least for pilot in asked.pilots])
    held = asked.held & (least > 0.0) & (asked.high > 0.0)
    told = settle(network, given_room, points, asked)
    if fits(network, given_room, points, np.where(asked.held, least, 0.0)):
        assert np.all(told[held] >= least[held])


@given(cases())
def test_nothing_that_could_be_given_is_left(case: tuple[Network, Room, Wish]) -> None:
    network, given_room, asked = case
    points = np.arange(len(network.points))
    told = settle(network, given_room, points, asked)
    for one, pilot in enumerate(asked.pilots):
        more = pilot.up(told[one]) if math.isfinite(pilot.up(told[one])) else told[one] + 1e-3
        if asked.barred[one] or more > pilot.cover(asked.high[one]) - 1e-3:
            continue
        higher = told.copy()
        higher[one] = more + 1e-3
        # a row of phasors may be relieved by somebody who is served later, so only the last look counts
        assert not network.all_plain or not fits(network, given_room, points, higher)


def test_rounding_is_given_back_to_those_it_took_most_from() -> None:
    network, given_room = site(20.0, ["L1", "L1"])
    kinds = (Pilot(least=6.0, levels=AMPERES),) * 2
    asked = wish(2, kinds, np.array([9.3, 10.7]), high=np.array([10.0, 11.0]), laxity=np.array([0.0, 5.0]))
    assert settle(network, given_room, np.arange(2), asked).tolist() == [9.0, 11.0]


def test_what_is_left_goes_to_the_most_urgent() -> None:
    network, given_room = site(30.0, ["L1", "L1"])
    kinds = (Pilot(least=6.0),) * 2
    asked = wish(2, kinds, np.array([8.0, 8.0]), laxity=np.array([500.0, 10.0]), begun=np.ones(2))
    assert settle(network, given_room, np.arange(2), asked) == pytest.approx([8.0, 22.0])


def test_where_not_even_the_least_fits_those_stop_that_can_wait_longest() -> None:
    network, given_room = site(13.0, ["L1", "L1", "L1"])
    asked = wish(
        3, (Pilot(least=6.0),) * 3, np.full(3, 6.0), laxity=np.array([900.0, 0.0, 60.0]), begun=np.ones(3), held=np.ones(3)
    )
    assert settle(network, given_room, np.arange(3), asked)[0] == 0.0


def test_a_little_energy_is_offered_the_lowest_level_that_covers_it() -> None:
    network, given_room = site(32.0, ["L1"])
    asked = wish(1, (KINDS[3],), np.array([2.5]), high=np.array([2.5]))
    assert settle(network, given_room, np.arange(1), asked).tolist() == [8.0]


def test_rounding_moves_power_from_one_to_another_and_adds_none() -> None:
    network, given_room = site(99.0, ["L1"] * 4)
    kinds = (Pilot(least=6.0, levels=AMPERES),) * 4
    asked = wish(4, kinds, np.array([9.5, 8.5, 4.0, 2.0]))
    bounded = msgspec.structs.replace(asked, power=24.0 * 230)
    told = settle(network, given_room, np.arange(4), bounded)
    assert told.sum() <= 24.0
    assert told[:2].sum() >= 17.0
    held = msgspec.structs.replace(bounded, power=0.0, begun=np.ones(4, dtype=np.bool_), held=np.ones(4, dtype=np.bool_))
    assert settle(network, given_room, np.arange(4), held).tolist() == [6.0] * 4
