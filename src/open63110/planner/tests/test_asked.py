# SPDX-License-Identifier: Apache-2.0
"""What stations are told of later is within every row together, whichever plan it is from."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning import need, problem, site

from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Watts
from open63110.model.limit import Ahead
from open63110.model.power import Promise
from open63110.planner.asked import MOST_STEPS, Asked, targets
from open63110.planner.loop import Key
from open63110.planner.site_plan import PointPlan, SitePlan

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
VOLTS = 230.0
A, B = ((StationId(name), EvseNumber(1)) for name in "AB")
Steps = dict[Key, tuple[Ahead, ...]]


def asked(limit: float) -> Asked:
    """Two EVs on one phase of a site."""
    made = site(limit, "L1", "L1")
    needs = (need(0, 10_000.0, 4.0), need(1, 10_000.0, 4.0))
    return Asked(problem(made, *needs), (A, B), (VOLTS, VOLTS), (Promise(), Promise()), NOW)


def answer(one: tuple[float, ...], other: tuple[float, ...], slot: float = 300.0) -> SitePlan:
    """Currents of both, slot by slot [A]."""
    points = tuple(
        PointPlan(need=str(at), point=at, now=amperes[0], ahead=amperes, energy=0.0, confidence=1.0, price=0.0)
        for at, amperes in enumerate((one, other))
    )
    return SitePlan(outcome="optimal", points=points, starts=tuple(slot * at for at in range(len(one))))


def steps(*parts: tuple[float, float]) -> tuple[Ahead, ...]:
    return tuple(Ahead(since=NOW + timedelta(seconds=seconds), limit=Watts(amperes * VOLTS)) for seconds, amperes in parts)


def level(some: tuple[Ahead, ...], first: float, seconds: float) -> float:
    found = [one.limit / VOLTS for one in some if one.since <= NOW + timedelta(seconds=seconds)]
    return found[-1] if found else first


def test_what_was_told_before_stays_where_it_is_nearly_the_same_and_fits() -> None:
    before: Steps = {A: steps((500.0, 0.0)), B: steps((700.0, 20.0))}
    found = targets(asked(40.0), answer((20.0, 20.0, 0.0), (0.0, 0.0, 20.0)), before)
    assert found.plans.told == before


def test_what_would_exceed_a_row_together_with_the_rest_is_told_anew() -> None:
    before: Steps = {A: steps((900.0, 0.0)), B: steps((600.0, 20.0))}
    told = targets(asked(20.0), answer((20.0, 20.0, 0.0), (0.0, 0.0, 20.0)), before).plans.told
    assert told == {A: steps((600.0, 0.0)), B: steps((600.0, 20.0))}


def test_a_step_whose_time_has_come_is_not_kept_for_it_would_count_at_once() -> None:
    before: Steps = {A: steps((10.0, 20.0)), B: ()}
    told = targets(asked(40.0), answer((0.0, 20.0), (0.0, 0.0)), before).plans.told
    assert told == {A: steps((300.0, 20.0)), B: ()}


def test_a_step_that_would_come_before_the_next_plan_does_is_not_kept_for_the_station_would_take_it() -> None:
    before: Steps = {A: steps((100.0, 0.0)), B: ()}
    told = targets(asked(40.0), answer((20.0, 0.0), (0.0, 0.0)), before).plans.told
    assert told == {A: steps((300.0, 0.0)), B: ()}


def test_of_too_many_steps_the_last_is_the_lowest_of_those_that_are_left_out() -> None:
    turns = tuple(20.0 * (at % 2) for at in range(3 * MOST_STEPS))
    told = targets(asked(20.0), answer(turns, tuple(20.0 - one for one in turns)), {}).plans.told
    assert [len(told[A]), len(told[B])] == [MOST_STEPS, MOST_STEPS]
    assert [told[A][-1].limit, told[B][-1].limit] == [0.0, 0.0]


currents = st.lists(st.sampled_from((0.0, 6.0, 10.0, 20.0)), min_size=20, max_size=20)


@settings(max_examples=200, deadline=None)
@given(currents, currents, st.integers(-540, 540), st.integers(-540, 540))
def test_together_it_is_never_more_than_a_row_carries(one: list[float], other: list[float], early: int, late: int) -> None:
    fitting = [min(second, 20.0 - first) for first, second in zip(one, other, strict=True)]
    question, made = asked(20.0), answer(tuple(one), tuple(fitting))
    plain = targets(question, made, {}).plans.ahead
    moved = {
        key: tuple(Ahead(since=step.since + timedelta(seconds=by), limit=step.limit) for step in plain[key])
        for key, by in ((A, early), (B, late))
    }
    told = targets(question, made, moved).plans.told
    for seconds in range(0, 6_000, 60):
        assert level(told[A], one[0], seconds) + level(told[B], fitting[0], seconds) <= 20.0 + 1e-6, seconds


def test_nothing_was_planned_before() -> None:
    assert targets(asked(20.0), answer((6.0,), (0.0,)), {}).plans.told == {A: (), B: ()}
    assert targets(asked(20.0), answer((6.0,), (0.0,)), {}).caps == pytest.approx({A: 6.0, B: 0.0})
