# SPDX-License-Identifier: Apache-2.0
"""A backup of a busy system is whole, and comes back; what must not be overwritten is not."""

import asyncio
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from open63110.kernel.errors import Refused, Unavailable, Unknown
from open63110.kernel.ids import StationId, SubjectRef
from open63110.model.station import StationDisconnected
from open63110.model.token import Token
from open63110.ports import Batch, searchable
from open63110.store.backup import backup, restore
from open63110.store.sqlite import SqliteStore
from open63110.store.tests.one_of_each import ONE_OF_EACH

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


async def write(store: SqliteStore, number: int) -> None:
    """Commit five facts and one token."""
    batch = Batch()
    batch.note(*(StationDisconnected(station=StationId("CS1"), at=NOON, reason="x" * 200) for _ in range(5)))
    batch.puts["token", f"{number:06}"] = Token(ref=SubjectRef(f"{number:06}"), kind="Central")
    store.stage(batch, NOON)
    await store.commit()


async def write_on(store: SqliteStore, number: int) -> None:
    while True:
        await write(store, number)
        number += 1


async def filled(path: Path, many: int = 3) -> None:
    store = SqliteStore(path)
    for number in range(many):
        await write(store, number)
    store.close()


async def contents(path: Path) -> tuple[int, int]:
    """Count tokens and facts."""
    store = SqliteStore(path)
    counted = await store.count(Token), len(await store.facts(limit=1_000_000))
    store.close()
    return counted


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """What this process writes meets a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


async def test_a_backup_under_load_is_one_moment_and_comes_back(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "db")
    for number in range(200):
        await write(store, number)
    busy = asyncio.create_task(write_on(store, 200))
    for turn in range(3):
        await asyncio.to_thread(backup, tmp_path / "db", tmp_path / f"backup{turn}")
    assert not busy.done()
    busy.cancel()
    with suppress(asyncio.CancelledError):
        await busy
    written = await store.count(Token)
    with pytest.raises(Unavailable, match="in use by process"):
        restore(tmp_path / "backup1", tmp_path / "db")
    store.close()
    restore(tmp_path / "backup1", tmp_path / "db")
    tokens, facts = await contents(tmp_path / "db")
    assert 200 <= tokens <= written
    assert facts == 5 * tokens


async def test_every_kind_that_is_kept_comes_back_from_a_backup(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "db")
    batch = Batch()
    for noun in ONE_OF_EACH:
        kept = searchable(type(noun))
        batch.puts[kept.name, getattr(noun, kept.key)] = noun
    store.stage(batch, NOON)
    await store.commit()
    store.close()
    backup(tmp_path / "db", tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "elsewhere")
    store = SqliteStore(tmp_path / "elsewhere")
    assert [store.load(type(noun)) for noun in ONE_OF_EACH] == [[noun] for noun in ONE_OF_EACH]
    store.close()


def test_a_backup_is_one_file_for_its_owner_only(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "db").close()
    backup(tmp_path / "db", tmp_path / "backup")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "db", "db.lock"]
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o600


async def test_a_backup_never_overwrites(tmp_path: Path) -> None:
    await filled(tmp_path / "db")
    (tmp_path / "backup").write_text("precious")
    with pytest.raises(Refused, match="exists already"):
        backup(tmp_path / "db", tmp_path / "backup")
    assert (tmp_path / "backup").read_text() == "precious"


async def test_a_backup_into_nowhere_says_so(tmp_path: Path) -> None:
    await filled(tmp_path / "db")
    with pytest.raises(Unavailable, match="nowhere"):
        backup(tmp_path / "db", tmp_path / "nowhere" / "backup")


def test_nothing_is_backed_up_or_restored_from_nothing(tmp_path: Path) -> None:
    with pytest.raises(Unknown):
        backup(tmp_path / "db", tmp_path / "backup")
    with pytest.raises(Unknown):
        restore(tmp_path / "backup", tmp_path / "db")
    assert not (tmp_path / "db").exists()


async def test_a_backup_may_be_restored_where_nothing_was(tmp_path: Path) -> None:
    await filled(tmp_path / "db")
    backup(tmp_path / "db", tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "elsewhere")
    assert await contents(tmp_path / "elsewhere") == (3, 15)


async def test_what_is_replaced_is_kept(tmp_path: Path) -> None:
    await filled(tmp_path / "small", 2)
    await filled(tmp_path / "db", 3)
    for source, expected in (("small", (2, 10)), ("db.replaced", (3, 15))):
        restore(tmp_path / source, tmp_path / "db")
        assert await contents(tmp_path / "db") == expected


async def test_the_log_of_a_killed_system_does_not_leak_into_the_restored_one(tmp_path: Path) -> None:
    await filled(tmp_path / "small", 2)
    store = SqliteStore(tmp_path / "db")
    for number in range(9):
        await write(store, number)
    killed = tmp_path / "killed"
    killed.mkdir()
    for name in ("db", "db-wal"):
        shutil.copy(tmp_path / name, killed / name)
    store.close()
    restore(tmp_path / "small", killed / "db")
    assert await contents(killed / "db") == (2, 10)
    restore(killed / "db.replaced", killed / "db")
    assert await contents(killed / "db") == (9, 45)


async def test_a_damaged_backup_is_not_restored(tmp_path: Path) -> None:
    await filled(tmp_path / "db", 300)
    backup(tmp_path / "db", tmp_path / "backup")
    with (tmp_path / "backup").open("r+b") as file:
        file.seek(16_384)
        file.write(b"\xff" * 200_000)
    before = (tmp_path / "db").read_bytes()
    with pytest.raises(Unavailable, match="damaged"):
        restore(tmp_path / "backup", tmp_path / "db")
    assert (tmp_path / "db").read_bytes() == before


async def test_a_backup_of_a_newer_version_is_not_restored(tmp_path: Path) -> None:
    await filled(tmp_path / "db")
    backup(tmp_path / "db", tmp_path / "backup")
    with closing(sqlite3.connect(tmp_path / "backup")) as connection:
        connection.executescript("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Unavailable, match="newer version"):
        restore(tmp_path / "backup", tmp_path / "db")
    assert await contents(tmp_path / "db") == (3, 15)


def test_without_room_neither_backup_nor_restore_leaves_anything_behind(tmp_path: Path) -> None:
    asyncio.run(filled(tmp_path / "db"))
    backup(tmp_path / "db", tmp_path / "backup")
    before = sorted(tmp_path.iterdir())
    with files_no_longer_than(100_000):
        with pytest.raises(Unavailable, match="disk"):
            backup(tmp_path / "db", tmp_path / "second")
        with pytest.raises(Unavailable, match="disk"):
            restore(tmp_path / "backup", tmp_path / "db")
    assert sorted(tmp_path.iterdir()) == before
    assert asyncio.run(contents(tmp_path / "db")) == (3, 15)


async def test_a_restore_that_cannot_put_the_old_database_aside_leaves_it(tmp_path: Path) -> None:
    await filled(tmp_path / "db")
    backup(tmp_path / "db", tmp_path / "backup")
    (tmp_path / "db.replaced").mkdir()
    with pytest.raises(Unavailable, match="put aside"):
        restore(tmp_path / "backup", tmp_path / "db")
    assert not (tmp_path / "db.restored").exists()
    assert await contents(tmp_path / "db") == (3, 15)
