# SPDX-License-Identifier: Apache-2.0
"""NotifyDisplayMessages (2.0.1): which texts a station has, in parts."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import EMPTY
from open63110.bindings.ocpp.translation import Door, Translation, given, stored
from open63110.bindings.ocpp.v201 import display_message
from open63110.bindings.ocpp.v201.set_display_message import DROPPED
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.display import MessagesReported

__all__ = ["DROPPED"]


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read a part of a report."""
    found = tuple(display_message.read(one) for one in given(request.message_info) or ())
    more = bool(given(request.tbc))
    return (MessagesReported(station=door.station, at=door.now, request=request.request_id, messages=found, more=more),)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge; the response has no fields."""
    return EMPTY


def blank(_: Door) -> Any:
    """Acknowledge what could not be understood."""
    return EMPTY


def to_wire(event: MessagesReported, _: Door) -> Any:
    """Report a part."""
    return types.NotifyDisplayMessagesRequest(
        request_id=event.request,
        tbc=event.more or UNSET,
        message_info=tuple(display_message.info(one) for one in event.messages) or UNSET,
    )


NOTIFY_DISPLAY_MESSAGES = Translation(
    action="NotifyDisplayMessages",
    sender=Role.STATION,
    carries=(MessagesReported,),
    from_wire=from_wire,
    answer=answer,
    blank=blank,
    to_wire=to_wire,
    heard=stored,
)
