# SPDX-License-Identifier: Apache-2.0
"""ClearDERControl (2.1): the CSMS has grid controls hold no more."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, Translation, given, text
from open63110.bindings.ocpp.v21.der_terms import KINDS, OF_KIND
from open63110.bindings.ocpp.v21.set_der_control import NOT_FOUND, info, status_of
from open63110.bindings.ocpp.v201.status_info import judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.frequency_regulation import ClearDerControls, DerControlsCleared


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which."""
    kind = given(request.control_type)
    return (
        ClearDerControls(
            station=door.station,
            default=request.is_default,
            kind=None if kind is None else OF_KIND[kind],
            id=text(request.control_id),
        ),
    )


def answer(_: Sequence[Reply], __: Door) -> types.ClearDERControlResponse:
    """Say that they are gone."""
    return types.ClearDERControlResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.ClearDERControlResponse:
    """Say why not."""
    return types.ClearDERControlResponse(status=status_of(trouble), status_info=info(trouble))


def to_wire(command: ClearDerControls, _: Door) -> types.ClearDERControlRequest:
    """Order it."""
    return types.ClearDERControlRequest(
        is_default=command.default,
        control_type=UNSET if command.kind is None else KINDS[command.kind],
        control_id=command.id or UNSET,
    )


def heard(response: Any, command: ClearDerControls, door: Door) -> Verdict:
    """Understand whether they are gone; that there is none is what was wanted."""
    verdict = judged(response)
    absent = response.status == NOT_FOUND
    no = verdict.outcome is not Outcome.ACCEPTED and not absent
    said = DerControlsCleared(
        station=command.station,
        at=door.now,
        default=command.default,
        kind=command.kind,
        id=command.id,
        reason=verdict.reason if no else "",
    )
    outcome = verdict.outcome if no else Outcome.ACCEPTED
    return Verdict(outcome=outcome, reason=NOT_FOUND if absent else verdict.reason, messages=(said,))


CLEAR_DER_CONTROL = Translation(
    action="ClearDERControl",
    sender=Role.CSMS,
    carries=(ClearDerControls,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
