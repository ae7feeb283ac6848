# SPDX-License-Identifier: Apache-2.0
"""Limits that are updated as a whole: when they are, what follows a refusal, and how a station asks for what it missed (K28)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import NotSupported, Unknown
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Wake
from open63110.kernel.units import Seconds, Watts
from open63110.model.limit import Ahead, Limits
from open63110.model.policy import Policy
from open63110.model.station import Registration, Station
from open63110.usecases.energy.smart_charging import (
    FAIL_SAFE_VALUE,
    AbilitiesLearned,
    AskAbilities,
    LimitInForce,
    LimitPower,
    LimitRefused,
    PulledLimit,
    PullLimit,
    PullLimits,
    ReconcileLimits,
)
from open63110.usecases.energy.smart_charging.csms import ask, hear_abilities, hear_in_force, hear_refused, reconcile
from open63110.usecases.energy.smart_charging.dynamic import pull, tell
from open63110.usecases.energy.smart_charging.station import obey
from open63110.usecases.energy.smart_charging.tests.playing import play

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CS, ONE = StationId("CS-1"), EvseNumber(1)
POLICY = Policy()
HERE = Station(id=CS, registration=Registration.ACCEPTED, connected=NOW, wire="ocpp2.1", limits=Limits(dynamic=True, periods=24))
ORDER = LimitPower(station=CS, evse=ONE, limit=Watts(5_000))


def sent(taken: list[Any]) -> list[LimitPower]:
    return [one for one in taken if isinstance(one, LimitPower)]


def asked(limit: LimitPower = ORDER, station: Station = HERE) -> tuple[list[Any], Any]:
    return play(station, ask(limit, station, NOW, POLICY))


def confirmed(limit: LimitPower = ORDER, station: Station = HERE) -> Any:
    taken, after = asked(limit, station)
    for one in sent(taken):
        word = LimitInForce(station=CS, at=NOW, evse=one.evse, limit=one.limit, asked=one.wanted(NOW))
        _, after = play(after, hear_in_force(word, after, NOW, POLICY))
    return after


def test_the_first_limit_is_set_and_the_next_is_an_update_of_it() -> None:
    (first,) = sent(asked()[0])
    assert (first.dynamic, first.update) == ("W", False)
    station = confirmed()
    assert list(reconcile(ReconcileLimits(station=CS), station, NOW, POLICY))[:-1] == []  # what it has is what is wanted
    (second,) = sent(asked(replace(ORDER, limit=Watts(3_000)), station)[0])
    assert (second.dynamic, second.update, second.limit) == ("W", True, Watts(3_000))


@pytest.mark.parametrize(
    "more",
    [
        {"until": NOW + timedelta(hours=1)},
        {"failsafe_after": Seconds(60.0)},
        {"export": Watts(0.0)},
        {"ahead": (Ahead(since=NOW + timedelta(minutes=5), limit=Watts(2_000)),)},
    ],
)
def test_what_an_update_cannot_say_is_set_anew(more: dict[str, Any]) -> None:
    (second,) = sent(asked(replace(ORDER, limit=Watts(3_000), **more), confirmed())[0])
    assert not second.update
    assert bool(second.dynamic) is ("ahead" not in more)


@pytest.mark.parametrize("limits", [Limits(), Limits(dynamic=False)])
def test_a_station_that_did_not_say_that_it_takes_them_gets_none(limits: Limits) -> None:
    (first,) = sent(asked(station=replace(HERE, limits=limits))[0])
    assert first.dynamic == ""
    (other,) = sent(asked(station=replace(HERE, wire="ocpp2.0.1"))[0])
    assert other.dynamic == ""


def test_an_update_that_is_refused_is_followed_by_the_whole_and_a_whole_by_a_plain_one() -> None:
    _, station = asked(replace(ORDER, limit=Watts(3_000)), confirmed())
    no = LimitRefused(station=CS, at=NOW, evse=ONE, reason="UnknownProfile")
    taken, station = play(station, hear_refused(no, station, NOW, POLICY))
    assert [(one.dynamic, one.update, one.limit) for one in sent(taken)] == [("W", False, Watts(3_000))]
    taken, station = play(station, hear_refused(no, station, NOW, POLICY))
    assert [(one.dynamic, one.update) for one in sent(taken)] == [("", False)]
    assert station.limits.dynamic is False


def test_after_a_boot_the_whole_is_told() -> None:
    station = confirmed()
    taken, _ = play(station, reconcile(ReconcileLimits(station=CS, afresh=True), station, NOW, POLICY))
    assert [(one.dynamic, one.update) for one in sent(taken)] == [("W", False)]


def test_what_remains_of_a_limit_is_told_again_only_if_it_changes() -> None:
    lacking = replace(HERE, lacks=(FAIL_SAFE_VALUE,))
    order = replace(ORDER, failsafe=Watts(1_400), failsafe_after=Seconds(60.0))
    station = confirmed(order, lacking)
    assert [one.level for one in sent(asked(replace(order, limit=Watts(3_000)), station)[0])] == [1]
    taken = sent(asked(replace(order, limit=Watts(1_000)), station)[0])
    assert [(one.level, one.update, one.limit) for one in taken] == [(1, True, Watts(1_000)), (0, False, Watts(1_000))]


def test_whether_it_takes_them_is_asked_behind_its_first_limit() -> None:
    fresh = replace(HERE, limits=Limits())
    _, station = asked(station=fresh)
    word = LimitInForce(station=CS, at=NOW, evse=ONE, limit=Watts(5_000), asked=ORDER.wanted(NOW))
    taken, station = play(station, hear_in_force(word, station, NOW, POLICY))
    assert [type(one) for one in taken if not isinstance(one, Wake)] == [LimitInForce, AskAbilities]
    learned = AbilitiesLearned(station=CS, at=NOW, periods=24, dynamic=True, switches=False)
    _, station = play(station, hear_abilities(learned, station))
    assert (station.limits.dynamic, station.limits.switches) == (True, False)
    assert list(hear_abilities(learned, station)) == []


def test_one_that_asks_is_told_what_was_sent_last() -> None:
    question = PullLimit(station=CS, evse=ONE)
    station = confirmed()
    assert [one.limit.limit for one in tell(question, station, NOW) if isinstance(one, PulledLimit) and one.limit] == [
        Watts(5_000)
    ]
    _, under_way = asked(replace(ORDER, limit=Watts(3_000)), station)
    assert [one.limit.limit for one in tell(question, under_way, NOW) if isinstance(one, PulledLimit) and one.limit] == [
        Watts(3_000)
    ]
    ended = confirmed(replace(ORDER, until=NOW + timedelta(minutes=1)))
    wrong = [
        (question, HERE, NOW),
        (replace(question, transfer=True), station, NOW),
        (replace(question, evse=None), station, NOW),
        (question, ended, NOW + timedelta(minutes=1)),
        (question, confirmed(station=replace(HERE, limits=Limits())), NOW),
    ]
    for command, of, at in wrong:
        with pytest.raises(Unknown) as no:
            list(tell(command, of, at))
        assert no.value.code == "UnknownProfile"


def test_a_station_asks_for_the_newest_when_it_has_heard_none_for_as_long_as_it_was_told() -> None:
    order = replace(ORDER, dynamic="W", every=Seconds(30.0), profile=11)
    taken, station = play(Station(id=CS), obey(order, Station(id=CS), NOW))
    (wake,) = [one for one in taken if isinstance(one, Wake) and one.command == PullLimits(station=CS)]
    assert wake.at == NOW + timedelta(seconds=30)
    *questions, again = pull(PullLimits(station=CS), station, wake.at)
    assert questions == [PullLimit(station=CS, evse=ONE, profile=11)]
    assert isinstance(again, Wake)
    assert again.at == wake.at + timedelta(seconds=30)
    _, updated = play(station, obey(replace(order, update=True), station, wake.at))
    (last,) = pull(PullLimits(station=CS), updated, wake.at)
    assert isinstance(last, Wake)
    assert last.at == wake.at + timedelta(seconds=30)
    (none,) = pull(PullLimits(station=CS), Station(id=CS), NOW)
    assert isinstance(none, Wake)
    assert none.command is None


def test_a_phase_is_named_only_to_a_station_that_can_switch_and_ours_cannot() -> None:
    order = replace(ORDER, phase=2)
    with pytest.raises(NotSupported) as no:
        asked(order)
    assert no.value.code == "NoPhaseSwitching"
    switching = replace(HERE, limits=Limits(switches=True, dynamic=True))
    assert [(one.phase, one.dynamic) for one in sent(asked(order, switching)[0])] == [(2, "")]
    with pytest.raises(NotSupported, match="not switched"):
        list(obey(order, Station(id=CS), NOW))
