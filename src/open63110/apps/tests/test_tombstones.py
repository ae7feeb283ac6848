# SPDX-License-Identifier: Apache-2.0
"""What was deleted stays deleted, by the file beside the database: whatever ended the program, or brought data back (8.3.12)."""

import os
import sqlite3
from pathlib import Path

import pytest
from tests.literal import T0, Clock

from open63110.apps.ids import StoredIds
from open63110.apps.tombstones import COMPACT, FILE, Tombstones
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import PrincipalId, StationId, SubjectRef
from open63110.kernel.roles import Role
from open63110.model.deletion import DeletionChanged, DeletionRequest, DeletionState
from open63110.model.policy import Policy
from open63110.model.token import Credential, Subject
from open63110.runtime.engine import Engine
from open63110.runtime.keys import Keys
from open63110.runtime.table import discover
from open63110.store.lock import Lock
from open63110.store.sqlite import SqliteStore

TABLE = discover()
KEYS = Keys(b"p" * 32)
CARD = Credential(kind="ISO14443", value="04A1B2C3D4")
NOBODY = StationId("")


class House:
    """A CSMS with a database, without doors; anew it is another run with the same folder."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(folder / "db")
        self.ids = StoredIds(self.store)
        self.engine = Engine(Role.CSMS, TABLE, self.store, Clock(T0), self.ids, Policy(), linger=0.0)
        self.stones = Tombstones(folder, KEYS)
        self.engine.known.fingerprint = self.stones.fingerprint
        self.ref = self.engine.known.ref(CARD)

    def asks(self, state: DeletionState, name: str = "d") -> None:
        """Let there be a request."""
        request = DeletionRequest(
            id=name, by=PrincipalId("csp"), type="token", subjects=(self.ref,), asked=T0, deadline=T0, state=state
        )
        batch = self.engine.commit.batch
        batch.puts["deletion", name] = request
        batch.note(DeletionChanged(station=NOBODY, at=T0, id=name, deletion=request))

    async def durable(self) -> None:
        """Write all of it."""
        self.store.stage(self.engine.commit.batch, T0)
        await self.store.commit()

    def requests(self) -> dict[str, DeletionState]:
        """Those of the disk, and of what is on its way there."""
        found = {one.id: one.state for one in self.store.load(DeletionRequest)}
        new = (one for (kind, _), one in self.engine.commit.batch.puts.items() if kind == "deletion")
        return found | {one.id: one.state for one in new}


def stone(one: Tombstones) -> Subject:
    """What stands for the card."""
    return Subject(ref=SubjectRef("t"), kind="Erased", value=one.fingerprint(CARD))


def test_a_tombstone_is_written_once_and_only_when_it_is_on_the_disk_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stones = Tombstones(tmp_path, KEYS)
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda descriptor, raw: os.pwrite(descriptor, raw[:9], 0))
        with pytest.raises(OSError, match="No space"):
            stones.write([stone(stones)], "d", T0)
    assert stones.standing == {}
    for _ in range(3):
        stones.write([stone(stones)], "d", T0)
    assert len((tmp_path / FILE).read_bytes().splitlines()) == 2  # what was left of the first, and the whole one
    assert Tombstones(tmp_path, KEYS).standing == {stone(stones).value: "d"}
    assert CARD.value not in (tmp_path / FILE).read_text()


async def test_what_an_older_backup_brings_back_is_deleted_again(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.stones.write([stone(house.stones)], "d", T0)
    house.stones.bury(house.engine)
    assert list(house.requests()) == [f"restored-{T0:%Y%m%dT%H%M%SZ}"]
    house.store.close()


@pytest.mark.parametrize("state", ["stations", "here"])
async def test_a_request_that_a_crash_interrupted_goes_on_and_no_second_one_begins(state: DeletionState, tmp_path: Path) -> None:
    house = House(tmp_path)
    house.asks(state)
    await house.durable()
    house.stones.write([stone(house.stones)], "d", T0)
    house.stones.bury(house.engine)
    assert house.requests() == {"d": state}
    (made,) = house.stones.of(house.engine, [house.ref], "d")
    assert made.value == stone(house.stones).value
    house.store.close()


async def test_a_crash_behind_the_last_value_still_leaves_a_tombstone(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.asks("here")
    await house.durable()
    house.stones.write([stone(house.stones)], "d", T0)
    house.store.close()
    with sqlite3.connect(tmp_path / "db") as connection:
        blank = (b"\x93\xa1s\xa8ISO14443\xaa**********",)
        connection.execute("UPDATE subject SET value = '**********', body = ?", blank)
    connection.close()
    again = House(tmp_path)
    again.engine.known.learn(Subject(ref=SubjectRef("s"), kind="ISO14443", value="**********"))
    (made,) = again.stones.of(again.engine, [SubjectRef("s")], "d")
    assert made.value == stone(again.stones).value
    again.stones.bury(again.engine)
    assert again.engine.known.erased(again.engine.known.ref(CARD)) or again.requests() == {"d": "here"}
    again.store.close()


async def test_one_that_was_lifted_right_before_a_crash_is_not_deleted_again(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.asks("closed")
    await house.durable()
    house.stones.write([stone(house.stones)], "d", T0)
    house.stones.bury(house.engine)
    assert house.requests() == {"d": "closed"}
    assert Tombstones(tmp_path, KEYS).standing == {}
    house.store.close()


def test_where_there_is_no_room_to_write_a_database_anew_the_csms_starts_all_the_same(tmp_path: Path) -> None:
    stones, path = Tombstones(tmp_path, KEYS), tmp_path / "db"
    path.write_bytes(b"damaged" * 1000)
    stones.want_compaction()
    Tombstones.compacted(tmp_path, path)
    assert (tmp_path / COMPACT).exists()
    path.unlink()
    SqliteStore(path).close()
    lock = Lock(path)
    with pytest.raises(Unavailable) as used:
        Tombstones.compacted(tmp_path, path)
    assert used.value.code == "InUse"
    lock.release()
    Tombstones.compacted(tmp_path, path)
    assert not (tmp_path / COMPACT).exists()
