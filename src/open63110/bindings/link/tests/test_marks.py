# SPDX-License-Identifier: Apache-2.0
"""What a peer has told is remembered with what came of it, and forgotten with it when the commit fails."""

import asyncio
import random
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from open63110.bindings.link.framing.idset import IdSet
from open63110.bindings.link.marks import LAG, STEP, Ledger, Marks
from open63110.kernel.errors import Unavailable
from open63110.model.peer import Peer, PeersHeard
from open63110.runtime.commit import GroupCommit
from open63110.store.memory import MemoryStore

BOX = b"box"


class Noon:
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2026, 3, 4, 12, tzinfo=UTC)

    def real(self, seconds: float) -> float:
        return seconds


def written(commit: GroupCommit) -> Any:
    return commit.batch.puts["peer", "CS-1"]


async def test_a_mark_is_written_before_it_counts() -> None:
    commit = GroupCommit(MemoryStore(), Noon())
    marks = Marks(Peer(id="CS-1"), commit)
    marks.stage(BOX, 1)
    assert not marks.has(BOX, 1)
    after_a_crash = Marks(written(commit), GroupCommit(MemoryStore(), Noon()))
    assert after_a_crash.has(BOX, 1)
    marks.add(BOX, ((1, 1),))
    assert marks.has(BOX, 1)
    assert marks.known()[BOX].contiguous == 1


async def test_a_mark_whose_commit_failed_is_not_written_with_the_next_one() -> None:
    commit = GroupCommit(MemoryStore(), Noon())
    marks = Marks(Peer(id="CS-1"), commit)
    marks.stage(BOX, 1)
    marks.restored()
    marks.stage(BOX, 2)
    later = Marks(written(commit), commit)
    assert (later.has(BOX, 1), later.has(BOX, 2)) == (False, True)


async def test_what_will_never_come_counts_at_once_and_is_written_with_the_next_mark() -> None:
    commit = GroupCommit(MemoryStore(), Noon())
    marks = Marks(Peer(id="CS-1", key=b"k"), commit)
    marks.add(BOX, ((1, 5),))
    assert marks.has(BOX, 5)
    assert ("peer", "CS-1") not in commit.batch.puts
    marks.stage(BOX, 6)
    assert Marks(written(commit), commit).known()[BOX].contiguous == 6
    assert written(commit).key == b"k"


class Disk(MemoryStore):
    """A store whose disk can be full."""

    full = False

    async def commit(self) -> None:
        if self.full:
            self._staged.clear()
            raise Unavailable("the disk is full")
        await super().commit()


class Node:
    """A ledger on a disk, and who commits."""

    def __init__(self, disk: Disk) -> None:
        self.disk, self.commit = disk, GroupCommit(disk, Noon(), linger=0.0)
        self.ledger = Ledger(disk, self.commit)

    async def hear(self, *said: tuple[str, int]) -> bool:
        """Note messages of peers in one commit, let them count, and tell whether they are durable."""
        marks = [(self.ledger.marks(peer), number) for peer, number in said]
        for one, number in marks:
            one.stage(BOX, number)
        settled = asyncio.get_running_loop().create_future()
        self.commit.after(settled.set_result)
        work = asyncio.create_task(self.commit.run())
        durable = bool(await settled)
        work.cancel()
        for one, number in marks if durable else ():
            one.add(BOX, ((number, number),))
        return durable

    def heard(self, peers: Iterable[str]) -> dict[str, Any]:
        """Return what is known of peers."""
        return {peer: {box: ids.stretches() for box, ids in self.ledger.marks(peer).known().items()} for peer in peers}


async def test_what_peers_told_in_one_commit_is_one_row_and_is_known_after_a_crash() -> None:
    node = Node(Disk())
    assert await node.hear(("CS-1", 1), ("CS-2", 7), ("CS-1", 2))
    assert node.disk.load(Peer) == []
    (row,) = node.disk.load(PeersHeard)
    assert row.marks == [("CS-1", BOX, 1, 1), ("CS-2", BOX, 7, 7), ("CS-1", BOX, 2, 2)]
    assert Node(node.disk).heard(["CS-1", "CS-2"]) == {"CS-1": {BOX: ((1, 2),)}, "CS-2": {BOX: ((7, 7),)}}


async def test_what_never_comes_is_noted_with_the_next_mark() -> None:
    node = Node(Disk())
    marks = node.ledger.marks("CS-1")
    marks.add(BOX, ((1, 5),))
    marks.stage(BOX, 6)
    assert node.commit.batch.puts["heard", 1].marks == [("CS-1", BOX, 1, 5), ("CS-1", BOX, 6, 6)]


async def test_old_rows_give_way_to_those_of_the_peers_and_a_crash_at_any_time_loses_nothing() -> None:
    chance = random.Random(3)
    node, told, lost = Node(Disk()), dict[str, set[int]](), 0
    for turn in range(1, 4 * LAG):
        peers = {f"CS-{chance.randrange(40)}" for _ in range(4)} | ({"CS-once"} if turn == 1 else set())
        node.disk.full = chance.random() < 0.05
        if await node.hear(*((peer, turn) for peer in peers)):
            for peer in peers:
                told.setdefault(peer, set()).add(turn)
        else:
            lost += 1
        if turn % 50 == 0:
            node = Node(node.disk)
        assert len(node.disk.load(PeersHeard)) < LAG + 3 * STEP
    assert lost > 10
    expected = {peer: {BOX: IdSet(numbers=numbers).stretches()} for peer, numbers in told.items()}
    assert node.heard(told) == Node(node.disk).heard(told) == expected
    assert len(node.ledger._marks) <= len({peer for row in node.disk.load(PeersHeard) for peer, *_ in row.marks})
