# SPDX-License-Identifier: Apache-2.0
"""ExtendedTriggerMessage (1.6, security whitepaper): what the older message has no words for; that one is understood by all."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v16.trigger_message import WORDS as BEFORE
from open63110.bindings.ocpp.v16.trigger_message import asked
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.usecases.stations.trigger_report import Report, TriggerReport

DROPPED = ("connector",)
"""Every connector of 1.6 is an EVSE of its own."""

ADDED: Final[dict[Report, Any]] = {
    Report.LOG: "LogStatusNotification",
    Report.STATION_CERTIFICATE: "SignChargePointCertificate",
}
_REPORT: Final = {wire: ours for ours, wire in (BEFORE | ADDED).items()}


def from_wire(request: types.ExtendedTriggerMessageRequest, door: Door) -> tuple[Message, ...]:
    """Read what is wanted."""
    return (asked(_REPORT[request.requested_message], request, door),)


def answer(_: Sequence[Reply], __: Door) -> types.ExtendedTriggerMessageResponse:
    """Say that it comes."""
    return types.ExtendedTriggerMessageResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.ExtendedTriggerMessageResponse:
    """Say that it does not, or is never said here."""
    unable = isinstance(trouble, NotSupported) or trouble.code == "NotImplemented"
    return types.ExtendedTriggerMessageResponse(status="NotImplemented" if unable else "Rejected")


def to_wire(command: TriggerReport, _: Door) -> types.ExtendedTriggerMessageRequest:
    """Ask."""
    return types.ExtendedTriggerMessageRequest(requested_message=ADDED[command.report], connector_id=command.evse or UNSET)


def only_here(command: TriggerReport) -> bool:
    """Tell whether this is the one message of 1.6 that can ask it."""
    return command.report in ADDED


EXTENDED_TRIGGER_MESSAGE = Translation(
    action="ExtendedTriggerMessage",
    sender=Role.CSMS,
    carries=(TriggerReport,),
    only=only_here,
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
)
