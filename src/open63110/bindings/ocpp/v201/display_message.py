# SPDX-License-Identifier: Apache-2.0
"""MessageInfo of OCPP 2.0.1: one text in one language, shown in a state and at a time."""

from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import given, text
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.kernel.errors import NotSupported
from open63110.kernel.ids import EvseNumber, TransferReference
from open63110.model.display import DisplayMessage, MessageContent, MessageFormat, MessagePriority, MessageState, wire_number
from open63110.usecases.stations.set_displayed_information import SHORTER_TEXT, SetMessage

LONGEST_LANGUAGE = 8
"""Characters of a language tag."""

DISPLAY = "Display"
"""Component of a display whose name nobody said."""

PRIORITIES: dict[MessagePriority, Any] = {
    MessagePriority.ALWAYS_FRONT: "AlwaysFront",
    MessagePriority.IN_FRONT: "InFront",
    MessagePriority.NORMAL_CYCLE: "NormalCycle",
}
STATES: dict[MessageState, Any] = {
    MessageState.CHARGING: "Charging",
    MessageState.FAULTED: "Faulted",
    MessageState.IDLE: "Idle",
    MessageState.UNAVAILABLE: "Unavailable",
}
FORMATS: dict[MessageFormat, Any] = {
    MessageFormat.ASCII: "ASCII",
    MessageFormat.HTML: "HTML",
    MessageFormat.URI: "URI",
    MessageFormat.UTF8: "UTF8",
}
OF_PRIORITY = {wire: ours for ours, wire in PRIORITIES.items()}
OF_STATE = {wire: ours for ours, wire in STATES.items()} | {
    "Suspended": MessageState.SUSPENDED,
    "Discharging": MessageState.DISCHARGING,
}
OF_FORMAT = {wire: ours for ours, wire in FORMATS.items()} | {"QRCODE": MessageFormat.QR_CODE}


def read(said: Any) -> DisplayMessage:
    """Read a message; of 2.1 with all of its contents."""
    more = given(getattr(said, "message_extra", UNSET)) or ()
    state, start, end = given(said.state), given(said.start_date_time), given(said.end_date_time)
    display = given(said.display)
    return DisplayMessage(
        number=said.id,
        rank=OF_PRIORITY[said.priority],
        state=None if state is None else OF_STATE[state],
        start=None if start is None else utc(start),
        end=None if end is None else utc(end),
        transfer=TransferReference(text(said.transaction_id)),
        evse=_evse(display),
        display="" if display is None or display.name == DISPLAY else display.name,
        contents=tuple(map(read_content, (said.message, *more))),
    )


def _evse(display: Any) -> EvseNumber:
    return EvseNumber(0) if display is None or display.evse is UNSET else evse_number(display.evse.id)


def read_content(said: Any) -> MessageContent:
    """Read a text."""
    return MessageContent(format=OF_FORMAT[said.format], language=text(said.language), text=said.content)


def order(said: Any, station: Any) -> SetMessage:
    """Read what is to be shown."""
    one = read(said)
    return SetMessage(
        station=station,
        number=one.number,
        rank=one.rank,
        state=one.state,
        start=one.start,
        end=one.end,
        transfer=one.transfer,
        evse=one.evse,
        display=one.display,
        contents=one.contents,
    )


def info(message: DisplayMessage, part: int = 0) -> types.MessageInfoType:
    """Write a message.

    Raises:
        NotSupported: several contents, a state, a format or a text that 2.0.1 has no room for.
    """
    if len(message.contents) > 1:
        raise NotSupported("OCPP 2.0.1 has one content in a message", code="NoMessageExtra", where="contents")
    return types.MessageInfoType(**fields(message, part), message=content(message.contents[0]))


def fields(message: DisplayMessage, part: int, states: dict[MessageState, Any] = STATES) -> dict[str, Any]:
    """Return what is said beside the contents, the same in 2.1.

    Raises:
        NotSupported: a state that this version does not know, or a name of a transfer that is too long for it.
    """
    if message.state is not None and message.state not in states:
        raise NotSupported(f"OCPP 2.0.1 knows no state {message.state}", code="NotSupportedState", where="state")
    return {
        "id": wire_number(message.number, part),
        "priority": PRIORITIES[message.rank],
        "state": UNSET if message.state is None else states[message.state],
        "start_date_time": UNSET if message.start is None else message.start,
        "end_date_time": UNSET if message.end is None else message.end,
        "transaction_id": message.transfer or UNSET,
        "display": _display(message),
    }


def _display(message: DisplayMessage) -> Any:
    if not message.display and not message.evse:
        return UNSET
    evse = types.EVSEType(id=message.evse) if message.evse else UNSET
    return types.ComponentType(name=message.display or DISPLAY, evse=evse)


def content(one: MessageContent) -> types.MessageContentType:
    """Write a text.

    Raises:
        NotSupported: a format that 2.0.1 does not know, or a longer text or tag than it carries.
    """
    if one.format not in FORMATS:
        raise NotSupported(f"OCPP 2.0.1 knows no {one.format}", code="NotSupportedMessageFormat", where="contents")
    if len(one.text) > SHORTER_TEXT:
        raise NotSupported(f"OCPP 2.0.1 carries {SHORTER_TEXT} characters", code="TooLong", where="contents")
    return types.MessageContentType(format=FORMATS[one.format], language=language(one), content=one.text)


def language(one: MessageContent) -> Any:
    """Return the tag of a language; of one that is too long its beginning, which means more people."""
    tag = one.language
    while len(tag) > LONGEST_LANGUAGE:
        tag = tag.rpartition("-")[0]
    return tag or UNSET
