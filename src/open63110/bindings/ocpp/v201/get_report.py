# SPDX-License-Identifier: Apache-2.0
"""GetReport (2.0.1): a station tells of the components and variables that are named, or of which something is true (8.3.3)."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v201.reporting import heard, refused, status_of
from open63110.bindings.ocpp.v201.status_info import because
from open63110.bindings.ocpp.v201.variables import address_of, component_of, component_type, variable_type
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.device import InventoryScope
from open63110.model.inventory import ComponentCriterion, TakeInventory, place

_CRITERION: Final[dict[ComponentCriterion, Any]] = {one: one.value.capitalize() for one in ComponentCriterion}
_OURS: Final = {wire: ours for ours, wire in _CRITERION.items()}


def from_wire(request: types.GetReportRequest, door: Door) -> tuple[Message, ...]:
    """Read what is wanted."""
    return (
        TakeInventory(
            station=door.station,
            scope=InventoryScope.FILTERED,
            places=tuple(map(_place, given(request.component_variable) or ())),
            criteria=tuple(_OURS[one] for one in given(request.component_criteria) or ()),
            request=request.request_id,
        ),
    )


def _place(one: types.ComponentVariableType) -> str:
    return str(component_of(one.component) if one.variable is UNSET else address_of(one.component, one.variable))


def answer(replies: Sequence[Reply], _: Door) -> types.GetReportResponse:
    """Say that it follows."""
    return types.GetReportResponse(status=status_of(replies))


def refuse(trouble: Trouble, _: Door) -> types.GetReportResponse:
    """Say why not."""
    return types.GetReportResponse(status=refused(trouble.code), status_info=because(trouble.code))


def to_wire(command: TakeInventory, _: Door) -> types.GetReportRequest:
    """Ask."""
    return types.GetReportRequest(
        request_id=command.request,
        component_variable=tuple(map(_named, command.places)) or UNSET,
        component_criteria=tuple(_CRITERION[one] for one in command.criteria) or UNSET,
    )


def _named(text: str) -> types.ComponentVariableType:
    component, variable = place(text)
    named = UNSET if variable is None else variable_type(variable)
    return types.ComponentVariableType(component=component_type(component), variable=named)


GET_REPORT = Translation(
    action="GetReport",
    sender=Role.CSMS,
    carries=(TakeInventory,),
    only=lambda command: command.scope is InventoryScope.FILTERED,
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
