# SPDX-License-Identifier: Apache-2.0
"""A garage whose drivers want twice what it can give, by plan: all it carries is used, and everybody gets a part."""

from collections.abc import Sequence
from functools import cache

from tests.crowded import Crowd
from tests.planned_crowd import PlannedCrowd

from open63110.kernel.units import Seconds, WattHours
from open63110.simulator.garage import garage
from open63110.simulator.visits import Visit

EVSES = 24
STEP, UNTIL = 10.0, 4.6


def visits() -> Sequence[Visit]:
    """Two dozen come within eight minutes, and leave one and a half to four hours later."""
    comes = [20.0 * place for place in range(EVSES)]
    stays = [5_400.0 + 450.0 * (place * 7 % EVSES) for place in range(EVSES)]
    needs = [6_000.0 + 500.0 * (place * 5 % EVSES) for place in range(EVSES)]
    return [
        Visit(place, Seconds(come), Seconds(come + stay), WattHours(need))
        for place, (come, stay, need) in enumerate(zip(comes, stays, needs, strict=True))
    ]


@cache
def planned() -> PlannedCrowd:
    crowd = PlannedCrowd(garage(EVSES), visits(), step=STEP)
    crowd.run(UNTIL)
    return crowd


def test_what_the_connection_carries_is_used_by_plan_as_without_one() -> None:
    without = Crowd(garage(EVSES), visits(), step=STEP).run(UNTIL)
    assert planned().witness.held
    assert planned().service.delivered > 0.95 * without.service.delivered


def test_of_what_is_too_little_for_all_nobody_gets_nothing_and_each_a_like_part() -> None:
    found = planned().service
    assert found.nothing == 0
    assert found.worst > 0.15
    assert found.fairness > 0.82


def test_stations_are_told_about_once_in_four_minutes_for_all_that() -> None:
    assert planned().told / EVSES < 15 * UNTIL


def test_an_ev_that_goes_down_by_plan_is_not_taken_for_one_that_draws_too_much() -> None:
    assert planned().troubles == {}
