# SPDX-License-Identifier: Apache-2.0
"""From the end of an order to the deletion of which it was a step (8.3.12)."""

from collections.abc import Iterator
from typing import Final

import msgspec

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.deletion import FIRST
from open63110.model.order import OPEN, OrderChanged, Outcome
from open63110.model.station import Station
from open63110.usecases.stations.delete_information import CACHE, CUSTOMER, LIST, DeletionStepEnded

STEPS: Final = {"AskCustomerInformation": CUSTOMER, "ClearAuthorizationCache": CACHE, "SendLocalList": LIST}


class _Question(msgspec.Struct):
    """What an order says of itself, as far as it matters here."""

    request: int | None = None


def then(event: OrderChanged, station: Station | None) -> Iterator[Message]:
    """Say how a step ended, while its station is deleting."""
    order = event.orders
    step = STEPS.get(order.kind)
    if step is None or order.outcome in OPEN or station is None or FIRST not in station.flags:
        return
    number = None
    if step == CUSTOMER:
        number = msgspec.json.decode(order.body, type=tuple[str, _Question])[1].request
    yield DeletionStepEnded(
        station=station.id,
        step=step,
        done=order.outcome is Outcome.ACCEPTED,
        supported=order.outcome is not Outcome.NOT_SUPPORTED,
        reason=order.reason or order.outcome,
        asked=order.asked,
        number=number,
    )


FLOW = Flow(role=Role.CSMS, on=(OrderChanged,), then=then)
