# SPDX-License-Identifier: Apache-2.0
"""MessageInfo of OCPP 2.1: as in 2.0.1, in several languages at once, with QR codes, and in two more states."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.v201 import display_message as before
from open63110.model.display import DisplayMessage, MessageContent, MessageFormat, MessageState

STATES: dict[MessageState, Any] = before.STATES | {MessageState.SUSPENDED: "Suspended", MessageState.DISCHARGING: "Discharging"}
FORMATS: dict[MessageFormat, Any] = before.FORMATS | {MessageFormat.QR_CODE: "QRCODE"}


def info(message: DisplayMessage, part: int = 0) -> types.MessageInfoType:
    """Write a message."""
    said = before.fields(message, part, STATES)
    if said["display"] is not UNSET:
        evse = said["display"].evse
        place = UNSET if evse is UNSET else types.EVSEType(**asdict(evse))
        said["display"] = types.ComponentType(name=said["display"].name, evse=place)
    first, *more = map(content, message.contents)
    return types.MessageInfoType(**said, message=first, message_extra=tuple(more) or UNSET)


def content(one: MessageContent) -> types.MessageContentType:
    """Write a text."""
    return types.MessageContentType(format=FORMATS[one.format], language=before.language(one), content=one.text)
