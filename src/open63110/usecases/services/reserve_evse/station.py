# SPDX-License-Identifier: Apache-2.0
"""What a station does about reservations: others are refused, whom one is for uses it up, and its end is told."""

from collections.abc import Iterator
from datetime import datetime

from open63110.kernel.errors import Refused
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import hindrance, live_grant
from open63110.model.station import Station
from open63110.usecases.services.reserve_evse.csms import demand, end_later, name
from open63110.usecases.services.reserve_evse.messages import (
    CancelReservation,
    DropReservations,
    ReservationEnded,
    ReservationMade,
    ReserveEvse,
)


def obey(command: ReserveEvse, station: Station, now: datetime) -> Iterator[Effect]:
    """Keep the EVSE, or one of those that are free.

    Raises:
        Refused: none is free; the code says what it is instead.
    """
    if command.until <= now:
        raise Refused("it would be over already", code="InvalidValue", where="until")
    wanted = (command.evse,) if command.evse else tuple(number for number in station.evses if number)
    troubles = [_trouble(command, station, number, now) for number in wanted]
    anywhere = sum(one.evse == 0 and one.id != command.reservation and one.until > now for one in station.reservations)
    if sum(not one for one in troubles) <= (0 if command.evse else anywhere):
        raise Refused("no such EVSE is free", code=next((one for one in troubles if one), "Occupied"), where="evse")
    fact = ReservationMade(station=station.id, at=now, reservation=command.made())
    yield fact
    yield end_later(fact.reservation, fact, command.until)


def _trouble(command: ReserveEvse, station: Station, evse: EvseNumber, now: datetime) -> str:
    """Return why an EVSE cannot be kept, empty if it can."""
    trouble = hindrance(station, evse)
    if trouble:
        return "Rejected" if trouble.startswith("Unknown") else trouble
    taken = any(one.evse == evse and one.id != command.reservation and one.until > now for one in station.reservations)
    held = any(one.state == "occupied" for one in station.evses[evse].connectors.values())
    return "Occupied" if taken or held or live_grant(station, evse, now) is not None else ""


def cancel(command: CancelReservation, station: Station, now: datetime) -> Iterator[Effect]:
    """Let anybody use the EVSE again. Whoever asked knows it by the answer.

    Raises:
        Unknown: there is no such reservation.
    """
    demand(command.reservation, station)
    yield ReservationEnded(station=station.id, at=now, reservation=command.reservation, reason="cancelled")
    yield Wake(name=name(command.reservation), at=now, command=None)


def drop(command: DropReservations, station: Station, now: datetime) -> Iterator[Effect]:
    """Give up what cannot be kept."""
    for one in station.reservations:
        if one.evse and command.evse in {0, one.evse}:
            yield ReservationEnded(station=station.id, at=now, reservation=one.id, reason="removed")
            yield Wake(name=name(one.id), at=now, command=None)
