# SPDX-License-Identifier: Apache-2.0
"""UsePriorityCharging (2.1): the CSMS has a station use the profile for priority charging that it holds, or leave it."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, Translation, verdict_of
from open63110.bindings.ocpp.v201.fields import reference
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import PrioritizeTransfer

NO_PROFILE = "NoProfile"


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read whom it is about."""
    which = reference(request.transaction_id)
    return (PrioritizeTransfer(station=door.station, reference=which, active=request.activate),)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Say yes."""
    return types.UsePriorityChargingResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say that there is no such profile, or why not."""
    info = types.StatusInfoType(reason_code=because(trouble.code).reason_code)
    return types.UsePriorityChargingResponse(status="NoProfile" if trouble.code == NO_PROFILE else "Rejected", status_info=info)


def to_wire(command: PrioritizeTransfer, _: Door) -> Any:
    """Ask for it."""
    return types.UsePriorityChargingRequest(transaction_id=command.reference, activate=command.active)


def heard(response: Any, _: PrioritizeTransfer, __: Door) -> Verdict:
    """Understand yes or no. Without a profile of the station's own the plan of the CSMS does it alone, so that is a yes."""
    if response.status == NO_PROFILE:
        return Verdict(outcome=Outcome.ACCEPTED, reason=NO_PROFILE)
    return verdict_of(response.status)


USE_PRIORITY_CHARGING = Translation(
    action="UsePriorityCharging",
    sender=Role.CSMS,
    carries=(PrioritizeTransfer,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
