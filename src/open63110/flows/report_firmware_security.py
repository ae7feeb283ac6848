# SPDX-License-Identifier: Apache-2.0
"""A station tells as events of security that it was updated, or whose firmware it did not take (8.3.6 → 8.3.5)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.firmware import FirmwareState
from open63110.model.station import Station
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.update_firmware import FirmwareCertificateRefused, FirmwareStatusReported

_CODES = {
    FirmwareState.INSTALLED: "FirmwareUpdated",
    FirmwareState.INVALID_SIGNATURE: "InvalidFirmwareSignature",
}


def then(event: FirmwareStatusReported | FirmwareCertificateRefused, station: Station) -> Iterator[Message]:
    """Report it, in the words of OCPP."""
    if isinstance(event, FirmwareCertificateRefused):
        code = "InvalidFirmwareSigningCertificate"
        text = event.reason
    else:
        code, text = _CODES.get(event.state, ""), event.detail
    if code:
        yield StationEventReported(
            station=station.id,
            at=event.at,
            component="SecurityCtrlr",
            severity=4 if code == "FirmwareUpdated" else 2,
            code=code,
            text=text or f"request {event.request}",
            security=True,
        )


FLOW = Flow(role=Role.STATION, on=(FirmwareStatusReported, FirmwareCertificateRefused), then=then)
