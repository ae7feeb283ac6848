# SPDX-License-Identifier: Apache-2.0
"""How power was is kept by the minute for some days, then by the quarter of an hour, and then not at all (8.2.3)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.literal import T0, Clock

from open63110.apps.ids import StoredIds
from open63110.apps.thinning import CHUNK, Thinning
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.alarm import AlarmKind, StationAlarm
from open63110.model.policy import Policy
from open63110.model.power import PowerAlarm, PowerAlarmChanged, PowerSample
from open63110.model.site import SiteId
from open63110.model.stream import EventStream, StreamChunk
from open63110.runtime.engine import Engine, Turn
from open63110.runtime.principals import durable
from open63110.runtime.table import discover
from open63110.store.sqlite import SqliteStore

TABLE = discover()
NOBODY = StationId("")


class House:
    """A CSMS with a database, without doors."""

    def __init__(self, folder: Path, keep_power: int) -> None:
        self.clock, self.store = Clock(T0), SqliteStore(folder / "db")
        ids, policy = StoredIds(self.store), Policy(keep_power=keep_power, keep_minutes=3)
        self.engine = Engine(Role.CSMS, TABLE, self.store, self.clock, ids, policy, linger=0.0)
        self.thinning = Thinning(self.engine)
        self._number = 0

    async def sampled(self, begin: datetime, minutes: int, site: str = "north") -> None:
        """Sample a site each minute from a moment on."""
        for minute in range(minutes):
            self._number += 1
            sample = PowerSample(id=self._number, site=SiteId(site), at=begin + timedelta(minutes=minute))
            self.engine.known.keep("sample", sample.id, sample)
        await durable(self.engine)

    async def alarm(self, name: str, cleared: datetime | None) -> None:
        one = PowerAlarm(
            id=name, site=SiteId("north"), kind="Excess", place="site", since=T0 - timedelta(days=900), cleared=cleared
        )
        turn = Turn(self.engine, NOBODY, self.clock.at)
        turn.fact(PowerAlarmChanged(station=NOBODY, at=T0, id=name, alarm=one))
        turn.keep()
        await self.engine.commit.drain()

    async def look(self) -> int:
        gone = await self.thinning.look()
        await self.engine.commit.drain()
        return gone

    def left(self, site: str = "north") -> list[datetime]:
        return sorted(one.at for one in self.store.load(PowerSample) if one.site == site)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    one = House(tmp_path, keep_power=400)
    running = asyncio.create_task(one.engine.commit.run())
    yield one
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    one.store.close()


async def test_what_is_some_days_old_stays_by_the_quarter_of_an_hour_for_each_site(house: House) -> None:
    old = T0 - timedelta(days=5)
    await house.sampled(old, 60)
    await house.sampled(old, 20, "south")
    await house.sampled(T0 - timedelta(days=2), 60)
    assert await house.look() == 56 + 18
    assert house.left()[:4] == [old + timedelta(minutes=each) for each in (0, 15, 30, 45)]
    assert len(house.left()) == 64
    assert len(house.left("south")) == 2
    assert await house.look() == 0


async def test_as_time_goes_on_the_next_minutes_follow_and_no_quarter_stays_empty(house: House) -> None:
    await house.sampled(T0 - timedelta(days=3, minutes=30), 60)
    await house.look()
    assert len(house.left()) == 2 + 30
    for _ in range(4):
        house.clock.at += timedelta(minutes=7)
        await house.look()
    assert [one for one in house.left() if one < T0 - timedelta(days=3)] == [
        T0 - timedelta(days=3, minutes=30 - 15 * quarter) for quarter in range(2)
    ]
    house.clock.at += timedelta(days=1)
    await house.look()
    assert len(house.left()) == 4


async def test_what_is_too_old_goes_altogether_however_much_it_is(house: House) -> None:
    await house.sampled(T0 - timedelta(days=401), 2 * CHUNK + 1)
    await house.alarm("long over", T0 - timedelta(days=401))
    await house.alarm("over", T0 - timedelta(days=1))
    await house.alarm("lasts", None)
    assert await house.look() == 2 * CHUNK + 2
    assert house.left() == []
    assert {one.id for one in house.store.load(PowerAlarm)} == {"over", "lasts"}
    assert set(house.engine.known.all_alarms) == {"lasts"}


async def test_alarms_of_stations_go_some_time_after_they_are_over(house: House) -> None:
    for name, over in (("long over", T0 - timedelta(days=401)), ("over", T0 - timedelta(days=399)), ("lasts", None)):
        since = T0 - timedelta(days=900)
        one = StationAlarm(
            id=name, station=StationId("A"), kind=AlarmKind.EVENT, severity=1, since=since, last=since, resolved=over
        )
        house.engine.known.keep("station_alarm", name, one)
    await durable(house.engine)
    assert await house.look() == 1
    assert {one.id for one in house.store.load(StationAlarm)} == {"over", "lasts"}


async def test_values_of_streams_go_after_some_days(house: House) -> None:
    for name, begin in (("old", T0 - timedelta(days=8)), ("new", T0 - timedelta(days=6))):
        one = StreamChunk(id=name, stream="A:1", station=StationId("A"), begin=begin, offsets=(0.0,), values=(1.0,))
        house.engine.known.keep("stream_chunk", name, one)
    await durable(house.engine)
    assert await house.look() == 1
    assert [one.id for one in house.store.load(StreamChunk)] == ["new"]


async def test_closed_streams_go_with_the_last_of_their_values(house: House) -> None:
    old, new = T0 - timedelta(days=8), T0 - timedelta(days=6)
    for name, last, closed in (
        *(("told-long-ago", old, old), ("told-lately", new, new), ("never-told", None, old)),
        *(("open", old, None), ("never-told-and-open", None, None)),
    ):
        one = EventStream(id=name, station=StationId("A"), number=1, monitor=1, opened=old, last=last, closed=closed)
        house.engine.known.keep("event_stream", name, one)
    await durable(house.engine)
    assert await house.look() == 2
    assert {one.id for one in house.store.load(EventStream)} == {"told-lately", "open", "never-told-and-open"}


async def test_without_a_term_it_is_kept_for_ever(tmp_path: Path) -> None:
    house = House(tmp_path, keep_power=0)
    running = asyncio.create_task(house.engine.commit.run())
    await house.sampled(T0 - timedelta(days=4_000), 3)
    assert await house.look() == 0
    assert len(house.left()) == 3
    running.cancel()
    house.store.close()


async def test_it_looks_by_itself(house: House) -> None:
    await house.sampled(T0 - timedelta(days=5), 60)
    looking = asyncio.create_task(house.thinning.run())
    async with asyncio.timeout(10):
        while len(house.left()) > 4:  # noqa: ASYNC110 - a database tells nobody
            await asyncio.sleep(0.01)
    looking.cancel()
