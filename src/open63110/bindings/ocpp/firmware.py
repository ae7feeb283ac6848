# SPDX-License-Identifier: Apache-2.0
"""What every version of OCPP says of firmware: how far it is, where it lies, and how a station takes an order (8.3.6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import Door, find, given, verdict_of
from open63110.kernel.errors import Malformed, NotSupported, Refused
from open63110.kernel.messages import Message, Reply
from open63110.kernel.units import Seconds
from open63110.model.firmware import FirmwareState, PublicationState
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.update_firmware import (
    FirmwareOrderAnswer,
    FirmwarePublishReported,
    FirmwareStatusReported,
    PublishFirmware,
    UpdateFirmware,
)

STATUS: Final[dict[FirmwareState, Any]] = {
    FirmwareState.IDLE: "Idle",
    FirmwareState.DOWNLOAD_SCHEDULED: "DownloadScheduled",
    FirmwareState.DOWNLOADING: "Downloading",
    FirmwareState.DOWNLOAD_PAUSED: "DownloadPaused",
    FirmwareState.DOWNLOADED: "Downloaded",
    FirmwareState.DOWNLOAD_FAILED: "DownloadFailed",
    FirmwareState.SIGNATURE_VERIFIED: "SignatureVerified",
    FirmwareState.INVALID_SIGNATURE: "InvalidSignature",
    FirmwareState.INSTALL_SCHEDULED: "InstallScheduled",
    FirmwareState.INSTALLING: "Installing",
    FirmwareState.INSTALL_REBOOTING: "InstallRebooting",
    FirmwareState.INSTALLED: "Installed",
    FirmwareState.INSTALL_VERIFICATION_FAILED: "InstallVerificationFailed",
    FirmwareState.INSTALLATION_FAILED: "InstallationFailed",
}
"""Ours → the wire's: 2.x, and 1.6 with the security whitepaper."""


def word_of(state: FirmwareState) -> Any:
    """Return what the wires call a state.

    Raises:
        NotSupported: they have no word for it: nothing of that kind is told.
    """
    if state not in STATUS:
        raise NotSupported(f"OCPP has no word for {state}", code="NoWord", where="state")
    return STATUS[state]


STATES: Final = {wire: ours for ours, wire in STATUS.items()}

PUBLISHED: Final[dict[PublicationState, Any]] = {
    PublicationState.IDLE: "Idle",
    PublicationState.DOWNLOAD_SCHEDULED: "DownloadScheduled",
    PublicationState.DOWNLOADING: "Downloading",
    PublicationState.DOWNLOAD_PAUSED: "DownloadPaused",
    PublicationState.DOWNLOADED: "Downloaded",
    PublicationState.CHECKSUM_VERIFIED: "ChecksumVerified",
    PublicationState.PUBLISHED: "Published",
    PublicationState.DOWNLOAD_FAILED: "DownloadFailed",
    PublicationState.INVALID_CHECKSUM: "InvalidChecksum",
    PublicationState.PUBLISH_FAILED: "PublishFailed",
}

PUBLICATIONS: Final = {wire: ours for ours, wire in PUBLISHED.items()}

ORDER_LOST: Final = ("image", "version", "admit", "unsigned", "publisher", "sha256", "size", "campaign", "by")
"""What no version has a field for."""

MOST_REQUEST: Final = 2**31 - 1


def status_read(request: Any, door: Door) -> tuple[Message, ...]:
    """Read how far a station is; the wire does not say when."""
    return (
        FirmwareStatusReported(
            station=door.station,
            at=door.now,
            state=STATES[request.status],
            request=given(request.request_id) or 0,
        ),
    )


def published_read(request: Any, door: Door) -> tuple[Message, ...]:
    """Read how far a local controller is; the wire does not say when."""
    return (
        FirmwarePublishReported(
            station=door.station,
            at=door.now,
            state=PUBLICATIONS[request.status],
            request=given(request.request_id) or 0,
            locations=given(request.location) or (),
        ),
    )


def request_of(event: FirmwareStatusReported | FirmwarePublishReported) -> Any:
    """Return the number of the order that a status is of, where there is one."""
    return event.request or UNSET


def order_read(request: Any, door: Door) -> tuple[Message, ...]:
    """Read an order that says in one place where the image lies, and who signed it."""
    firmware = request.firmware
    return (
        UpdateFirmware(
            station=door.station,
            request=number(request.request_id),
            location=firmware.location,
            retrieve_at=utc(firmware.retrieve_date_time),
            install_at=moment(given(firmware.install_date_time)),
            retries=given(request.retries) or 0,
            retry_interval=Seconds(float(given(request.retry_interval) or 0)),
            signature=given(firmware.signature) or "",
            certificate=given(firmware.signing_certificate) or "",
        ),
    )


def number(request: int) -> int:
    """Check the number of an order.

    Raises:
        Malformed: a station could not say it again.
    """
    if not 0 <= request <= MOST_REQUEST:
        raise Malformed("a request has a number from 0 to 2^31-1", code="PropertyConstraintViolation", where="requestId")
    return request


def moment(at: datetime | None) -> datetime | None:
    """Return a moment in UTC, where there is one."""
    return None if at is None else utc(at)


def location_of(command: UpdateFirmware | PublishFirmware) -> str:
    """Return where an image lies.

    Raises:
        Refused: nobody said.
    """
    if not command.location:
        raise Refused("nobody said where the image lies", code="NoLocation", where="location")
    return command.location


def order_answer(replies: Sequence[Reply]) -> Any:
    """Return the status word of an answer to an order."""
    said = find(replies, FirmwareOrderAnswer)
    if said is None:
        return "Accepted"
    return said.refused or ("AcceptedCanceled" if said.cancelled else "Accepted")


def order_heard(status: str, reason: str = "") -> Verdict:
    """Return what a status word means for an order."""
    if status == "AcceptedCanceled":
        return Verdict(outcome=Outcome.ACCEPTED, reason=status)
    return verdict_of(status, reason=reason)
