# SPDX-License-Identifier: Apache-2.0
"""At a station: limits that change over time, and limits that are bound to an energy transfer (8.2.3, A5)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Unknown
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.messages import Effect, Wake
from open63110.kernel.units import Seconds, Watts
from open63110.model.limit import Ahead
from open63110.model.station import Evse, Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.energy.smart_charging.messages import (
    AbilitiesAnswer,
    AskAbilities,
    AskLimit,
    LimitAnswer,
    LimitCleared,
    LimitInForce,
    LimitPower,
    LimitWithdrawn,
    UseFailSafe,
)
from open63110.usecases.energy.smart_charging.station import look, obey, offer, tell, tell_abilities
from open63110.usecases.energy.smart_charging.tests.playing import play

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = Seconds(3_600.0)
CS = StationId("CS-1")
ONE = EvseNumber(1)
T1 = TransferReference("t1")
RUNNING = {T1: EnergyTransfer(station=CS, number=TransferNumber(1), reference=T1, evse=ONE)}
HERE = Station(id=CS, evses={ONE: Evse(number=ONE)}, connected=NOW, transfers=RUNNING)
STEPS = (Ahead(since=NOW + MINUTE, limit=Watts(3_000)), Ahead(since=NOW + 2 * MINUTE, limit=Watts(7_000)))


def order(watts: float, **more: Any) -> LimitPower:
    fields: dict[str, Any] = {"station": CS, "evse": ONE, "limit": Watts(watts)} | more
    return LimitPower(**fields)


def obeying(*orders: LimitPower, station: Station = HERE) -> Any:
    for one in orders:
        _, station = play(station, obey(one, station, NOW))
    return station


def only(kind: type[Any], effects: Iterable[Effect]) -> Any:
    (found,) = (one for one in effects if isinstance(one, kind))
    return found


def given(station: Station, now: datetime = NOW) -> Any:
    """How much it gives at EVSE 1."""
    return offer(station, ONE, now).limit


def test_a_limit_becomes_what_it_was_said_to_become() -> None:
    effects, station = play(HERE, obey(order(5_000, ahead=STEPS), HERE, NOW))
    assert only(Wake, effects).at == NOW + MINUTE
    assert [given(station, NOW + k * MINUTE) for k in range(4)] == [5_000, 3_000, 7_000, 7_000]
    effects, station = play(station, look(UseFailSafe(station=CS), station, NOW + MINUTE))
    assert only(LimitInForce, effects).limit == 3_000
    assert only(Wake, effects).at == NOW + 2 * MINUTE


def test_without_a_link_the_plan_goes_on_until_the_fail_safe_value_is_due() -> None:
    station = obeying(order(5_000, ahead=STEPS, failsafe=Watts(1_400), failsafe_after=Seconds(90.0)))
    dark = replace(station, connected=None)
    _, dark = play(dark, look(UseFailSafe(station=CS), dark, NOW))
    assert [given(dark, NOW + k * MINUTE) for k in (0, 1, 1.5, 2)] == [5_000, 3_000, 1_400, 1_400]
    _, back = play(dark, look(UseFailSafe(station=CS), replace(dark, connected=NOW), NOW + 2 * MINUTE))
    assert given(back, NOW + 2 * MINUTE) == 7_000


def test_a_limit_of_a_transfer_goes_before_that_of_the_evse_and_ends_with_it() -> None:
    station = obeying(order(2_000), order(5_000, transfer=T1))
    assert given(station) == 5_000
    over = replace(station, transfers={T1: replace(RUNNING[T1], ended=NOW)})
    effects, after = play(over, look(UseFailSafe(station=CS), over, NOW))
    assert only(LimitWithdrawn, effects).place == "1/1/transfer"
    said = only(LimitInForce, effects)
    assert (said.limit, said.asked.transfer) == (2_000, "")
    assert given(after) == 2_000


def test_the_only_limit_of_a_transfer_leaves_nothing_behind() -> None:
    station = obeying(order(5_000, transfer=T1))
    over = replace(station, transfers={})
    effects, after = play(over, look(UseFailSafe(station=CS), over, NOW))
    assert only(LimitCleared, effects).evse == ONE
    assert after.limits.desired == {}


def test_a_limit_of_a_transfer_that_does_not_run_there_is_refused() -> None:
    for wrong in (order(5_000, transfer="t9"), order(5_000, transfer=T1, evse=EvseNumber(0))):
        with pytest.raises(Unknown) as no:
            list(obey(wrong, HERE, NOW))
        assert no.value.code == "TxNotFound"


def test_steps_out_of_order_or_below_nothing_are_refused() -> None:
    for steps in (STEPS[::-1], (Ahead(since=NOW + MINUTE, limit=Watts(-1)),)):
        with pytest.raises(Malformed):
            list(obey(order(5_000, ahead=steps), HERE, NOW))


def test_a_station_tells_what_all_its_limits_become_as_far_as_is_asked() -> None:
    station = obeying(order(5_000, ahead=STEPS, until=NOW + 5 * MINUTE), order(6_000, evse=EvseNumber(0)))
    said = only(LimitAnswer, tell(AskLimit(station=CS, evse=ONE, within=HOUR), station, NOW))
    assert said.limit == 5_000
    assert [(one.since, one.limit) for one in said.ahead] == [
        (NOW + MINUTE, 3_000),
        (NOW + 2 * MINUTE, 6_000),
    ]
    assert said.until is None
    assert only(LimitAnswer, tell(AskLimit(station=CS, evse=ONE), station, NOW)).ahead == ()
    alone = obeying(order(5_000, ahead=STEPS, until=NOW + 5 * MINUTE))
    said = only(LimitAnswer, tell(AskLimit(station=CS, evse=ONE, within=HOUR), alone, NOW))
    assert ([one.limit for one in said.ahead], said.until) == ([3_000, 7_000], NOW + 5 * MINUTE)


def test_a_station_tells_how_many_steps_and_levels_it_takes() -> None:
    assert list(tell_abilities(AskAbilities(station=CS))) == [AbilitiesAnswer(periods=1024, levels=9)]
