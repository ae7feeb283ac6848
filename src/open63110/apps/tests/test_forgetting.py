# SPDX-License-Identifier: Apache-2.0
"""Who waits in quarantine and stays away is forgotten; who comes, or was ever registered, is not (8.3.15)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.literal import T0, Clock

from open63110.apps.forgetting import Forgetting
from open63110.apps.ids import StoredIds
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.principal import AuditEntry
from open63110.model.station import Station, StationConnected, StationDisconnected
from open63110.runtime.engine import Engine
from open63110.runtime.table import discover
from open63110.store.sqlite import SqliteStore
from open63110.usecases.stations.onboard_station import AdmitStation

TABLE = discover()


class Quick(Clock):
    """Days pass at once for whoever sleeps."""

    def real(self, seconds: float) -> float:
        return seconds / 86_400_000


class House:
    """A CSMS with a database, without doors."""

    def __init__(self, folder: Path, days: int) -> None:
        self.clock, self.store = Quick(T0), SqliteStore(folder / "db")
        ids = StoredIds(self.store)
        self.engine = Engine(Role.CSMS, TABLE, self.store, self.clock, ids, Policy(forget_quarantined=days), linger=0.0)
        self.forgetting = Forgetting(self.engine, ids)

    async def knocks(self, name: str, *, stays: bool = False) -> StationId:
        """Let a stranger connect, and go."""
        station = StationId(name)
        self.engine.hear((StationConnected(station=station, at=self.clock.at, wire="ocpp1.6"),))
        if not stays:
            self.engine.hear((StationDisconnected(station=station, at=self.clock.at),))
        await self.engine.commit.drain()
        return station

    async def look(self) -> int:
        found = await self.forgetting.look()
        await self.engine.commit.drain()
        return found

    @property
    def names(self) -> set[str]:
        assert {one.id for one in self.store.load(Station)} == set(self.engine.stations)
        return {str(one) for one in self.engine.stations}


@contextlib.asynccontextmanager
async def house(folder: Path, days: int = 30) -> AsyncIterator[House]:
    one = House(folder, days)
    writer = asyncio.create_task(one.engine.commit.run())
    try:
        yield one
    finally:
        writer.cancel()
        one.store.close()


async def test_a_stranger_that_stays_away_is_forgotten_and_the_audit_says_how_many(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await here.knocks("A")
        await here.knocks("B")
        here.clock.at += timedelta(days=29)
        await here.knocks("C")
        assert await here.look() == 0
        here.clock.at += timedelta(days=1, seconds=1)
        assert await here.look() == 2
        assert here.names == {"C"}
        (entry,) = here.store.load(AuditEntry)
        assert (entry.action, entry.detail.split()[0]) == ("ForgetQuarantined", "2")
        assert await here.store.facts(station=StationId("A")), "the journal keeps what it did"


async def test_one_that_is_here_or_was_admitted_is_not_forgotten(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await here.knocks("here", stays=True)
        here.engine.hear((AdmitStation(station=await here.knocks("admitted")),))
        here.clock.at += timedelta(days=400)
        assert await here.look() == 0
        assert here.names == {"here", "admitted"}


async def test_one_that_comes_back_after_it_was_forgotten_is_a_stranger_again(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await here.knocks("A")
        here.clock.at += timedelta(days=31)
        assert await here.look() == 1
        await here.knocks("A")
        assert here.names == {"A"}


async def test_one_that_comes_back_before_its_row_is_gone_keeps_it(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        station = await here.knocks("A")
        here.engine.known.keep("station", station, None)
        here.engine.stations.pop(station, None)
        await here.knocks("A")
        assert here.names == {"A"}


async def test_one_that_comes_while_we_look_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(tmp_path) as here:
        await here.knocks("A")
        here.clock.at += timedelta(days=31)
        facts = here.store.facts

        async def slowly(**which: object) -> object:
            found = await facts(**which)  # type: ignore[arg-type]  # passed on as it came
            await here.knocks("A")
            return found

        monkeypatch.setattr(here.store, "facts", slowly)
        assert await here.look() == 0
        assert here.names == {"A"}


async def test_it_looks_day_after_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(tmp_path) as here:
        forgotten, keep = asyncio.Event(), here.engine.known.keep

        def noted(kind: str, key: Any, noun: Any) -> None:
            keep(kind, key, noun)
            if kind == "audit":
                forgotten.set()

        monkeypatch.setattr(here.engine.known, "keep", noted)
        looking = asyncio.create_task(here.forgetting.run())
        await here.knocks("A")
        here.clock.at += timedelta(days=31)
        await asyncio.wait_for(forgotten.wait(), 10)
        looking.cancel()
        await here.engine.commit.drain()
        assert here.names == set()


async def test_without_a_term_nothing_is_forgotten(tmp_path: Path) -> None:
    async with house(tmp_path, days=0) as here:
        await asyncio.wait_for(here.forgetting.run(), 1)
