# SPDX-License-Identifier: Apache-2.0
"""Backup and restore of a whole installation: what was backed up works again, what stood there is kept."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from open63110.apps.archive import back_up, bring_back
from open63110.apps.folder import pepper
from open63110.apps.install import first_admin
from open63110.bindings.link.patterns.spool import Spool, by_station
from open63110.kernel.errors import Refused, Unavailable, Unknown
from open63110.kernel.ids import StationId
from open63110.model.bulk import BulkStream, Side, StreamState
from open63110.model.principal import Principal
from open63110.runtime.keys import Keys
from open63110.store.sqlite import SqliteStore

PASSWORD = "correct horse battery"


def principals(folder: Path) -> list[Principal]:
    store = SqliteStore(folder / "open63110.db")
    try:
        return store.load(Principal)
    finally:
        store.close()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_what_is_restored_elsewhere_knows_the_same_keys(tmp_path: Path) -> None:
    admitted = await first_admin(tmp_path / "data", "boss", PASSWORD)
    back_up(tmp_path / "data", tmp_path / "backup")
    bring_back(tmp_path / "backup", tmp_path / "new")
    (admin,) = principals(tmp_path / "new")
    owner, _, secret = admitted.key.partition(".")
    assert Keys(pepper(tmp_path / "new")).matches(owner, secret, admin.key)


async def test_a_backup_is_for_its_owner_alone(tmp_path: Path) -> None:
    await first_admin(tmp_path / "data", "boss", PASSWORD)
    back_up(tmp_path / "data", tmp_path / "backup")
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "backup").iterdir())


async def test_a_running_store_is_backed_up_but_not_overwritten(tmp_path: Path) -> None:
    await first_admin(tmp_path / "data", "boss", PASSWORD)
    store = SqliteStore(tmp_path / "data" / "open63110.db")
    try:
        back_up(tmp_path / "data", tmp_path / "backup")
        with pytest.raises(Unavailable, match="in use") as caught:
            bring_back(tmp_path / "backup", tmp_path / "data")
        assert caught.value.remedy == "stop it first"
    finally:
        store.close()


async def test_what_stood_there_is_kept(tmp_path: Path) -> None:
    await first_admin(tmp_path / "data", "boss", PASSWORD)
    back_up(tmp_path / "data", tmp_path / "backup")
    await first_admin(tmp_path / "other", "another", PASSWORD)
    before = (tmp_path / "other" / "pepper").read_bytes()
    bring_back(tmp_path / "backup", tmp_path / "other")
    assert [one.id for one in principals(tmp_path / "other")] == ["boss"]
    assert (tmp_path / "other" / "pepper.replaced").read_bytes() == before
    assert (tmp_path / "other" / "open63110.db.replaced").exists()


async def test_a_backup_never_overwrites_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    await first_admin(tmp_path / "data", "boss", PASSWORD)
    (tmp_path / "backup").mkdir()
    with pytest.raises(Refused, match="exists already"):
        back_up(tmp_path / "data", tmp_path / "backup")
    with pytest.raises(Unknown):
        back_up(tmp_path / "nothing", tmp_path / "of-nothing")
    assert names(tmp_path) == ["backup", "data"]


async def test_what_is_no_backup_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    await first_admin(tmp_path / "data", "boss", PASSWORD)
    back_up(tmp_path / "data", tmp_path / "backup")
    (tmp_path / "backup" / "pepper").unlink()
    with pytest.raises(Unknown, match="holds no pepper"):
        bring_back(tmp_path / "backup", tmp_path / "data")
    assert not (tmp_path / "data" / "open63110.db.replaced").exists()


async def test_there_is_only_one_first_administrator(tmp_path: Path) -> None:
    await first_admin(tmp_path / "data", "boss", PASSWORD)
    with pytest.raises(Refused, match="there is an administrator already"):
        await first_admin(tmp_path / "data", "second", PASSWORD)


async def test_files_and_finished_streams_come_back_and_what_was_under_way_does_not(tmp_path: Path) -> None:
    await first_admin(tmp_path / "data", "boss", PASSWORD)
    spool = Spool(tmp_path / "data" / "bulk", by_station, largest=1000, most=10_000)
    done, moving = stream("aa", StreamState.DONE), stream("bb", StreamState.MOVING)
    for one in (done, moving):
        spool.keep(one)
    came = spool.path(done)
    came.parent.mkdir(parents=True)
    came.write_bytes(b"log")
    (spool.offered / "image.bin").write_bytes(b"image")
    (spool.offered / ".image.bin.0123").write_bytes(b"half")
    back_up(tmp_path / "data", tmp_path / "backup")
    (tmp_path / "new" / "bulk" / "offered").mkdir(parents=True)
    (tmp_path / "new" / "bulk" / "offered" / "old.bin").write_bytes(b"old")
    bring_back(tmp_path / "backup", tmp_path / "new")
    found = Spool(tmp_path / "new" / "bulk", by_station, largest=1000, most=10_000)
    assert list(found.records().values()) == [done]
    assert found.path(done).read_bytes() == b"log"
    assert [one.name for one in found.files()] == ["image.bin"]
    assert (tmp_path / "new" / "bulk.replaced" / "offered" / "old.bin").read_bytes() == b"old"


def stream(key: str, state: StreamState) -> BulkStream:
    return BulkStream(
        id=key,
        name="diagnostics.log",
        station=StationId("CS-1"),
        fetched=True,
        incoming=Side.DOWN,
        outgoing=Side.HERE,
        asked=datetime(2026, 11, 1, tzinfo=UTC),
        state=state,
    )
