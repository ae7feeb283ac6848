# SPDX-License-Identifier: Apache-2.0
"""NotifyPriorityCharging (2.1): a driver had a transfer charge before others, or no longer."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.fields import EMPTY
from open63110.bindings.ocpp.translation import Door, Translation, stored
from open63110.bindings.ocpp.v201.fields import reference
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.needs import PriorityChanged


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read it; the wire does not say when it was."""
    which = reference(request.transaction_id)
    return (PriorityChanged(station=door.station, at=door.now, reference=which, active=request.activated),)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge; the response has no fields."""
    return EMPTY


def to_wire(event: PriorityChanged, _: Door) -> Any:
    """Tell it."""
    return types.NotifyPriorityChargingRequest(transaction_id=event.reference, activated=event.active)


NOTIFY_PRIORITY_CHARGING = Translation(
    action="NotifyPriorityCharging",
    sender=Role.STATION,
    carries=(PriorityChanged,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=stored,
)
