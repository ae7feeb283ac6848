# SPDX-License-Identifier: Apache-2.0
"""An order for a log that ends without the station's yes is also the end of the wait for that log (8.3.10)."""

from collections.abc import Iterator

import msgspec

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.order import OPEN, OrderChanged, Outcome
from open63110.usecases.stations.retrieve_logs import LogAnswered, RetrieveLog

_YES = OPEN | {Outcome.ACCEPTED}


def then(fact: OrderChanged) -> Iterator[Message]:
    """Say so, if it got as far as having a number."""
    order = fact.orders
    if order.kind != RetrieveLog.__name__ or order.outcome in _YES:
        return
    request = msgspec.json.decode(order.body, type=tuple[str, RetrieveLog])[1].request
    if request:
        at, why = order.ended or fact.at, order.reason or order.outcome
        yield LogAnswered(station=order.station, at=at, request=request, accepted=False, reason=why)


FLOW = Flow(role=Role.CSMS, on=(OrderChanged,), then=then)
