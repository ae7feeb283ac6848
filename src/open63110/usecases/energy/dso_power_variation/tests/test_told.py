# SPDX-License-Identifier: Apache-2.0
"""A DSO is told what came of its own orders, and not whether there are others (R-7.8-4)."""

from typing import Any

import pytest

from open63110.kernel.errors import NotAuthorized
from open63110.usecases.energy.dso_power_variation import AskDsoCompliance
from open63110.usecases.energy.dso_power_variation.messages import NOBODY
from open63110.usecases.energy.dso_power_variation.tests.grid import Grid, kw, put, replies, tick, with_groups
from open63110.usecases.energy.dso_power_variation.told import tell


def report(grid: Grid, order_id: str = "o-1", by: str = "grid") -> Any:
    (found,) = replies(tell(AskDsoCompliance(station=NOBODY, order_id=order_id, by=by), grid))
    return found


def test_it_is_told_what_came_of_an_order_before_and_after_anybody_has_looked() -> None:
    grid = with_groups()
    put(grid, p_max_import=kw(100))
    assert (report(grid).status, report(grid).p_max_import, report(grid).reachable) == ("pending", kw(100), kw(100))
    tick(grid)
    grid.obey("north")
    tick(grid, 12)
    found = report(grid)
    assert (found.order_id, found.state, len(found.stations)) == ("o-1", "active", 50)
    assert found.t_effect is not None
    assert found.p_after <= kw(100)
    grid.kept["compliance"].clear()
    assert report(grid).stations == ()


@pytest.mark.parametrize(("order_id", "by"), [("o-1", "other"), ("o-2", "grid")])
def test_of_what_is_not_its_own_it_is_told_nothing(order_id: str, by: str) -> None:
    grid = with_groups()
    put(grid, p_max_import=kw(100))
    with pytest.raises(NotAuthorized) as no:
        report(grid, order_id, by)
    assert no.value.code == "NotYourOrder"
