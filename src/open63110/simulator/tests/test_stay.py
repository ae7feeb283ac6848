# SPDX-License-Identifier: Apache-2.0
"""One EV from its arrival to its departure, and what goes wrong meanwhile."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from open63110.kernel.units import Amperes, Seconds, Volts, WattHours, Watts
from open63110.model.der import DerKind
from open63110.model.needs import Needs
from open63110.model.token import Credential
from open63110.simulator.car import Car
from open63110.simulator.hardware import SimulatedStation
from open63110.simulator.meter import Meter
from open63110.simulator.outlet import Outlet, Rating, Winding
from open63110.simulator.schedule import Schedule
from open63110.simulator.service import Served
from open63110.simulator.stay import KINDS, stay, trouble
from open63110.simulator.visits import Visit

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CARD = Credential(kind="ISO14443", value="04A1")
RATING = Rating(tuple(map(Winding, range(3))), Volts(230.0), Amperes(32.0))


class World:
    """A clock moved by hand, a station, a controller that lets the card charge from the so-manieth time it is shown on."""

    def __init__(self, *, good_from: int = 1) -> None:
        self.at, self.powered, self._good = START, True, good_from
        self.seen: list[str] = []
        self.outbox: list[str] = []
        self.schedule = Schedule(self)
        self.outlet = Outlet(1, Meter("M1"), RATING)
        self.station = SimulatedStation("CS-1", [self.outlet], self, self.schedule)
        self.station.controller = self
        self.limit = Watts(11_040.0)

    def now(self) -> datetime:
        return self.at

    def real(self, seconds: float) -> float:
        return seconds

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            self.schedule.go_on()
            self.at += timedelta(seconds=1)
            self.outlet.advance(self.at)

    def present(self, evse: int, credential: Credential) -> None:
        self.seen.append("card")
        if self.outlet.closed:
            self.station.open_contactor(evse)
        elif self.seen.count("card") >= self._good:
            self.station.close_contactor(evse, self.limit)

    def plug(self, evse: int, connector: int = 1) -> None:
        self.seen.append("plug")

    def unplug(self, evse: int, connector: int = 1) -> None:
        self.seen.append("unplug")

    def sample(self, evse: int) -> None:
        pass

    def fault(self, evse: int, code: str, severity: int = 3) -> None:
        pass

    def feel_grid(self, kind: DerKind, fault: str, *, ended: bool) -> None:
        """Nobody asks for the grid here."""

    def need(self, evse: int, needs: Needs) -> None:
        self.seen.append("need")

    def power_up(self, reason: str = "PowerUp") -> None:
        self.powered = True
        self.seen.append("up")

    def power_down(self) -> None:
        self.powered = False
        self.seen.append("down")

    def cut_link(self) -> None:
        self.seen.append("cut")

    def mend_link(self) -> None:
        self.seen.append("mend")

    def slow(self, seconds: float) -> None:
        self.seen.append("slow" if seconds else "fast")

    def half_open(self) -> None:
        self.seen.append("half-open")

    def drop(self) -> None:
        self.seen.append("drop")


def come(world: World, hours: float, need: float) -> list[Served]:
    found: list[Served] = []
    visit = Visit(0, Seconds(0.0), Seconds(hours * 3600), WattHours(need))
    car = Car(visit.need, 3, Amperes(32.0))
    world.schedule.begin(stay(world.station, world.outlet, visit, car, CARD, found.append))
    world.wait(hours * 3600 + 5)
    return found


def test_an_ev_leaves_in_time_and_what_it_got_is_compared_with_what_it_could_have() -> None:
    world = World()
    (found,) = come(world, 1.0, 50_000.0)
    assert world.seen == ["plug", "card", "card", "unplug"], "the card ends what it began"
    assert found.taken == pytest.approx(11_040.0, rel=0.01)
    assert found.possible == pytest.approx(22_080.0, rel=0.01)
    assert found.waited is not None
    assert found.waited < 10.0
    assert not world.outlet.plugged


def test_a_driver_tries_again_while_nothing_begins() -> None:
    world = World(good_from=3)
    (found,) = come(world, 1.0, 5_000.0)
    assert world.seen.count("card") == 4
    assert found.waited == pytest.approx(375, abs=30)
    assert found.taken == found.possible == pytest.approx(5_000.0)


def test_who_gets_nothing_is_known_to_have_got_nothing() -> None:
    (found,) = come(World(good_from=99), 0.5, 5_000.0)
    assert (found.taken, found.waited) == (0.0, None)
    assert found.possible == pytest.approx(5_000.0)


def test_troubles_of_every_kind_come_and_go() -> None:
    world, noted = World(), list[str]()
    chance = random.Random(2)
    world.schedule.begin(trouble(world.station, world, KINDS, 1_800.0, chance, noted.append))
    world.wait(24 * 3600)
    assert set(noted) == set(KINDS)
    for one, other in (("cut", "mend"), ("half-open", "drop"), ("slow", "fast"), ("down", "up")):
        assert 0 <= world.seen.count(one) - world.seen.count(other) <= 1, one
