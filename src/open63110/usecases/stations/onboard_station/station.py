# SPDX-License-Identifier: Apache-2.0
"""What a charging station does to come on board."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect, Wake
from open63110.model.station import (
    TRIGGERED,
    Identity,
    Registration,
    Station,
    StationBooted,
    StationConnected,
    StationDisconnected,
)
from open63110.usecases.stations.onboard_station.messages import BootAgain, PoweredUp, RegistrationAnswered, ReportBoot

RETRY = 60.0
"""When to knock again at a CSMS that does not answer, or does not say when [s]."""

_BOOT = "boot"


def power_up(event: PoweredUp, station: Station | None, now: datetime) -> Iterator[Effect]:
    """Start; the CSMS is told at once if there is a link, else as soon as there is one."""
    yield event
    if station is not None and station.connected is not None:
        identity = station.identity if event.identity == Identity() else event.identity
        yield StationBooted(station=event.station, at=event.at, identity=identity, reason=event.reason)
        yield _again(event.station, now, RETRY)


def link_up(event: StationConnected, station: Station | None, now: datetime) -> Iterator[Effect]:
    """Use the link to say that it booted, unless the CSMS has accepted that already."""
    yield event
    if station is not None:
        yield from _knock(station, now)


def link_down(event: StationDisconnected) -> Iterator[Effect]:
    """Work on alone."""
    yield event


def hear_answer(event: RegistrationAnswered, now: datetime) -> Iterator[Effect]:
    """Take the answer, and knock again when told to if it is no."""
    yield event
    if event.registration is Registration.ACCEPTED:
        yield Wake(name=_BOOT, at=now, command=None)
    else:
        yield _again(event.station, now, event.interval or RETRY)


def boot_again(command: BootAgain, station: Station, now: datetime) -> Iterator[Effect]:
    """Knock, if somebody could hear it."""
    if station.connected is not None:
        yield from _knock(station, now)


def report_boot(command: ReportBoot, station: Station, now: datetime) -> Iterator[Effect]:
    """Say it with a reason that tells it from a boot; a CSMS that has not accepted the station is knocked at anyhow."""
    if station.registration is not Registration.ACCEPTED:
        yield from _knock(station, now)
    else:
        at = station.booted or now
        yield StationBooted(station=station.id, at=at, identity=station.identity, reason=TRIGGERED)


def _knock(station: Station, now: datetime) -> Iterator[Effect]:
    if station.booted is not None and station.registration is not Registration.ACCEPTED:
        yield StationBooted(station=station.id, at=station.booted, identity=station.identity, reason=station.boot_reason)
        yield _again(station.id, now, RETRY)


def _again(station: StationId, now: datetime, seconds: float) -> Wake:
    return Wake(name=_BOOT, at=now + timedelta(seconds=seconds), command=BootAgain(station=station))
