# SPDX-License-Identifier: Apache-2.0
"""An order for a log that does not get through ends the wait for that log, and no other order does."""

from datetime import UTC, datetime

import msgspec
import pytest

from open63110.flows.refuse_log_with_order import then
from open63110.kernel.ids import OrderId, PrincipalId, StationId
from open63110.model.order import Order, OrderChanged, Outcome
from open63110.runtime.engine import encode_command
from open63110.usecases.stations.reboot_station import RebootStation
from open63110.usecases.stations.retrieve_logs import LogAnswered, RetrieveLog

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CS = StationId("CS-1")
ORDER = Order(
    id=OrderId("o"),
    station=CS,
    kind="RetrieveLog",
    by=PrincipalId("ann"),
    asked=NOW,
    deadline=NOW,
    outcome=Outcome.EXPIRED,
    reason="Deadline",
    body=encode_command(RetrieveLog(station=CS, request=3)).decode(),
)


def told(**change: object) -> list[object]:
    return list(then(OrderChanged(station=CS, at=NOW, orders=msgspec.structs.replace(ORDER, **change))))


@pytest.mark.parametrize("outcome", [Outcome.EXPIRED, Outcome.REJECTED, Outcome.NOT_SUPPORTED, Outcome.FAILED])
def test_an_order_that_ends_otherwise_than_with_yes_ends_the_wait(outcome: Outcome) -> None:
    assert told(outcome=outcome) == [LogAnswered(station=CS, at=NOW, request=3, accepted=False, reason="Deadline")]
    assert told(outcome=outcome, reason="") == [LogAnswered(station=CS, at=NOW, request=3, accepted=False, reason=outcome)]


@pytest.mark.parametrize("outcome", [Outcome.WAITING, Outcome.SENT, Outcome.ACCEPTED])
def test_while_it_may_come_nothing_is_said(outcome: Outcome) -> None:
    assert told(outcome=outcome) == []


def test_orders_about_other_things_and_those_without_a_number_end_no_wait() -> None:
    assert told(body=encode_command(RetrieveLog(station=CS)).decode()) == []
    assert told(kind="RebootStation", body=encode_command(RebootStation(station=CS)).decode()) == []
