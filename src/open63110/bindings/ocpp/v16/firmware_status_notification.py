# SPDX-License-Identifier: Apache-2.0
"""FirmwareStatusNotification (1.6): how far new firmware has come that is not signed (8.3.6).

It has half the words of later versions: what is between them is not told, and what failed for another reason is called failed.
"""

from typing import Any

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.firmware import STATES
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.translation import Door, Translation, stored
from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.model.firmware import FirmwareState
from open63110.usecases.stations.update_firmware import FirmwareStatusReported

STATUS: dict[FirmwareState, Any] = {
    FirmwareState.IDLE: "Idle",
    FirmwareState.DOWNLOADING: "Downloading",
    FirmwareState.DOWNLOADED: "Downloaded",
    FirmwareState.DOWNLOAD_FAILED: "DownloadFailed",
    FirmwareState.INVALID_SIGNATURE: "InstallationFailed",
    FirmwareState.INSTALLING: "Installing",
    FirmwareState.INSTALLED: "Installed",
    FirmwareState.INSTALL_VERIFICATION_FAILED: "InstallationFailed",
    FirmwareState.INSTALLATION_FAILED: "InstallationFailed",
}


def from_wire(request: types.FirmwareStatusNotificationRequest, door: Door) -> tuple[Message, ...]:
    """Read how far a station is; the wire says neither when nor with which order."""
    return (FirmwareStatusReported(station=door.station, at=door.now, state=STATES[request.status]),)


def to_wire(event: FirmwareStatusReported, _: Door) -> types.FirmwareStatusNotificationRequest:
    """Tell it.

    Raises:
        NotSupported: 1.6 has no word for that.
    """
    status = STATUS.get(event.state)
    if status is None:
        raise NotSupported(f"OCPP 1.6 has no word for {event.state}", code="NotSupported", where="state")
    return types.FirmwareStatusNotificationRequest(status=status)


FIRMWARE_STATUS_NOTIFICATION = Translation(
    action="FirmwareStatusNotification",
    sender=Role.STATION,
    carries=(FirmwareStatusReported,),
    from_wire=from_wire,
    answer=nothing_to_say,
    to_wire=to_wire,
    heard=stored,
)
