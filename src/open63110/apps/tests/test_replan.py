# SPDX-License-Identifier: Apache-2.0
"""A site is planned anew when something is another than was planned with, and before stations would take steps of an old plan."""

from datetime import timedelta
from itertools import pairwise

from tests.crowded import BEGIN, Crowd

from open63110.apps.replan import EVERY, SOON, Replan
from open63110.kernel.units import Seconds, WattHours
from open63110.planner.asked import REPLANNED
from open63110.simulator.garage import garage
from open63110.simulator.visits import Visit

MINUTE = timedelta(seconds=60)


def planned(until: float, *visits: tuple[int, float]) -> list[float]:
    """When a garage is planned until then [s], to whose places EVs come at some moments [s]."""
    coming = [Visit(place, Seconds(at), Seconds(7_200.0), WattHours(30_000.0)) for place, at in visits]
    crowd, replan, found = Crowd(garage(24), coming, step=5.0), Replan(), []
    while crowd.now < BEGIN + timedelta(seconds=until):
        crowd.run((crowd.now - BEGIN).total_seconds() / 3_600.0 + 0.001)
        if replan.due(crowd.safety, crowd.view(), crowd.now):
            replan.planned = crowd.now
            found.append((crowd.now - BEGIN).total_seconds())
    return found


def test_it_is_planned_anew_at_once_when_somebody_comes() -> None:
    assert 100.0 < planned(110.0, (0, 0.0), (1, 100.0))[-1] <= 110.0


def test_what_an_ev_was_found_to_leave_of_its_offer_is_planned_for_others_within_minutes() -> None:
    """It takes 16 A of the 32 A that it is offered, as its meter shows by and by."""
    first, second, *_ = planned(300.0, (0, 0.0))
    assert SOON.total_seconds() <= second - first < EVERY.total_seconds()


def test_it_is_planned_anew_before_stations_take_the_first_step_of_the_plan_before() -> None:
    times = planned(1_800.0, (0, 0.0))
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert max(gaps) + MINUTE.total_seconds() < REPLANNED.total_seconds()
    assert min(gaps[2:]) >= EVERY.total_seconds()
