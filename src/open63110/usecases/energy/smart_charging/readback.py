# SPDX-License-Identifier: Apache-2.0
"""At the CSMS: compare what a station says it keeps to with what it confirmed; if it allows more, it is told again (8.2.3).

A station may keep to less, because cable, EV or somebody else allow less: that is no difference.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from open63110.kernel.units import Seconds, Watts
from open63110.model.limit import Ahead, Limit
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging.messages import AskLimit, LimitDiffers, LimitInForce

ROUNDING: Final = 1.01
"""By how much a station may round up."""

AROUND = timedelta(seconds=10)
"""By how much it may be early or late with a step."""

DAY: Final = 86_400.0

MINUTE: Final = 60.0


def questions(station: Station, now: datetime) -> Iterator[AskLimit]:
    """Ask a station what it keeps to, wherever it confirmed a limit; what is under way is answered anyhow."""
    for evse, known in station.limits.in_force.items():
        if evse not in station.limits.asked and known.asked.valid(now):
            yield AskLimit(station=station.id, evse=evse, within=_within(known.asked, now))


def _within(limit: Limit, now: datetime) -> Seconds:
    """Return how far ahead a limit says anything: at least a minute, at most a day."""
    last = (limit.ahead[-1].since - now).total_seconds() if limit.ahead else 0.0
    return Seconds(float(int(min(DAY, max(0.0, last) + MINUTE))))


def difference(said: LimitInForce, station: Station, now: datetime) -> LimitDiffers | None:
    """Return what is wrong with what a station says it keeps to; None: nothing is."""
    known = station.limits.in_force.get(said.evse)
    if known is None or said.evse in station.limits.asked or not known.asked.valid(now):
        return None
    for step in (Ahead(since=now, limit=said.limit), *said.ahead):
        if not known.asked.valid(step.since):
            return None
        most = _allowed(known.asked, step.since)
        if step.limit > most * ROUNDING + 1.0:
            return LimitDiffers(station=station.id, at=now, evse=said.evse, since=step.since, limit=step.limit, asked=most)
    return _missing(said, known.asked, now)


def _allowed(limit: Limit, at: datetime) -> Watts:
    """Return the most that a limit allows around a moment."""
    return max(limit.allows(at - AROUND), limit.allows(at), limit.allows(at + AROUND))


def _missing(said: LimitInForce, limit: Limit, now: datetime) -> LimitDiffers | None:
    """Look for steps down that the station does not know of: what it said stays above them."""
    end = now + timedelta(seconds=_within(limit, now))
    for step in limit.ahead:
        if not now < step.since < end:
            continue
        says = _says(said, step.since + AROUND)
        most = _allowed(limit, step.since + AROUND)
        if says > most * ROUNDING + 1.0:
            return LimitDiffers(station=said.station, at=now, evse=said.evse, since=step.since, limit=says, asked=most)
    return None


def _says(said: LimitInForce, at: datetime) -> Watts:
    limit = said.limit
    for step in said.ahead:
        if step.since <= at:
            limit = step.limit
    return limit
