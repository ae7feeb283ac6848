# SPDX-License-Identifier: Apache-2.0
"""Time ahead in slots that grow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.planner.grid import SPANS, Profile, grid, steady


@given(st.floats(0.0, 3e5))
def test_slots_have_no_gaps_and_reach_the_horizon_with_at_most_one_beyond_it(horizon: float) -> None:
    found = grid(horizon)
    assert found.starts[0] == 0.0
    assert np.array_equal(found.starts[1:], found.ends[:-1])
    assert found.ends[-1] >= horizon - 1e-3
    assert len(found.starts) == 1 or found.starts[-1] < horizon
    assert np.all(np.diff(found.lengths) >= 0)


def test_an_hour_comes_in_steps_of_five_minutes_and_two_in_quarters() -> None:
    found = grid(6 * 3600.0)
    assert found.lengths.tolist() == [300.0] * 12 + [900.0] * 8 + [1800.0] * 6


def test_other_spans_make_other_slots() -> None:
    assert grid(100.0, ((60.0, 1), (600.0, 5))).lengths.tolist() == [60.0, 600.0]


def test_what_changes_within_a_slot_counts_by_its_time() -> None:
    slots = grid(3600.0, ((1800.0, 10),))
    price = Profile(np.array([-600.0, 900.0, 2700.0]), np.array([1.0, 3.0, 5.0]))
    assert slots.mean(price).tolist() == [2.0, 4.0]
    assert slots.mean(steady(7.0)).tolist() == [7.0, 7.0]


def test_a_departure_within_a_slot_leaves_a_share_of_it() -> None:
    slots = grid(3600.0, ((1800.0, 10),))
    assert slots.there(np.array([2250.0, 0.0])).tolist() == [[1.0, 0.25], [0.0, 0.0]]


@given(st.floats(0.0, 9e4), st.floats(1.0, 9e4))
def test_slots_that_overlap_a_time_are_those_that_have_some_of_it(since: float, length: float) -> None:
    slots = grid(86_400.0, SPANS)
    some = slots.overlaps(since, since + length)
    found = np.zeros(len(slots.starts), dtype=bool)
    found[some] = True
    assert np.array_equal(found, (slots.starts < since + length) & (slots.ends > since))


def test_a_profile_that_began_long_ago_holds_now() -> None:
    slots = grid(600.0)
    assert slots.mean(Profile(np.array([-100.0, -50.0]), np.array([1.0, 2.0]))) == pytest.approx([2.0, 2.0])
