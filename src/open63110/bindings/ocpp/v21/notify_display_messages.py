# SPDX-License-Identifier: Apache-2.0
"""NotifyDisplayMessages (2.1): as in 2.0.1, and a message may be in several languages."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v21 import display_message
from open63110.bindings.ocpp.v201 import notify_display_messages as before
from open63110.model.display import MessagesReported

DROPPED = before.DROPPED


def to_wire(event: MessagesReported, _: Door) -> Any:
    """Report a part."""
    return types.NotifyDisplayMessagesRequest(
        request_id=event.request,
        tbc=event.more or UNSET,
        message_info=tuple(display_message.info(one) for one in event.messages) or UNSET,
    )


NOTIFY_DISPLAY_MESSAGES = replace(before.NOTIFY_DISPLAY_MESSAGES, to_wire=to_wire)
