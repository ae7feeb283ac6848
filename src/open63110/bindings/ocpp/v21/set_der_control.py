# SPDX-License-Identifier: Apache-2.0
"""SetDERControl (2.1): the CSMS has a station behave so towards the grid."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, Translation, find, given
from open63110.bindings.ocpp.v21.der_terms import DROPPED, KINDS, OF_KIND, read, setting_of, settings
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.frequency_regulation import DerControlAnswer, DerControlAnswered, SetDerControl

__all__ = ["DROPPED"]

NOT_FOUND: Final = "NotFound"


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read what is to hold.

    Raises:
        Malformed: it says nothing, or several things at once.
    """
    name, setting = setting_of(request)
    one = read(request.control_id, OF_KIND[request.control_type], name, setting, default=request.is_default)
    return (
        SetDerControl(
            station=door.station,
            id=one.id,
            kind=one.kind,
            default=one.default,
            rank=one.priority,
            start=one.start,
            duration=one.duration,
            curve=one.curve,
            enter_service=one.enter_service,
            fixed_pf=one.fixed_pf,
            fixed_var=one.fixed_var,
            droop=one.droop,
            gradient=one.gradient,
            discharge=one.discharge,
        ),
    )


def answer(replies: Sequence[Reply], _: Door) -> types.SetDERControlResponse:
    """Say that it is kept, and what gives way."""
    said = find(replies, DerControlAnswer)
    return types.SetDERControlResponse(status="Accepted", superseded_ids=said.superseded or UNSET if said else UNSET)


def refuse(trouble: Trouble, _: Door) -> types.SetDERControlResponse:
    """Say why not."""
    return types.SetDERControlResponse(status=status_of(trouble), status_info=info(trouble))


def status_of(trouble: Trouble) -> Any:
    """Return the word for a no."""
    if isinstance(trouble, NotSupported):
        return "NotSupported"
    return NOT_FOUND if trouble.code == NOT_FOUND else "Rejected"


def info(trouble: Trouble) -> types.StatusInfoType:
    """Give the reason of a no."""
    return types.StatusInfoType(reason_code=because(trouble.code).reason_code)


def to_wire(command: SetDerControl, _: Door) -> types.SetDERControlRequest:
    """Have it hold."""
    control = command.wanted()
    return types.SetDERControlRequest(
        is_default=control.default, control_id=control.id, control_type=KINDS[control.kind], **settings(control)
    )


def heard(response: Any, command: SetDerControl, door: Door) -> Verdict:
    """Understand whether the station keeps it, and if not, why."""
    verdict = judged(response)
    yes = verdict.outcome is Outcome.ACCEPTED
    said = DerControlAnswered(
        station=command.station,
        at=door.now,
        id=command.id,
        revision=command.revision,
        reason="" if yes else verdict.reason,
        superseded=given(response.superseded_ids) or (),
    )
    return Verdict(outcome=verdict.outcome, reason=verdict.reason, messages=(said,))


SET_DER_CONTROL = Translation(
    action="SetDERControl",
    sender=Role.CSMS,
    carries=(SetDerControl,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
