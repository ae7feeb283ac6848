# SPDX-License-Identifier: Apache-2.0
"""Departures and energies from what happened before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.planner.estimate import ENOUGH, Visit, days_share, estimate

HOUR = 3600.0
USUAL = Visit(stay=8 * HOUR, energy=10_000.0)


def visits(count: int, hours: float, energy: float, **other: object) -> list[Visit]:
    return [Visit(stay=hours * HOUR, energy=energy, **other) for _ in range(count)]  # type: ignore[arg-type]  # fields by name


def test_without_a_history_the_usual_is_expected() -> None:
    found = estimate([], Visit(stay=HOUR, energy=2000.0), USUAL)
    assert (found.leaves, found.wanted, found.visits) == (((7 * HOUR, 1.0),), ((8000.0, 1.0),), 0)


def test_the_user_counts_more_than_the_station_and_the_station_more_than_the_site() -> None:
    history = visits(ENOUGH, 2, 1000.0, user="ann") + visits(ENOUGH, 4, 5000.0, station="s1") + visits(99, 9, 9000.0)
    ann = estimate(history, Visit(user="ann", station="s1"), USUAL)
    bob = estimate(history, Visit(user="bob", station="s1"), USUAL)
    anybody = estimate(history, Visit(station="s2"), USUAL)
    assert [one.leaves[0][0] / HOUR for one in (ann, bob, anybody)] == pytest.approx([2, 4, 9])
    assert [sum(piece for piece, _ in one.wanted) for one in (ann, bob, anybody)] == pytest.approx([1000, 5000, 9000])


def test_a_user_of_whom_little_is_known_is_like_the_others() -> None:
    history = visits(ENOUGH - 1, 2, 1000.0, user="ann") + visits(20, 9, 9000.0)
    found = estimate(history, Visit(user="ann"), USUAL)
    assert found.visits == len(history)
    assert found.leaves[-1] == pytest.approx((9 * HOUR, 2 / 3))


def test_days_of_work_and_of_rest_are_told_apart() -> None:
    history = visits(ENOUGH, 9, 9000.0, user="ann", weekday=1) + visits(ENOUGH, 2, 2000.0, user="ann", weekday=6)
    assert estimate(history, Visit(user="ann", weekday=4), USUAL).leaves[0][0] == pytest.approx(9 * HOUR)
    assert estimate(history, Visit(user="ann", weekday=5), USUAL).leaves[0][0] == pytest.approx(2 * HOUR)


def test_who_has_stayed_long_stays_as_those_did_who_stayed_longer() -> None:
    history = visits(20, 1, 3000.0) + visits(10, 9, 9000.0)
    found = estimate(history, Visit(stay=2 * HOUR, energy=3500.0), USUAL)
    assert found.leaves[0][0] == pytest.approx(7 * HOUR)
    assert found.wanted[0] == pytest.approx((5500.0, 1.0))


def test_who_has_taken_more_than_anybody_wants_what_is_usual_at_most() -> None:
    found = estimate(visits(10, 9, 9000.0), Visit(energy=12_000.0), USUAL)
    assert found.wanted == ((0.0, 1.0),)


@given(st.lists(st.tuples(st.floats(60, 1e5), st.floats(0, 9e4)), max_size=30), st.floats(0, 5e4), st.floats(0, 5e4))
def test_chances_add_up_and_pieces_never_become_likelier(history: list[tuple[float, float]], stay: float, energy: float) -> None:
    found = estimate([Visit(stay=one, energy=other) for one, other in history], Visit(stay=stay, energy=energy), USUAL)
    moments = [moment for moment, _ in found.leaves]
    chances = [chance for _, chance in found.wanted]
    assert sum(chance for _, chance in found.leaves) == pytest.approx(1.0)
    assert moments == sorted(moments)
    assert min(moments) >= 0.0
    assert chances == sorted(chances, reverse=True)
    assert all(piece >= 0.0 for piece, _ in found.wanted)


def test_a_day_earns_its_part_of_a_charge_and_never_more_than_all_of_it() -> None:
    assert days_share(15.0, 20) == pytest.approx(15.0 / 12.0)
    assert days_share(15.0, 1) == 15.0
    assert np.all(np.diff([days_share(15.0, left) for left in range(1, 31)]) <= 0.0)
