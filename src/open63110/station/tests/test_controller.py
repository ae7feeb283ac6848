# SPDX-License-Identifier: Apache-2.0
"""The controller on the real engine: what follows from what hardware and CSMS do (6.1, 8.3.5, 8.3.7, 8.4.4)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.literal import Ids
from tests.unwatched import Unwatched

from open63110.kernel.errors import NotSupported, Trouble, Unavailable
from open63110.kernel.ids import EvseNumber, StationId, SubjectRef
from open63110.kernel.messages import Command, Event
from open63110.kernel.roles import Role
from open63110.model.authorization import StopRemotely
from open63110.model.order import Outcome
from open63110.model.policy import StationPolicy
from open63110.model.reading import Reading
from open63110.model.station import Identity, Registration, StationConnected, StationDisconnected
from open63110.model.token import AuthorizationStatus, Credential
from open63110.model.transfer import TransferState
from open63110.runtime.engine import Engine
from open63110.runtime.orders import Verdict
from open63110.runtime.table import discover
from open63110.simulator.forgetful import ForgetfulStore
from open63110.station.controller import FACT, REQUEST, Controller, Controllers
from open63110.usecases.services.authorize_externally import StartRemotely, UnlockConnector
from open63110.usecases.services.authorize_locally import CredentialAnswered
from open63110.usecases.stations.onboard_station import RegistrationAnswered, TimeTold
from open63110.usecases.stations.reboot_station import RebootMode, RebootStation

CS, E1 = StationId("CS-1"), EvseNumber(1)
CARD = Credential(kind="ISO14443", value="04A1")
TABLE = discover()
YES = Verdict(outcome=Outcome.ACCEPTED)


class Ground(Unwatched):
    """Clock, hardware and line of one station: each written down, each moved by hand."""

    def __init__(self, policy: StationPolicy) -> None:
        self.at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        self.engine = Engine(Role.STATION, TABLE, ForgetfulStore(), self, Ids(), policy, linger=0.0)
        self.controller = Controller(CS, self.engine, identity=Identity(vendor="V", model="M"), layout=(1, 1), limit=11_000.0)
        self.controller.hardware = self.controller.line = self
        Controllers(self.engine).add(self.controller)
        self.closed: dict[int, bool] = {1: False, 2: False}
        self.deeds: list[tuple[Any, ...]] = []
        self.cars: set[int] = set()
        self.broken: list[tuple[int, str, int]] = []
        self.meter, self.open, self.settable = 1000.0, False, True
        self.said: list[Any] = []
        self.deaf: Trouble | None = None

    def now(self) -> datetime:
        return self.at

    def real(self, seconds: float) -> float:
        return seconds / 1000

    def plugged(self, evse: int) -> bool:
        return evse in self.cars

    def close_contactor(self, evse: int, limit: float) -> None:
        self.closed[evse] = True
        self.deeds.append(("close", evse, limit))

    def open_contactor(self, evse: int) -> None:
        self.closed[evse] = False
        self.deeds.append(("open", evse))

    def register(self, evse: int) -> float:
        return self.meter

    def readings(self, evse: int) -> tuple[Reading, ...]:
        return (Reading(at=self.at, measurand="energy.import.register", value=self.meter),)

    def state(self, evse: int) -> TransferState | None:
        return "charging" if self.closed[evse] else None

    def faults(self) -> list[tuple[int, str, int]]:
        return self.broken

    def sample_every(self, seconds: float) -> None:
        raise AssertionError

    def unlock(self, evse: int, connector: int) -> None:
        self.deeds.append(("unlock", evse, connector))

    def restart(self, reason: str, evse: int | None) -> None:
        self.deeds.append(("restart", reason, evse))

    def set_clock(self, by: float) -> bool:
        if self.settable:
            self.at += timedelta(seconds=by)
        return self.settable

    def slew_clock(self, by: float) -> bool:
        raise AssertionError

    def dial(self) -> None:
        self.deeds.append(("dial",))

    def cut(self) -> None:
        self.deeds.append(("cut",))

    bear = sample_every
    go_by = show = judged = lambda self, *said, **_: self.deeds.append(("line", *said))

    def call(self, key: Any, message: Command | Event, seconds: float) -> None:
        if self.deaf is not None:
            raise self.deaf
        if not self.open:
            raise Unavailable("there is no connection")
        self.said.append((key, message))

    # what the test does
    async def settle(self) -> None:
        await self.engine.commit.drain()
        await asyncio.sleep(0.01)

    async def link(self, *, up: bool) -> None:
        self.open = up
        self.at += timedelta(seconds=1)
        kind: Any = (
            StationConnected(station=CS, at=self.at, wire="ocpp2.0.1") if up else StationDisconnected(station=CS, at=self.at)
        )
        self.engine.hear((kind,))
        self.controller.link_changed()
        await self.settle()

    async def answer(self, verdict: Verdict = YES) -> Any:
        """Answer the oldest call; return what it said."""
        key, message = self.said.pop(0)
        self.controller.over(key, verdict)
        await self.settle()
        return message

    async def answer_all(self) -> list[str]:
        return [type(await self.answer()).__name__ for _ in iter(lambda: bool(self.said), False)]

    async def end(self) -> Any:
        """Answer everything up to the end of a transfer; return that."""
        while not hasattr(message := await self.answer(), "reason"):
            pass
        return message

    async def accepted(self) -> None:
        """Switch on, connect, be accepted."""
        self.controller.power_up()
        await self.link(up=True)
        await self.answer()
        said = RegistrationAnswered(station=CS, at=self.at, registration=Registration.ACCEPTED, interval=300.0, now=self.at)
        self.engine.hear((said,))
        await self.settle()
        await self.answer_all()

    async def hears(self, *messages: Any) -> None:
        self.controller.before(messages)
        self.engine.hear(messages)
        await self.settle()

    def subject(self) -> SubjectRef:
        return self.engine.known.ref(CARD)

    async def charging(self) -> None:
        """Somebody charges at EVSE 1, admitted by the CSMS."""
        await self.accepted()
        self.controller.plug(1)
        self.controller.present(1, CARD)
        await self.settle()
        await self.answer_all()
        yes = CredentialAnswered(station=CS, at=self.at, subject=self.subject(), status=AuthorizationStatus.ACCEPTED, evse=E1)
        await self.hears(yes)
        assert self.closed[1]


@pytest.fixture
async def ground() -> AsyncIterator[Ground]:
    made = Ground(StationPolicy(offline="allow-unknown"))
    writing = asyncio.create_task(made.engine.commit.run())
    yield made
    writing.cancel()


async def test_a_station_boots_first_and_tells_its_connectors_once_it_is_accepted(ground: Ground) -> None:
    ground.controller.power_up()
    await ground.settle()
    assert (ground.deeds, ground.said) == ([("dial",)], [])
    await ground.link(up=True)
    assert [type(message).__name__ for _, message in ground.said] == ["StationBooted"]
    await ground.answer()
    assert ground.said == []
    await ground.hears(
        RegistrationAnswered(station=CS, at=ground.at, registration=Registration.ACCEPTED, interval=300.0, now=ground.at)
    )
    assert await ground.answer_all() == ["ConnectorReported", "ConnectorReported"]


async def test_a_card_is_asked_about_and_an_answer_lets_energy_flow(ground: Ground) -> None:
    await ground.accepted()
    ground.controller.plug(1)
    ground.controller.present(1, CARD)
    await ground.settle()
    assert [key for key, _ in ground.said] == [REQUEST, FACT]
    await ground.answer_all()
    ground.meter = 1000.4
    yes = CredentialAnswered(station=CS, at=ground.at, subject=ground.subject(), status=AuthorizationStatus.ACCEPTED, evse=E1)
    await ground.hears(yes)
    assert ("close", 1, 11_000.0) in ground.deeds
    _, started = ground.said[0]
    assert [one.value for one in started.readings] == [1000.4]


async def test_what_the_csms_ends_ends_with_what_the_meter_shows_then(ground: Ground) -> None:
    await ground.charging()
    await ground.answer_all()
    ground.meter = 4321.5
    reference = ground.controller.running(1)
    assert reference is not None
    await ground.hears(StopRemotely(station=CS, reference=reference))
    ended = await ground.end()
    assert (ended.reason, ended.readings[-1].value) == ("Remote", 4321.5)
    assert (ground.closed[1], ground.controller.running(1)) == (False, None)


async def test_a_late_no_reads_the_meter_before_it_ends_the_transfer(ground: Ground) -> None:
    await ground.charging()
    await ground.answer_all()
    ground.meter = 2000.0
    no = CredentialAnswered(
        station=CS,
        at=ground.at,
        subject=ground.subject(),
        status=AuthorizationStatus.BLOCKED,
        evse=E1,
        reference=ground.controller.running(1),
    )
    await ground.hears(no)
    updated, ended = ground.said[0][1], await ground.end()
    assert (updated.readings[0].value, ended.reason, ended.readings[0].value) == (2000.0, "DeAuthorized", 2000.0)


async def test_a_remote_start_begins_with_what_the_meter_shows_then(ground: Ground) -> None:
    await ground.accepted()
    ground.controller.plug(1)
    await ground.settle()
    await ground.answer_all()
    ground.meter = 1500.0
    await ground.hears(StartRemotely(station=CS, subject=ground.subject(), evse=E1, remote_start=7))
    assert ground.said[0][1].readings[0].value == 1500.0


async def test_an_order_to_reboot_reaches_the_hardware_and_so_does_one_to_unlock(ground: Ground) -> None:
    await ground.charging()
    ground.meter = 1800.0
    await ground.hears(RebootStation(station=CS, mode=RebootMode.IMMEDIATE))
    assert ground.deeds[-2:] == [("open", 1), ("restart", "RemoteReset", None)]
    ground.controller.power_down()
    assert ground.deeds[-1][0] == "cut"
    await ground.link(up=False)
    ground.cars = {2}
    ground.broken = [(1, "GroundFailure", 2)]
    ground.controller.power_up("RemoteReset")
    await ground.settle()
    noun = ground.controller.noun
    assert noun is not None
    assert (noun.boot_reason, noun.evses[E1].connectors[1].state) == ("RemoteReset", "faulted")  # type: ignore[index]  # literal
    assert noun.evses[EvseNumber(2)].connectors[1].state == "occupied"  # type: ignore[index]  # literal
    await ground.hears(UnlockConnector(station=CS, evse=EvseNumber(2)))
    assert ground.deeds[-1] == ("unlock", 2, 1)


async def test_after_a_reboot_that_resumes_energy_flows_again_under_the_same_reference(ground: Ground) -> None:
    await ground.charging()
    before = ground.controller.running(1)
    await ground.hears(RebootStation(station=CS, mode=RebootMode.IMMEDIATE_AND_RESUME))
    ground.controller.power_down()
    assert not ground.closed[1]
    ground.controller.power_up("RemoteReset")
    await ground.settle()
    assert (ground.controller.running(1), ground.closed[1]) == (before, True)


async def test_a_power_cut_ends_what_ran_with_what_the_meter_kept(ground: Ground) -> None:
    await ground.charging()
    await ground.answer_all()
    ground.meter = 1999.0
    ground.controller.power_down()
    await ground.link(up=False)
    ground.controller.power_up()
    await ground.settle()
    await ground.link(up=True)
    assert type(await ground.answer()).__name__ == "StationBooted"
    await ground.hears(
        RegistrationAnswered(station=CS, at=ground.at, registration=Registration.ACCEPTED, interval=300.0, now=ground.at)
    )
    ended = await ground.end()
    assert (ended.reason, ended.readings[0].value, ended.offline) == ("PowerLoss", 1999.0, True)


async def test_what_happens_offline_is_told_in_order_once_there_is_a_link(ground: Ground) -> None:
    await ground.accepted()
    await ground.link(up=False)
    ground.controller.plug(1)
    ground.controller.present(1, CARD)
    await ground.settle()
    ground.meter = 5000.0
    ground.controller.present(1, CARD)
    ground.controller.unplug(1)
    await ground.settle()
    assert ground.controller.running(1) is None
    waiting = ground.controller.waiting
    assert bool(waiting)
    assert str(next(iter(ground.controller.outbox.waiting))) in waiting
    await ground.link(up=True)
    told = [await ground.answer() for _ in range(4)]
    assert [type(one).__name__ for one in told] == [
        "EnergyTransferStarted",
        "StationEventReported",
        "EnergyTransferUpdated",
        "EnergyTransferEnded",
    ]
    assert (told[1].code, told[1].actual) == ("ClockUncertain", "never")
    assert all(one.offline for one in told)
    await ground.answer_all()
    assert not ground.controller.waiting


async def test_a_fact_that_does_not_go_through_is_told_again_and_one_without_words_is_not(ground: Ground) -> None:
    await ground.accepted()
    ground.controller.plug(1)
    await ground.settle()
    first = await ground.answer(Verdict(outcome=Outcome.FAILED, reason="NoAnswer"))
    assert ground.said == [(FACT, first)]
    ground.deaf = NotSupported("no words")
    await ground.answer(Verdict(outcome=Outcome.FAILED, reason="NoAnswer"))
    assert len(ground.controller.outbox) == 0
    ground.deaf = Unavailable("its start was refused", code="NotNamedYet")
    ground.controller.unplug(1)
    await ground.settle()
    assert len(ground.controller.outbox) == 0
    ground.deaf = Unavailable("the queue is full")
    ground.controller.fault(2, "HighTemperature")
    await ground.settle()
    assert len(ground.controller.outbox) == 2
    ground.deaf = None
    await asyncio.sleep(0.02)
    assert await ground.answer_all() == ["ConnectorReported", "StationEventReported"]


async def test_the_link_alone_can_be_lost_and_a_station_without_power_does_not_dial(ground: Ground) -> None:
    ground.controller.mend_link()
    ground.controller.power_up()
    ground.controller.cut_link()
    ground.controller.mend_link()
    assert ground.deeds == [("dial",), ("cut",), ("dial",)]
    ground.controller.sample(2)
    noun = ground.controller.noun
    assert noun is not None
    assert noun.evses[EvseNumber(2)].readings[0].value == 1000.0


async def test_facts_and_requests_of_other_stations_go_nowhere(ground: Ground) -> None:
    other = StationId("CS-2")
    ground.engine.hear((StationConnected(station=other, at=ground.at, wire="ocpp1.6"),))
    await ground.settle()
    assert ground.said == []


async def test_a_clock_is_set_before_anything_bears_its_time(ground: Ground) -> None:
    ground.controller.power_up()
    await ground.link(up=True)
    await ground.answer()
    right, yes = ground.at + timedelta(days=20_000), Registration.ACCEPTED
    await ground.hears(RegistrationAnswered(station=CS, at=ground.at, registration=yes, interval=300.0, now=right))
    assert ground.at == right
    assert {(await ground.answer()).at for _ in range(len(ground.controller.outbox))} == {right}


@pytest.mark.parametrize("step", [-3600, 3600])
async def test_what_was_to_come_comes_in_time_after_the_clock_was_set(ground: Ground, step: int) -> None:
    await ground.accepted()
    await ground.hears(TimeTold(station=CS, at=ground.at, now=ground.at + timedelta(seconds=step)))
    for wait, said in ((299, 0), (2, 1)):
        ground.at += timedelta(seconds=wait)
        ground.engine.timers.fire_due()
        await ground.settle()
        assert len(ground.said) == said


@pytest.mark.parametrize("settable", [False, True])
async def test_a_clock_that_is_right_by_itself_or_metering_is_left_alone(ground: Ground, *, settable: bool) -> None:
    ground.settable = settable
    await (ground.charging if settable else ground.accepted)()
    before = ground.at
    await ground.hears(TimeTold(station=CS, at=before, now=before + timedelta(hours=1)))
    assert ground.at == before
