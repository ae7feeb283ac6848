# SPDX-License-Identifier: Apache-2.0
"""At the CSMS: what a station says it keeps to is compared with what it confirmed; a refusal for its form is met once (8.2.3)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Unknown
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.messages import Effect, Wake
from open63110.kernel.units import Seconds, Watts
from open63110.model.limit import WHOLE, Ahead
from open63110.model.needs import Needs, PriorityChanged
from open63110.model.policy import Policy
from open63110.model.station import Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.energy.smart_charging import FAIL_SAFE_VALUE, USE_CASE
from open63110.usecases.energy.smart_charging.csms import (
    OFFLINE_DURATION,
    ask,
    hear_abilities,
    hear_in_force,
    hear_refused,
    offer_schedule,
    reconcile,
)
from open63110.usecases.energy.smart_charging.evolve import DIFFERS
from open63110.usecases.energy.smart_charging.messages import (
    AbilitiesLearned,
    AskAbilities,
    AskLimit,
    LimitDiffers,
    LimitInForce,
    LimitPower,
    LimitRefused,
    LimitSent,
    LimitWithdrawn,
    OfferSchedule,
    PrioritizeTransfer,
    RateUnitLearned,
    ReconcileLimits,
    WithdrawLimit,
)
from open63110.usecases.energy.smart_charging.priority import hear_priority, prioritize
from open63110.usecases.energy.smart_charging.tests.playing import play

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CS = StationId("CS-1")
ONE = EvseNumber(1)
T1 = TransferReference("t1")
RUNNING = {T1: EnergyTransfer(station=CS, number=TransferNumber(1), reference=T1, evse=ONE)}
POLICY = Policy()
HERE = Station(id=CS, registration=Registration.ACCEPTED, connected=NOW - MINUTE, wire="ocpp2.1", transfers=RUNNING)
STEPS = (Ahead(since=NOW + 10 * MINUTE, limit=Watts(3_000)), Ahead(since=NOW + 20 * MINUTE, limit=Watts(7_000)))
LIMIT = LimitPower(station=CS, evse=ONE, limit=Watts(5_000), ahead=STEPS)


def kinds(effects: Iterable[Effect]) -> list[type[Effect]]:
    return [type(one) for one in effects if not isinstance(one, Wake)]


def asked(station: Station = HERE, limit: LimitPower = LIMIT) -> tuple[list[Effect], Any]:
    return play(station, ask(limit, station, NOW, POLICY))


def kept(limit: LimitPower = LIMIT) -> Any:
    _, station = asked(limit=limit)
    yes = LimitInForce(station=CS, at=NOW, evse=ONE, limit=limit.limit, asked=limit.wanted(NOW))
    return play(station, hear_in_force(yes, station, NOW, POLICY))[1]


def said(watts: float, *steps: Ahead) -> LimitInForce:
    return LimitInForce(station=CS, at=NOW, evse=ONE, limit=Watts(watts), by="composite", ahead=steps)


def test_a_station_that_is_there_again_is_asked_for_all_of_what_it_confirmed() -> None:
    station = kept()
    effects, _ = play(station, reconcile(ReconcileLimits(station=CS, compare=True), station, NOW, POLICY))
    assert [one for one in effects if isinstance(one, AskLimit)] == [
        AskLimit(station=CS, evse=ONE, within=Seconds(20 * 60.0 + 60.0))
    ]
    effects, _ = play(station, reconcile(ReconcileLimits(station=CS), station, NOW, POLICY))
    assert kinds(effects) == []


@pytest.mark.parametrize(
    "same",
    [
        said(5_000, *STEPS),
        said(4_900, Ahead(since=NOW + 9 * MINUTE, limit=Watts(2_000))),
        said(5_040, Ahead(since=STEPS[0].since + MINUTE / 10, limit=Watts(3_010)), STEPS[1]),
    ],
    ids=["the same", "less", "rounded, and a little late"],
)
def test_what_is_no_more_than_was_confirmed_is_no_difference(same: LimitInForce) -> None:
    station = kept()
    effects, after = play(station, hear_in_force(same, station, NOW, POLICY))
    assert LimitDiffers not in kinds(effects)
    assert after.flags == ()


@pytest.mark.parametrize(
    ("wrong", "since", "limit"),
    [
        (said(22_000, *STEPS), NOW, 22_000),
        (said(5_000), STEPS[0].since, 5_000),
        (said(5_000, replace(STEPS[0], limit=Watts(4_000))), STEPS[0].since, 4_000),
        (said(5_000, *STEPS, Ahead(since=NOW + 20.5 * MINUTE, limit=Watts(22_000))), NOW + 20.5 * MINUTE, 22_000),
    ],
    ids=["now", "a step is missing", "a step is too high", "a step too many"],
)
def test_a_station_that_allows_more_than_it_confirmed_is_told_again_and_marked(
    wrong: LimitInForce, since: datetime, limit: float
) -> None:
    station = kept()
    effects, station = play(station, hear_in_force(wrong, station, NOW, POLICY))
    differs = effects[0]
    assert isinstance(differs, LimitDiffers)
    assert (differs.since, differs.limit) == (since, limit)
    assert [one.ahead for one in effects if isinstance(one, LimitPower)] == [STEPS]
    assert station.flags == (DIFFERS,)
    assert station.limits.exposed[ONE][:-1] == (() if limit <= LIMIT.limit else (limit,))
    yes = LimitInForce(station=CS, at=NOW, evse=ONE, limit=LIMIT.limit, asked=LIMIT.wanted(NOW))
    _, station = play(station, hear_in_force(yes, station, NOW, POLICY))
    assert (station.limits.exposed, station.flags) == ({}, (DIFFERS,))
    _, station = play(station, hear_in_force(said(5_000, *STEPS), station, NOW, POLICY))
    assert station.flags == ()


def test_before_the_first_limit_with_steps_a_station_is_asked_how_many_it_takes() -> None:
    effects, station = asked()
    assert AskAbilities in kinds(effects)
    learned = AbilitiesLearned(station=CS, at=NOW, periods=0)
    _, station = play(station, hear_abilities(learned, station))
    assert station.limits.periods == 0
    assert list(hear_abilities(learned, station)) == []
    assert AskAbilities not in kinds(asked(station, replace(LIMIT, limit=Watts(4_000)))[0])
    assert AskAbilities not in kinds(asked(limit=replace(LIMIT, ahead=()))[0])


@pytest.mark.parametrize(("known", "learned"), [(None, 1), (0, 1), (2, 2)])
def test_too_many_steps_are_met_with_fewer_once(known: int | None, learned: int) -> None:
    station = replace(HERE, limits=replace(HERE.limits, periods=known, unit="W"))
    _, station = asked(station)
    no = LimitRefused(station=CS, at=NOW, evse=ONE, reason="TooManyElements")
    effects, station = play(station, hear_refused(no, station, NOW, POLICY))
    assert [kind for kind in kinds(effects) if kind is not AskAbilities] == [
        LimitRefused,
        AbilitiesLearned,
        LimitSent,
        LimitPower,
    ]
    assert station.limits.periods == learned
    effects, station = play(station, hear_refused(no, station, NOW, POLICY))
    assert kinds(effects) == [LimitRefused]


def test_on_a_wire_that_gives_no_reason_fewer_steps_and_the_other_unit_are_tried_together() -> None:
    _, station = asked(replace(HERE, wire="ocpp1.6"))
    no = LimitRefused(station=CS, at=NOW, evse=ONE, reason="Rejected")
    effects, station = play(station, hear_refused(no, station, NOW, POLICY))
    assert kinds(effects) == [LimitRefused, RateUnitLearned, AbilitiesLearned, LimitSent, LimitPower]
    assert (station.limits.unit, station.limits.periods) == ("W", 1)
    assert kinds(play(station, hear_refused(no, station, NOW, POLICY))[0]) == [LimitRefused]


def test_a_refusal_that_fewer_steps_do_not_help_is_kept() -> None:
    _, station = asked(replace(HERE, limits=replace(HERE.limits, unit="W")))
    for reason in ("TxNotFound", "InvalidSchedule"):
        no = LimitRefused(station=CS, at=NOW, evse=ONE, reason=reason)
        assert kinds(play(station, hear_refused(no, station, NOW, POLICY))[0]) == [LimitRefused]


BOUND = replace(LIMIT, ahead=(), transfer=T1)


def test_a_limit_for_a_transfer_that_does_not_run_is_not_wanted() -> None:
    with pytest.raises(Unknown) as no:
        list(ask(replace(BOUND, transfer="t9"), HERE, NOW, POLICY))
    assert no.value.code == "TxNotFound"


def test_what_follows_a_limit_of_a_transfer_is_told_for_that_transfer_while_it_runs() -> None:
    station = kept(BOUND)
    effects, station = asked(station, replace(BOUND, limit=Watts(4_000), transfer=""))
    (sent,) = [one for one in effects if isinstance(one, LimitPower)]
    assert (sent.limit, sent.transfer) == (Watts(4_000), T1)
    yes = LimitInForce(station=CS, at=NOW, evse=ONE, limit=sent.limit, asked=sent.wanted(NOW))
    _, station = play(station, hear_in_force(yes, station, NOW, POLICY))
    assert kinds(reconcile(ReconcileLimits(station=CS), station, NOW, POLICY)) == []
    over = replace(station, transfers={})
    effects = list(reconcile(ReconcileLimits(station=CS), over, NOW, POLICY))
    assert [(one.limit, one.transfer) for one in effects if isinstance(one, LimitPower)] == [(Watts(4_000), "")]


def test_a_limit_of_a_transfer_ends_with_it() -> None:
    over = replace(kept(BOUND), transfers={})
    effects, over = play(over, reconcile(ReconcileLimits(station=CS), over, NOW, POLICY))
    assert kinds(effects) == [LimitWithdrawn, WithdrawLimit]
    assert over.limits.desired == {}


def test_what_remains_of_a_limit_of_a_transfer_is_for_whatever_happens_at_its_evse() -> None:
    older = replace(HERE, wire="ocpp2.0.1", lacks=(FAIL_SAFE_VALUE, OFFLINE_DURATION))
    effects, _ = asked(older, replace(BOUND, failsafe=Watts(1_400), failsafe_after=Seconds(60.0)))
    sent = [one for one in effects if isinstance(one, LimitPower)]
    assert [(one.level, one.limit, one.transfer) for one in sent] == [(1, Watts(5_000), T1), (0, Watts(1_400), "")]


SPEAKING = replace(HERE, transfers={T1: replace(RUNNING[T1], needs=Needs(source="ev", modes=("AC_three_phase",)))})


def test_an_ev_that_said_what_it_needs_is_offered_a_schedule_of_its_transfer() -> None:
    _, station = asked(SPEAKING, replace(LIMIT, ahead=()))
    effects = list(offer_schedule(OfferSchedule(station=CS, evse=ONE), station, NOW, POLICY))
    assert [(one.evse, one.transfer) for one in effects if isinstance(one, LimitPower)] == [(ONE, T1)]
    _, whole = asked(SPEAKING, replace(LIMIT, evse=WHOLE))
    effects = list(offer_schedule(OfferSchedule(station=CS, evse=ONE), whole, NOW, POLICY))
    assert [(one.evse, one.transfer) for one in effects if isinstance(one, LimitPower)] == [(WHOLE, "")]
    for nobody in (SPEAKING, replace(station, connected=None)):
        assert list(offer_schedule(OfferSchedule(station=CS, evse=ONE), nobody, NOW, POLICY)) == []


def test_priority_counts_in_the_plan_and_a_station_with_profiles_of_its_own_for_it_is_told() -> None:
    wish = PrioritizeTransfer(station=CS, reference=T1, active=True)
    fact = PriorityChanged(station=CS, at=NOW, reference=T1, active=True)
    assert list(prioritize(wish, HERE, NOW)) == [fact, wish]
    assert list(prioritize(wish, replace(HERE, wire="ocpp2.0.1"), NOW)) == [fact]
    with pytest.raises(Unknown):
        list(prioritize(wish, replace(HERE, transfers={}), NOW))
    _, station = play(HERE, hear_priority(fact, HERE))
    assert station.transfers[T1].needs.priority
    assert list(hear_priority(fact, station)) == []
    assert USE_CASE.evolve[PriorityChanged](replace(fact, reference=TransferReference("t9")), station) == station
