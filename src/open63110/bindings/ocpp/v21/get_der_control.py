# SPDX-License-Identifier: Apache-2.0
"""GetDERControl (2.1): which grid controls a station has; ReportDERControl says so."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, Translation, find, given, text
from open63110.bindings.ocpp.v21.der_terms import KINDS, OF_KIND
from open63110.bindings.ocpp.v21.set_der_control import NOT_FOUND, info, status_of
from open63110.bindings.ocpp.v201.status_info import judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.frequency_regulation import AskDerControls, DerControlsAnswer, DerControlsReported


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read the question."""
    kind = given(request.control_type)
    return (
        AskDerControls(
            station=door.station,
            default=given(request.is_default),
            kind=None if kind is None else OF_KIND[kind],
            id=text(request.control_id),
            request=request.request_id,
        ),
    )


def answer(replies: Sequence[Reply], _: Door) -> types.GetDERControlResponse:
    """Say whether a report follows."""
    counted = find(replies, DerControlsAnswer)
    return types.GetDERControlResponse(status="Accepted" if counted is None or counted.count else NOT_FOUND)


def refuse(trouble: Trouble, _: Door) -> types.GetDERControlResponse:
    """Say why none is reported."""
    return types.GetDERControlResponse(status=status_of(trouble), status_info=info(trouble))


def to_wire(command: AskDerControls, _: Door) -> types.GetDERControlRequest:
    """Ask."""
    return types.GetDERControlRequest(
        request_id=command.request,
        is_default=UNSET if command.default is None else command.default,
        control_type=UNSET if command.kind is None else KINDS[command.kind],
        control_id=command.id or UNSET,
    )


def heard(response: Any, command: AskDerControls, door: Door) -> Verdict:
    """Understand whether a report follows; that there is nothing to report is one."""
    if response.status != NOT_FOUND:
        return judged(response)
    nothing = DerControlsReported(station=command.station, at=door.now, request=command.request)
    return Verdict(outcome=Outcome.ACCEPTED, reason=NOT_FOUND, messages=(nothing,))


GET_DER_CONTROL = Translation(
    action="GetDERControl",
    sender=Role.CSMS,
    carries=(AskDerControls,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
