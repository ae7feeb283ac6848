# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about reservations: a station that is there keeps the EVSE, and says what becomes of it where it can."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Unavailable, Unknown
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import hindrance, live_grant, may_be_ordered, verdict
from open63110.model.reservation import Reservation
from open63110.model.station import Station
from open63110.model.token import AuthorizationStatus
from open63110.ports import Ids, Tokens
from open63110.usecases.services.reserve_evse.messages import (
    CancelReservation,
    EndReservation,
    ReservationEnded,
    ReservationMade,
    ReserveEvse,
)

GRACE = timedelta(seconds=60)
"""After its end a station may still tell what became of a reservation; OCPP 1.6 never does."""

MOST = 2**31 - 1
"""A number of 1.6 that every library takes."""


def ask(command: ReserveEvse, station: Station, tokens: Tokens, ids: Ids, now: datetime) -> Iterator[Effect]:
    """Check all that can be known here, then pass the wish on; it holds once the station accepts.

    Raises:
        Malformed: no wire carries its number.
        OverflowError: it ends beyond the calendar.
        Unknown: there is no such EVSE.
        Refused: it ends in the past, the credential will not do, or the EVSE is taken.
        Unavailable: the station is not there.
    """
    if forgotten(command.until) <= now + GRACE:
        raise Refused("it would be over already", code="InvalidValue", where="until")
    if not 0 <= command.reservation <= MOST:
        raise Malformed(f"a reservation has a number up to {MOST}", code="OutOfRange", where="reservation")
    token = tokens.token(command.subject)
    status = verdict(token, station.id, now)
    if status is not AuthorizationStatus.ACCEPTED:
        raise Refused(f"the credential is answered with {status.value}", code=f"Token{status.value}", where="subject")
    number = command.reservation or int(ids.transfer()) % MOST + 1
    wish = replace(command, reservation=number, group=command.group or (token.group if token else None))
    _demand_free(wish, station, now)
    _demand_presence(station)
    yield wish


def _demand_free(wish: ReserveEvse, station: Station, now: datetime) -> None:
    if not wish.evse:
        return
    trouble = hindrance(station, wish.evse)
    if trouble.startswith("Unknown"):
        raise Unknown(f"{station.id} has no EVSE {wish.evse}", code=trouble, where="evse")
    taken = any(one.evse == wish.evse and one.id != wish.reservation and one.until > now for one in station.reservations)
    if trouble or taken or live_grant(station, wish.evse, now) is not None:
        trouble = trouble or "Occupied"
        raise Refused(f"EVSE {wish.evse} of {station.id} is {trouble.lower()}", code=trouble, where="evse")


def _demand_presence(station: Station) -> None:
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station")


def hear_made(event: ReservationMade) -> Iterator[Effect]:
    """Keep it, and see to its end where nobody tells that."""
    yield event
    yield end_later(event.reservation, event, forgotten(event.reservation.until))


def forgotten(until: datetime) -> datetime:
    """Return when a reservation that ends so is over here, whatever its station tells.

    Raises:
        OverflowError: that is beyond the calendar.
    """
    return until + GRACE


def end_later(one: Reservation, event: ReservationMade, at: datetime) -> Wake:
    """Return the wakeup that ends it."""
    return Wake(name=name(one.id), at=at, command=EndReservation(station=event.station, reservation=one.id))


def name(number: int) -> str:
    """Return the name of that wakeup."""
    return f"reservation:{number}"


def cancel(command: CancelReservation, station: Station) -> Iterator[Effect]:
    """Pass the wish on.

    Raises:
        Unknown: there is no such reservation.
        Unavailable: the station is not there.
    """
    demand(command.reservation, station)
    _demand_presence(station)
    yield command


def demand(number: int, station: Station) -> Reservation:
    """Return a reservation that holds.

    Raises:
        Unknown: there is none of that number.
    """
    found = next((one for one in station.reservations if one.id == number), None)
    if found is None:
        raise Unknown(f"{station.id} has no reservation {number}", code="UnknownReservation", where="reservation")
    return found


def hear_ended(event: ReservationEnded, station: Station, now: datetime) -> Iterator[Effect]:
    """Keep it, of a reservation nobody knows as well."""
    yield event
    if name(event.reservation) in station.wakeups:
        yield Wake(name=name(event.reservation), at=now, command=None)


def end(command: EndReservation, station: Station, now: datetime) -> Iterator[Effect]:
    """End it by the clock."""
    if any(one.id == command.reservation for one in station.reservations):
        yield ReservationEnded(station=station.id, at=now, reservation=command.reservation, reason="expired")
