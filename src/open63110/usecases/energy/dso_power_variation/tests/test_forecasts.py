# SPDX-License-Identifier: Apache-2.0
"""Capacity that a DSO publishes, and what counts once it is silent or has said nothing of the time that comes (7.8, R-7.8-3)."""

from datetime import timedelta
from typing import Any

import pytest

from open63110.kernel.errors import Expired, Malformed, NotAuthorized, Trouble, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.constraint import Constraint, ConstraintScope, Step
from open63110.model.dso import BlockType, ForecastBlock
from open63110.usecases.energy.dso_power_variation import (
    DsoLinkAnswer,
    KeepDsoLink,
    PutDsoForecast,
    PutDsoGroup,
    RemoveDsoForecast,
    TendDsoOrders,
)
from open63110.usecases.energy.dso_power_variation.tests.grid import NOON, NORTH, SOUTH, Grid, kw, replies, seconds

HOUR = timedelta(hours=1)
NOBODY = StationId("")


def made(*places: ConstraintScope) -> Grid:
    grid = Grid()
    grid.ask(PutDsoGroup(id="feeder-12", dso="grid", places=places or (NORTH,), station=NOBODY), "ann", Role.OPERATOR)
    return grid


def block(kind: BlockType, start: float, end: float, power: float) -> ForecastBlock:
    """Of so many kilowatts between two hours after noon."""
    return ForecastBlock(type=kind, start=NOON + start * HOUR, end=NOON + end * HOUR, capacity=kw(power))


def publish(grid: Grid, *blocks: ForecastBlock, **said: Any) -> None:
    grid.ask(PutDsoForecast(station=NOBODY, **{"group": "feeder-12", "blocks": blocks, **said}))


def at(grid: Grid, hours: float) -> Step | None:
    """What counts at the northern site so many hours after noon, once that has been looked at."""
    grid.now = NOON + hours * HOUR
    grid.ask(TendDsoOrders(last=grid.last))
    grid.last = grid.now
    known = grid.constraint("dso/forecast/feeder-12/north")
    return known.step(grid.now) if known is not None else None


def drawn(grid: Grid, hours: float) -> float | None:
    step = at(grid, hours)
    return step.import_max if step is not None else None


def test_blocks_count_in_their_time_and_the_fallback_between_and_after_them() -> None:
    grid = made()
    publish(
        grid,
        block("CONSUMPTION", 1, 2, 100),
        block("CONSUMPTION", 3, 4, 80),
        block("GENERATION", 1, 4, 20),
        block("FALLBACK_CONSUMPTION", 0.5, 6, 30),
    )
    assert [drawn(grid, hours) for hours in (0, 0.6, 1, 1.5, 2.5, 3, 4.5, 7)] == [
        None,
        *(kw(power) for power in (30, 100, 100, 30, 80, 30, 30)),
    ]
    step = at(grid, 3.5)
    assert step is not None
    assert step.export_max == kw(20)


def test_a_change_of_what_counts_is_known_ahead() -> None:
    grid = made()
    publish(grid, block("CONSUMPTION", 0, 1, 100), block("CONSUMPTION", 1, 2, 50))
    known = grid.constraint("dso/forecast/feeder-12/north")
    assert known is not None
    assert [(one.since, one.import_max) for one in known.profile] == [
        (NOON, kw(100)),
        (NOON + HOUR, kw(50)),
        (NOON + 2 * HOUR, None),
    ]
    facts = len(grid.facts)
    assert drawn(grid, 0.5) == kw(100)
    assert len(grid.facts) == facts


def test_what_is_forecast_within_the_day_counts_before_what_was_the_day_before() -> None:
    grid = made()
    publish(grid, block("CONSUMPTION", 0, 4, 100))
    publish(grid, block("CONSUMPTION", 1, 2, 40), horizon="intraday")
    assert [drawn(grid, hours) for hours in (0, 1, 2)] == [kw(100), kw(40), kw(100)]
    grid.ask(RemoveDsoForecast(station=NOBODY, group="feeder-12"))
    assert drawn(grid, 1.5) == kw(40)
    grid.ask(RemoveDsoForecast(station=NOBODY, group="feeder-12", horizon="intraday"))
    assert grid.every_constraint() == []
    with pytest.raises(Unknown):
        grid.ask(RemoveDsoForecast(station=NOBODY, group="feeder-12"))


def test_once_the_dso_is_silent_the_fallback_counts_until_it_is_heard() -> None:
    grid = made()
    publish(grid, block("CONSUMPTION", 0, 4, 100), block("FALLBACK_CONSUMPTION", 0, 4, 30))
    (answer,) = replies(grid.ask(KeepDsoLink(station=NOBODY, offline_after=Seconds(600.0))))
    assert answer == DsoLinkAnswer(now=NOON, offline_mode_at=NOON + seconds(600), groups=("feeder-12",))
    assert drawn(grid, 599 / 3_600) == kw(100)
    assert drawn(grid, 600 / 3_600) == kw(30)
    assert all(one.silent(grid.now) for one in grid.every_constraint())
    grid.ask(KeepDsoLink(station=NOBODY, offline_mode_at=grid.now + HOUR))
    assert drawn(grid, 0.5) == kw(100)


def test_without_a_fallback_what_was_published_counts_on_to_its_end() -> None:
    grid = made()
    grid.ask(KeepDsoLink(station=NOBODY, offline_after=Seconds(600.0)))
    publish(grid, block("CONSUMPTION", 0, 1, 100), block("CONSUMPTION", 1, 2, 50))
    assert [drawn(grid, hours) for hours in (0.5, 1.5, 2.5)] == [kw(100), kw(50), None]
    assert [one.kind for one in grid.alarms(NORTH.site)] == ["ForecastExhausted"]


def test_when_its_blocks_are_over_the_operator_is_told_until_there_are_new_ones() -> None:
    grid = made()
    publish(grid, block("CONSUMPTION", 0, 1, 100), block("FALLBACK_CONSUMPTION", 0, 9, 30))
    assert drawn(grid, 1.5) == kw(30)
    assert [one.kind for one in grid.alarms(NORTH.site)] == ["ForecastExhausted"]
    publish(grid, block("CONSUMPTION", 1, 3, 90))
    assert drawn(grid, 1.6) == kw(90)
    assert grid.alarms(NORTH.site) == []


def test_what_is_published_for_several_sites_is_divided_and_the_sum_holds_as_loads_shift() -> None:
    grid = made(NORTH, SOUTH)
    grid.stand("north", 30, 4.0)
    grid.stand("south", 10, 4.0)
    publish(grid, block("CONSUMPTION", 0, 1, 100), block("CONSUMPTION", 1, 2, 60))
    assert grid.shares("dso/forecast/feeder-12") == {"/north": kw(75), "/south": kw(25)}
    grid.stand("north", 10, 4.0)
    grid.stand("south", 30, 4.0)
    grid.now += seconds(2)
    grid.ask(TendDsoOrders(last=grid.last))
    assert grid.shares("dso/forecast/feeder-12") == {"/north": kw(75), "/south": kw(25)}
    grid.now += seconds(10)
    grid.ask(TendDsoOrders(last=grid.last))
    shares = grid.shares("dso/forecast/feeder-12")
    assert (shares["/south"] or 0.0) > kw(40)
    assert sum(one or 0.0 for one in shares.values()) <= kw(100)
    assert at(grid, 1.0) is not None
    assert sum(one or 0.0 for one in grid.shares("dso/forecast/feeder-12").values()) <= kw(60)
    publish(grid, block("GENERATION", 1, 2, 10))
    steps = [one.step(grid.now) for one in grid.every_constraint() if isinstance(one, Constraint)]
    assert [one.export_max if one else None for one in steps] == [kw(5), kw(5)]


@pytest.mark.parametrize(
    ("wrong", "trouble"),
    [
        ({"blocks": ()}, Malformed),
        ({"blocks": (block("CONSUMPTION", 1, 1, 5),)}, Malformed),
        ({"blocks": (block("CONSUMPTION", 0, 2, 5), block("CONSUMPTION", 1, 3, 5))}, Malformed),
        ({"blocks": (block("CONSUMPTION", 0, 2, -5),)}, Malformed),
        ({"blocks": (block("CONSUMPTION", -2, -1, 5),)}, Expired),
        ({"group": "theirs"}, NotAuthorized),
    ],
)
def test_what_cannot_be_published_is_refused(wrong: dict[str, Any], trouble: type[Trouble]) -> None:
    with pytest.raises(trouble):
        publish(made(), *wrong.pop("blocks", (block("CONSUMPTION", 0, 2, 5),)), **wrong)


def test_a_heartbeat_that_is_over_at_once_is_refused_and_one_without_an_end_is_for_ever() -> None:
    grid = made()
    with pytest.raises(Malformed):
        grid.ask(KeepDsoLink(station=NOBODY, offline_mode_at=NOON))
    (answer,) = replies(grid.ask(KeepDsoLink(station=NOBODY)))
    assert isinstance(answer, DsoLinkAnswer)
    assert answer.offline_mode_at is None
    publish(grid, block("CONSUMPTION", 0, 2, 5))
    assert [one.expires for one in grid.every_constraint()] == [None]
