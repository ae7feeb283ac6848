# SPDX-License-Identifier: Apache-2.0
"""CostUpdated (2.0.1): what an energy transfer costs so far."""

from decimal import Decimal
from typing import Any

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.fields import reference
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.services.tell_cost import CostTold, TellCost


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read it; the wire has a floating number, and means the shortest decimal one that it stands for."""
    named = reference(request.transaction_id)
    return (TellCost(station=door.station, reference=named, total=Decimal(repr(float(request.total_cost)))),)


def to_wire(command: TellCost, _: Door) -> types.CostUpdatedRequest:
    """Tell it."""
    return types.CostUpdatedRequest(total_cost=float(command.total), transaction_id=command.reference)


def heard(_: Any, command: TellCost, door: Door) -> Verdict:
    """Know that it is shown: the response has no fields."""
    said = CostTold(station=command.station, at=door.now, reference=command.reference, total=command.total)
    return Verdict(outcome=Outcome.ACCEPTED, messages=(said,))


COST_UPDATED = Translation(
    action="CostUpdated",
    sender=Role.CSMS,
    carries=(TellCost,),
    from_wire=from_wire,
    answer=nothing_to_say,
    to_wire=to_wire,
    heard=heard,
)
