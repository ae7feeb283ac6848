# SPDX-License-Identifier: Apache-2.0
"""The clock of a charging station: the CSMS tells the time when it answers a boot or a heartbeat (step 8 of 8.3.15, B.13)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.messages import Effect, Event
from open63110.model.station import Evse, Station

TOLERANCE: Final = 10.0
"""What an answer may have been under way, there and back, on a slow network: a clock off by less is left alone [s]."""

FINEST: Final = 0.1
"""Where the way was measured, a clock off by less than this beside the error of that is left alone [s]."""

BELIEVED: Final = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
"""A CSMS that says something else has no clock itself."""


class TimeTold(Event, frozen=True, kw_only=True, gc=False):
    """A station heard what time it is."""

    now: datetime
    """The CSMS's clock when it answered; with ``within``, when this was heard."""
    within: float | None = None
    """The error of that is at most this [s]; None: nobody measured how long the answer was under way."""


class ClockSet(Event, frozen=True, kw_only=True, gc=False):
    """A station has set its clock."""

    by: float
    """What it shows now minus what it showed before [s]."""


def metering(station: Station) -> bool:
    """Tell whether energy flows, or may: the times of a transfer have to fit each other."""
    return any(transfer.ended is None for transfer in station.transfers.values())


def correction(told: datetime, shown: datetime, station: Station, within: float | None = None) -> float:
    """Return by how much a clock is to be set [s], 0 for not at all.

    While energy flows no clock is set, for the times of a transfer have to fit each other (B.13: no step while metering);
    the first heartbeat after its end sets it.
    """
    return 0.0 if metering(station) else step(told, shown, within)


def step(told: datetime, shown: datetime, within: float | None = None) -> float:
    """Return by how much a clock is off for who believes what it is told [s]; 0: not by more than the way explains."""
    off = (told - shown).total_seconds()
    return off if abs(off) > tolerance(within) and BELIEVED[0] <= told < BELIEVED[1] else 0.0


def tolerance(within: float | None) -> float:
    """Return by how much a clock may differ from what is told and still be right, as far as anybody knows [s]."""
    return TOLERANCE if within is None else min(TOLERANCE, within + FINEST)


def hear_time(event: TimeTold) -> Iterator[Effect]:
    """Keep nothing: whoever holds the clock has set it already, so that whatever this leads to bears the right time."""
    yield from ()


def hear_set(event: ClockSet) -> Iterator[Effect]:
    """Keep it."""
    yield event


def clock_set(event: ClockSet, station: Station) -> Station:
    """What was to happen in a minute still happens in a minute, and what is known of now is not from the future.

    Energy transfers are history: their times stay as they were told.
    """
    by = timedelta(seconds=event.by)
    return replace(
        station,
        wakeups={name: replace(one, at=one.at + by) for name, one in station.wakeups.items()},
        evses={number: _moved(evse, by) for number, evse in station.evses.items()},
        connected=station.connected and station.connected + by,
        booted=station.booted and station.booted + by,
    )


def _moved(evse: Evse, by: timedelta) -> Evse:
    connectors = {number: replace(one, at=one.at + by) for number, one in evse.connectors.items()}
    grant = evse.grant and replace(evse.grant, at=evse.grant.at + by, until=evse.grant.until + by)
    return replace(evse, connectors=connectors, grant=grant)
