# SPDX-License-Identifier: Apache-2.0
"""TriggerMessage (2.1): as in 2.0.1, and certificates for ISO 15118-20 and triggers of a vendor's own can be asked for."""

from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, text
from open63110.bindings.ocpp.v201 import trigger_message
from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Message
from open63110.usecases.stations.trigger_report import Report, TriggerReport

WORDS: Final[dict[Report, Any]] = trigger_message.WORDS | {
    Report.CUSTOM: "CustomTrigger",
    Report.V2G20_CERTIFICATE: "SignV2G20Certificate",
}


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read what is wanted."""
    (asked,) = trigger_message.from_wire(request, door, WORDS)
    return (replace(asked, custom=text(request.custom_trigger)),)


def to_wire(command: TriggerReport, _: Door) -> types.TriggerMessageRequest:
    """Ask.

    Raises:
        NotSupported: 2.1 does not say that at all.
    """
    word = WORDS.get(command.report)
    if word is None:
        raise NotSupported(f"OCPP 2.1 has no message for {command.report}", code="NoReport", where="report")
    return types.TriggerMessageRequest(
        requested_message=word, evse=trigger_message.part(command, types), custom_trigger=command.custom or UNSET
    )


TRIGGER_MESSAGE = replace(trigger_message.TRIGGER_MESSAGE, from_wire=from_wire, to_wire=to_wire)
