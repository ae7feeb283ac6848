# SPDX-License-Identifier: Apache-2.0
"""Statements are corrected by what became of earlier ones; where nobody states anything, earlier visits tell, or nothing does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from open63110.kernel.units import WattHours
from open63110.model.needs import Needs
from open63110.planner.estimate import Visit
from open63110.planner.prospects import UNKNOWN_ENERGY, UNKNOWN_STAY, likely, middle, prospect

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
HERE = Visit(user="u1", station="A", weekday=0, hour=8.5, stay=1_800.0, energy=2_000.0)


def needs(energy: float | None = None, hours: float | None = None) -> Needs:
    return Needs(
        e_target=None if energy is None else WattHours(energy), departure=None if hours is None else NOW + timedelta(hours=hours)
    )


def visits(count: int = 10, **more: Any) -> list[Visit]:
    """Half of what was stated was taken, an hour before it was said."""
    fields: dict[str, Any] = {"user": "u1", "station": "A", "hour": 8.5, "stay": 7 * 3_600.0, "meant": 8 * 3_600.0} | more
    return [Visit(energy=9_000.0 + 200.0 * at, stated=20_000.0, **fields) for at in range(count)]


def test_without_a_word_and_without_a_history_nothing_is_known() -> None:
    found = prospect([], HERE, None, 0.0, NOW)
    assert (found.wanted, found.leaves, found.basis) == (UNKNOWN_ENERGY, UNKNOWN_STAY, "")
    assert prospect(visits(7), HERE, None, 0.0, NOW).basis == "", "too few"


def test_a_statement_counts_as_it_is_where_nothing_tells_what_it_is_worth() -> None:
    found = prospect([], HERE, needs(20_000.0, 8.0), 5_000.0, NOW)
    assert (found.wanted, found.leaves, found.basis) == (((15_000.0, 1.0),), ((28_800.0, 1.0),), "stated")


def test_of_what_was_stated_as_much_is_expected_as_was_taken_before_and_the_rest_is_not_very_likely() -> None:
    found = prospect(visits(), HERE, needs(20_000.0, 8.0), 0.0, NOW)
    assert found.basis == "corrected"
    assert sum(piece for piece, _ in found.wanted) == pytest.approx(20_000.0)
    assert likely(found.wanted) == pytest.approx(9_900.0, abs=300.0)
    assert found.wanted[0][1] == 1.0
    assert found.wanted[-1][0] == pytest.approx(9_500.0, abs=500.0)
    assert found.wanted[-1][1] == 0.1
    chances = [chance for _, chance in found.wanted]
    assert chances == sorted(chances, reverse=True)


def test_who_has_taken_more_than_anybody_before_wants_all_that_he_stated() -> None:
    found = prospect(visits(), HERE, needs(20_000.0), 12_000.0, NOW)
    assert found.wanted == ((8_000.0, 1.0),)


def test_an_ev_is_expected_to_leave_as_much_sooner_as_those_before_did() -> None:
    found = prospect(visits(), HERE, needs(20_000.0, 8.0), 0.0, NOW)
    assert middle(found.leaves, NOW) == NOW + timedelta(hours=7)
    assert sum(chance for _, chance in found.leaves) == pytest.approx(1.0)


def test_what_a_user_did_goes_before_what_others_did_at_the_station() -> None:
    others = visits(20, user="u2", meant=7 * 3_600.0)
    mine = prospect([*others, *visits()], HERE, needs(20_000.0, 8.0), 0.0, NOW)
    assert middle(mine.leaves, NOW) == NOW + timedelta(hours=7)
    theirs = prospect(others, HERE, needs(20_000.0, 8.0), 0.0, NOW)
    assert middle(theirs.leaves, NOW) == NOW + timedelta(hours=8)


def test_where_nobody_says_anything_earlier_visits_tell_what_is_still_to_come() -> None:
    found = prospect(visits(), HERE, None, 2_000.0, NOW)
    assert found.basis == "estimated"
    assert likely(found.wanted) == pytest.approx(7_900.0, abs=400.0), "it has taken two kilowatt-hours of about ten"
    assert middle(found.leaves, NOW) == NOW + timedelta(hours=6.5)


def test_what_was_said_of_one_thing_leaves_the_other_to_earlier_visits() -> None:
    unsaid = [Visit(user="u1", station="A", hour=8.5, stay=7 * 3_600.0, energy=10_000.0) for _ in range(10)]
    found = prospect(unsaid, HERE, needs(20_000.0), 0.0, NOW)
    assert found.basis == "stated"
    assert found.wanted == ((20_000.0, 1.0),)
    assert middle(found.leaves, NOW) == NOW + timedelta(hours=6.5)
