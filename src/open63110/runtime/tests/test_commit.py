# SPDX-License-Identifier: Apache-2.0
"""Group commit: how often it writes."""

import asyncio
from datetime import UTC, datetime

from tests.literal import T0, Clock

from open63110.kernel.ids import StationId, SubjectRef
from open63110.model.station import StationDisconnected
from open63110.model.token import TokenChanged
from open63110.runtime.commit import AT_ONCE, MOST_FACTS, GroupCommit
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


async def test_the_loop_turns_to_others_between_the_answers_of_one_commit() -> None:
    commit = GroupCommit(TimedStore(), Clock(datetime(2026, 1, 1, tzinfo=UTC)))
    loop, told, seen = asyncio.get_running_loop(), list[bool](), set[int]()

    def look() -> None:
        seen.add(len(told))
        if len(told) < 3 * AT_ONCE:
            loop.call_soon(look)

    commit.batch.note(FACT)
    for _ in range(3 * AT_ONCE):
        commit.after(told.append)
    writing = asyncio.create_task(commit.run())
    look()
    await commit.drain()
    writing.cancel()
    assert seen >= {0, AT_ONCE, 2 * AT_ONCE, 3 * AT_ONCE}
    assert all(told)


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


async def test_who_follows_some_kinds_of_facts_is_told_of_batches_that_hold_them_and_of_no_others() -> None:
    commit = GroupCommit(TimedStore(), Clock(datetime(2026, 1, 1, tzinfo=UTC)), linger=0.0)
    told: list[str] = []
    commit.follow((type(FACT),), lambda entries: told.append(f"own {len(entries)}"))
    commit.follow((TokenChanged,), lambda _: told.append("other"))
    commit.on_durable.append(lambda _: told.append("all"))
    writing = asyncio.create_task(commit.run())
    commit.batch.note(FACT)
    await commit.drain()
    assert told == ["all", "own 1"]
    commit.batch.note(FACT, TokenChanged(station=StationId(""), at=FACT.at, ref=SubjectRef("s"), token=None))
    await commit.drain()
    writing.cancel()
    assert told[2:] == ["all", "own 2", "other"]
