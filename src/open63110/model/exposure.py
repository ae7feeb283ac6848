# SPDX-License-Identifier: Apache-2.0
"""What a station may draw at most by all that it confirmed and was sent: with less nobody may reckon (I15)."""

from datetime import datetime, timedelta
from typing import Final

from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Watts
from open63110.model.limit import UNRATED, WHOLE, Confirmed, Limit
from open63110.model.station import CLOCK, Station

LOOK_AHEAD: Final = timedelta(seconds=30)
"""What a limit becomes within this time counts as if it had already."""

GOING_OVER: Final = timedelta(seconds=5)
"""How long a station may take to go over to its fail-safe values (AT-7.10-1)."""

LEASED: Final = "offline-duration"
"""Among Station.lacks: its limits end by themselves unless they are renewed, for it cannot be told how long they hold unheard."""


def peak(limit: Limit, now: datetime) -> Watts:
    """Return the highest import that a limit allows from now on until it is looked at again [W]."""
    if not limit.ahead:  # as nearly always
        return limit.allows(now)
    soon = now + LOOK_AHEAD
    turns = [limit.allows(step.since) for step in limit.ahead if now < step.since <= soon]
    return max([limit.allows(now), *turns])


def fail_safe_from(station: Station, asked: Limit, at: datetime) -> datetime | None:
    """Return from when on a station that is not heard keeps to the fail-safe value of a limit for certain; None: never.

    Args:
        station: which.
        asked: the limit.
        at: when it confirmed it last, or was sent it.
    """
    since = station.limits.silent_since
    if since is None or asked.failsafe is None or asked.failsafe_after is None:
        return None
    if LEASED in station.lacks and CLOCK in station.flags:
        return None  # it ends by a clock of which nobody knows what it shows
    begins = max(at, asked.since) if LEASED in station.lacks else since  # a lease counts from its last renewal
    return begins + timedelta(seconds=asked.failsafe_after) + GOING_OVER


def holds(station: Station, evse: EvseNumber, now: datetime) -> Watts | None:
    """Return what a station may draw at most by the limits of one place alone [W]; None: none is in force there."""
    limits = station.limits
    known, asked, exposed = limits.in_force.get(evse), limits.asked.get(evse), limits.exposed.get(evse, ())
    if known is None or not known.asked.valid(now):
        return None
    if asked is not None and len(exposed) == 1:  # exactly one is not answered: either of two counts
        return max(_kept(station, known.asked, known.at, now), _kept(station, asked, asked.since, now))
    return Watts(max(_kept(station, known.asked, known.at, now), *(exposed or (0.0,))))


def _kept(station: Station, limit: Limit, at: datetime, now: datetime) -> Watts:
    over = fail_safe_from(station, limit, at)
    value = peak(limit, now)
    return Watts(min(value, limit.failsafe)) if over is not None and now >= over and limit.failsafe is not None else value


def rating(station: Station, evse: EvseNumber) -> Watts:
    """Return what an EVSE, or a station as a whole, may draw where nothing limits it [W]."""
    if evse == WHOLE:
        return Watts(sum(rating(station, one) for one in station.evses) or UNRATED)
    known = station.evses.get(evse)
    return (known.import_max if known is not None else None) or UNRATED


def rated(station: Station, evse: EvseNumber) -> bool:
    """Tell whether anybody said what an EVSE, or each of a station as a whole, can."""
    if evse == WHOLE:
        return bool(station.evses) and all(one.import_max is not None for one in station.evses.values())
    known = station.evses.get(evse)
    return known is not None and known.import_max is not None


def most(station: Station, now: datetime) -> Watts:
    """Return the highest power that a station as a whole may draw [W]."""
    whole = holds(station, WHOLE, now)
    parts = Watts(sum(most_at(station, one, now) for one in station.evses) or UNRATED)
    return parts if whole is None else Watts(min(whole, parts)) if station.evses else whole


def most_at(station: Station, evse: EvseNumber, now: datetime) -> Watts:
    """Return the highest power that one EVSE may draw by its own limits and by what it can [W]."""
    own = holds(station, evse, now)
    if own is None:
        return rating(station, evse)
    return Watts(min(own, rating(station, evse))) if rated(station, evse) else own


def changes(station: Station, now: datetime) -> datetime | None:
    """Return when what a station may draw becomes something else by itself; None: never."""
    moments: list[datetime | None] = []
    for known in station.limits.in_force.values():
        moments += [known.asked.until, fail_safe_from(station, known.asked, known.at), *_turns(known)]
    for asked in station.limits.asked.values():
        moments += [fail_safe_from(station, asked, asked.since), *(step.since - LOOK_AHEAD for step in asked.ahead)]
    return min((one for one in moments if one is not None and one > now), default=None)


def _turns(known: Confirmed) -> list[datetime]:
    return [at for step in known.asked.ahead for at in (step.since - LOOK_AHEAD, step.since)]
