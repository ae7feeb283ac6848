# SPDX-License-Identifier: Apache-2.0
"""An order for log criteria that ends without the station's yes leaves its logs as they were, and that is known (8.3.9)."""

from collections.abc import Iterator

import msgspec

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.order import OPEN, OrderChanged, Outcome
from open63110.usecases.stations.set_log_criteria import LogCriteriaAnswered, SetLogCriteria

_YES = OPEN | {Outcome.ACCEPTED}


def then(fact: OrderChanged) -> Iterator[Message]:
    """Say so; where nothing is known of the criteria, nothing changes."""
    order = fact.orders
    if order.kind != SetLogCriteria.__name__ or order.outcome in _YES:
        return
    id = msgspec.json.decode(order.body, type=tuple[str, SetLogCriteria])[1].criteria.id
    at, why = order.ended or fact.at, order.reason or order.outcome
    yield LogCriteriaAnswered(station=order.station, at=at, id=id, accepted=False, reason=why)


FLOW = Flow(role=Role.CSMS, on=(OrderChanged,), then=then)
