# SPDX-License-Identifier: Apache-2.0
"""GetBaseReport (2.0.1): a station tells all it has, all that can be set, or what is not as it should be (8.3.3)."""

from collections.abc import Sequence
from typing import Any, Final

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.reporting import heard, refused, status_of
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.device import InventoryScope
from open63110.model.inventory import TakeInventory

_BASE: Final[dict[InventoryScope, Any]] = {
    InventoryScope.FULL: "FullInventory",
    InventoryScope.CONFIGURATION: "ConfigurationInventory",
    InventoryScope.SUMMARY: "SummaryInventory",
}
_OURS: Final = {wire: ours for ours, wire in _BASE.items()}


def from_wire(request: types.GetBaseReportRequest, door: Door) -> tuple[Message, ...]:
    """Read how much is wanted."""
    return (TakeInventory(station=door.station, scope=_OURS[request.report_base], request=request.request_id),)


def answer(replies: Sequence[Reply], _: Door) -> types.GetBaseReportResponse:
    """Say that it follows."""
    return types.GetBaseReportResponse(status=status_of(replies))


def refuse(trouble: Trouble, _: Door) -> types.GetBaseReportResponse:
    """Say why not."""
    return types.GetBaseReportResponse(status=refused(trouble.code), status_info=because(trouble.code))


def to_wire(command: TakeInventory, _: Door) -> types.GetBaseReportRequest:
    """Ask."""
    return types.GetBaseReportRequest(request_id=command.request, report_base=_BASE[command.scope])


GET_BASE_REPORT = Translation(
    action="GetBaseReport",
    sender=Role.CSMS,
    carries=(TakeInventory,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
