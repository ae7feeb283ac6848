# SPDX-License-Identifier: Apache-2.0
"""Orders find the binding that has their station."""

from datetime import UTC, datetime
from typing import Any

import pytest

from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command
from open63110.model.order import Order
from open63110.runtime.links import Links
from open63110.usecases.services.authorize_locally import AskLocalListVersion

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


class Wire:
    """A binding with some stations."""

    def __init__(self, *stations: str) -> None:
        self.stations = set(stations)
        self.sent: list[Order] = []

    def connected(self, station: StationId) -> bool:
        return station in self.stations

    def send(self, order: Order, command: Command) -> None:
        assert command.station == order.station
        self.sent.append(order)


def order(station: str) -> tuple[Order, Command]:
    where: Any = station
    made = Order(id=where, station=where, kind="x", by=where, asked=NOON, deadline=NOON, outcome="waiting")  # type: ignore[arg-type] # literals
    return made, AskLocalListVersion(station=where)


def test_an_order_goes_where_its_station_is() -> None:
    one, two = Wire("A"), Wire("B")
    links = Links(one)
    links.add(two)
    assert links.connected(StationId("B"))
    links.send(*order("B"))
    links.send(*order("A"))
    assert ([made.id for made in one.sent], [made.id for made in two.sent]) == (["A"], ["B"])


def test_an_order_for_a_station_that_is_nowhere_is_not_sent() -> None:
    links = Links(Wire("A"), Wire())
    assert not links.connected(StationId("C"))
    with pytest.raises(Unavailable):
        links.send(*order("C"))
