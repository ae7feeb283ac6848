# SPDX-License-Identifier: Apache-2.0
"""What is said about reservations."""

from datetime import datetime
from typing import ClassVar, Literal

from open63110.kernel.ids import EvseNumber, SubjectRef
from open63110.kernel.messages import Command, Event, Priority
from open63110.model.availability import WHOLE
from open63110.model.reservation import Reservation


class ReserveEvse(Command, frozen=True, kw_only=True, gc=False):
    """Keep an EVSE for somebody, from now on. The same number again takes the place of what it was."""

    priority: ClassVar[Priority] = Priority.CONTROL
    subject: SubjectRef
    until: datetime
    evse: EvseNumber = WHOLE
    """0: any EVSE of the station."""
    reservation: int = 0
    """Its number; 0: the CSMS gives one, which the order shows."""
    group: SubjectRef | None = None
    connector_type: str = ""
    """In words of OCPP 2.x, such as cCCS2; empty: any will do."""

    def made(self) -> Reservation:
        """Return the reservation that is wanted."""
        return Reservation(
            id=self.reservation,
            evse=self.evse,
            subject=self.subject,
            group=self.group,
            until=self.until,
            connector_type=self.connector_type,
        )


class CancelReservation(Command, frozen=True, kw_only=True, gc=False):
    """Let anybody use the EVSE again."""

    priority: ClassVar[Priority] = Priority.CONTROL
    reservation: int


class ReservationMade(Event, frozen=True, kw_only=True, gc=False):
    """A station keeps an EVSE for somebody."""

    reservation: Reservation


Reason = Literal["expired", "removed", "cancelled", "no-transaction"]


class ReservationEnded(Event, frozen=True, kw_only=True, gc=False):
    """A reservation holds no longer, and was not used."""

    reservation: int
    reason: Reason = "removed"
    """Its time was over; the EVSE cannot be used; somebody took it back; whom it was for came and did not charge."""


class EndReservation(Command, frozen=True, kw_only=True, gc=False):
    """To itself: the time of a reservation is over."""

    reservation: int


class DropReservations(Command, frozen=True, kw_only=True, gc=False):
    """At the station: an EVSE cannot be used any more."""

    evse: EvseNumber
