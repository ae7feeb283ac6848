# SPDX-License-Identifier: Apache-2.0
"""What a station does about its availability: an EVSE through which energy flows stays in use until that has ended."""

from collections.abc import Iterator
from datetime import datetime

from open63110.kernel.errors import Unknown
from open63110.kernel.messages import Effect
from open63110.model.authorization import live_grant
from open63110.model.station import AuthorizationReleased, Station
from open63110.usecases.stations.change_availability.messages import (
    AvailabilityChanged,
    AvailabilityPlanned,
    ChangeAvailability,
)


def obey(command: ChangeAvailability, station: Station, now: datetime) -> Iterator[Effect]:
    """Keep to it from now on, through restarts too; a right to charge that nobody has used yet is taken back.

    Raises:
        Unknown: there is no such part.
    """
    check(command, station)
    waits = not command.operative and _flows(command, station)
    yield AvailabilityChanged(
        station=station.id,
        at=now,
        operative=command.operative,
        evse=command.evse,
        connector=command.connector,
        scheduled=waits,
    )
    if not command.operative and not command.connector:
        yield from _released(command, station, now)
    yield AvailabilityPlanned(scheduled=waits)


def _flows(command: ChangeAvailability, station: Station) -> bool:
    """Tell whether energy may flow at the part."""
    return any(
        one.ended is None and command.evse in {0, one.evse} and (not command.connector or one.connector in {0, command.connector})
        for one in station.transfers.values()
    )


def _released(command: ChangeAvailability, station: Station, now: datetime) -> Iterator[Effect]:
    running = {one.evse for one in station.transfers.values() if one.ended is None}
    for number in station.evses:
        grant = live_grant(station, number, now)
        if command.evse in {0, number} and grant is not None and number not in running:
            order = grant.remote_start
            yield AuthorizationReleased(station=station.id, at=now, evse=number, reason="cancelled", remote_start=order)


def check(command: ChangeAvailability, station: Station) -> None:
    """Look for the part, here and at the CSMS.

    Raises:
        Unknown: the station has told of its EVSEs, and this is none of them.
    """
    if not command.evse and command.connector:
        raise Unknown("a connector is one of an EVSE", code="UnknownEvse", where="evse")
    evse = station.evses.get(command.evse)
    if command.evse and evse is None and station.evses:
        raise Unknown(f"{station.id} has no EVSE {command.evse}", code="UnknownEvse", where="evse")
    if command.connector and evse is not None and evse.connectors and command.connector not in evse.connectors:
        raise Unknown(f"EVSE {command.evse} has no connector {command.connector}", code="UnknownConnector", where="connector")
