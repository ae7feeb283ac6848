# SPDX-License-Identifier: Apache-2.0
"""CancelReservation (2.0.1): the CSMS takes a reservation back."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.runtime.orders import Verdict
from open63110.usecases.services.reserve_evse import CancelReservation, ReservationEnded


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which."""
    return (CancelReservation(station=door.station, reservation=request.reservation_id),)


def answer(_: Sequence[Reply], __: Door) -> types.CancelReservationResponse:
    """Say that it holds no longer."""
    return types.CancelReservationResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.CancelReservationResponse:
    """Say why not."""
    return types.CancelReservationResponse(status="Rejected", status_info=because(trouble.code))


def to_wire(command: CancelReservation, _: Door) -> types.CancelReservationRequest:
    """Order it."""
    return types.CancelReservationRequest(reservation_id=command.reservation)


def heard(response: Any, command: CancelReservation, door: Door) -> Verdict:
    """Understand whether it holds no longer."""
    gone = ReservationEnded(station=command.station, at=door.now, reservation=command.reservation, reason="cancelled")
    return judged(response, gone)


CANCEL_RESERVATION = Translation(
    action="CancelReservation",
    sender=Role.CSMS,
    carries=(CancelReservation,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
