# SPDX-License-Identifier: Apache-2.0
"""The CSMS brings stations to keep to what is wanted, and believes them only what they confirmed (8.2.3, 7.10)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Unavailable, Unknown
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Effect, Wake
from open63110.kernel.units import Watts
from open63110.model.limit import WHOLE, Ahead, Limit, LimitSource
from open63110.model.policy import Policy
from open63110.model.station import Registration, Station
from open63110.usecases.energy.smart_charging import FAIL_SAFE_VALUE
from open63110.usecases.energy.smart_charging.csms import (
    NO_ANSWER,
    OFFLINE_DURATION,
    ask,
    hear_cleared,
    hear_fail_safe,
    hear_in_force,
    hear_refused,
    question,
    reconcile,
    withdraw,
)
from open63110.usecases.energy.smart_charging.messages import (
    AskLimit,
    FailSafeEntered,
    FailSafeLeft,
    LimitAccepted,
    LimitAnswer,
    LimitCleared,
    LimitInForce,
    LimitPower,
    LimitRefused,
    LimitSent,
    LimitWithdrawn,
    RateUnitLearned,
    ReconcileLimits,
    WithdrawLimit,
)
from open63110.usecases.energy.smart_charging.tests.playing import play

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CS = StationId("CS-1")
POLICY = Policy()
HERE = Station(id=CS, registration=Registration.ACCEPTED, connected=NOW - MINUTE, wire="ocpp2.1")
AWAY = replace(HERE, connected=None)
LOOK = ReconcileLimits(station=CS)


def order(watts: float, **more: Any) -> LimitPower:
    fields: dict[str, Any] = {"station": CS, "limit": Watts(watts)} | more
    return LimitPower(**fields)


def asked(station: Station, *orders: LimitPower, now: datetime = NOW) -> tuple[list[Effect], Any]:
    """Want some limits, one after another; return what the last one led to."""
    effects: list[Effect] = []
    for one in orders:
        effects, station = play(station, ask(one, station, now, POLICY))
    return effects, station


def sent(effects: Iterable[Effect]) -> list[Any]:
    """What goes to the station."""
    return [one for one in effects if isinstance(one, LimitPower | WithdrawLimit | AskLimit)]


def kinds(effects: Iterable[Effect]) -> list[type[Effect]]:
    return [type(one) for one in effects if not isinstance(one, Wake)]


def wake(effects: Iterable[Effect]) -> Wake:
    """When it looks again; the last one said."""
    return [one for one in effects if isinstance(one, Wake)][-1]


def answer(effects: Iterable[Effect]) -> Any:
    return next(one for one in effects if isinstance(one, LimitAnswer))


def yes(station: Station, limit: Limit, *, now: datetime = NOW, **more: Any) -> tuple[list[Effect], Any]:
    """Hear that the station keeps to a limit."""
    fields: dict[str, Any] = {"station": CS, "at": now, "evse": limit.evse, "limit": limit.limit, "asked": limit} | more
    said = LimitInForce(**fields)
    return play(station, hear_in_force(said, station, now, POLICY))


def kept(station: Station, *orders: LimitPower) -> Any:
    """A station that confirmed what it was sent."""
    effects, station = asked(station, *orders)
    for one in sent(effects):
        _, station = yes(station, one.wanted(NOW))
    return station


def test_a_limit_is_wanted_and_sent_and_in_force_only_once_it_is_confirmed() -> None:
    effects, station = asked(HERE, order(3_000))
    assert kinds(effects) == [LimitAccepted, LimitPower, LimitAnswer]
    wanted: Any = effects[0]
    assert (wanted.sent, station.limits.asked[WHOLE], station.limits.exposed[WHOLE]) == (True, wanted.limit, (3_000,))
    assert answer(effects) == LimitAnswer(evse=WHOLE, limit=Watts(3_000))
    assert station.limits.in_force == {}
    _, station = yes(station, sent(effects)[0].wanted(NOW))
    assert (station.limits.in_force[WHOLE].limit, station.limits.asked, station.limits.exposed) == (3_000, {}, {})


def test_a_limit_above_one_that_counts_is_kept_and_not_sent() -> None:
    station = kept(HERE, order(3_000, source=LimitSource.DSO))
    effects, station = asked(station, order(5_000))
    assert sent(effects) == []
    assert (answer(effects).limit, answer(effects).by) == (3_000, "dso")
    effects, station = play(station, withdraw(WithdrawLimit(station=CS, source=LimitSource.DSO), station, NOW, POLICY))
    assert [one.limit for one in sent(effects)] == [5_000]


def test_the_last_limit_that_is_withdrawn_is_cleared_at_the_station() -> None:
    station = kept(HERE, order(3_000))
    effects, station = play(station, withdraw(WithdrawLimit(station=CS), station, NOW, POLICY))
    assert sent(effects) == [WithdrawLimit(station=CS)]
    assert WHOLE in station.limits.in_force  # until the station says otherwise
    cleared = LimitCleared(station=CS, at=NOW, evse=WHOLE)
    _, station = play(station, hear_cleared(cleared, station))
    assert station.limits.in_force == {}
    assert list(hear_cleared(cleared, station)) == []
    with pytest.raises(Unknown):
        list(withdraw(WithdrawLimit(station=CS), station, NOW, POLICY))


def test_nothing_is_sent_to_a_station_that_is_away_until_it_is_back() -> None:
    effects, station = asked(AWAY, order(3_000))
    assert sent(effects) == []
    assert answer(effects).pending
    assert sent(reconcile(LOOK, station, NOW, POLICY)) == []
    back = replace(station, connected=NOW)
    assert [one.limit for one in sent(reconcile(LOOK, back, NOW, POLICY))] == [3_000]


def test_what_was_withdrawn_while_it_was_away_is_cleared_when_it_is_back() -> None:
    station = replace(kept(HERE, order(3_000)), connected=None)
    effects, station = play(station, withdraw(WithdrawLimit(station=CS), station, NOW, POLICY))
    assert sent(effects) == []
    back = replace(station, connected=NOW)
    assert sent(reconcile(LOOK, back, NOW, POLICY)) == [WithdrawLimit(station=CS)]


def test_only_what_changed_is_sent_again_but_everything_after_a_boot() -> None:
    station = kept(HERE, order(3_000))
    assert sent(reconcile(LOOK, station, NOW, POLICY)) == []
    assert [one.limit for one in sent(reconcile(ReconcileLimits(station=CS, afresh=True), station, NOW, POLICY))] == [3_000]
    assert sent(asked(station, order(3_000))[0]) == []


def test_a_limit_that_ends_gives_way_to_the_next() -> None:
    station = kept(HERE, order(5_000, source=LimitSource.CONTRACT))
    effects, station = asked(station, order(3_000, until=NOW + MINUTE))
    assert [(one.limit, one.until) for one in sent(effects)] == [(3_000, None)]  # the other outlasts it
    _, station = yes(station, sent(effects)[0].wanted(NOW))
    effects, station = play(station, reconcile(LOOK, station, NOW + MINUTE, POLICY))
    assert kinds(effects) == [LimitWithdrawn, LimitSent, LimitPower]
    assert [one.limit for one in sent(effects)] == [5_000]


def test_a_limit_alone_ends_at_the_station_by_itself() -> None:
    effects, station = asked(HERE, order(3_000, until=NOW + MINUTE))
    (told,) = sent(effects)
    assert told.until == NOW + MINUTE
    _, station = yes(station, told.wanted(NOW))
    effects, station = play(station, reconcile(LOOK, station, NOW + MINUTE, POLICY))
    assert kinds(effects) == [LimitWithdrawn, WithdrawLimit]


def test_one_without_an_answer_is_flagged_and_sent_again() -> None:
    effects, station = asked(HERE, order(3_000))
    late = wake(effects).at
    assert late == NOW + timedelta(seconds=POLICY.order_deadline + POLICY.retry)
    assert sent(reconcile(LOOK, station, NOW + MINUTE / 2, POLICY)) == []
    effects, station = play(station, reconcile(LOOK, station, late, POLICY))
    assert kinds(effects) == [LimitRefused, LimitSent, LimitPower]
    assert station.limits.refused == {WHOLE: NO_ANSWER}
    _, station = yes(station, sent(effects)[0].wanted(late))
    assert station.limits.refused == {}
    assert (station.limits.asked, station.limits.exposed) == ({}, {}), "the answer that never came is not waited for any more"


def test_one_that_was_under_way_when_the_link_was_lost_is_sent_again() -> None:
    _, station = asked(HERE, order(3_000))
    back = replace(station, connected=NOW + MINUTE / 2)
    assert [one.limit for one in sent(reconcile(LOOK, back, NOW + MINUTE / 2, POLICY))] == [3_000]


def test_a_late_yes_to_the_one_before_says_nothing_of_the_last() -> None:
    effects, station = asked(HERE, order(20_000))
    first = sent(effects)[0]
    _, station = asked(station, order(5_000))
    assert station.limits.exposed == {WHOLE: (20_000.0, 5_000.0)}
    _, station = yes(station, first.wanted(NOW))
    assert station.limits.in_force[WHOLE].asked.limit == 20_000
    assert station.limits.asked[WHOLE].limit == 5_000
    _, station = yes(station, order(5_000).wanted(NOW))
    assert (station.limits.in_force[WHOLE].limit, station.limits.exposed) == (5_000, {})


def test_of_two_limits_alike_that_are_both_under_way_the_first_yes_says_nothing_of_what_lies_between_them() -> None:
    _, station = asked(HERE, order(5_000), order(20_000), order(5_000))
    for confirmed, exposed in ((5_000, (20_000.0, 5_000.0)), (20_000, (5_000.0,))):
        _, station = yes(station, order(confirmed).wanted(NOW))
        assert station.limits.exposed == {WHOLE: exposed}
        assert station.limits.asked[WHOLE].limit == 5_000
    _, station = yes(station, order(5_000).wanted(NOW))
    assert (station.limits.exposed, station.limits.asked) == ({}, {})


def test_a_wire_without_words_for_it_is_sent_what_remains_as_a_limit_below() -> None:
    station = replace(HERE, lacks=(FAIL_SAFE_VALUE,))
    effects, station = asked(station, order(3_000, failsafe=1_400.0, failsafe_after=60.0))
    above, below = sent(effects)
    assert (above.limit, above.level, above.failsafe_after, above.until) == (3_000, 1, 60, None)
    assert (below.limit, below.level, below.failsafe_after, below.until) == (1_400, 0, None, None)
    before = station
    said, station = yes(station, below.wanted(NOW))
    assert (said, station) == ([], before)


def test_a_wire_that_cannot_say_how_long_is_sent_limits_that_end_and_are_renewed() -> None:
    station = replace(HERE, lacks=(FAIL_SAFE_VALUE, OFFLINE_DURATION))
    effects, station = asked(station, order(3_000, failsafe=1_400.0, failsafe_after=60.0, until=NOW + 2 * MINUTE))
    above = sent(effects)[0]
    assert above.until == NOW + MINUTE
    said, station = yes(station, above.wanted(NOW))
    assert wake(said).at == NOW + MINUTE / 2
    assert sent(reconcile(LOOK, station, NOW + MINUTE / 3, POLICY)) == []
    effects, station = play(station, reconcile(LOOK, station, NOW + MINUTE / 2, POLICY))
    assert sent(effects)[0].until == NOW + 1.5 * MINUTE
    _, station = yes(station, sent(effects)[0].wanted(NOW), now=NOW + MINUTE / 2)
    effects, _ = play(station, reconcile(LOOK, station, NOW + 1.5 * MINUTE, POLICY))
    assert sent(effects)[0].until == NOW + 2 * MINUTE


@pytest.mark.parametrize(("wire", "unit"), [("ocpp1.6", "W"), ("ocpp2.1", "A")])
def test_a_station_that_refuses_one_unit_is_told_the_other_once(wire: str, unit: str) -> None:
    _, station = asked(replace(HERE, wire=wire), order(3_000))
    no = LimitRefused(station=CS, at=NOW, evse=WHOLE, reason="UnsupportedRateUnit")
    effects, station = play(station, hear_refused(no, station, NOW, POLICY))
    assert kinds(effects) == [LimitRefused, RateUnitLearned, LimitSent, LimitPower]
    assert station.limits.unit == unit
    effects, station = play(station, hear_refused(no, station, NOW, POLICY))
    assert kinds(effects) == [LimitRefused]
    assert sent(reconcile(LOOK, station, NOW, POLICY)) == []  # it said no
    assert len(sent(reconcile(ReconcileLimits(station=CS, afresh=True), station, NOW, POLICY))) == 1
    assert [one.limit for one in sent(asked(station, order(2_000))[0])] == [2_000]


def test_what_a_station_says_unasked_is_kept_if_it_is_new() -> None:
    station = kept(HERE, order(3_000))
    same = LimitInForce(station=CS, at=NOW, evse=WHOLE, limit=Watts(3_000), by="composite")
    assert list(hear_in_force(same, station, NOW, POLICY)) == []
    less = replace(same, limit=Watts(2_000))
    _, station = play(station, hear_in_force(less, station, NOW, POLICY))
    assert (station.limits.in_force[WHOLE].limit, station.limits.in_force[WHOLE].asked.limit) == (2_000, 3_000)
    other = replace(same, evse=EvseNumber(1))
    _, station = play(station, hear_in_force(other, station, NOW, POLICY))
    assert station.limits.in_force[EvseNumber(1)].asked.limit == 3_000.0


def test_a_station_on_its_fail_safe_values_is_marked_until_it_is_back() -> None:
    entered = FailSafeEntered(station=CS, at=NOW, silent_since=NOW - MINUTE)
    _, station = play(HERE, hear_fail_safe(entered, HERE))
    assert station.limits.failsafe_since == NOW
    assert list(hear_fail_safe(entered, station)) == []
    left = FailSafeLeft(station=CS, at=NOW + MINUTE, since=NOW)
    _, station = play(station, hear_fail_safe(left, station))
    assert station.limits.failsafe_since is None


def test_a_question_needs_somebody_who_answers() -> None:
    assert list(question(AskLimit(station=CS), HERE)) == [AskLimit(station=CS)]
    with pytest.raises(Unavailable):
        list(question(AskLimit(station=CS), AWAY))


def test_impossible_limits_are_refused_before_they_are_wanted() -> None:
    with pytest.raises(Malformed):
        list(ask(order(-1), HERE, NOW, POLICY))
    with pytest.raises(Malformed, match="at most 1000000000 s"):
        list(ask(order(1, failsafe=Watts(0.0), failsafe_after=1e15), HERE, NOW, POLICY))


def test_a_station_whose_clock_is_doubted_is_told_what_counts_now_and_what_comes_when_it_has_come() -> None:
    doubted = replace(HERE, flags=("clock",), clock_ahead=3_600.0)
    steps = (Ahead(since=NOW + 2 * MINUTE, limit=Watts(3_000.0)), Ahead(since=NOW + 3 * MINUTE, limit=Watts(9_000.0)))
    effects, station = asked(doubted, order(7_000.0, ahead=steps, until=NOW + 5 * MINUTE))
    (told,) = sent(effects)
    assert (told.limit, told.ahead, told.until) == (7_000.0, (), None)
    for minute, power in ((2, 3_000.0), (3, 9_000.0)):
        effects, station = yes(station, station.limits.asked[WHOLE], now=NOW + (minute - 1) * MINUTE)
        assert wake(effects).at == NOW + minute * MINUTE
        effects, station = play(station, reconcile(LOOK, station, NOW + minute * MINUTE, POLICY))
        (told,) = sent(effects)
        assert (told.limit, told.ahead, told.until) == (power, (), None)
    effects, station = yes(station, station.limits.asked[WHOLE], now=NOW + 4 * MINUTE)
    assert wake(effects).at == NOW + 5 * MINUTE
    effects, _ = play(station, reconcile(LOOK, station, NOW + 5 * MINUTE, POLICY))
    assert sent(effects) == [WithdrawLimit(station=CS)]
