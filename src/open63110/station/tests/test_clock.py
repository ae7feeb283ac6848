# SPDX-License-Identifier: Apache-2.0
"""Time that a station is told and does not take over, and changes that its own clock brings about (B.13)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.literal import Ids
from tests.unwatched import Unwatched

from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Command, Event
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.order import Outcome
from open63110.model.policy import StationPolicy
from open63110.model.reading import Reading
from open63110.model.station import Identity, Registration, StationConnected
from open63110.model.token import AuthorizationStatus, Credential
from open63110.model.transfer import TransferState
from open63110.runtime.engine import Engine
from open63110.runtime.orders import Verdict
from open63110.runtime.table import discover
from open63110.simulator.forgetful import ForgetfulStore
from open63110.station.controller import Controller, Controllers
from open63110.usecases.energy.smart_charging import LimitPower
from open63110.usecases.services.authorize_locally import CredentialAnswered
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.onboard_station import RegistrationAnswered, TimeTold

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CARD = Credential(kind="ISO14443", value="04A1")
TABLE = discover()
E1 = EvseNumber(1)
HOUR = timedelta(hours=1)


class World:
    """The right time, and what moves with it."""

    def __init__(self) -> None:
        self.at = NOON
        self.writing: list[asyncio.Task[None]] = []


class Place(Unwatched):
    """A station with a clock of its own, its hardware and its line, all of them a test's."""

    def __init__(self, world: World, number: int, *, skew: float = 0.0, settable: bool = True) -> None:
        self.world, self.skew, self.settable = world, timedelta(seconds=skew), settable
        self.id = StationId(f"CS-{number}")
        self.engine = Engine(Role.STATION, TABLE, ForgetfulStore(), self, Ids(), StationPolicy(), linger=0.0)
        self.controller = Controller(self.id, self.engine, identity=Identity(), layout=(1,), limit=11_000.0)
        self.controller.hardware = self.controller.line = self
        Controllers(self.engine).add(self.controller)
        world.writing.append(asyncio.create_task(self.engine.commit.run()))
        self.closed, self.open, self.slewed = False, True, 0.0
        self.said: list[Any] = []

    def now(self) -> datetime:
        return self.world.at + self.skew

    def real(self, seconds: float) -> float:
        return seconds / 1000

    def plugged(self, evse: int) -> bool:
        return False

    def close_contactor(self, evse: int, limit: float) -> None:
        self.closed = True

    def open_contactor(self, evse: int) -> None:
        self.closed = False

    def register(self, evse: int) -> float:
        return 1000.0

    def readings(self, evse: int) -> tuple[Reading, ...]:
        return (Reading(at=self.now(), measurand="energy.import.register", value=1000.0),)

    def state(self, evse: int) -> TransferState | None:
        return "charging" if self.closed else None

    def faults(self) -> list[tuple[int, str, int]]:
        return []

    def sample_every(self, seconds: float) -> None:
        raise AssertionError

    def unlock(self, evse: int, connector: int) -> None:
        raise AssertionError

    def restart(self, reason: str, evse: int | None) -> None:
        raise AssertionError

    def set_clock(self, by: float) -> bool:
        if self.settable:
            self.skew += timedelta(seconds=by)
        return self.settable

    def slew_clock(self, by: float) -> bool:
        self.slewed = by
        return self.settable

    def dial(self) -> None:
        """There is a line always."""

    def cut(self) -> None:
        raise AssertionError

    def go_by(self, ways: object, attempts: int) -> None:
        raise AssertionError

    def judged(self, *, accepted: bool) -> None:
        """There is one way."""

    def show(self, secret: str) -> None:
        raise AssertionError

    def bear(self, seconds: float) -> None:
        raise AssertionError

    def call(self, key: Any, message: Command | Event, seconds: float) -> None:
        self.said.append((key, message))

    async def hears(self, *messages: Any) -> None:
        self.controller.before(messages)
        self.engine.hear(messages)
        await self.settle()

    async def settle(self) -> None:
        await self.engine.commit.drain()
        await asyncio.sleep(0.01)

    async def told(self) -> list[Any]:
        """Answer everything, and return it."""
        found = []
        await self.settle()
        while self.said:
            key, message = self.said.pop(0)
            found.append(message)
            self.controller.over(key, Verdict(outcome=Outcome.ACCEPTED))
            await self.settle()
        return found

    async def accepted(self) -> None:
        self.controller.power_up()
        await self.hears(StationConnected(station=self.id, at=self.now(), wire="ocpp2.1"))
        self.controller.link_changed()
        await self.told()
        yes, right = Registration.ACCEPTED, self.world.at
        await self.hears(RegistrationAnswered(station=self.id, at=self.now(), registration=yes, interval=300.0, now=right))
        await self.told()

    async def charging(self) -> None:
        await self.accepted()
        self.controller.plug(1)
        self.controller.present(1, CARD)
        await self.told()
        subject = self.engine.known.ref(CARD)
        yes = AuthorizationStatus.ACCEPTED
        await self.hears(CredentialAnswered(station=self.id, at=self.now(), subject=subject, status=yes, evse=E1))
        assert self.closed


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    for one in made.writing:
        one.cancel()


@pytest.mark.at("AT-B.13-3")
@pytest.mark.parametrize("settable", [False, True])
async def test_a_step_of_an_hour_is_refused_while_metering_and_told_once(world: World, *, settable: bool) -> None:
    place = Place(world, 1, settable=settable)
    await place.charging()
    await place.told()
    for _ in range(3):
        await place.hears(TimeTold(station=place.id, at=place.now(), now=NOON + HOUR))
    assert place.now() == NOON
    events = [one for one in await place.told() if isinstance(one, StationEventReported)]
    assert [(one.component, one.at) for one in events] == [("ClockCtrlr", NOON)] * 2
    assert [(one.code, one.actual) for one in events[1:]] == [("ClockUncertain", "uncertain")]
    assert events[0].code == "ClockStepRefused"
    assert "+3600 s" in events[0].text
    for now in (NOON, NOON - HOUR):
        await place.hears(TimeTold(station=place.id, at=place.now(), now=now))
    assert len([one for one in await place.told() if isinstance(one, StationEventReported)]) == 1


async def test_a_clock_is_slewed_while_metering_and_set_once_energy_has_stopped(world: World) -> None:
    place = Place(world, 1)
    await place.charging()
    await place.told()
    off = timedelta(seconds=4)
    await place.hears(TimeTold(station=place.id, at=place.now(), now=NOON + off, within=0.05))
    assert (place.now(), place.slewed) == (NOON, 4.0)
    uncertain = [one for one in await place.told() if isinstance(one, StationEventReported)]
    assert [(one.code, one.actual, one.cleared) for one in uncertain] == [("ClockUncertain", "uncertain", False)]
    place.controller.stop(1, "Local")
    await place.told()
    await place.hears(TimeTold(station=place.id, at=place.now(), now=NOON + off, within=0.05))
    assert place.now() == NOON + off
    again = [one for one in await place.told() if isinstance(one, StationEventReported)]
    assert [(one.code, one.actual, one.cleared) for one in again] == [("ClockUncertain", "synchronised", True)]


async def test_a_clock_that_nobody_has_set_for_a_day_is_told_to_be_uncertain_once_energy_flows(world: World) -> None:
    place = Place(world, 1)
    await place.accepted()
    world.at += timedelta(days=1, seconds=1)
    assert [one for one in await place.told() if isinstance(one, StationEventReported)] == []
    place.controller.plug(1)
    place.controller.present(1, CARD)
    await place.told()
    yes, subject = AuthorizationStatus.ACCEPTED, place.engine.known.ref(CARD)
    await place.hears(CredentialAnswered(station=place.id, at=place.now(), subject=subject, status=yes, evse=E1))
    events = [one for one in await place.told() if isinstance(one, StationEventReported)]
    assert [(one.code, one.actual) for one in events] == [("ClockUncertain", "uncertain")]


async def test_a_few_seconds_count_where_the_way_was_measured_and_not_where_nobody_did(world: World) -> None:
    place = Place(world, 1)
    await place.accepted()
    off = timedelta(seconds=4)
    await place.hears(TimeTold(station=place.id, at=place.now(), now=NOON + off))
    assert place.now() == NOON
    await place.hears(TimeTold(station=place.id, at=place.now(), now=NOON + off, within=0.2))
    assert place.now() == NOON + off
    await place.hears(TimeTold(station=place.id, at=place.now(), now=NOON + off + timedelta(seconds=0.25), within=0.2))
    assert place.now() == NOON + off


async def test_a_clock_that_is_set_is_no_event(world: World) -> None:
    place = Place(world, 1)
    await place.accepted()
    await place.hears(TimeTold(station=place.id, at=place.now(), now=NOON + HOUR))
    assert place.now() == NOON + HOUR
    assert [one for one in await place.told() if isinstance(one, StationEventReported)] == []


async def test_twenty_stations_whose_clocks_were_set_change_over_at_one_moment(world: World) -> None:
    places = [Place(world, number, skew=(number - 10.5) * 400.0) for number in range(1, 21)]
    change = NOON + timedelta(minutes=10)
    for place in places:
        await place.accepted()
        assert place.now() == NOON
        await place.hears(LimitPower(station=place.id, limit=Watts(4_140.0), level=1))
        await place.hears(LimitPower(station=place.id, limit=Watts(11_000.0), level=2, until=change))
    changed: dict[StationId, datetime] = {}
    while world.at < change + timedelta(seconds=5):
        world.at += timedelta(milliseconds=250)
        for place in places:
            place.engine.timers.fire_due()
            noun = place.controller.noun
            assert noun is not None
            if noun.limits.in_force[EvseNumber(0)].limit == 4_140.0:
                changed.setdefault(place.id, world.at)
    assert len(changed) == 20
    assert all(abs(at - change) <= timedelta(seconds=1) for at in changed.values())
