# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about reboots.

Not every station can be told to reboot once it is idle. For one that cannot, the wish is kept here: the reboot is ordered
when the last energy transfer has ended, and ordered again until the station has booted. A boot for any reason fulfils it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from open63110.kernel.messages import Effect, Wake
from open63110.model.firmware import FIRMWARE
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.usecases.stations.reboot_station.evolve import KEPT, busy
from open63110.usecases.stations.reboot_station.messages import (
    OrderKeptReboot,
    RebootDropped,
    RebootIfIdle,
    RebootMode,
    RebootPlanned,
    RebootScheduled,
    RebootStation,
    StationRebooting,
)
from open63110.usecases.stations.reboot_station.station import check

WAIT_FOR_IDLE = "wait-for-idle"
"""Among Station.lacks: it cannot be told to reboot once it is idle."""

BREATH = timedelta(seconds=5)
"""After the last end: the station is to get its acknowledgement, and to say that it is free, before it goes down."""

SETTLED = timedelta(seconds=60)
"""A link younger than this may be that of a station that has just started, and is about to say so."""

AGAIN = timedelta(seconds=300)
"""When to order once more where no boot has followed."""

_WAKE = "kept-reboot"


def ask(command: RebootStation, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Pass the wish on, or keep it. That the station accepts it does not promise that it comes up again: its boot does."""
    check(command, station)
    if _must_be_kept(command, station):
        yield RebootScheduled(station=station.id, at=now, admit=policy.admit_while_reset_pending, kept=True)
        yield RebootPlanned(scheduled=True)
        return
    if KEPT in station.flags:
        yield RebootDropped(station=station.id, at=now, reason="another order took its place")
    yield command


def _must_be_kept(command: RebootStation, station: Station) -> bool:
    """Tell whether nobody but the CSMS can wait; a station that cannot wait for one EVSE is for its wire to refuse."""
    whole = command.mode is RebootMode.ON_IDLE and command.evse is None
    return whole and WAIT_FOR_IDLE in station.lacks and busy(station)


def hear_scheduled(event: RebootScheduled, station: Station, policy: Policy) -> Iterator[Effect]:
    """Admit no new session until it has booted, unless the operator chose otherwise (AT-8.3.7-2)."""
    yield replace(event, admit=policy.admit_while_reset_pending or event.evse is not None)


def hear_rebooting(event: StationRebooting, station: Station) -> Iterator[Effect]:
    """Keep it."""
    yield event


def hear_dropped(event: RebootDropped, station: Station) -> Iterator[Effect]:
    """Give the wish up if the station does not want to: it would stay closed to everybody for a reboot that never comes."""
    if KEPT in station.flags:
        yield event


def reboot_if_idle(command: RebootIfIdle, station: Station, now: datetime) -> Iterator[Effect]:
    """Take a breath, then order what was kept."""
    if KEPT in station.flags and not busy(station):
        yield _wake(station, now + BREATH)


def order_kept(command: OrderKeptReboot, station: Station, now: datetime) -> Iterator[Effect]:
    """Order it, unless it has happened. Where energy flows again or the link is gone, the end or the next link leads here."""
    if KEPT not in station.flags or busy(station) or station.connected is None:
        return
    if now < station.connected + SETTLED:
        yield _wake(station, station.connected + SETTLED)
        return
    yield _wake(station, now + AGAIN)
    if not station.blocked_by.startswith(FIRMWARE):
        yield RebootStation(station=station.id, mode=RebootMode.ON_IDLE)


def _wake(station: Station, at: datetime) -> Wake:
    return Wake(name=_WAKE, at=at, command=OrderKeptReboot(station=station.id))
