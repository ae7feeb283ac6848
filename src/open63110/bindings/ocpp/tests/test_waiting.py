# SPDX-License-Identifier: Apache-2.0
"""Invented identities take up a bounded room, and those who left it make room again (8.3.15, I6)."""

from open63110.bindings.ocpp.waiting import COUNT_EVERY, WaitingRoom
from open63110.kernel.ids import StationId
from open63110.model.station import Registration, Station

MOST = 3


class Site:
    """Stations, a clock, and the room."""

    def __init__(self, *waiting: str) -> None:
        self.at = 0.0
        self.stations: dict[StationId, Station] = {}
        for name in waiting:
            self.waits(name)
        self.room = WaitingRoom(self.stations, MOST, time=lambda: self.at)

    def waits(self, name: str, registration: Registration = Registration.QUARANTINED) -> None:
        self.stations[StationId(name)] = Station(id=StationId(name), registration=registration)

    def admits(self, *names: str) -> list[bool]:
        return [self.room.admits(StationId(name)) for name in names]


def test_so_many_strangers_are_let_in_and_no_more() -> None:
    assert Site().admits("A", "B", "C", "D") == [True, True, True, False]


def test_those_who_wait_since_the_last_run_take_up_room() -> None:
    assert Site("A", "B").admits("C", "D") == [True, False]


def test_stations_that_are_known_take_up_none() -> None:
    site = Site()
    for registration in set(Registration) - {Registration.QUARANTINED}:
        site.waits(registration.value, registration)
    assert site.admits("A", "B", "C", "D") == [True, True, True, False]


def test_a_stranger_that_tries_again_keeps_its_place_and_takes_no_second() -> None:
    assert Site().admits("A", "A", "A", "A", "B", "C", "D") == [True, True, True, True, True, True, False]


def test_the_place_of_one_who_never_came_in_or_was_registered_is_given_to_another() -> None:
    site = Site()
    site.admits("A", "B", "C")
    site.waits("A")
    site.waits("B", Registration.NEW)
    assert site.admits("D") == [False]
    site.at += COUNT_EVERY
    assert site.admits("D", "E", "F") == [True, True, False]


def test_a_flood_does_not_make_it_count_at_each_knock() -> None:
    site = Site("A", "B", "C")
    site.stations.clear()
    assert site.admits(*(f"X{n}" for n in range(100))) == [False] * 100
    site.at += COUNT_EVERY
    assert site.admits("X") == [True]
