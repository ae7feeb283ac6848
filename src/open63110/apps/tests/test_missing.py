# SPDX-License-Identifier: Apache-2.0
"""Who has had no link for too long is found by whoever looks now and then; what was away with the node is not missed at once."""

import asyncio
import contextlib
from datetime import timedelta

from tests.literal import T0, Clock, Ids

from open63110.apps.missing import EVERY, Missing
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.alarm import StationAlarm
from open63110.model.policy import Policy
from open63110.model.station import Registration, Station
from open63110.ports import Where
from open63110.runtime.engine import Engine
from open63110.runtime.rows import TurnRows
from open63110.runtime.table import discover
from open63110.store.memory import MemoryStore

TABLE = discover()
A, B, C = (StationId(name) for name in "ABC")


class Quick(Clock):
    """A second is over at once."""

    def real(self, seconds: float) -> float:
        return seconds / 10_000


class House:
    """A CSMS with three stations: one is away, one is there, one is not accepted."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.clock = Quick(T0)
        self.engine = Engine(Role.CSMS, TABLE, MemoryStore(), self.clock, Ids(), policy or Policy())
        for one in (
            Station(id=A, registration=Registration.ACCEPTED),
            Station(id=B, registration=Registration.ACCEPTED, connected=T0),
            Station(id=C, registration=Registration.QUARANTINED),
        ):
            self.engine.stations[one.id] = one
        self.missing = Missing(self.engine)

    async def looked(self, seconds: float) -> list[str]:
        self.clock.at += timedelta(seconds=seconds)
        await self.missing.look()
        return self.alarmed()

    def alarmed(self) -> list[str]:
        rows = TurnRows(self.engine.known.under_way, {})
        return [one.station for one in rows.load(StationAlarm, Where("open", "=", True))]


async def test_a_station_is_missed_once_and_again_after_it_was_back() -> None:
    house = House()
    assert await house.looked(9_999) == []
    assert await house.looked(599) == []
    assert await house.looked(1) == [A]
    assert await house.looked(600) == [A]
    assert len(house.engine.known.under_way.load(StationAlarm, (), {})) == 1
    house.engine.stations[A] = Station(id=A, registration=Registration.ACCEPTED, connected=house.clock.at)
    await house.looked(10)
    house.engine.stations[A] = Station(id=A, registration=Registration.ACCEPTED)
    await house.looked(599)
    assert "unreached" not in house.engine.stations[A].flags
    await house.looked(600)
    assert "unreached" in house.engine.stations[A].flags


async def test_an_operator_may_miss_nobody() -> None:
    house = House(Policy(offline_after=Seconds(0.0)))
    await house.looked(1)
    assert await house.looked(99_999) == []


async def test_others_have_their_turn_while_many_are_missed() -> None:
    house, turns = House(), list[int]()
    for number in range(20):
        one = Station(id=StationId(f"D-{number}"), registration=Registration.ACCEPTED)
        house.engine.stations[one.id] = one
    await house.looked(1)

    async def others() -> None:
        while len(house.alarmed()) < 21:
            turns.append(len(house.alarmed()))
            await asyncio.sleep(0)

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(others())
        await house.looked(600)
    assert len(set(turns)) > 10


async def test_it_looks_by_itself() -> None:
    house = House(Policy(offline_after=Seconds(0.001)))
    running = asyncio.create_task(house.missing.run())
    async with asyncio.timeout(10):
        while not house.alarmed():
            house.clock.at += timedelta(seconds=EVERY)
            await asyncio.sleep(0.001)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
