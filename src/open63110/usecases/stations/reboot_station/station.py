# SPDX-License-Identifier: Apache-2.0
"""What a charging station does about reboots."""

from collections.abc import Iterator
from datetime import datetime

from open63110.kernel.errors import Refused, Unknown
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Effect
from open63110.model.firmware import FIRMWARE
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.usecases.stations.reboot_station.evolve import SCHEDULED, busy, waiting
from open63110.usecases.stations.reboot_station.messages import (
    RebootBegun,
    RebootIfIdle,
    RebootMode,
    RebootPlanned,
    RebootScheduled,
    RebootStation,
    StationRebooting,
)


def obey(command: RebootStation, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Go down at once, or as soon as nothing runs."""
    check(command, station)
    evse = command.evse
    if command.mode is RebootMode.ON_IDLE and busy(station, evse):
        yield RebootScheduled(station=station.id, at=now, evse=evse, admit=policy.admit_while_reset_pending)
        yield RebootPlanned(scheduled=True)
        return
    resume = command.mode is RebootMode.IMMEDIATE_AND_RESUME
    if not resume:
        yield RebootBegun(station=station.id, at=now, evse=evse)
    yield StationRebooting(station=station.id, at=now, evse=evse, resume=resume)
    yield RebootPlanned()


def reboot_if_idle(command: RebootIfIdle, station: Station, now: datetime) -> Iterator[Effect]:
    """Carry out what was scheduled."""
    for flag in waiting(station):
        number = flag.removeprefix(SCHEDULED)
        evse = EvseNumber(int(number)) if number else None
        if not busy(station, evse):
            yield StationRebooting(station=station.id, at=now, reason="ScheduledReset", evse=evse)


def check(command: RebootStation, station: Station) -> None:
    """Look for what forbids a reboot, here and at the CSMS.

    Raises:
        Refused: firmware is being installed.
        Unknown: there is no such EVSE.
    """
    if station.blocked_by.startswith(FIRMWARE):
        raise Refused("firmware is being installed", code="FwUpdateInProgress", remedy="wait until it is done")
    if command.evse is not None and station.evses and command.evse not in station.evses:
        raise Unknown(f"{station.id} has no EVSE {command.evse}", code="UnknownEvse", where="evse")
