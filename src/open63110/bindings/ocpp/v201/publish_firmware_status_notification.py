# SPDX-License-Identifier: Apache-2.0
"""PublishFirmwareStatusNotification (2.0.1): how far a local controller is with an image that it is to serve (8.3.6)."""

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.firmware import PUBLISHED, published_read, request_of
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.translation import Door, Translation, stored
from open63110.kernel.errors import NotSupported
from open63110.kernel.roles import Role
from open63110.usecases.stations.update_firmware import FirmwarePublishReported


def to_wire(event: FirmwarePublishReported, _: Door) -> types.PublishFirmwareStatusNotificationRequest:
    """Tell it.

    Raises:
        NotSupported: OCPP has no word for its state.
    """
    if event.state not in PUBLISHED:
        raise NotSupported(f"OCPP has no word for {event.state}", code="NoWord", where="state")
    return types.PublishFirmwareStatusNotificationRequest(
        status=PUBLISHED[event.state], location=event.locations or UNSET, request_id=request_of(event)
    )


PUBLISH_FIRMWARE_STATUS_NOTIFICATION = Translation(
    action="PublishFirmwareStatusNotification",
    sender=Role.STATION,
    carries=(FirmwarePublishReported,),
    from_wire=published_read,
    answer=nothing_to_say,
    to_wire=to_wire,
    heard=stored,
)
