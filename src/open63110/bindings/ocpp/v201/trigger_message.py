# SPDX-License-Identifier: Apache-2.0
"""TriggerMessage (2.0.1): the CSMS wants to hear something now."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.fields import connector_of, evse_number
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.usecases.stations.trigger_report import Report, TriggerReport

WORDS: Final[dict[Report, Any]] = {
    Report.BOOT: "BootNotification",
    Report.COMBINED_CERTIFICATE: "SignCombinedCertificate",
    Report.FIRMWARE: "FirmwareStatusNotification",
    Report.HEARTBEAT: "Heartbeat",
    Report.LOG: "LogStatusNotification",
    Report.PUBLISHING: "PublishFirmwareStatusNotification",
    Report.READINGS: "MeterValues",
    Report.STATION_CERTIFICATE: "SignChargingStationCertificate",
    Report.STATUS: "StatusNotification",
    Report.TRANSFER: "TransactionEvent",
    Report.V2G_CERTIFICATE: "SignV2GCertificate",
}


def from_wire(request: Any, door: Door, words: Mapping[Report, Any] = WORDS) -> tuple[Message, ...]:
    """Read what is wanted."""
    report = next(ours for ours, wire in words.items() if wire == request.requested_message)
    evse = None if request.evse is UNSET else evse_number(request.evse.id)
    return (TriggerReport(station=door.station, report=report, evse=evse, connector=connector_of(request.evse) or None),)


def answer(_: Sequence[Reply], __: Door) -> types.TriggerMessageResponse:
    """Say that it comes."""
    return types.TriggerMessageResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.TriggerMessageResponse:
    """Say that it does not, or is never said here."""
    unable = isinstance(trouble, NotSupported) or trouble.code == "NotImplemented"
    status: Any = "NotImplemented" if unable else "Rejected"
    return types.TriggerMessageResponse(status=status, status_info=because(trouble.code))


def to_wire(command: TriggerReport, _: Door) -> Any:
    """Ask.

    Raises:
        NotSupported: 2.0.1 does not say that at all.
    """
    word = WORDS.get(command.report)
    if word is None:
        raise NotSupported(f"OCPP 2.0.1 has no message for {command.report}", code="NoReport", where="report")
    return types.TriggerMessageRequest(requested_message=word, evse=part(command, types))


def part(command: TriggerReport, spoken: Any) -> Any:
    """Return the part it is about, in the types of a version."""
    return spoken.EVSEType(id=command.evse, connector_id=command.connector or UNSET) if command.evse else UNSET


TRIGGER_MESSAGE = Translation(
    action="TriggerMessage",
    sender=Role.CSMS,
    carries=(TriggerReport,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
)
