# SPDX-License-Identifier: Apache-2.0
"""What makes a charging profile one, and the limit that it is (8.2.3)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from open63110.kernel.errors import NotSupported
from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Seconds, Watts
from open63110.model.limit import PHASES, Ahead, Limit, power
from open63110.model.profile import (
    CYCLES,
    ORIGIN,
    ChargingProfile,
    ChargingSchedule,
    Cycle,
    SchedulePeriod,
)

MODES: Final = frozenset({"", "Idle", "ChargingOnly", "CentralSetpoint"})
"""What a station of this product does: it draws no more than it is told, and follows no grid by itself."""

MOST_SHOWN: Final = 64
"""Steps to come of a schedule that begins again and again, that are shown; none of them beyond a week."""

WEEK: Final = timedelta(days=7)


def limit_of(profile: ChargingProfile, evse: EvseNumber, now: datetime, began: datetime | None, phases: int = PHASES) -> Limit:
    """Return the limit that a profile is: of several schedules the first, as long as no EV has chosen.

    Args:
        profile: that was demanded to be one.
        evse: where.
        now: the moment.
        began: when the transfer began that it is for, or that runs there; None: none does.
        phases: on how many a current counts where a period does not say so.

    Raises:
        NotSupported: a period says nothing of how much may be drawn, or wants what no station of this product does.
    """
    schedule = profile.schedules[0]
    first, *later = ((one, _watts(one, schedule.unit, phases)) for one in schedule.periods)
    cycle = _cycle(profile, schedule, now, began)
    return Limit(
        evse=evse,
        limit=first[1],
        since=now,
        until=_until(profile, cycle),
        level=max(1, profile.level),  # 0 is what remains of a limit of ours
        ahead=tuple(Ahead(since=ORIGIN + timedelta(seconds=one.start), limit=watts, phases=one.phases) for one, watts in later),
        transfer=profile.transfer,
        profile=profile.id,
        failsafe_after=Seconds(float(profile.offline)) if profile.ends_offline and profile.offline is not None else None,
        phase=first[0].phase,
        cycle=cycle,
        whole=profile,
    )


def _watts(period: SchedulePeriod, unit: str, phases: int) -> Watts:
    """Return the most that may be drawn in all; of phases apart the least counts on each."""
    if period.mode not in MODES:
        raise NotSupported(f"{period.mode} is not done here", code="UnsupportedParam", where="operationMode")
    if period.mode == "Idle" or period.asleep:
        return Watts(0.0)
    said = [] if period.limit is None else [_in_all(period, period.limit, unit, phases)]
    if period.setpoint is not None:
        said.append(power(max(0.0, period.setpoint), unit, period.phases or phases))
    if not said:
        raise NotSupported("a period that says nothing of how much may be drawn", code="InvalidSchedule", where="limit")
    return min(said)


def _in_all(period: SchedulePeriod, limit: float, unit: str, phases: int) -> Watts:
    if not period.others:
        return power(limit, unit, period.phases or phases)
    least, on = min((limit, *period.others)), 1 + len(period.others)
    return power(least, unit, on) if unit == "A" else Watts(least * on)


def _cycle(profile: ChargingProfile, schedule: ChargingSchedule, now: datetime, began: datetime | None) -> Cycle:
    each = None if schedule.duration is None else Seconds(float(schedule.duration))
    repeats = CYCLES[profile.recurs] if profile.recurs else None
    return Cycle(
        start=began if profile.kind == "relative" else _start(profile, schedule, now),
        repeats=repeats,
        each=each if repeats is None or each is None or each < repeats else None,
        begins=profile.begins,
        relative=profile.kind == "relative" and not profile.transfer,
        waits=profile.purpose == "TxProfile" and not profile.transfer,
    )


def _start(profile: ChargingProfile, schedule: ChargingSchedule, now: datetime) -> datetime:
    """Return when a schedule begins first; one that recurs and does not say when begins with its day (UTC)."""
    start = schedule.start or profile.begins or now
    return start.replace(hour=0, minute=0, second=0, microsecond=0) if profile.recurs and schedule.start is None else start


def _until(profile: ChargingProfile, cycle: Cycle) -> datetime | None:
    """Return when a profile ends for good."""
    if cycle.start is None or cycle.each is None or cycle.repeats is not None or cycle.relative:
        return profile.until
    try:
        over = cycle.start + timedelta(seconds=cycle.each)
    except OverflowError:
        return profile.until
    return over if profile.until is None else min(over, profile.until)


def upcoming(limit: Limit, now: datetime) -> tuple[Ahead, ...]:
    """Return what a limit becomes, as far as that is shown."""
    if limit.cycle is None:
        return tuple(step for step in limit.ahead if step.since > now)
    return tuple(islice(_steps(limit, now), MOST_SHOWN))


def _steps(limit: Limit, now: datetime) -> Iterator[Ahead]:
    at = limit.turns(now)
    while at is not None and at < now + WEEK:
        if limit.counts(at):
            yield Ahead(since=at, limit=limit.allows(at))
        at = limit.turns(at)
