# SPDX-License-Identifier: Apache-2.0
"""A station keeps to the least of all limits, and to its fail-safe values when nobody is heard (7.10)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Expired, Malformed, Unknown
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.messages import Command, Effect, Priority, Wake
from open63110.kernel.units import Watts
from open63110.model.station import Evse, Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.energy.smart_charging.messages import (
    AskLimit,
    EvseCapped,
    FailSafeEntered,
    FailSafeLeft,
    LimitAccepted,
    LimitAnswer,
    LimitCleared,
    LimitInForce,
    LimitPower,
    LimitWithdrawn,
    SilenceNoted,
    UseFailSafe,
    WithdrawLimit,
)
from open63110.usecases.energy.smart_charging.station import capped, look, obey, offer, tell, withdraw
from open63110.usecases.energy.smart_charging.tests.playing import play

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CS = StationId("CS-1")
ONE, TWO = EvseNumber(1), EvseNumber(2)
EVSES = {number: Evse(number=number) for number in (ONE, TWO)}
FREE = Station(id=CS, evses=EVSES, connected=NOW)


def order(watts: float, **more: Any) -> LimitPower:
    fields: dict[str, Any] = {"station": CS, "limit": Watts(watts)} | more
    return LimitPower(**fields)


def kinds(effects: Iterable[Effect]) -> list[type[Effect]]:
    return [type(one) for one in effects if not isinstance(one, Wake)]


def only(kind: type[Any], effects: Iterable[Effect]) -> Any:
    (found,) = (one for one in effects if isinstance(one, kind))
    return found


def obeying(*orders: LimitPower, station: Station = FREE, now: datetime = NOW) -> Any:
    for one in orders:
        _, station = play(station, obey(one, station, now))
    return station


def test_a_limit_is_taken_put_in_force_and_answered() -> None:
    effects, station = play(FREE, obey(order(3_000), FREE, NOW))
    assert kinds(effects) == [LimitAccepted, LimitInForce, LimitAnswer]
    assert only(LimitAnswer, effects) == LimitAnswer(evse=EvseNumber(0), limit=Watts(3_000))
    assert offer(station, ONE, NOW)[0] == 3_000.0
    assert only(Wake, effects).command is None


def test_what_the_cable_carries_is_said_instead() -> None:
    _, station = play(FREE, capped(EvseCapped(station=CS, at=NOW, evse=ONE, caps={"cable": Watts(13_800)}), FREE, NOW))
    effects, station = play(station, obey(order(22_000, evse=ONE), station, NOW))
    answer = only(LimitAnswer, effects)
    assert (answer.limit, answer.by) == (13_800, "cable")
    gone = EvseCapped(station=CS, at=NOW, evse=ONE)
    effects, station = play(station, capped(gone, station, NOW))
    assert kinds(effects) == [EvseCapped, LimitInForce]
    assert station.limits.in_force[ONE].limit == 22_000
    assert list(capped(gone, station, NOW)) == []


def test_those_that_charge_share_the_limit_of_the_station() -> None:
    running = {
        TransferReference(f"t{one}"): EnergyTransfer(
            station=CS, number=TransferNumber(one), reference=TransferReference(f"t{one}"), evse=one
        )
        for one in (ONE, TWO)
    }
    station = obeying(order(6_000))
    assert offer(station, ONE, NOW)[0] == 6_000.0
    charging = replace(station, transfers=running)
    assert offer(charging, ONE, NOW).limit == 3_000.0
    effects, _ = play(charging, look(UseFailSafe(station=CS, shared=True), charging, NOW))
    assert only(LimitInForce, effects).limit == 6_000
    effects, _ = play(FREE, look(UseFailSafe(station=CS, shared=True), FREE, NOW))
    assert kinds(effects) == []


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"limit": -1.0}, Malformed),
        ({"limit": float("nan")}, Malformed),
        ({"limit": 1.0, "failsafe": -1.0}, Malformed),
        ({"limit": 1.0, "amperes": (6.0, float("inf"))}, Malformed),
        ({"limit": 1.0, "until": NOW}, Expired),
        ({"limit": 1.0, "evse": 3}, Unknown),
    ],
)
def test_impossible_limits_are_refused(wrong: dict[str, Any], fault: type[Exception]) -> None:
    with pytest.raises(fault):
        list(obey(LimitPower(station=CS, **wrong), FREE, NOW))


def test_of_an_evse_that_nobody_has_described_it_is_not_known_that_it_is_not_there() -> None:
    _, station = play(Station(id=CS), obey(order(1_000, evse=ONE), Station(id=CS), NOW))
    assert offer(station, ONE, NOW)[0] == 1_000.0


def test_a_limit_ends_at_its_moment() -> None:
    effects, station = play(FREE, obey(order(3_000, until=NOW + MINUTE), FREE, NOW))
    wake = only(Wake, effects)
    assert (wake.at, wake.command) == (NOW + MINUTE, UseFailSafe(station=CS))
    effects, station = play(station, look(wake.command, station, wake.at))
    assert kinds(effects) == [LimitWithdrawn, LimitCleared]
    assert offer(station, ONE, NOW + MINUTE).limit is None


def test_an_earlier_limit_at_the_same_place_is_replaced() -> None:
    station = obeying(order(3_000), order(9_000))
    assert offer(station, ONE, NOW)[0] == 9_000.0
    assert len(station.limits.desired) == 1


def test_without_a_link_the_fail_safe_value_comes_after_its_time_and_stays_until_a_limit_is_told_anew() -> None:
    station = replace(obeying(order(3_000, failsafe=1_400.0, failsafe_after=60.0)), connected=None)
    effects, station = play(station, look(UseFailSafe(station=CS), station, NOW))
    assert kinds(effects) == [SilenceNoted]
    wake = only(Wake, effects)
    assert wake.at == NOW + MINUTE
    _, station = play(station, look(UseFailSafe(station=CS), station, NOW + MINUTE / 2))
    assert offer(station, ONE, NOW + MINUTE / 2).limit == 3_000.0

    effects, station = play(station, look(wake.command, station, wake.at))
    assert kinds(effects) == [LimitInForce, FailSafeEntered]
    entered = only(FailSafeEntered, effects)
    assert (entered.limit, entered.silent_since) == (1_400, NOW)
    effects, station = play(station, look(wake.command, station, wake.at + MINUTE))
    assert kinds(effects) == []

    station = replace(station, connected=NOW + 3 * MINUTE)
    effects, station = play(station, look(UseFailSafe(station=CS), station, NOW + 3 * MINUTE))
    assert kinds(effects) == [SilenceNoted]
    assert offer(station, ONE, NOW + 3 * MINUTE).limit == 1_400.0
    effects, station = play(station, obey(order(2_000, failsafe=1_400.0, failsafe_after=60.0), station, NOW + 3 * MINUTE))
    assert kinds(effects) == [LimitAccepted, LimitInForce, FailSafeLeft, LimitAnswer]
    assert only(FailSafeLeft, effects).seconds == 120.0
    assert offer(station, ONE, NOW + 3 * MINUTE).limit == 2_000.0


def test_a_limit_below_remains_when_the_one_above_is_not_renewed() -> None:
    below, above = order(1_400, level=0), order(3_000, until=NOW + MINUTE)
    station = obeying(below, above)
    assert station.limits.failsafe_since is None
    effects, station = play(station, look(UseFailSafe(station=CS), station, NOW + MINUTE))
    assert kinds(effects) == [LimitWithdrawn, LimitInForce, FailSafeEntered]
    assert only(FailSafeEntered, effects).silent_since == NOW + MINUTE
    effects, station = play(station, obey(order(3_000, until=NOW + 3 * MINUTE), station, NOW + 2 * MINUTE))
    assert kinds(effects) == [LimitAccepted, LimitInForce, FailSafeLeft, LimitAnswer]


def test_the_fail_safe_value_of_an_evse_is_not_said_to_be_the_stations() -> None:
    station = replace(obeying(order(3_000, evse=ONE, failsafe=1_400.0, failsafe_after=0.0)), connected=None)
    effects, _ = play(station, look(UseFailSafe(station=CS), station, NOW))
    assert only(FailSafeEntered, effects).limit is None


def test_a_limit_that_is_withdrawn_is_gone_with_what_lies_below_it() -> None:
    station = obeying(order(1_400, level=0), order(3_000), order(9_000, evse=ONE))
    effects, station = play(station, withdraw(WithdrawLimit(station=CS), station, NOW))
    assert kinds(effects) == [LimitWithdrawn, LimitWithdrawn, LimitCleared, LimitInForce, LimitAnswer]
    assert only(LimitAnswer, effects).limit is None
    assert offer(station, ONE, NOW)[0] == 9_000.0
    effects, _ = play(station, withdraw(WithdrawLimit(station=CS), station, NOW))
    assert kinds(effects) == [LimitAnswer]


def test_a_station_says_how_much_may_flow_now() -> None:
    station = obeying(order(3_000))
    assert list(tell(AskLimit(station=CS, evse=ONE), station, NOW)) == [LimitAnswer(evse=ONE, limit=Watts(3_000))]
    with pytest.raises(Unknown):
        list(tell(AskLimit(station=CS, evse=EvseNumber(3)), station, NOW))


def test_an_emergency_goes_first() -> None:
    assert order(0, emergency=True).priority is Priority.EMERGENCY
    assert order(0).priority is Priority.CONTROL
    assert isinstance(order(0), Command)
    assert LimitAnswer(evse=ONE, limit=None).remark() == ""
    assert LimitAnswer(evse=ONE, limit=None, pending=True).remark() == "Pending"
