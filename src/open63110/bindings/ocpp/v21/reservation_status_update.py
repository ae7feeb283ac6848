# SPDX-License-Identifier: Apache-2.0
"""ReservationStatusUpdate (2.1): as in 2.0.1, and also that whom it was for came and did not charge."""

from typing import Any

from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v201 import reservation_status_update as before
from open63110.usecases.services.reserve_evse import ReservationEnded


def to_wire(event: ReservationEnded, door: Door) -> Any:
    """Tell it."""
    if event.reason != "no-transaction":
        return before.to_wire(event, door)
    return types.ReservationStatusUpdateRequest(reservation_id=event.reservation, reservation_update_status="NoTransaction")


RESERVATION_STATUS_UPDATE = replace(before.RESERVATION_STATUS_UPDATE, to_wire=to_wire)
