# SPDX-License-Identifier: Apache-2.0
"""What a charging station does about limits: it keeps to the least of all, and to its fail-safe values when nobody is heard."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from msgspec.structs import replace

from open63110.kernel.errors import Expired, Malformed, NotSupported, Unknown
from open63110.kernel.ids import EvseNumber, TransferReference
from open63110.kernel.messages import Effect, Event, Wake
from open63110.model.course import course
from open63110.model.limit import WHOLE, Confirmed, Limit, Offer, demand_silence, failsafe_due, held, offered
from open63110.model.needs import NeedsStated
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging import dynamic, evolve
from open63110.usecases.energy.smart_charging.messages import (
    AbilitiesAnswer,
    AskAbilities,
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
from open63110.usecases.energy.smart_charging.turning import turned

_WAKE = "limits"

PERIODS = 1024
"""How many steps over time a station of this product takes in one limit (DD-3)."""

LEVELS = 9
"""The highest level of a limit that it takes."""


def offer(station: Station, evse: EvseNumber, now: datetime) -> Offer:
    """Return what an EVSE may give now, all limits of the station together; the station's own is shared by those that charge."""
    return offered(station.limits, evse, now, _others(station, evse))


def _others(station: Station, evse: EvseNumber) -> set[EvseNumber]:
    return {one.evse for one in station.transfers.values() if one.ended is None} - {evse}


def obey(command: LimitPower, station: Station, now: datetime) -> Iterator[Effect]:
    """Keep to it from now on, and say to how much: what cable, EV or hardware allow may be less (R-7.10-1).

    Raises:
        Unknown: the energy transfer that it is bound to does not run there.
        NotSupported: it names a phase, and phases are not switched here.
    """
    check(command, station, now)
    if command.phase is not None:
        raise NotSupported("phases are not switched here", code="UnsupportedParam", where="phase")
    evse, limit = command.evse, command.wanted(now)
    if limit.transfer and not flows(station, evse, limit.transfer):
        raise Unknown(f"no transfer {limit.transfer} runs at EVSE {evse}", code="TxNotFound", where="transfer")
    bound = "/transfer" if limit.transfer else ""
    taken = LimitAccepted(station=station.id, at=now, limit=limit, place=f"{evse}/{command.level}{bound}")
    yield taken
    after = evolve.accepted(taken, station)
    now_offered = offer(after, evse, now)
    keeps = now_offered.limit if now_offered.limit is not None else limit.allows(now)
    force = LimitInForce(station=station.id, at=now, evse=evse, limit=keeps, by=now_offered.by or "command", asked=limit)
    yield force
    after = evolve.in_force(force, after)
    yield from settle(after, now, enter=False)
    if limit.dynamic:
        yield dynamic.again(after, now)
    yield LimitAnswer(evse=evse, limit=keeps, by=force.by, until=command.until)


def need(event: NeedsStated) -> Iterator[Effect]:
    """Pass on what an EV said that it needs."""
    yield event


def withdraw(command: WithdrawLimit, station: Station, now: datetime) -> Iterator[Effect]:
    """Keep to no limit at this place any more; to do so again changes nothing."""
    after = station
    for key, limit in station.limits.desired.items():
        if limit.evse == command.evse:
            gone = LimitWithdrawn(station=station.id, at=now, evse=command.evse, source=limit.source, place=key)
            yield gone
            after = evolve.withdrawn(gone, after)
    if command.evse in station.limits.in_force:
        cleared = LimitCleared(station=station.id, at=now, evse=command.evse)
        yield cleared
        after = evolve.cleared(cleared, after)
    yield from settle(after, now, enter=False)
    yield _answer(after, command.evse, now)


def tell(command: AskLimit, station: Station, now: datetime) -> Iterator[Effect]:
    """Say how much may flow now, and what that becomes, as things are."""
    demand(command.evse, station)
    until = now + timedelta(seconds=command.within)
    found = course(station.limits, command.evse, now, until, _others(station, command.evse))
    yield replace(_answer(station, command.evse, now), ahead=found.steps, until=found.until)


def tell_abilities(_: AskAbilities) -> Iterator[Effect]:
    """Say in which form it takes limits."""
    yield AbilitiesAnswer(periods=PERIODS, levels=LEVELS)


def _answer(station: Station, evse: EvseNumber, now: datetime) -> LimitAnswer:
    found = offer(station, evse, now)
    return LimitAnswer(evse=evse, limit=found.limit, by=found.by)


def flows(station: Station, evse: EvseNumber, reference: str) -> bool:
    """Tell whether an energy transfer runs at an EVSE."""
    transfer = station.transfers.get(TransferReference(reference))
    return transfer is not None and transfer.ended is None and transfer.evse == evse


def capped(event: EvseCapped, station: Station, now: datetime) -> Iterator[Effect]:
    """Take note of what cable, EV and hardware allow; what is in force changes with it."""
    if station.limits.caps.get(event.evse) == event.caps:
        return
    yield event
    yield from settle(evolve.capped(event, station), now, enter=False)


def look(command: UseFailSafe, station: Station, now: datetime) -> Iterator[Effect]:
    """Drop what has ended, and go over to fail-safe values, or back, by how long nobody was heard."""
    after = station
    since = None if station.connected is not None else station.limits.silent_since or now
    if since != station.limits.silent_since:
        noted = SilenceNoted(station=station.id, at=now, since=since)
        yield noted
        after = evolve.silence_noted(noted, after)
    for fact in _ended(after, now):
        yield fact
        after = evolve.withdrawn(fact, after)
    for turn in turned(after, now):
        yield turn
        after = evolve.accepted(turn, after) if isinstance(turn, LimitAccepted) else evolve.withdrawn(turn, after)
    if command.shared and (whole := after.limits.in_force.get(WHOLE)) is not None:
        yield LimitInForce(station=station.id, at=now, evse=WHOLE, limit=whole.limit, by=whole.by, asked=whole.asked)
    yield from settle(after, now, enter=True)


def _ended(station: Station, now: datetime) -> Iterator[LimitWithdrawn]:
    for key, limit in station.limits.desired.items():
        if not limit.valid(now) or (limit.transfer and not flows(station, limit.evse, limit.transfer)):
            yield LimitWithdrawn(station=station.id, at=now, evse=limit.evse, source=limit.source, reason="expired", place=key)


def settle(station: Station, now: datetime, *, enter: bool) -> Iterator[Effect]:
    """Say what is in force by now, and look again when that may change by itself."""
    for fact in _changes(station, now):
        yield fact
        station = _applied(fact, station)
    yield from _fail_safe(station, now, enter=enter)
    yield _next(station, now)


def _changes(station: Station, now: datetime) -> Iterator[LimitInForce | LimitCleared]:
    told = {one.evse for one in station.limits.desired.values()}
    for evse, known in station.limits.in_force.items():
        found = offer(station, evse, now)
        if evse not in told or found.limit is None:
            yield LimitCleared(station=station.id, at=now, evse=evse)
        elif (found.limit, found.by) != (known.limit, known.by):
            asked = _asked(station, known, now)
            yield LimitInForce(station=station.id, at=now, evse=evse, limit=found.limit, by=found.by, asked=asked)
    for evse in sorted({one.evse for one in station.limits.desired.values() if one.cycle is not None}):
        counts = held(station.limits, evse, now)
        if counts and evse not in station.limits.in_force:
            found = offer(station, evse, now)
            limit = counts[0].allows(now) if found.limit is None else found.limit
            yield LimitInForce(station=station.id, at=now, evse=evse, limit=limit, by=found.by or "command", asked=counts[0])


def _asked(station: Station, known: Confirmed, now: datetime) -> Limit:
    """Return what was asked last; of what ended with its transfer: what counts now that it is gone."""
    bound = known.asked.transfer
    if known.asked.counts(now) and (not bound or flows(station, known.asked.evse, bound)):
        return known.asked
    return next(iter(held(station.limits, known.asked.evse, now)), known.asked)


def _applied(fact: LimitInForce | LimitCleared, station: Station) -> Station:
    return evolve.cleared(fact, station) if isinstance(fact, LimitCleared) else evolve.in_force(fact, station)


def _fail_safe(station: Station, now: datetime, *, enter: bool) -> Iterator[Event]:
    limits = station.limits
    safe = any(one.by == "fail-safe" for one in limits.in_force.values())
    if limits.failsafe_since is not None and not safe:
        yield FailSafeLeft(station=station.id, at=now, since=limits.failsafe_since)
    elif limits.failsafe_since is None and safe and enter:
        whole = limits.in_force.get(WHOLE)
        since = limits.silent_since or now
        yield FailSafeEntered(station=station.id, at=now, silent_since=since, limit=whole.limit if whole else None)


def _next(station: Station, now: datetime) -> Wake:
    limits = station.limits
    told = limits.desired.values()
    moments = [at for one in told for at in (one.until, one.turns(now), failsafe_due(limits, one))]
    ahead = [one for one in moments if one is not None and one > now]
    look_again = UseFailSafe(station=station.id) if ahead else None
    return Wake(name=_WAKE, at=min(ahead, default=now), command=look_again)


def check(command: LimitPower, station: Station, now: datetime) -> None:
    """Look for what makes a limit impossible, here and at the CSMS.

    Raises:
        Malformed: a limit below nothing, a fail-safe time without an end, or steps that are not in order of time.
        Expired: it would have ended already.
        Unknown: there is no such EVSE.
    """
    ahead = [one.limit for one in command.ahead]
    for one in (command.limit, command.export, command.failsafe, command.failsafe_after, *command.amperes, *ahead):
        if one is not None and not 0 <= one < math.inf:
            raise Malformed("a limit is a number from 0 on", code="InvalidValue", where="limit")
    demand_silence(command.failsafe_after)
    if command.until is not None and command.until <= now:
        raise Expired("it would have ended already", code="InvalidSchedule", where="until")
    if command.phase not in {None, 1, 2, 3}:
        raise Malformed("phases are 1, 2 and 3", code="InvalidValue", where="phase")
    if command.ahead and any(later.since <= sooner.since for sooner, later in pairwise(command.ahead)):
        raise Malformed("what comes later is not in order of time", code="InvalidSchedule", where="ahead")
    demand(command.evse, station)


def demand(evse: EvseNumber, station: Station) -> None:
    """Check that a place is there.

    Raises:
        Unknown: the station has no such EVSE.
    """
    if evse != WHOLE and station.evses and evse not in station.evses:
        raise Unknown(f"{station.id} has no EVSE {evse}", code="UnknownEvse", where="evse")
