# SPDX-License-Identifier: Apache-2.0
"""Clause 8.2.10 at the station: controls hold at their time, the first by rank before the others, and go when it is over."""

from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, NotSupported, Refused, Unknown
from open63110.model.der import DerControlChanged, DerKind, DischargeLimit, EnterService, FixedPowerFactor, RampGradient
from open63110.model.policy import GridAbility, StationPolicy
from open63110.usecases.energy.frequency_regulation import (
    TENDING,
    AskDerControls,
    ClearDerControls,
    DerControlAnswer,
    DerControlsAnswer,
    DerControlsReported,
    DerControlSwitched,
    GridAlarmReported,
    GridSignalTaken,
    SendGridSignal,
    SetDerControl,
    TendDerControls,
    station,
)
from open63110.usecases.energy.frequency_regulation.tests.ground import (
    CS,
    CURVE,
    HOUR,
    MINUTE,
    NOON,
    STATION,
    Table,
    planned,
    usual,
)

POLICY = StationPolicy()


def obey(table: Table, command: SetDerControl, at: datetime = NOON, policy: StationPolicy = POLICY) -> DerControlAnswer:
    table.play(station.obey(command, STATION, table.rows, policy, at))
    reply = table.replies[-1]
    assert isinstance(reply, DerControlAnswer)
    return reply


def tend(table: Table, at: datetime) -> list[tuple[str, bool, tuple[str, ...]]]:
    """Let time pass; return what was switched."""
    table.facts = []
    table.play(station.tend(TendDerControls(station=CS), STATION, table.rows, at))
    return [(one.id, one.started, one.superseded) for one in table.said(DerControlSwitched)]


def clear(table: Table, at: datetime = NOON, **which: Any) -> None:
    table.play(station.clear(ClearDerControls(station=CS, **which), STATION, table.rows, POLICY, at))


def test_a_control_comes_into_force_at_its_time_and_is_gone_after_it() -> None:
    table = Table()
    obey(table, planned())
    assert table.wakes[TENDING].at == NOON + HOUR
    assert tend(table, NOON + HOUR) == [("plan", True, ())]
    assert table.controls()["plan"].active == NOON + HOUR
    assert table.wakes[TENDING].at == NOON + 2 * HOUR
    assert tend(table, NOON + 2 * HOUR) == [("plan", False, ())]
    assert table.controls() == {}
    assert table.wakes[TENDING].command is None


def test_one_of_a_better_rank_takes_the_place_while_it_lasts_and_gives_it_back() -> None:
    table = Table()
    obey(table, planned("long", NOON, 7200.0, rank=1))
    assert table.said(DerControlSwitched)[0].started
    answer = obey(table, planned("short", NOON + HOUR, 1800.0, rank=0))
    assert answer.superseded == ("long",)
    assert table.controls()["long"].superseded
    assert table.controls()["long"].active == NOON  # until the other begins
    assert tend(table, NOON + HOUR) == [("short", True, ("long",))]
    assert table.controls()["long"].active is None
    assert tend(table, NOON + HOUR + 30 * MINUTE) == [("short", False, ()), ("long", True, ())]
    assert not table.controls()["long"].superseded


def test_of_the_same_rank_the_newest_counts_and_a_worse_one_waits() -> None:
    table = Table()
    obey(table, usual("a"))
    assert obey(table, usual("b"), NOON + MINUTE).superseded == ("a",)
    assert obey(table, usual("c", rank=5), NOON + 2 * MINUTE).superseded == ()
    assert {id: one.superseded for id, one in table.controls().items()} == {"a": True, "b": False, "c": True}
    clear(table, default=True, id="b")
    assert {id: one.superseded for id, one in table.controls().items()} == {"a": False, "c": True}


def test_defaults_and_other_kinds_and_other_times_do_not_meet() -> None:
    table = Table()
    obey(table, usual("a"))
    obey(table, planned("b", NOON + HOUR))
    obey(table, planned("c", NOON + 2 * HOUR))
    obey(table, planned("d", NOON + HOUR, kind=DerKind.VOLT_WATT))
    assert not any(one.superseded for one in table.controls().values())


def test_one_of_the_same_id_is_replaced() -> None:
    table = Table()
    obey(table, planned(rank=3))
    obey(table, planned(rank=2))
    assert table.controls()["plan"].control.priority == 2


def test_clearing_ends_what_is_in_force() -> None:
    table = Table()
    obey(table, planned("x", NOON))
    obey(table, planned("y", NOON + HOUR, kind=DerKind.VOLT_WATT))
    obey(table, usual("z"))
    table.facts = []
    clear(table, kind=DerKind.VOLT_VAR)
    switched = table.said(DerControlSwitched)
    assert [(one.id, one.started) for one in switched] == [("x", False)]
    assert set(table.controls()) == {"y", "z"}
    clear(table)
    assert set(table.controls()) == {"z"}
    with pytest.raises(Unknown):
        clear(table)


def test_a_report_comes_in_pages_and_nothing_is_said_at_once() -> None:
    table = Table()
    asked = AskDerControls(station=CS, request=7)
    table.play(station.tell(asked, STATION, table.rows, POLICY, NOON))
    assert table.replies[-1] == DerControlsAnswer(count=0)
    for number in range(30):
        obey(table, planned(f"p{number}", NOON + number * HOUR))
    table.facts = []
    table.play(station.tell(asked, STATION, table.rows, POLICY, NOON))
    pages = table.said(DerControlsReported)
    assert [(one.request, len(one.controls), one.more) for one in pages] == [(7, 24, True), (7, 6, False)]
    table.play(station.tell(AskDerControls(station=CS, default=True), STATION, table.rows, POLICY, NOON))
    assert table.replies[-1] == DerControlsAnswer(count=0)
    table.play(station.tell(AskDerControls(station=CS, id="p3"), STATION, table.rows, POLICY, NOON))
    assert table.replies[-1] == DerControlsAnswer(count=1)


def test_what_a_station_cannot_do_it_refuses_by_name() -> None:
    table = Table()
    deaf = StationPolicy(grid=GridAbility(kinds=(), signals=False))
    with pytest.raises(NotSupported):
        obey(table, usual(), policy=deaf)
    with pytest.raises(NotSupported):
        obey(table, usual(), policy=StationPolicy(grid=GridAbility(kinds=(DerKind.VOLT_WATT,))))
    with pytest.raises(NotSupported):
        table.play(station.tell(AskDerControls(station=CS), STATION, table.rows, deaf, NOON))
    small = StationPolicy(grid=GridAbility(most=1))
    obey(table, usual("a"), policy=small)
    with pytest.raises(Refused, match="all it keeps"):
        obey(table, usual("b"), policy=small)
    with pytest.raises(Refused, match="no curve says"):
        list(station.follow(SendGridSignal(station=CS, signal=5), STATION, deaf, NOON))


def test_a_signal_is_taken_with_its_moment() -> None:
    (taken,) = station.follow(SendGridSignal(station=CS, signal=-50, moment=NOON + MINUTE), STATION, POLICY, NOON)
    assert taken == GridSignalTaken(station=CS, at=NOON, signal=-50, moment=NOON + MINUTE)
    (taken,) = station.follow(SendGridSignal(station=CS, signal=3), STATION, POLICY, NOON)
    assert taken == GridSignalTaken(station=CS, at=NOON, signal=3, moment=NOON)


def test_an_alarm_of_the_grid_is_told() -> None:
    alarm = GridAlarmReported(station=CS, at=NOON, kind=DerKind.LF_MUST_TRIP, fault="under-frequency")
    assert list(station.feel(alarm)) == [alarm]


LEVELS = EnterService(high_voltage=110.0, low_voltage=90.0, high_frequency=50.1, low_frequency=49.9)


@pytest.mark.parametrize(
    ("command", "where"),
    [
        (usual(""), "id"),
        (usual("x" * 37), "id"),
        (usual(rank=-1), "rank"),
        (usual(start=NOON, duration=5.0), "start"),
        (planned(duration=0.0), "duration"),
        (planned(duration=1e9), "duration"),
        (planned(start=NOON - HOUR, duration=60.0), "start"),
        (usual(default=False), "start"),
        (planned(kind=DerKind.GRADIENTS, curve=None, gradient=RampGradient(usual=1.0, soft_start=0.0)), "default"),
        (usual(curve=None), "curve"),
        (usual(fixed_pf=FixedPowerFactor(displacement=0.9, absorbs=True)), "fixed_pf"),
        (
            usual(kind=DerKind.FIXED_PF_ABSORB, curve=None, fixed_pf=FixedPowerFactor(displacement=1.1, absorbs=True)),
            "fixed_pf.displacement",
        ),
        (usual(kind=DerKind.LIMIT_MAX_DISCHARGE, curve=None, discharge=DischargeLimit()), "discharge"),
        (usual(kind=DerKind.LIMIT_MAX_DISCHARGE, curve=None, discharge=DischargeLimit(percent=120.0)), "discharge.percent"),
        (
            usual(
                kind=DerKind.ENTER_SERVICE,
                curve=None,
                enter_service=EnterService(high_voltage=90.0, low_voltage=110.0, high_frequency=50.1, low_frequency=49.9),
            ),
            "enter_service",
        ),
    ],
)
def test_what_nobody_could_hold_is_refused_with_its_place(command: SetDerControl, where: str) -> None:
    with pytest.raises(Malformed) as refused:
        obey(Table(), command)
    assert refused.value.where == where


def test_a_curve_has_points_in_order_and_numbers_that_are_some() -> None:
    first, second = CURVE.points
    for points, where in (
        ((), "curve.points"),
        ((second, first), "curve.points[1].x"),
        ((replace(first, y=float("nan")),), "curve.points[0].y"),
    ):
        with pytest.raises(Malformed) as refused:
            obey(Table(), usual(curve=replace(CURVE, points=points)))
        assert refused.value.where == where
    with pytest.raises(Malformed, match="go together"):
        obey(Table(), usual(curve=replace(CURVE, mean_limit=110.0)))


def test_levels_to_enter_service_hold_always() -> None:
    table = Table()
    obey(table, SetDerControl(station=CS, id="in", kind=DerKind.ENTER_SERVICE, default=True, enter_service=LEVELS))
    assert table.controls()["in"].control.enter_service == LEVELS
    assert [one.key for one in table.said(DerControlChanged)] == ["CS-1:in"]
