# SPDX-License-Identifier: Apache-2.0
"""SignedFirmwareStatusNotification (1.6, security whitepaper): how far signed firmware has come (8.3.6)."""

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.firmware import status_read, word_of
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.translation import Door, Translation, stored
from open63110.kernel.roles import Role
from open63110.usecases.stations.update_firmware import FirmwareStatusReported


def is_of_order(event: FirmwareStatusReported) -> bool:
    """Tell whether a status is of an order that has a number: only signed ones have, at the station."""
    return bool(event.request)


def to_wire(event: FirmwareStatusReported, _: Door) -> types.SignedFirmwareStatusNotificationRequest:
    """Tell it."""
    return types.SignedFirmwareStatusNotificationRequest(status=word_of(event.state), request_id=event.request)


SIGNED_FIRMWARE_STATUS_NOTIFICATION = Translation(
    action="SignedFirmwareStatusNotification",
    sender=Role.STATION,
    carries=(FirmwareStatusReported,),
    only=is_of_order,
    from_wire=status_read,
    answer=nothing_to_say,
    to_wire=to_wire,
    heard=stored,
)
