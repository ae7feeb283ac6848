# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about limits of one station: desired beside reported, in force only once the station confirmed it.

Several may want a limit at one place; the station is sent what counts: the lowest, or what is left of it when one ends.
A wire that cannot say to what a station falls back gets that as a limit of its own below the other; one that cannot say when
either gets limits that end soon and are renewed in time (lease), so that they end when nobody is there to renew them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from open63110.kernel.errors import NotSupported, Unavailable, Unknown
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.limit import WHOLE, Limit, Limits, place, same, winner
from open63110.model.policy import Policy
from open63110.model.station import CLOCK, Station
from open63110.usecases.energy.smart_charging import evolve, sending
from open63110.usecases.energy.smart_charging.messages import (
    AbilitiesLearned,
    AskAbilities,
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
    OfferSchedule,
    RateUnitLearned,
    ReconcileLimits,
    WithdrawLimit,
)
from open63110.usecases.energy.smart_charging.profile_messages import ClearProfile
from open63110.usecases.energy.smart_charging.readback import difference, questions
from open63110.usecases.energy.smart_charging.sending import FAIL_SAFE_VALUE
from open63110.usecases.energy.smart_charging.station import check, flows

OFFLINE_DURATION = "offline-duration"
"""Among Station.lacks: a limit cannot say for how long it holds without a link."""

NO_ANSWER = "NoAnswer"

TOO_MANY = "TooManyElements"
"""Why a station refuses a limit with more steps than it takes; the wires of OCPP 2.x say so."""

_WAKE = "limits"

SOONEST = timedelta(seconds=1)
"""Before that nothing is looked at again."""

_OTHER = {"ocpp1.6": "W"}
"""By wire the unit that is tried second; W is first on all others."""


def ask(command: LimitPower, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Want it from now on, and send the station what counts by now.

    Raises:
        Unknown: the energy transfer that it is for does not run there.
        NotSupported: it names a phase, and the station did not say that it can switch phases.
    """
    check(command, station, now)
    if command.phase is not None and not station.limits.switches:
        words = f"{station.id} did not say that it can switch phases"
        raise NotSupported(words, code="NoPhaseSwitching", where="phase")
    if command.transfer and not flows(station, command.evse, command.transfer):
        raise Unknown(f"no transfer {command.transfer} runs at EVSE {command.evse}", code="TxNotFound", where="transfer")
    wanted = LimitAccepted(station=station.id, at=now, limit=command.wanted(now))
    after = evolve.accepted(wanted, station)
    first, *others = _bring(after, command.evse, now, policy)
    if isinstance(first, LimitSent) and first.limit is wanted.limit:
        yield replace(wanted, sent=True)  # as nearly always; one fact less for each of many stations
    else:
        yield wanted
        yield first
    yield from others
    counts = winner(after.limits, command.evse, now) or wanted.limit
    by = "command" if counts.limit == command.limit else str(counts.source)
    there = may_be_ordered(station)
    yield LimitAnswer(evse=command.evse, limit=counts.limit, by=by, until=counts.until, pending=not there)


def withdraw(command: WithdrawLimit, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Want it no longer; what others want at the same place takes over.

    Raises:
        Unknown: nobody wants such a limit.
    """
    if place(command.evse, command.scope, command.source) not in station.limits.desired:
        raise Unknown(f"{station.id} has no such limit", code="UnknownLimit", where="source")
    gone = LimitWithdrawn(station=station.id, at=now, evse=command.evse, source=command.source, scope=command.scope)
    yield gone
    yield from _bring(evolve.withdrawn(gone, station), command.evse, now, policy)


def question(command: AskLimit, station: Station) -> Iterator[Effect]:
    """Pass it on.

    Raises:
        Unavailable: the station is not there.
    """
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline")
    yield command


def reconcile(command: ReconcileLimits, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Drop what has ended, and send what differs from what the station confirmed."""
    after = station
    for key, limit in station.limits.desired.items():
        if not limit.valid(now) or (limit.transfer and not flows(station, limit.evse, limit.transfer)):
            gone = LimitWithdrawn(station=station.id, at=now, evse=limit.evse, source=limit.source, reason="expired", place=key)
            yield gone
            after = evolve.withdrawn(gone, after)
    for evse in sorted(_places(after.limits)):
        for effect in _again(after, evse, now, policy, afresh=command.afresh):
            yield effect
            after = _evolved(effect, after)
    if command.compare and may_be_ordered(after):
        yield from questions(after, now)
    yield _next(after, now, policy)


def _places(limits: Limits) -> set[EvseNumber]:
    return {one.evse for one in limits.desired.values()} | set(limits.in_force) | set(limits.asked)


def _again(station: Station, evse: EvseNumber, now: datetime, policy: Policy, *, afresh: bool) -> Iterator[Effect]:
    """Bring one place in step; one that was refused waits until the station has booted or somebody wants something else."""
    limits = station.limits
    if not may_be_ordered(station) or (limits.refused.get(evse, NO_ANSWER) != NO_ANSWER and not afresh):
        return
    asked = limits.asked.get(evse)
    unheard = asked is not None and (_late(asked, now, policy) or (station.connected or now) > asked.since)
    if unheard:
        yield LimitRefused(station=station.id, at=now, evse=evse, reason=NO_ANSWER)
    differs = asked is None and not same(_counts(station, evse, now), _confirmed(limits, evse))
    if afresh or unheard or differs or _lease_runs_out(station, evse, now):
        yield from _send(station, evse, now, whole=afresh or unheard)


def _late(asked: Limit, now: datetime, policy: Policy) -> bool:
    return now >= asked.since + _overdue(policy)


def _counts(station: Station, evse: EvseNumber, now: datetime) -> Limit | None:
    """Return what counts at a place as it is to be sent.

    A station keeps to what it was told for a transfer before what it was told for the EVSE (OCPP). So while that transfer runs,
    what follows has to be told for it as well. An EV that said what it needs waits for a schedule of its own transfer.
    """
    limits = station.limits
    want, known = winner(limits, evse, now), limits.in_force.get(evse)
    if want is not None and CLOCK in station.flags:
        want = _plain(want, now)
    if want is None or want.transfer or evse == WHOLE:
        return want
    told = limits.asked.get(evse) or (known.asked if known else None)
    bound = told is not None and told.transfer and flows(station, evse, told.transfer)
    transfer = told.transfer if told is not None and bound else _speaks(station, evse)
    return replace(want, transfer=transfer) if transfer else want


def _plain(want: Limit, now: datetime) -> Limit:
    """Return a limit as a station is told it whose clock is doubted: as it is now, with no moments for it to understand wrongly.

    What it becomes later, and when it ends, is told when it is so far.
    """
    return replace(want, limit=want.step(now), ahead=(), until=None)


def _speaks(station: Station, evse: EvseNumber) -> str:
    """Return the transfer at an EVSE whose EV itself said what it needs; empty: there is none."""
    running = (one for one in station.transfers.values() if one.evse == evse and one.ended is None)
    return next((one.reference for one in running if one.needs is not None and one.needs.modes), "")


def _confirmed(limits: Limits, evse: EvseNumber) -> Limit | None:
    known = limits.in_force.get(evse)
    return known.asked if known else None


def _bring(station: Station, evse: EvseNumber, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Send what counts at a place if the station does not keep to it, or was not sent it yet."""
    limits = station.limits
    have = limits.asked.get(evse) or _confirmed(limits, evse)
    after = station
    if may_be_ordered(station) and not same(want := _counts(station, evse, now), have):
        for effect in _sent(want, station, evse, now):
            yield effect
            after = _evolved(effect, after)
    yield _next(after, now, policy)


def offer_schedule(command: OfferSchedule, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Send what counts at the EVSE, else at the station as a whole; where nothing does, nothing was promised."""
    wanted = (evse for evse in (command.evse, WHOLE) if _counts(station, evse, now) is not None)
    evse = next(wanted, None)
    if evse is not None and may_be_ordered(station):
        yield from send_again(station, evse, now, policy)


def send_again(station: Station, evse: EvseNumber, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Send what counts at a place although the station has it, so that it is negotiated with the EV anew."""
    after = station
    for effect in _send(station, evse, now, whole=True):
        yield effect
        after = _evolved(effect, after)
    yield _next(after, now, policy)


def _send(station: Station, evse: EvseNumber, now: datetime, *, whole: bool = False) -> Iterator[Effect]:
    return _sent(_counts(station, evse, now), station, evse, now, whole=whole)


def _sent(want: Limit | None, station: Station, evse: EvseNumber, now: datetime, *, whole: bool = False) -> Iterator[Effect]:
    if want is None:
        yield WithdrawLimit(station=station.id, evse=evse)
        return
    if want.ahead and station.limits.periods is None:
        yield AskAbilities(station=station.id)
    want = sending.framed(want, station, whole=whole)
    yield LimitSent(station=station.id, at=now, limit=want if want.since is now else replace(want, since=now))
    after = _lease(want, station)
    until = want.until if after is None else min(now + after, want.until or now + after)
    yield sending.command(station, want if until is want.until else replace(want, until=until))
    if want.failsafe is not None and FAIL_SAFE_VALUE in station.lacks and not sending.safe_stays(want, station):
        yield sending.command(station, sending.safe(want))
    for one in station.profiles.wanted:  # it could lie above
        if one.whole == (evse == WHOLE) and one.evse in {evse, WHOLE}:
            yield ClearProfile(station=station.id, profile=one.profile)


def _lease(limit: Limit, station: Station) -> timedelta | None:
    """Return for how long a limit is sent at a time; None: until its own end."""
    if limit.failsafe is None or limit.failsafe_after is None or OFFLINE_DURATION not in station.lacks:
        return None
    return timedelta(seconds=limit.failsafe_after)


def _renewal(station: Station, evse: EvseNumber) -> datetime | None:
    known = station.limits.in_force.get(evse)
    lease = _lease(known.asked, station) if known else None
    return known.at + lease / 2 if known and lease else None


def _lease_runs_out(station: Station, evse: EvseNumber, now: datetime) -> bool:
    due = _renewal(station, evse)
    return due is not None and now >= due and evse not in station.limits.asked


def _evolved(effect: Effect, station: Station) -> Station:
    if isinstance(effect, LimitSent):
        return evolve.sent(effect, station)
    return evolve.refused(effect, station) if isinstance(effect, LimitRefused) else station


def _next(station: Station, now: datetime, policy: Policy) -> Wake:
    """Look again when a limit ends, an answer is overdue, or a lease is to be renewed."""
    limits = station.limits
    moments = [one.until for one in limits.desired.values() if one.until is not None]
    if CLOCK in station.flags:
        moments += [at for one in limits.desired.values() if (at := one.turns(now)) is not None]
    if may_be_ordered(station):
        moments += [one.since + _overdue(policy) for one in limits.asked.values()]
        renewals = (_renewal(station, evse) for evse in limits.in_force if evse not in limits.asked)
        moments += [one for one in renewals if one is not None]
    if not moments:
        return Wake(name=_WAKE, at=now, command=None)
    return Wake(name=_WAKE, at=max(min(moments), now + SOONEST), command=ReconcileLimits(station=station.id))


def _overdue(policy: Policy) -> timedelta:
    return timedelta(seconds=policy.order_deadline + policy.retry)


# -- what stations say --


def hear_in_force(event: LimitInForce, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Keep what the station confirmed. Of a limit that was sent in two parts the upper one counts."""
    if event.asked is not None and event.asked.level == 0:
        return
    if event.asked is None and (wrong := difference(event, station, now)) is not None:
        yield wrong
        yield from _send(evolve.differs(wrong, station), event.evse, now, whole=True)
        yield _next(station, now, policy)
        return
    limits, evse = station.limits, event.evse
    sent = limits.asked.get(evse)
    known = limits.in_force.get(evse)
    last = event.asked is not None and limits.exposed.get(evse, ())[:1] == (event.asked.limit,) and len(limits.exposed[evse]) == 1
    asked = sent if last else event.asked
    same_as_known = known is not None and known.limit == event.limit and event.by in {known.by, "composite"}
    if asked is None and same_as_known and evolve.DIFFERS not in station.flags:
        return
    fact = replace(event, asked=asked)
    yield fact
    if known is None and limits.periods is None and station.wire in sending.SPOKEN:
        yield AskAbilities(station=station.id)  # behind the first limit, which may be urgent
    yield _next(evolve.in_force(fact, station), now, policy)


def hear_refused(event: LimitRefused, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Keep it; a station that may only want another unit, or fewer steps, is asked once more in that way."""
    yield event
    after = evolve.refused(event, station)
    sent = station.limits.asked.get(event.evse)
    if sent is not None and sent.update and event.reason != NO_ANSWER:  # it has forgotten what there was to be updated
        for effect in _send(after, event.evse, now, whole=True):
            yield effect
            after = _evolved(effect, after)
        yield _next(after, now, policy)
        return
    learned = list(_learned(event, station, now))
    for fact in learned:
        yield fact
        after = evolve.unit_learned(fact, after) if isinstance(fact, RateUnitLearned) else evolve.abilities_learned(fact, after)
    if learned:
        for effect in _send(after, event.evse, now):
            yield effect
            after = _evolved(effect, after)
    yield _next(after, now, policy)


def _learned(event: LimitRefused, station: Station, now: datetime) -> Iterator[RateUnitLearned | AbilitiesLearned]:
    """Yield what a refusal may be due to; nothing, if there is nothing else to try."""
    limits, sent = station.limits, station.limits.asked.get(event.evse)
    if sent is None or event.reason in {NO_ANSWER, "UnknownEvse", "TxNotFound"}:
        return
    if sent.dynamic:
        yield AbilitiesLearned(station=station.id, at=now, periods=limits.periods, levels=limits.levels, dynamic=False)
        return
    too_many = event.reason == TOO_MANY
    if not limits.unit and not too_many:
        yield RateUnitLearned(station=station.id, at=now, unit=_OTHER.get(station.wire, "A"))
    worded = TOO_MANY if station.wire != "ocpp1.6" else event.reason  # 1.6 does not say why
    if sent.ahead and event.reason == worded and limits.refused.get(event.evse) != worded:
        yield AbilitiesLearned(station=station.id, at=now, periods=limits.periods or 1)


def hear_abilities(event: AbilitiesLearned, station: Station) -> Iterator[Effect]:
    """Keep it, if it is new."""
    if evolve.abilities_learned(event, station) != station:
        yield event


def hear_cleared(event: LimitCleared, station: Station) -> Iterator[Effect]:
    """Keep it, if it is new."""
    if event.evse in _places(station.limits):
        yield event


def hear_fail_safe(event: FailSafeEntered | FailSafeLeft, station: Station) -> Iterator[Effect]:
    """Keep it."""
    if (station.limits.failsafe_since is None) == isinstance(event, FailSafeEntered):
        yield event
