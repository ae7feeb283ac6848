# SPDX-License-Identifier: Apache-2.0
"""From an order that no station answered in the way of its use case to that use case: settings (8.3.4), inventories (8.3.3)."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.inventory import TakeInventory
from open63110.model.order import OPEN, Order, OrderChanged, Outcome
from open63110.model.station import Station
from open63110.model.variables import SetVariables
from open63110.usecases.stations.discover_configuration import GiveUpInventory
from open63110.usecases.stations.update_component_properties import NoteUnset

SET: Final = SetVariables.__name__
TAKE: Final = TakeInventory.__name__

_FINAL: Final = frozenset({Outcome.REJECTED, Outcome.NOT_SUPPORTED, Outcome.NOT_AUTHORIZED})
"""It will not be otherwise the next time."""


def then(event: OrderChanged, station: Station | None) -> Iterator[Message]:
    """Tell what became of it, if it is over, and of a kind that matters."""
    order = event.orders
    if order.kind not in {SET, TAKE} or order.outcome in OPEN or order.outcome is Outcome.ACCEPTED or station is None:
        return
    if order.kind == SET and not (order.answer and order.outcome is Outcome.REJECTED):
        yield from _unset(order)
    elif order.kind == TAKE:
        request = _said(order).get("request", 0)
        if request:
            refused = order.outcome in _FINAL
            yield GiveUpInventory(station=order.station, request=request, reason=order.reason, refused=refused)


def _unset(order: Order) -> Iterator[Message]:
    said = _said(order)
    if said.get("hold"):
        yield NoteUnset(
            station=order.station,
            variables=tuple(one["variable"] for one in said["settings"]),
            reason=order.reason,
            detail=order.detail,
            rollout=said.get("rollout", ""),
            final=order.outcome in _FINAL,
        )


def _said(order: Order) -> dict[str, Any]:
    _, said = msgspec.json.decode(order.body, type=tuple[str, dict[str, Any]])
    return said


FLOW = Flow(role=Role.CSMS, on=(OrderChanged,), then=then)
