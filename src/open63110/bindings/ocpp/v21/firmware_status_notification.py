# SPDX-License-Identifier: Apache-2.0
"""FirmwareStatusNotification (2.1): as in 2.0.1, and a station can say more about it."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.firmware import request_of, status_read, word_of
from open63110.bindings.ocpp.translation import Door, given, text
from open63110.bindings.ocpp.v201 import firmware_status_notification as before
from open63110.kernel.messages import Message
from open63110.usecases.stations.update_firmware import FirmwareStatusReported

SHORT = 20
"""Characters of a reason code; what is longer goes beside it."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read how far a station is, and what it says about it."""
    (said,) = status_read(request, door)
    info = given(request.status_info)
    detail = "" if info is None else text(info.additional_info) or info.reason_code
    return (replace(said, detail=detail),)


def to_wire(event: FirmwareStatusReported, _: Door) -> types.FirmwareStatusNotificationRequest:
    """Tell it."""
    info = types.StatusInfoType(reason_code="Detail", additional_info=event.detail[:1024]) if event.detail else UNSET
    return types.FirmwareStatusNotificationRequest(status=word_of(event.state), request_id=request_of(event), status_info=info)


FIRMWARE_STATUS_NOTIFICATION = replace(before.FIRMWARE_STATUS_NOTIFICATION, from_wire=from_wire, to_wire=to_wire)
