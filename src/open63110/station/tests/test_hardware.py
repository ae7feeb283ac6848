# SPDX-License-Identifier: Apache-2.0
"""The hardware of a station as its controller sees it: what state machines and drivers come to together (6.1, 7.10)."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Amperes, Seconds, Watts
from open63110.model.reading import Reading
from open63110.station import hardware as places
from open63110.station.evse import Drive, Fitting, Seen
from open63110.station.hardware import Rating, StationHardware
from open63110.station.limits import FailSafe, Source

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Board:
    """A driver that shows what it is told to, and whose EV follows the pilot."""

    def __init__(self) -> None:
        self.shown: Seen | None = Seen(pilot="A")
        self.cable = Amperes(32.0)
        self.register = 1000.0
        self.drives: list[Drive] = []

    async def run(self) -> None:
        await asyncio.Event().wait()

    def seen(self) -> Seen | None:
        if self.shown is None or self.shown.pilot not in {"B", "C"}:
            return self.shown
        drive = self.drives[-1] if self.drives else Drive()
        follows = replace(self.shown, pilot="C" if drive.amperes else "B", proximity=self.cable, closed=drive.closed)
        return replace(follows, current=drive.amperes if drive.closed else Amperes(0.0))

    def readings(self) -> tuple[Reading, ...]:
        return (Reading(at=AT, measurand="energy.import.register", value=self.register),) if self.shown else ()

    def drive(self, drive: Drive) -> None:
        self.drives.append(drive)


class Ground:
    """The controller, who writes down what it is told, and a clock moved by hand."""

    def __init__(self, **more: Any) -> None:
        self.now, self.board, self.told = 100.0, Board(), list[tuple[Any, ...]]()
        self.powered = True
        self.allowed, self.linked = Watts(22_080.0), True
        self.phases: Amperes | None = None
        self.hardware = StationHardware({1: (self.board, Rating(), Fitting())}, lambda: self.now, **more)
        self.hardware.controller = self

    def power_up(self, reason: str = "PowerUp") -> None:
        self.powered = True
        self.told.append(("up", reason))

    def power_down(self) -> None:
        self.powered = False
        self.told.append(("down",))

    def plug(self, evse: int, connector: int = 1) -> None:
        self.told.append(("plug", evse))

    def unplug(self, evse: int, connector: int = 1) -> None:
        self.told.append(("unplug", evse))

    def sample(self, evse: int) -> None:
        self.told.append(("sample", self.hardware.state(evse)))

    def fault(self, evse: int, code: str, severity: int = 3) -> None:
        self.told.append(("fault", code, severity))

    def stop(self, evse: int, reason: str, trigger: str = "AbnormalCondition") -> None:
        self.told.append(("stop", reason))

    def capped(self, evse: int, caps: dict[str, Watts]) -> None:
        self.told.append(("capped", {name: round(watts) for name, watts in caps.items()}))

    def offer(self, evse: EvseNumber) -> Watts:
        return self.allowed

    def phase_limit(self, evse: EvseNumber) -> Amperes | None:
        return self.phases

    def passes(self, seconds: float) -> "Ground":
        """Let time pass, looking as often as the station does."""
        until = self.now + seconds
        while self.now < until:
            self.now += places.TICK
            self.hardware.tick()
        return self

    def charging(self) -> "Ground":
        self.board.shown = Seen(pilot="B")
        self.passes(0.3)
        self.hardware.close_contactor(1, 22_080.0)
        self.passes(1.0)
        assert self.flowing == 32.0
        self.told.clear()
        return self

    @property
    def flowing(self) -> float:
        drive = self.board.drives[-1]
        return drive.amperes if drive.closed else 0.0

    @property
    def source(self) -> Source | None:
        offer = self.hardware.bays[1].offer
        return offer.source if offer else None


def test_an_ev_that_comes_and_goes_is_told_with_what_its_cable_carries() -> None:
    ground = Ground().passes(0.2)
    ground.board.cable = Amperes(20.0)
    ground.board.shown = Seen(pilot="B")
    ground.passes(0.2)
    assert ground.hardware.plugged(1)
    ground.board.shown = Seen(pilot="A")
    ground.passes(0.2)
    hardware = {"hardware": 22_080}
    assert ground.told == [
        ("capped", hardware),
        ("plug", 1),
        ("capped", {**hardware, "cable": 13_800}),
        ("unplug", 1),
        ("capped", hardware),
    ]


def test_energy_flows_when_a_transfer_runs_and_its_state_is_told_once_it_has_settled() -> None:
    ground = Ground().charging().passes(5.0)
    assert ground.told == [("sample", "charging")]
    ground.passes(60.0)
    assert ground.told == [("sample", "charging")] * 2
    ground.hardware.open_contactor(1)
    ground.passes(1.0)
    assert (ground.flowing, ground.hardware.state(1)) == (0.0, None)


def test_a_limit_of_the_csms_is_kept_to_within_a_look() -> None:
    ground = Ground().charging()
    ground.allowed = Watts(6_900.0)
    ground.passes(0.2)
    assert (ground.flowing, ground.source) == (10.0, Source.COMMAND)
    ground.phases = Amperes(7.0)
    ground.passes(0.2)
    assert ground.flowing == 7.0
    ground.allowed = Watts(3_000.0)
    ground.passes(5.0)
    assert (ground.flowing, ground.hardware.state(1)) == (0.0, "suspended-evse")


def test_without_a_link_the_fail_safe_of_the_station_holds_after_its_time() -> None:
    ground = Ground(fail_safe=FailSafe(limit=Amperes(6.0), after=Seconds(60.0))).charging()
    ground.linked = False
    assert ground.passes(59.0).flowing == 32.0
    assert ground.passes(1.5).flowing == 6.0
    assert ground.source is Source.FAIL_SAFE
    ground.linked = True
    assert ground.passes(6.0).flowing == 32.0


def test_an_emergency_stop_opens_is_told_first_and_ends_the_transfer() -> None:
    ground = Ground().charging()
    ground.board.shown = Seen(pilot="B", emergency=True)
    ground.passes(0.1)
    assert (ground.flowing, ground.told[:2]) == (0.0, [("fault", "EmergencyStop", 0), ("stop", "EmergencyStop")])
    assert ground.hardware.faults() == [(1, "EmergencyStop", 0)]


def test_a_fault_stops_energy_and_an_ev_that_wants_none_is_told_apart() -> None:
    ground = Ground().charging()
    ground.board.shown = Seen(pilot="B", trouble="PowerMeterFailure")
    ground.passes(0.2)
    assert (ground.flowing, ground.hardware.state(1)) == (0.0, "suspended-evse")
    ground.board.shown = Seen(pilot="E")
    ground.passes(0.2)
    assert ("fault", "EVCommunicationError", 3) in ground.told
    ground.board.shown = Seen(pilot="B")
    ground.passes(7.0)
    assert ground.hardware.state(1) == "charging"
    assert ground.hardware.register(1) == 1000.0


def test_a_controller_without_power_is_told_nothing_and_asks_when_it_comes_up() -> None:
    ground = Ground()
    ground.powered = False
    ground.board.shown = Seen(pilot="B", trouble="InternalError")
    ground.passes(1.0)
    assert ground.told == []
    assert (ground.hardware.plugged(1), ground.hardware.faults()) == (True, [(1, "InternalError", 3)])


def test_a_cable_is_let_go_of_but_not_while_energy_flows() -> None:
    ground = Ground().charging()
    before = len(ground.board.drives)
    ground.hardware.unlock(1, 1)
    assert len(ground.board.drives) == before
    ground.hardware.open_contactor(1)
    ground.passes(1.0)
    ground.hardware.unlock(1, 1)
    assert ground.board.drives[-1].locked is False


def test_what_no_driver_has_seen_yet_is_left_alone() -> None:
    ground = Ground()
    ground.board.shown = None
    ground.passes(1.0)
    assert (ground.told, ground.board.drives, ground.hardware.register(1)) == ([], [], 0.0)


async def test_the_clock_is_set_where_it_may_be() -> None:
    assert not Ground().hardware.set_clock(5.0)
    moved: list[float] = []
    assert Ground(set_clock=moved.append).hardware.set_clock(5.0)
    assert moved == [5.0]


async def test_a_restart_goes_down_and_comes_up_again_once(monkeypatch: Any) -> None:
    monkeypatch.setattr(places, "BEFORE_RESTART", 0.01)
    monkeypatch.setattr(places, "RESTART", 0.01)
    ground = Ground()
    ground.hardware.restart("RemoteReset", 1)
    ground.hardware.restart("RemoteReset", None)
    ground.hardware.restart("ScheduledReset", None)
    async with asyncio.timeout(5.0):
        while len(ground.told) < 2:  # noqa: ASYNC110 - told by a timer
            await asyncio.sleep(0.005)
    assert ground.told == [("down",), ("up", "RemoteReset")]


async def test_it_looks_by_itself_and_says_when_all_was_seen() -> None:
    ground = Ground()
    ground.board.shown = None
    assert not await ground.hardware.all_seen(0.05)
    ground.passes(0.2)
    assert ground.told[0] == ("fault", "InternalError", 3)
    ground.board.shown = Seen(pilot="B")
    assert await ground.hardware.all_seen(1.0)
    running = asyncio.create_task(ground.hardware.run())
    async with asyncio.timeout(5.0):
        while ("plug", 1) not in ground.told:  # noqa: ASYNC110 - told by its own task
            await asyncio.sleep(0.005)
    ground.hardware.restart("RemoteReset", None)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
