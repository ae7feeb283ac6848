# SPDX-License-Identifier: Apache-2.0
"""TriggerMessage (1.6): the CSMS wants to hear something now."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v16.fields import evse_number
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.usecases.stations.trigger_report import Report, TriggerReport

DROPPED = ("connector",)
"""Every connector of 1.6 is an EVSE of its own."""

WORDS: Final[dict[Report, Any]] = {
    Report.BOOT: "BootNotification",
    Report.DIAGNOSTICS: "DiagnosticsStatusNotification",
    Report.FIRMWARE: "FirmwareStatusNotification",
    Report.HEARTBEAT: "Heartbeat",
    Report.READINGS: "MeterValues",
    Report.STATUS: "StatusNotification",
}
_REPORT = {wire: ours for ours, wire in WORDS.items()}


def from_wire(request: types.TriggerMessageRequest, door: Door) -> tuple[Message, ...]:
    """Read what is wanted."""
    return (asked(_REPORT[request.requested_message], request, door),)


def asked(report: Report, request: Any, door: Door) -> TriggerReport:
    """Return our message; without a connector it is about all of them."""
    connector = given(request.connector_id)
    evse = None if connector is None else evse_number(connector)
    return TriggerReport(station=door.station, report=report, evse=evse)


def answer(_: Sequence[Reply], __: Door) -> types.TriggerMessageResponse:
    """Say that it comes."""
    return types.TriggerMessageResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.TriggerMessageResponse:
    """Say that it does not, or is never said here."""
    unable = isinstance(trouble, NotSupported) or trouble.code == "NotImplemented"
    return types.TriggerMessageResponse(status="NotImplemented" if unable else "Rejected")


def to_wire(command: TriggerReport, _: Door) -> types.TriggerMessageRequest:
    """Ask.

    Raises:
        NotSupported: 1.6 does not say that at all.
    """
    word = WORDS.get(command.report)
    if word is None:
        raise NotSupported(f"OCPP 1.6 has no message for {command.report}", code="NoReport", where="report")
    return types.TriggerMessageRequest(requested_message=word, connector_id=command.evse or UNSET)


TRIGGER_MESSAGE = Translation(
    action="TriggerMessage",
    sender=Role.CSMS,
    carries=(TriggerReport,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
)
