# SPDX-License-Identifier: Apache-2.0
"""ReservationStatusUpdate (2.0.1): a station says that a reservation holds no longer, and was not used."""

from typing import Any, Final

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.translation import Door, Translation, stored
from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.usecases.services.reserve_evse import ReservationEnded

WORDS: Final[dict[str, Any]] = {"expired": "Expired", "removed": "Removed"}


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which, and why."""
    status = request.reservation_update_status
    reason: Any = "no-transaction" if status == "NoTransaction" else status.lower()
    return (ReservationEnded(station=door.station, at=door.now, reservation=request.reservation_id, reason=reason),)


def to_wire(event: ReservationEnded, _: Door) -> types.ReservationStatusUpdateRequest:
    """Tell it.

    Raises:
        NotSupported: the CSMS cancelled it, and knows that by the answer; or 2.0.1 has no word for why.
    """
    word = WORDS.get(event.reason)
    if word is None:
        raise NotSupported(f"OCPP 2.0.1 does not tell of a reservation that it is {event.reason}", code="NoReason")
    return types.ReservationStatusUpdateRequest(reservation_id=event.reservation, reservation_update_status=word)


RESERVATION_STATUS_UPDATE = Translation(
    action="ReservationStatusUpdate",
    sender=Role.STATION,
    carries=(ReservationEnded,),
    from_wire=from_wire,
    answer=nothing_to_say,
    blank=lambda door: nothing_to_say((), door),
    to_wire=to_wire,
    heard=stored,
)
