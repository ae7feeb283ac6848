# SPDX-License-Identifier: Apache-2.0
"""FirmwareStatusNotification (2.0.1): how far new firmware has come (8.3.6)."""

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.firmware import request_of, status_read, word_of
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.translation import Door, Translation, stored
from open63110.kernel.roles import Role
from open63110.usecases.stations.update_firmware import FirmwareStatusReported


def to_wire(event: FirmwareStatusReported, _: Door) -> types.FirmwareStatusNotificationRequest:
    """Tell it."""
    return types.FirmwareStatusNotificationRequest(status=word_of(event.state), request_id=request_of(event))


FIRMWARE_STATUS_NOTIFICATION = Translation(
    action="FirmwareStatusNotification",
    sender=Role.STATION,
    carries=(FirmwareStatusReported,),
    from_wire=status_read,
    answer=nothing_to_say,
    to_wire=to_wire,
    heard=stored,
)
