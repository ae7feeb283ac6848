# SPDX-License-Identifier: Apache-2.0
"""What the world does to a station, and what its controller then sees."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from open63110.kernel.units import WattHours, Watts
from open63110.model.der import DerKind
from open63110.model.needs import Needs
from open63110.model.token import Credential
from open63110.simulator.ev import MAKES, Ev, Make
from open63110.simulator.evse import SimulatedEvse
from open63110.simulator.hardware import BEFORE_RESTART, TELLS, SimulatedStation
from open63110.simulator.meter import Meter
from open63110.simulator.scenarios import SCENARIOS, Cast, begin, people, visit
from open63110.simulator.schedule import Schedule

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CARD, STRANGE = Credential(kind="ISO14443", value="04A1"), Credential(kind="ISO14443", value="0BAD")


class World:
    """A clock moved by hand, a station, and a controller that writes down what it sees and lets who shows a good card charge."""

    def __init__(self) -> None:
        self.at = START
        self.schedule = Schedule(self)
        evses = [SimulatedEvse(number, Meter(f"M{number}")) for number in (1, 2)]
        self.station = SimulatedStation("CS-1", evses, self, self.schedule)
        self.station.controller = self
        self.powered = False
        self.outbox: list[str] = []
        self.seen: list[tuple[Any, ...]] = []

    def now(self) -> datetime:
        return self.at

    def real(self, seconds: float) -> float:
        return seconds

    def wait(self, seconds: float) -> list[tuple[Any, ...]]:
        before = len(self.seen)
        for _ in range(round(seconds)):
            self.schedule.go_on()
            self.at += timedelta(seconds=1)
        return self.seen[before:]

    def note(self, *what: Any) -> None:
        self.seen.append(what)

    def feel_grid(self, kind: DerKind, fault: str, *, ended: bool) -> None:
        self.note("grid", kind, fault, ended)

    def need(self, evse: int, needs: Needs) -> None:
        self.note("need", evse, needs)

    def power_up(self, reason: str = "PowerUp") -> None:
        self.powered = True
        self.note("up", reason)

    def power_down(self) -> None:
        self.powered = False
        self.note("down")
        for evse in self.station.evses:
            self.station.open_contactor(evse)

    def cut_link(self) -> None:
        self.note("cut")

    def mend_link(self) -> None:
        self.note("mended")

    def plug(self, evse: int, connector: int = 1) -> None:
        self.note("plug", evse)

    def unplug(self, evse: int, connector: int = 1) -> None:
        self.note("unplug", evse)
        self.station.open_contactor(evse)

    def present(self, evse: int, credential: Credential) -> None:
        self.note("card", evse)
        if self.station.charging(evse):
            self.station.readings(evse)
            self.station.open_contactor(evse)
        elif credential == CARD:
            self.station.close_contactor(evse, 22_000.0)

    def sample(self, evse: int) -> None:
        self.station.readings(evse)
        self.note("sample", evse, self.station.state(evse))

    def fault(self, evse: int, code: str, severity: int = 3) -> None:
        self.note("fault", evse, code)


@pytest.fixture
def world() -> World:
    made = World()
    made.station.switch_on()
    assert made.wait(1) == [("up", "PowerUp")]
    return made


def test_somebody_charges_and_ends_it_by_card(world: World) -> None:
    world.schedule.begin(visit(world.station, 1, Ev(MAKES[2], 0.2), CARD, 120.0))
    seen = world.wait(200)
    assert [one for one in seen if one[0] != "sample"] == [("plug", 1), ("card", 1), ("card", 1), ("unplug", 1)]
    assert {one[2] for one in seen if one[0] == "sample"} == {"charging"}
    assert world.station.register(1) == pytest.approx(11_000 * 120 / 3600, abs=25)
    assert not world.station.plugged(1)


def test_somebody_whose_card_is_no_good_waits_a_while_and_leaves(world: World) -> None:
    world.schedule.begin(visit(world.station, 2, Ev(MAKES[2], 0.2), STRANGE, 120.0, plug_first=False))
    assert world.wait(150) == [("card", 2), ("plug", 2), ("unplug", 2)]


def test_a_pause_shows_in_the_readings_and_takes_no_energy(world: World) -> None:
    world.schedule.begin(visit(world.station, 1, Ev(MAKES[2], 0.2), CARD, 180.0, pause=60.0, stop_by_card=False))
    seen = world.wait(300)
    assert {one[2] for one in seen if one[0] == "sample"} == {"charging", "suspended-ev"}
    assert world.station.register(1) == pytest.approx(11_000 * 180 / 3600, abs=40)


def test_a_power_cut_keeps_what_the_meter_had_counted(world: World) -> None:
    world.station.arrive(1, Ev(MAKES[2], 0.2))
    world.station.present(1, CARD)
    world.wait(100)
    world.station.lose_power(50.0)
    assert [one for one in world.wait(60) if one[0] in {"up", "down"}] == [("down",), ("up", "PowerUp")]
    assert world.station.register(1) == pytest.approx(11_000 * 100 / 3600, abs=10)
    assert not world.station.present(1, CARD) or world.powered


def test_while_there_is_no_power_nothing_is_seen(world: World) -> None:
    world.station.lose_power(50.0)
    world.wait(1)
    world.station.arrive(1, Ev(MAKES[2], 0.2))
    assert not world.station.present(1, CARD)
    world.station.break_down(2, "GroundFailure", 10.0)
    world.station.leave(1)
    assert [one for one in world.wait(60) if one[0] != "up"] == []


def test_a_restart_comes_up_with_its_reason_and_one_of_an_evse_shows_nothing(world: World) -> None:
    world.station.restart("RemoteReset", None)
    world.station.restart("RemoteReset", 1)
    assert world.wait(BEFORE_RESTART + world.station.boot + 2) == [("down",), ("up", "RemoteReset")]
    assert world.station.restarts == 1
    world.station.crash()
    assert world.wait(30) == [("down",), ("up", "Watchdog")]


def test_a_restart_waits_for_what_is_to_be_told_but_not_for_ever(world: World) -> None:
    world.outbox.append("the end of a transfer")
    world.station.restart("RemoteReset", None)
    assert world.wait(BEFORE_RESTART + 20) == []
    world.outbox.clear()
    assert world.wait(2) == [("down",)]
    world.wait(world.station.boot + 2)
    world.outbox.append("what nobody hears")
    world.station.restart("RemoteReset", None)
    assert world.wait(BEFORE_RESTART + TELLS - 2) == []
    assert world.wait(4) == [("down",)]


def test_a_broken_evse_gives_nothing_until_it_is_whole_again(world: World) -> None:
    world.station.arrive(1, Ev(MAKES[2], 0.2))
    world.station.present(1, CARD)
    world.wait(10)
    world.station.break_down(1, "HighTemperature", 100.0)
    world.wait(50)
    assert world.station.faults() == [(1, "HighTemperature", 2)]
    assert world.station.state(1) == "suspended-evse"
    assert ("fault", 1, "") in world.wait(60)
    assert world.station.faults() == []
    assert world.station.state(1) == "charging"


def test_what_the_grid_does_is_seen_while_there_is_power(world: World) -> None:
    world.powered = True
    world.station.feel_grid(DerKind.LF_MUST_TRIP, "under-frequency")
    assert world.seen.pop() == ("grid", DerKind.LF_MUST_TRIP, "under-frequency", False)
    world.powered = False
    world.station.feel_grid(DerKind.LF_MUST_TRIP, "under-frequency", ended=True)
    assert world.seen[-1][0] != "grid"


def test_the_link_and_the_contactor_can_be_taken_away_for_a_while(world: World) -> None:
    world.station.lose_link(10.0)
    assert world.wait(15) == [("cut",), ("mended",)]
    world.station.arrive(1, Ev(MAKES[2], 0.2))
    world.station.present(1, CARD)
    world.wait(5)
    world.station.halt(1, halted=True)
    world.station.halt(1, halted=False)
    world.station.pause(2, paused=True)
    assert [one[2] for one in world.seen if one[0] == "sample"][-2:] == ["suspended-evse", "charging"]
    world.station.unlock(1, 1)
    assert ("unplug", 1) in world.wait(10)


def test_the_same_seed_tells_the_same_story() -> None:
    stories = []
    for _ in range(2):
        world = World()
        world.station.switch_on()
        cast = Cast(cards=(CARD,), strangers=(STRANGE,), strange=0.3)
        for script in begin(SCENARIOS["rough"], world.station, cast, random.Random(42)):
            world.schedule.begin(script)
        stories.append(world.wait(20_000))
    assert stories[0] == stories[1]
    assert {one[0] for one in stories[0]} == {"up", "down", "cut", "mended", "plug", "unplug", "card", "sample", "fault"}


def test_another_seed_tells_another_story_and_an_idle_station_none(world: World) -> None:
    assert begin(SCENARIOS["idle"], world.station, Cast(cards=(CARD,)), random.Random(1)) == []
    first = [next(people(world.station, 1, Cast(cards=(CARD,)), random.Random(seed))) for seed in (1, 2)]
    assert first[0] != first[1]


def test_a_clock_can_be_set_unless_it_is_right_by_itself() -> None:
    world, moved = World(), list[float]()
    assert not world.station.set_clock(60.0)
    own = SimulatedStation("CS-2", [], world, world.schedule, set_clock=moved.append)
    assert own.set_clock(-60.0)
    assert moved == [-60.0]


def test_an_ev_that_speaks_says_once_what_it_needs_when_energy_may_flow(world: World) -> None:
    leaves = START + timedelta(hours=8)
    for speaks in (True, False):
        ev = Ev(Make("small", WattHours(10_000.0), Watts(3_680.0), 1), 0.1, speaks=speaks, departure=leaves)
        world.station.arrive(1, ev)
        for _ in range(2):
            world.station.close_contactor(1, 3_680.0)
            world.station.open_contactor(1)
        world.station.leave(1)
    (said,) = [one for one in world.seen if one[0] == "need"]
    assert said == ("need", 1, Ev(ev.make, 0.1, departure=leaves).needs(world.at))
