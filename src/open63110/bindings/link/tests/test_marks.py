# SPDX-License-Identifier: Apache-2.0
"""What a peer has told is remembered with what came of it, and forgotten with it when the commit fails."""

from datetime import UTC, datetime
from typing import Any

from open63110.bindings.link.marks import Marks
from open63110.model.peer import Peer
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
