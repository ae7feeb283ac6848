# SPDX-License-Identifier: Apache-2.0
"""What reservations change in a station; the same at the CSMS and in the station itself."""

from msgspec.structs import replace

from open63110.model.reservation import Reservation
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransferStarted
from open63110.usecases.services.reserve_evse.messages import ReservationEnded, ReservationMade


def made(event: ReservationMade, station: Station) -> Station:
    """It holds."""
    return replace(station, reservations=(*_others(station, event.reservation.id), event.reservation))


def ended(event: ReservationEnded, station: Station) -> Station:
    """It holds no longer."""
    return replace(station, reservations=_others(station, event.reservation))


def used(event: EnergyTransferStarted, station: Station) -> Station:
    """It has served its purpose."""
    if event.reservation is None or not station.reservations:
        return station
    return replace(station, reservations=_others(station, event.reservation))


def _others(station: Station, number: int) -> tuple[Reservation, ...]:
    return tuple(one for one in station.reservations if one.id != number)
