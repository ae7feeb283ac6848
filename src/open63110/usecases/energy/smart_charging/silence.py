# SPDX-License-Identifier: Apache-2.0
"""What the CSMS takes for granted of a station that it does not hear: in time it keeps to its fail-safe values (7.10).

The link tells it when the station is back, with the moments at which it happened; no OCPP message does. On OCPP the CSMS derives
it from the silence, and from the new connection that it is over. For a zone's limit the last confirmed limit goes on counting all
the same (I15): a station may keep to that again the moment it is back.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from open63110.kernel.messages import Effect, Wake
from open63110.model.limit import WHOLE, Confirmed
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging.csms import FAIL_SAFE_VALUE, OFFLINE_DURATION
from open63110.usecases.energy.smart_charging.messages import DeriveFailSafe, FailSafeEntered, FailSafeLeft

GOING_OVER = timedelta(seconds=5)
"""How long a station may take to go over to its fail-safe values (AT-7.10-1)."""

_WAKE = "fail-safe"


def derive(command: DeriveFailSafe, station: Station, now: datetime) -> Iterator[Effect]:
    """Note that a station must have entered its fail-safe values, where its wire has no words for that, or has left them."""
    entered, due = station.limits.failsafe_since, _due(station, command.since)
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
    return (known.at if leased else since) + timedelta(seconds=asked.failsafe_after)
