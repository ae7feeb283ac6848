# SPDX-License-Identifier: Apache-2.0
"""Group commit: how often it writes."""

import asyncio
from datetime import UTC, datetime

from tests.literal import T0, Clock

from open63110.kernel.ids import StationId
from open63110.model.station import StationDisconnected
from open63110.runtime.commit import MOST_FACTS, GroupCommit
from open63110.store.memory import MemoryStore

FACT = StationDisconnected(station=StationId("CS1"), at=T0)


class TimedStore(MemoryStore):
    """Remembers when it was asked to commit, and takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.moments: list[float] = []

    def stage(self, batch: object, heard: datetime) -> None:
        """Nothing is looked at."""

    async def commit(self) -> None:
        self.moments.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.01)


async def test_commits_stay_apart_while_facts_keep_coming() -> None:
    store = TimedStore()
    commit = GroupCommit(store, Clock(datetime(2026, 1, 1, tzinfo=UTC)), linger=0.05)
    writing = asyncio.create_task(commit.run())
    for _ in range(60):
        commit.batch.note(FACT)
        commit.after(lambda _: None)
        await asyncio.sleep(0.005)
    await commit.drain()
    writing.cancel()
    gaps = [later - earlier for earlier, later in zip(store.moments, store.moments[1:], strict=False)]
    assert min(gaps) >= 0.055, "its own time and the linger"


async def test_a_full_batch_waits_for_nothing_but_the_disk() -> None:
    store = TimedStore()
    commit = GroupCommit(store, Clock(datetime(2026, 1, 1, tzinfo=UTC)), linger=5.0)
    writing = asyncio.create_task(commit.run())
    for _ in range(3 * MOST_FACTS):
        commit.batch.note(FACT)
        commit.after(lambda _: None)
    await asyncio.sleep(0.5)
    writing.cancel()
    assert len(store.moments) == 3
