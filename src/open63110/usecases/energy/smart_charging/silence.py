# SPDX-License-Identifier: Apache-2.0
"""What the CSMS takes for granted of a station that it does not hear: in time it keeps to its fail-safe values (7.10).

The link tells it when the station is back, with the moments at which it happened; no OCPP message does. On OCPP the CSMS derives
it from the silence, and from the new connection that it is over. From when on a station counts with its fail-safe value follows
from since when it is not heard (I15); a station that went over to it stays there until it is told a limit anew, which it is as
soon as it is back.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from open63110.kernel.messages import Effect, Wake
from open63110.model.exposure import GOING_OVER, fail_safe_from
from open63110.model.limit import WHOLE, Confirmed
from open63110.model.station import CLOCK, Station
from open63110.usecases.energy.smart_charging.csms import OFFLINE_DURATION
from open63110.usecases.energy.smart_charging.messages import (
    DeriveFailSafe,
    FailSafeEntered,
    FailSafeLeft,
    ReconcileLimits,
    SilenceNoted,
)
from open63110.usecases.energy.smart_charging.sending import FAIL_SAFE_VALUE

_WAKE = "fail-safe"

_BACK = "back"

_DOUBT = timedelta(seconds=65)
"""How much sooner a station may have noticed the silence, and have gone over."""


def derive(command: DeriveFailSafe, station: Station, now: datetime) -> Iterator[Effect]:
    """Note that a station must have entered its fail-safe values, where its wire has no words for that, or has left them."""
    entered, due = station.limits.failsafe_since, _due(station, command.since)
    yield from _noted(command, station, now)
    if station.connected is not None and entered is not None:
        yield FailSafeLeft(station=station.id, at=now, since=entered)
    elif due is not None and entered is None and due <= now:
        whole = station.limits.in_force.get(WHOLE)
        limit = whole.asked.failsafe if whole else None
        yield FailSafeEntered(station=station.id, at=now, silent_since=command.since, limit=limit)
    if due is not None and due > now:
        yield Wake(name=_WAKE, at=due, command=command)
    else:
        yield Wake(name=_WAKE, at=now, command=None)


def _noted(command: DeriveFailSafe, station: Station, now: datetime) -> Iterator[Effect]:
    """Note since when it is not heard; once it is, tell it anew what counts if it may have left that for its fail-safe value."""
    since = station.limits.silent_since
    if station.connected is None and since is None:
        yield SilenceNoted(station=station.id, at=now, since=command.since)
    elif station.connected is not None and since is not None:
        known = station.limits.in_force.values()
        over = [fail_safe_from(station, one.asked, one.at) for one in known]
        yield SilenceNoted(station=station.id, at=now, since=None)
        if any(one is not None and one - _DOUBT <= now for one in over):
            yield Wake(name=_BACK, at=now, command=ReconcileLimits(station=station.id, afresh=True))


def _due(station: Station, since: datetime) -> datetime | None:
    """Return when the first of its limits must have given way to its fail-safe value; None: none does, or it will say so."""
    if station.connected is not None or FAIL_SAFE_VALUE not in station.lacks:
        return None
    ends = [_end(one, station, since) for one in station.limits.in_force.values()]
    first = min((one for one in ends if one is not None), default=None)
    return first + GOING_OVER if first is not None else None


def _end(known: Confirmed, station: Station, since: datetime) -> datetime | None:
    asked = known.asked
    if asked.failsafe is None or asked.failsafe_after is None:
        return None
    leased = OFFLINE_DURATION in station.lacks  # then it counts from the last renewal, not from the silence
    if leased and CLOCK in station.flags:
        return None  # it ends by a clock of which nobody knows what it shows
    return (known.at if leased else since) + timedelta(seconds=asked.failsafe_after)
