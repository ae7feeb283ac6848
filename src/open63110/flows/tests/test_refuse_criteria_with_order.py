# SPDX-License-Identifier: Apache-2.0
"""An order for log criteria that does not get through is known as refused, and no other order is."""

from datetime import UTC, datetime

import msgspec
import pytest

from open63110.flows.refuse_criteria_with_order import then
from open63110.kernel.ids import OrderId, PrincipalId, StationId
from open63110.model.log_criteria import LogCriteria, LogSource
from open63110.model.order import Order, OrderChanged, Outcome
from open63110.runtime.engine import encode_command
from open63110.usecases.stations.set_log_criteria import LogCriteriaAnswered, SetLogCriteria

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CS = StationId("CS-1")
WISH = SetLogCriteria(station=CS, criteria=LogCriteria(id="heat", sources=(LogSource.POWER,)))
ORDER = Order(
    id=OrderId("o"),
    station=CS,
    kind="SetLogCriteria",
    by=PrincipalId("ann"),
    asked=NOW,
    deadline=NOW,
    outcome=Outcome.NOT_SUPPORTED,
    reason="NoMessage",
    body=encode_command(WISH).decode(),
)


@pytest.mark.parametrize("outcome", Outcome)
def test_what_ends_without_a_yes_is_refused(outcome: Outcome) -> None:
    changed = OrderChanged(station=CS, at=NOW, orders=msgspec.structs.replace(ORDER, outcome=outcome))
    refused = [LogCriteriaAnswered(station=CS, at=NOW, id="heat", accepted=False, reason="NoMessage")]
    yes = outcome in {Outcome.WAITING, Outcome.SENT, Outcome.ACCEPTED}
    assert list(then(changed)) == ([] if yes else refused)


def test_orders_about_other_things_change_nothing() -> None:
    other = msgspec.structs.replace(ORDER, kind="ClearLogCriteria")
    assert list(then(OrderChanged(station=CS, at=NOW, orders=other))) == []
