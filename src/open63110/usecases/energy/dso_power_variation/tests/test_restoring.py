# SPDX-License-Identifier: Apache-2.0
"""Once an order of a DSO is over, stations get more one after another, whatever machines and stations take for it (8.2.7)."""

import itertools

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Refused
from open63110.kernel.ids import StationId
from open63110.kernel.units import Seconds
from open63110.model.limit import Limit, Limits
from open63110.usecases.energy.dso_power_variation import CancelDsoOrder
from open63110.usecases.energy.dso_power_variation.messages import NOBODY
from open63110.usecases.energy.dso_power_variation.tests.grid import (
    NOON,
    Grid,
    kw,
    order,
    put,
    seconds,
    tend,
    tick,
    with_groups,
)


@pytest.fixture
def grid() -> Grid:
    return with_groups()


@pytest.mark.parametrize("cancelled", [False, True])
def test_stations_get_more_one_after_another_once_it_is_over(grid: Grid, cancelled: bool) -> None:
    put(grid, p_max_import=kw(100), duration=Seconds(20.0))
    grid.obey("north")
    tick(grid, 10)
    if cancelled:
        grid.ask(CancelDsoOrder(station=NOBODY, order_id="o-1"))
        tick(grid)
    else:
        tick(grid, 10)
    assert (order(grid).state, order(grid).ended_by) == ("restoring", "cancelled" if cancelled else "time")
    assert grid.shares() == {}
    assert len(waiting(grid)) == 50
    assert {one.profile[0].import_max for one in grid.every_constraint()} == {kw(2)}
    rises = rising(grid, 62)
    assert sum(count for _, count in rises) == 50
    assert max(count for _, count in rises) == 5
    assert all(later - one >= 2 for (one, _), (later, _) in itertools.pairwise(rises))
    assert len({later - one for (one, _), (later, _) in itertools.pairwise(rises)}) > 1
    with pytest.raises(Refused):
        put(grid, p_max_import=kw(1))
    tick(grid, 3)
    report = grid.compliance("o-1")
    assert report is not None
    assert (order(grid).state, report.closed, grid.every_constraint()) == ("over", True, [])
    assert order(grid).restored == NOON + seconds(rises[-1][0])
    assert any(one.at > (order(grid).ended or NOON) for one in grid.samples)


def waiting(grid: Grid) -> list[StationId]:
    """Who still waits for more."""
    held = [one for one in grid.every_constraint() if one.id.startswith("dso/restore/o-1/")]
    return [one.scope.station for one in held if one.scope.station is not None]


def rising(grid: Grid, count: int) -> list[tuple[float, int]]:
    """When in so many seconds some were let have more, in seconds since noon, and how many."""
    found: list[tuple[float, int]] = []
    for number in range(count):
        before = len(waiting(grid))
        tick(grid, seed=number)
        if fewer := before - len(waiting(grid)):
            found.append(((grid.now - NOON).total_seconds(), fewer))
    return found


def over(grid: Grid) -> None:
    """Let an order be over, and the first get more."""
    put(grid, p_max_import=kw(100), duration=Seconds(20.0))
    grid.obey("north")
    tick(grid, 20)
    while len(waiting(grid)) == 50:
        tick(grid)
    assert len(waiting(grid)) == 45


def test_what_a_machine_that_stood_still_has_missed_is_not_made_up_for_at_once(grid: Grid) -> None:
    over(grid)
    grid.now += seconds(45)
    tick(grid)
    assert len(waiting(grid)) == 40
    tick(grid)
    assert len(waiting(grid)) == 40
    tick(grid)
    assert len(waiting(grid)) == 35


def test_others_get_more_only_once_those_before_them_have_answered(grid: Grid) -> None:
    over(grid)
    slow = order(grid).rising[0]
    known = grid.stations[slow]
    asked = Limit(limit=kw(7), since=grid.now)
    grid.stations[slow] = replace(known, limits=replace(known.limits, asked={asked.evse: asked}))
    assert rising(grid, 11) == []
    grid.stations[slow] = known
    tick(grid)
    assert len(waiting(grid)) == 40


def test_one_that_never_answers_keeps_the_others_waiting_for_a_while_only(grid: Grid) -> None:
    over(grid)
    slow = order(grid).rising[0]
    asked = Limit(limit=kw(7), since=grid.now)
    grid.stations[slow] = replace(grid.stations[slow], limits=Limits(asked={asked.evse: asked}))
    ((_, many),) = rising(grid, 25)[:1]
    assert many == 5


def test_others_get_more_only_once_the_site_was_looked_at_since(grid: Grid) -> None:
    over(grid)
    for _ in range(11):
        grid.now += seconds(1)
        tend(grid)
    assert len(waiting(grid)) == 45
    tick(grid)
    assert len(waiting(grid)) == 40
