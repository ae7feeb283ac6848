# SPDX-License-Identifier: Apache-2.0
"""What could not be understood is kept raw, and a flood of it is bounded on the disk and in memory (I6, I11)."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.literal import Clock, Ids

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.quarantine import InputQuarantined, QuarantinedInput
from open63110.runtime.engine import Engine
from open63110.runtime.quarantine import OF_ONE, ROOM, SPECIMEN_ROOM, SPECIMENS, Quarantine
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore

CS = StationId("CS-1")
FAULT = Malformed("no JSON")


class Aside:
    """A quarantine before a store that writes when it is told to."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        ids = Ids()
        self.engine = Engine(Role.CSMS, Table([], []), self.store, Clock(), ids, Policy(), linger=0.0)
        self.quarantine = Quarantine(self.engine, ids)
        self.told: list[bool] = []

    def keep(self, raw: bytes, station: StationId = CS) -> None:
        self.quarantine.keep(station, "ocpp2.1", "", FAULT, raw, self.told.append)

    @property
    def kept(self) -> list[bytes]:
        return [one.raw for one in self.store.load(QuarantinedInput)]


@pytest.fixture
async def aside() -> AsyncIterator[Aside]:
    one = Aside()
    running = asyncio.create_task(one.engine.commit.run())
    yield one
    running.cancel()


async def test_it_is_durable_before_anybody_is_told(aside: Aside) -> None:
    aside.keep(b"[2,")
    assert (aside.told, aside.kept) == ([], [])
    await aside.engine.commit.drain()
    assert (aside.told, aside.kept) == ([True], [b"[2,"])
    (fact,) = [one.event for one in await aside.store.facts()]
    assert isinstance(fact, InputQuarantined)
    assert (fact.quarantine.reason, fact.quarantine.wire) == ("Malformed: no JSON", "ocpp2.1")


async def test_of_one_station_so_many_specimens_are_wanted_and_later_as_many_again(aside: Aside) -> None:
    assert [aside.quarantine.curious(CS) for _ in range(SPECIMENS + 5)] == [True] * SPECIMENS + [False] * 5
    assert aside.quarantine.curious(StationId("CS-2"))
    aside.quarantine.begin_anew()
    assert aside.quarantine.curious(CS)


async def test_while_much_waits_for_the_disk_no_specimen_is_wanted_and_afterwards_one_is(aside: Aside) -> None:
    aside.keep(bytes(SPECIMEN_ROOM))
    assert not aside.quarantine.curious(CS)
    await aside.engine.commit.drain()
    assert aside.quarantine.waiting == 0
    assert [aside.quarantine.curious(CS) for _ in range(SPECIMENS)] == [True] * SPECIMENS, "those passed over do not count"


async def test_what_would_take_more_memory_than_there_is_room_for_is_not_acknowledged_and_may_come_again(aside: Aside) -> None:
    aside.keep(bytes(ROOM - 1))
    aside.keep(b"no", StationId("CS-2"))
    assert aside.told == [False], "at once, so that it is not held"
    assert aside.quarantine.waiting == ROOM - 1
    await aside.engine.commit.drain()
    aside.keep(b"yes", StationId("CS-2"))
    await aside.engine.commit.drain()
    assert aside.told == [False, True, True]
    assert [one for one in aside.kept if len(one) < 9] == [b"yes"]


async def test_of_one_station_so_much_is_kept_and_the_rest_comes_again_later(aside: Aside) -> None:
    aside.keep(bytes(OF_ONE - 1))
    aside.keep(b"no")
    aside.keep(b"yes", StationId("CS-2"))
    await aside.engine.commit.drain()
    assert aside.told == [False, True, True]
    aside.quarantine.begin_anew()
    aside.keep(b"now")
    await aside.engine.commit.drain()
    assert [one for one in aside.kept if len(one) < 9] == [b"yes", b"now"]


async def test_a_message_that_is_longer_than_all_the_room_is_taken_when_nothing_waits(aside: Aside) -> None:
    aside.keep(bytes(ROOM + 1))
    await aside.engine.commit.drain()
    assert aside.told == [True]
