# SPDX-License-Identifier: Apache-2.0
"""What a DSO may address: groups that the operator puts, of places that do not overlap (7.8)."""

from typing import Any

import pytest

from open63110.kernel.errors import Malformed, Trouble, Unknown
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.roles import Role
from open63110.model.constraint import ConstraintScope
from open63110.model.dso import ForecastBlock
from open63110.model.site import SiteId, ZoneId
from open63110.usecases.energy.dso_power_variation import PutDsoForecast, PutDsoGroup, PutDsoOrder, RemoveDsoGroup
from open63110.usecases.energy.dso_power_variation.tests.grid import NOON, NORTH, SOUTH, Grid, kw, seconds

NOBODY = StationId("")


def inside(**part: Any) -> ConstraintScope:
    return ConstraintScope(site=SiteId("north"), **part)


DECK = inside(zone=ZoneId("deck"))


def put(grid: Grid, *places: ConstraintScope, id: str = "feeder-12", dso: str = "grid") -> None:
    grid.ask(PutDsoGroup(id=id, dso=dso, places=places, station=NOBODY), "ann", Role.OPERATOR)


def test_a_group_is_kept_and_the_same_once_more_changes_nothing() -> None:
    grid = Grid()
    put(grid, NORTH, SOUTH)
    put(grid, NORTH, SOUTH)
    assert [(one.id, one.dso, one.places) for one in grid.dso_groups()] == [("feeder-12", "grid", (NORTH, SOUTH))]
    assert len(grid.facts) == 1


@pytest.mark.parametrize(
    ("places", "dso", "trouble"),
    [
        ((), "grid", Malformed),
        ((NORTH, NORTH), "grid", Malformed),
        ((NORTH, DECK), "grid", Malformed),
        ((DECK, inside(feeder="F1")), "grid", Malformed),
        ((inside(feeder="F1"), inside(feeder="F2")), "grid", Malformed),
        ((inside(feeder="F2"), inside(feeder="g")), "grid", Malformed),
        ((inside(station=StationId("N1")),), "grid", Malformed),
        ((inside(evse=EvseNumber(1)),), "grid", Malformed),
        ((ConstraintScope(site=SiteId("west")),), "grid", Unknown),
        ((NORTH,), "nobody", Unknown),
        ((NORTH,), "ann", Malformed),
    ],
)
def test_a_group_of_what_is_not_there_or_would_count_twice_is_refused(
    places: tuple[ConstraintScope, ...], dso: str, trouble: type[Trouble]
) -> None:
    with pytest.raises(trouble):
        put(Grid(), *places, dso=dso)


@pytest.mark.parametrize(
    ("group", "scope"),
    [(NORTH, DECK), (NORTH, inside(feeder="F2")), (inside(feeder="F1"), DECK), (inside(feeder="g"), inside(feeder="F2"))],
)
def test_an_order_may_be_for_a_part_of_a_group(group: ConstraintScope, scope: ConstraintScope) -> None:
    grid = Grid()
    put(grid, group)
    grid.ask(PutDsoOrder(station=NOBODY, order_id="o", scope=scope, p_max_import=kw(5)))
    assert [one.scope for one in grid.every_constraint()] == [scope]


@pytest.mark.parametrize(("group", "scope"), [(DECK, NORTH), (inside(feeder="F2"), inside(feeder="F1")), (SOUTH, NORTH)])
def test_an_order_for_more_than_a_group_is_refused(group: ConstraintScope, scope: ConstraintScope) -> None:
    grid = Grid()
    put(grid, group)
    with pytest.raises(Trouble, match="none of its groups"):
        grid.ask(PutDsoOrder(station=NOBODY, order_id="o", scope=scope, p_max_import=kw(5)))


def test_what_was_published_for_a_group_goes_with_it_and_orders_go_on() -> None:
    grid = Grid()
    put(grid, NORTH)
    grid.ask(PutDsoOrder(station=NOBODY, order_id="o", group="feeder-12", p_max_import=kw(5)))
    block = ForecastBlock(type="CONSUMPTION", start=NOON, end=NOON + seconds(3_600), capacity=kw(50))
    grid.ask(PutDsoForecast(station=NOBODY, group="feeder-12", blocks=(block,)))
    assert len(grid.every_constraint()) == 2
    put(grid, NORTH, SOUTH)
    assert [one.id for one in grid.every_constraint()] == ["dso/order/o/north"]
    assert grid.dso_forecast("feeder-12/day-ahead") is not None
    grid.ask(RemoveDsoGroup(id="feeder-12", station=NOBODY), "ann", Role.OPERATOR)
    assert (grid.dso_groups(), grid.dso_forecast("feeder-12/day-ahead")) == ([], None)
    assert [one.id for one in grid.every_constraint()] == ["dso/order/o/north"]
    with pytest.raises(Unknown):
        grid.ask(RemoveDsoGroup(id="feeder-12", station=NOBODY), "ann", Role.OPERATOR)
