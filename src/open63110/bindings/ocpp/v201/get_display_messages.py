# SPDX-License-Identifier: Apache-2.0
"""GetDisplayMessages (2.0.1): which texts a station has; NotifyDisplayMessages says so."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation, find, given
from open63110.bindings.ocpp.v201.display_message import OF_PRIORITY, OF_STATE, PRIORITIES, STATES
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.display import MessagesReported, MessageState
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.set_displayed_information import AskMessages, MessagesAnswer

NONE: Final = "Unknown"
"""The station has no text of those that were asked for."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read the question."""
    priority, state = given(request.priority), given(request.state)
    return (
        AskMessages(
            station=door.station,
            numbers=given(request.id) or (),
            rank=None if priority is None else OF_PRIORITY[priority],
            state=None if state is None else OF_STATE[state],
            request=request.request_id,
        ),
    )


def answer(replies: Sequence[Reply], _: Door) -> Any:
    """Say whether a report follows."""
    counted = find(replies, MessagesAnswer)
    return types.GetDisplayMessagesResponse(status="Accepted" if counted is None or counted.count else NONE)


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say why none is reported; there is no other word for no."""
    return types.GetDisplayMessagesResponse(status=NONE, status_info=because(trouble.code))


def to_wire(command: AskMessages, _: Door) -> Any:
    """Ask.

    Raises:
        NotSupported: 2.0.1 knows no such state.
    """
    return types.GetDisplayMessagesRequest(**fields(command, STATES))


def fields(command: AskMessages, states: dict[MessageState, Any]) -> dict[str, Any]:
    """Return the question in the words of a version.

    Raises:
        NotSupported: it knows no such state.
    """
    if command.state is not None and command.state not in states:
        raise NotSupported(f"this version knows no state {command.state}", code="NotSupportedState", where="state")
    return {
        "id": command.numbers or UNSET,
        "request_id": command.request,
        "priority": UNSET if command.rank is None else PRIORITIES[command.rank],
        "state": UNSET if command.state is None else states[command.state],
    }


def heard(response: Any, command: AskMessages, door: Door) -> Verdict:
    """Understand whether a report follows; that there is nothing to report is one."""
    if response.status != NONE:
        return judged(response)
    nothing = MessagesReported(station=command.station, at=door.now, request=command.request)
    return Verdict(outcome=Outcome.ACCEPTED, reason=NONE, messages=(nothing,))


GET_DISPLAY_MESSAGES = Translation(
    action="GetDisplayMessages",
    sender=Role.CSMS,
    carries=(AskMessages,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
