# SPDX-License-Identifier: Apache-2.0
"""Limits as charging profiles have them in every version of OCPP: ids, periods, phases, and fewer periods where need be.

Whatever is rounded or left out on the way, the power of a profile never exceeds the limit that it stands for: a step down comes
early, a step up late, and of periods that are put together the lowest counts (AT-8.2.3-5).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil, floor
from typing import Any, Final, NamedTuple

from open63110.bindings.ocpp.fields import MOST as MOST_EVSES
from open63110.bindings.ocpp.translation import Door, given
from open63110.kernel.errors import NotSupported
from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Amperes, Watts
from open63110.model.limit import PHASE, PHASES, Ahead, Limit, power, rate
from open63110.model.phases import phases_of
from open63110.usecases.energy.smart_charging import LimitAnswer, LimitPower

FIRST: Final = 6_311_000
"""Id of the profile below all others of a station as a whole; each EVSE has two, the fail-safe one and the limit."""

LEVELS: Final = 2

BOUND: Final = FIRST + LEVELS * (MOST_EVSES + 1)
"""Id of the first profile that is bound to a transaction; each EVSE has two of these as well."""

EARLIER: Final = timedelta(days=1)
"""A schedule begins so long before it is sent: a station whose clock is behind, by a time zone or more, keeps to it at once."""

_FIRST_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""No schedule begins earlier: some clocks know nothing before that, and show it when they know nothing."""

MOST: Final = 1024
"""Periods of a schedule, by the schemas of 2.x."""


DIGITS: Final = 9
"""Of a number that a station may say of itself."""


class Place(NamedTuple):
    """What one of our profiles is for."""

    evse: EvseNumber
    level: int
    bound: bool
    """To a transaction."""


class Period(NamedTuple):
    """One period of a schedule as it goes out."""

    start: int
    """After the schedule's begin [s]."""
    rate: float
    """In the unit of the schedule."""
    phases: int
    """On how many it counts."""


class Read(NamedTuple):
    """A schedule as it came in, from now on."""

    limit: Watts
    ahead: tuple[Ahead, ...]


class Step(NamedTuple):
    """Power from a moment on."""

    start: int
    power: Watts
    phases: int


def profile_id(evse: EvseNumber, level: int, *, bound: bool = False) -> int:
    """Return the id of the profile that holds a limit."""
    return (BOUND if bound else FIRST) + LEVELS * evse + min(level, LEVELS - 1)


def place_of(profile: int) -> Place | None:
    """Return what one of our profiles is for; None: it is none of ours."""
    for bound, first in ((False, FIRST), (True, BOUND)):
        evse, level = divmod(profile - first, LEVELS)
        if 0 <= evse <= MOST_EVSES:
            return Place(EvseNumber(evse), level, bound)
    return None


def stack_of(command: LimitPower, door: Door) -> int:
    """Return the stack level of a profile.

    Raises:
        NotSupported: the station has no level below that of limits, so what remains of one cannot lie there.
    """
    levels = door.noun.limits.levels if door.noun else None
    if command.level and levels == 0:
        return 0
    if levels == 0:
        raise NotSupported("the station takes one profile of a kind at a time", code="NoStackLevel", where="level")
    return command.level if levels is None else min(command.level, levels)


def begin_of(door: Door) -> datetime:
    """Return when a schedule begins that is sent now: at a whole second, so that its periods do; by the clock of the station."""
    now = door.now.replace(microsecond=0) + _ahead(door)
    return max(now - EARLIER, _FIRST_MOMENT)


def end_of(command: LimitPower, door: Door) -> datetime | None:
    """Return when a limit ends by the clock of the station, as far as it is known to be another; None: when it is cleared."""
    return None if command.until is None else max(command.until + _ahead(door), _FIRST_MOMENT)


def _ahead(door: Door) -> timedelta:
    return timedelta(seconds=int(door.noun.clock_ahead)) if door.noun is not None and door.noun.clock_ahead else timedelta()


def periods(command: LimitPower, begin: datetime, unit: str, door: Door) -> Sequence[Period]:
    """Return a limit as the periods of a schedule, no more of them than the station takes."""
    phases = phases_of(door.noun, command.evse, command.transfer) if command.phase is None else 1
    if not command.ahead:
        return (Period(0, rate(command.limit, command.amperes, unit, phases), phases),)
    most = door.noun.limits.periods if door.noun else None
    passed = (door.now - begin).total_seconds()
    steps = fewer(_steps(command, begin, phases, passed), min(most or MOST, MOST), _length(command, begin), int(passed))
    return tuple(Period(one.start, rate(one.power, command.amperes, unit, one.phases), one.phases) for one in steps)


def _length(command: LimitPower, begin: datetime) -> int:
    """Return how long the last period counts when periods are weighed against each other [s]."""
    return 3600 if command.until is None else max(1, int((command.until - begin).total_seconds()))


def _steps(command: LimitPower, begin: datetime, phases: int, passed: float = 0.0) -> list[Step]:
    """Return the steps of a limit after the begin of its schedule, of which so much has passed [s]: what is over takes none."""
    steps = [Step(0, command.limit, phases)]
    for one in command.ahead:
        if command.until is not None and one.since >= command.until:
            break  # by then this profile is over: it is renewed before, or what remains counts
        after = (one.since - begin).total_seconds()
        while len(steps) > 1 and steps[-1].start > after:  # a step up at the end of this second, which comes no more
            steps.pop()
        last = steps[-1]
        start = ceil(after) if one.limit > last.power else floor(after)
        if start <= passed:  # it is so already, or before this goes out
            steps.clear()
            start = 0
        while steps and steps[-1].start >= start:  # within one second: what comes last counts, and a step down from its begin
            steps.pop()
        step = Step(start, one.limit, min(one.phases or last.phases, phases))
        if not steps or step[1:] != steps[-1][1:]:
            steps.append(step)
    return steps


def composite(reply: LimitAnswer, unit: str, duration: int, door: Door) -> tuple[int, Sequence[Period]]:
    """Return the length and the periods of a composite schedule; it ends where nothing limits any more, or at its length.

    Args:
        reply: what the station keeps to, from now on.
        unit: W or A.
        duration: asked for [s].
        door: to the station.
    """
    until = reply.until
    length = duration if until is None else min(duration, max(0, floor((until - door.now).total_seconds())))
    told = LimitPower(station=door.station, evse=reply.evse, limit=reply.limit or Watts(0.0), ahead=reply.ahead)
    phases = phases_of(door.noun, reply.evse)
    steps = [one for one in _steps(told, door.now, phases) if one.start < max(length, 1)]
    return length, [Period(one.start, rate(one.power, (), unit, one.phases), one.phases) for one in steps[:MOST]]


def fewer(steps: Sequence[Step], most: int, length: int, passed: int = 0) -> Sequence[Step]:
    """Return no more than so many steps: neighbours are put together where that costs the least energy, the lower one counts.

    Args:
        steps: in order of time.
        most: at least 1.
        length: end of the last one [s], where that is after its start; else it counts as an hour long.
        passed: how much of the first one is over [s].
    """
    left = list(steps)
    last = max(length, left[-1].start + 1)
    costs = [_cost(left, place, last, passed) for place in range(len(left) - 1)] if len(left) > most else []
    while len(left) > most:
        best = costs.index(min(costs))
        one, other = left[best : best + 2]
        low = one if one.power <= other.power else other
        left[best : best + 2] = [Step(one.start, low.power, low.phases)]
        del costs[best]
        for place in range(max(0, best - 1), min(best + 1, len(costs))):
            costs[place] = _cost(left, place, last, passed)
    return left


def _cost(steps: list[Step], place: int, last: int, passed: int) -> float:
    """Return the energy that is lost when the steps at a place and behind it become one [Ws]."""
    one, other = steps[place], steps[place + 1]
    lost = one.power - other.power
    if lost > 0:
        return lost * (other.start - max(one.start, passed))
    return -lost * ((steps[place + 2].start if place + 2 < len(steps) else last) - other.start)


def read(said: Iterable[tuple[int, float, Any]], unit: str, begin: datetime, now: datetime, phases: int = PHASES) -> Read:
    """Return the periods of a schedule as a limit from now on.

    One whose first period is yet to come counts at once: earlier than was said is less than was said.

    Args:
        said: start [s], limit and number of phases (perhaps UNSET) of each period.
        unit: W or A.
        begin: of the schedule.
        now: the moment.
        phases: on how many a current counts where the period does not say so.

    Raises:
        NotSupported: there is no period, they are not in order, one is below nothing, or lies outside of the calendar.
    """
    current: Watts | None = None
    ahead: list[Ahead] = []
    before = -1
    for start, limit, on in said:
        if start <= before or not 0 <= limit < float("inf"):
            raise NotSupported("periods out of order, or below nothing", code="InvalidSchedule")
        before = start
        counted = given(on)
        watts = power(limit, unit, phases if counted is None else counted)
        since = _moment(begin, start)
        if current is None or since <= now:
            current = watts
        else:
            ahead.append(Ahead(since=since, limit=watts, phases=counted))
    if current is None:
        raise NotSupported("a schedule without a period", code="InvalidSchedule")
    return Read(current, tuple(ahead))


def _moment(begin: datetime, seconds: int) -> datetime:
    try:
        return begin + timedelta(seconds=seconds)
    except OverflowError as fault:
        raise NotSupported("a period outside of the calendar", code="InvalidSchedule") from fault


def counted(words: str | None) -> int | None:
    """Return a number that a station says of itself; None: it says none that anybody believes."""
    digits = (words or "").strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= DIGITS else None


def by_phase(limit: LimitPower | Limit, unit: str) -> tuple[float, ...]:
    """Return a limit as that of L1, L2 and L3, in the unit of a wire; none: all may carry the same, or less than that together.

    Only what is limited phase by phase, and not in all besides, can be said so without allowing more.
    """
    if len(set(limit.amperes)) < 2 or len(limit.amperes) != PHASES or sum(limit.amperes) * PHASE > limit.limit + 1.0:
        return ()
    return tuple(int(one * (1.0 if unit == "A" else PHASE) * 10 + 1e-6) / 10 for one in limit.amperes)


def amperes_of(rates: Iterable[float], unit: str) -> tuple[Amperes, ...]:
    """Return limits of phases, in the unit of a wire, as currents."""
    return tuple(Amperes(one if unit == "A" else one / PHASE) for one in rates)


def numbered(phases: int) -> int | None:
    """Return the number of phases as it goes out: what every station takes for granted is not said."""
    return None if phases == PHASES else phases
