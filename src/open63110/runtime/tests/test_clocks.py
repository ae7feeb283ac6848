# SPDX-License-Identifier: Apache-2.0
"""A clock that is ahead shows at once, one that is slow by what is late by always the same; what waited shows nothing (B.13)."""

from datetime import timedelta

import pytest
from tests.literal import T0, Clock, Ids

from open63110.kernel.ids import StationId, TransferReference
from open63110.kernel.journal import entry
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.station import Station, StationConnected
from open63110.model.transfer import EnergyTransferUpdated
from open63110.runtime.clocks import Clocks
from open63110.runtime.engine import Engine
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore
from open63110.usecases.stations import monitor_station, onboard_station

A = StationId("A")


class Heard:
    """A CSMS that hears a station."""

    def __init__(self, wire: str = "ocpp2.1") -> None:
        self.clock = Clock()
        table = Table([monitor_station.USE_CASE, onboard_station.USE_CASE])
        self.engine = Engine(Role.CSMS, table, MemoryStore(), self.clock, Ids(), Policy())
        self.engine.hear([StationConnected(station=A, at=T0, wire=wire)])
        self.clocks = Clocks(self.engine)

    @property
    def station(self) -> Station:
        return self.engine.stations[A]

    def tell(self, off: float, *, after: float = 60.0, offline: bool = False) -> tuple[str, ...]:
        """Hear something so many seconds later, with a time that is off by so much; return what is marked then."""
        self.clock.at += timedelta(seconds=after)
        at = self.clock.at + timedelta(seconds=off)
        fact = EnergyTransferUpdated(station=A, at=at, reference=TransferReference("t"), seq=1, offline=offline)
        self.clocks.note(entry(fact), self.clock.at)
        return self.station.flags


def test_a_clock_that_is_ahead_is_doubted_at_once() -> None:
    csms = Heard()
    assert csms.tell(290.0) == ()
    assert csms.tell(3_600.0) == ("clock",)
    assert csms.station.clock_ahead == pytest.approx(3_600.0)


def test_a_clock_that_is_slow_is_doubted_once_three_facts_are_late_by_the_same() -> None:
    csms = Heard()
    assert [csms.tell(-1_200.0), csms.tell(-1_203.0), csms.tell(-1_201.0)] == [(), (), ("clock",)]
    assert csms.station.clock_ahead == pytest.approx(-1_201.0)


def test_what_waited_for_a_link_doubts_no_clock() -> None:
    csms = Heard()
    for late in range(60, 0, -1):  # an hour in a minute
        assert csms.tell(-60.0 * late, after=1.0) == ()
    for _ in range(5):
        assert csms.tell(-3_600.0, offline=True) == ()
    assert [csms.tell(-3_600.0, after=0.1) for _ in range(10)] == [()] * 10  # all of one moment


def test_where_a_wire_does_not_say_what_waited_its_time_alone_says_nothing_of_that() -> None:
    csms = Heard("ocpp1.6")
    assert [csms.tell(-1_200.0, offline=True) for _ in range(3)] == [(), (), ("clock",)]


def test_between_two_that_are_late_one_that_is_not_begins_anew() -> None:
    csms = Heard()
    for _ in range(3):
        assert [csms.tell(-1_200.0), csms.tell(-1_200.0), csms.tell(-5.0)] == [()] * 3


def test_a_doubted_clock_is_believed_again_once_three_facts_come_in_time() -> None:
    csms = Heard()
    csms.tell(3_600.0)
    assert [csms.tell(-2.0), csms.tell(-2.0), csms.tell(-2.0)] == [("clock",), ("clock",), ()]
    assert csms.station.clock_ahead == 0.0
