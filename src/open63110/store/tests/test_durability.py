# SPDX-License-Identifier: Apache-2.0
"""What commit() confirmed is on the disk: seen in the system calls, after a kill, and when the disk is full (I7)."""

import asyncio
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import StationId, SubjectRef
from open63110.model.station import StationDisconnected
from open63110.model.token import Token
from open63110.ports import Batch
from open63110.store.sqlite import SqliteStore

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
CHILD = Path(__file__).parent / "committing.py"
SOURCE = Path(__file__).parents[3]
FLUSHED = re.compile(r"(fsync|fdatasync)\(\d+<[^>]*-wal>")


def child(*arguments: str, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    command = [*before, sys.executable, str(CHILD), *arguments]
    environment = {"PYTHONPATH": str(SOURCE), "PATH": "/usr/bin:/bin"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def flushes(trace: str) -> list[bool]:
    """For each commit of the trace: was the log flushed, and the flush over, before the commit was confirmed?"""
    found = []
    for stretch in re.findall(r'"staging \d+\\n".*?"durable \d+\\n"', trace, re.DOTALL):
        ended = re.search(r"(fsync|fdatasync)(\(\d+<[^>]*-wal>\)| resumed>\))\s+= 0", stretch)
        found.append(bool(FLUSHED.search(stretch) and ended))
    return found


@pytest.mark.parametrize(("synchronous", "flushed"), [("FULL", True), ("OFF", False)])
def test_the_log_is_flushed_before_commit_returns_unless_told_not_to(tmp_path: Path, synchronous: str, flushed: bool) -> None:
    trace = tmp_path / "trace"
    strace = ("strace", "-f", "-y", "-e", "trace=write,fsync,fdatasync", "-o", str(trace))
    traced = child(str(tmp_path / "db"), synchronous, "5", before=strace)
    traced.communicate(timeout=60)
    assert traced.returncode == 0, "it has to be traced: `make test` installs strace, and it must be allowed to trace"
    assert flushes(trace.read_text(errors="replace")) == [flushed] * 5


async def test_all_that_was_confirmed_is_there_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "db"
    writer = child(str(path), "FULL", "0")
    assert writer.stdout is not None
    lines = [writer.stdout.readline() for _ in range(60)]
    with pytest.raises(Unavailable, match=f"in use by process {writer.pid}"):
        SqliteStore(path)
    writer.kill()
    lines += writer.stdout.readlines()  # by the same reader, which may have read ahead
    writer.stdout.close()
    assert writer.wait(timeout=20) == -signal.SIGKILL
    confirmed = {line.split()[1] for line in lines if line.startswith("durable")}
    store = SqliteStore(path)
    tokens = {str(token.ref) for token in store.load(Token)}
    facts = await store.facts(limit=1_000_000)
    store.close()
    assert len(confirmed) >= 29
    assert confirmed <= tokens
    assert len(tokens - confirmed) <= 1, "at most the commit under way"
    assert len(facts) == 10 * len(tokens), "all of a batch or nothing"


class SmallDisk:
    """A file system of a few megabytes, filled by a ballast."""

    complaint = "the disk is full"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, spare: int) -> None:
        free = shutil.disk_usage(self.folder).free
        (self.folder / "ballast").write_bytes(bytes(free - spare))

    def make_room(self) -> None:
        (self.folder / "ballast").unlink()


class ShortFiles(SmallDisk):
    """A process whose files may not grow, for machines that let nobody mount, and for another error of the disk."""

    complaint = "the disk does not read or write"

    def fill(self, spare: int) -> None:
        longest = max(path.stat().st_size for path in self.folder.iterdir())
        resource.setrlimit(resource.RLIMIT_FSIZE, (longest + spare, resource.RLIM_INFINITY))

    def make_room(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@pytest.fixture(params=[SmallDisk, ShortFiles] if os.geteuid() == 0 else [ShortFiles])  # who is not root may not mount
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SmallDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if request.param is ShortFiles:
        short = ShortFiles(folder)
        yield short
        short.make_room()
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], check=True)
    yield SmallDisk(folder)
    subprocess.run(["umount", folder], check=True)


def large(number: int) -> Batch:
    """One token and facts of some 60 kB."""
    batch = Batch()
    batch.puts["token", f"{number:04}"] = Token(ref=SubjectRef(f"{number:04}"), kind="Central")
    batch.note(*(StationDisconnected(station=StationId("CS1"), at=NOON, reason="x" * 1000) for _ in range(60)))
    return batch


async def write(store: SqliteStore, number: int) -> None:
    store.stage(large(number), NOON)
    await store.commit()


async def fill_up(store: SqliteStore) -> tuple[list[str], Unavailable]:
    """Write until the disk is full; return what was confirmed, and the trouble."""
    confirmed: list[str] = []
    for number in range(1000):
        try:
            await write(store, number)
        except Unavailable as trouble:
            return confirmed, trouble
        confirmed.append(f"{number:04}")
    raise AssertionError("the disk was never full")


async def test_a_full_disk_loses_nothing_confirmed_keeps_nothing_else_and_heals(disk: SmallDisk) -> None:
    store = SqliteStore(disk.folder / "db")
    disk.fill(spare=1_000_000)
    confirmed, trouble = await fill_up(store)
    assert disk.complaint in trouble.message
    assert trouble.remedy
    for number in (2000, 2001):
        with pytest.raises(Unavailable):
            await write(store, number)
    assert [token.ref for token in store.load(Token)] == confirmed
    assert len(await store.facts(limit=100_000)) == 60 * len(confirmed)
    disk.make_room()
    await write(store, 3000)
    store.close()
    again = SqliteStore(disk.folder / "db")
    assert [token.ref for token in again.load(Token)] == [*confirmed, "3000"]
    assert len(await again.facts(limit=100_000)) == 60 * (len(confirmed) + 1)
    assert confirmed
    again.close()


async def test_a_commit_goes_on_when_its_waiter_is_cancelled(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "db")
    store.stage(large(1), NOON)
    waiter = asyncio.create_task(store.commit())
    await asyncio.sleep(0)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    store.stage(large(2), NOON)
    await store.commit()
    assert [token.ref for token in store.load(Token)] == ["0001", "0002"]
    store.close()


async def test_a_commit_refused_by_the_disk_is_rolled_back(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "db")
    other = sqlite3.connect(tmp_path / "db", isolation_level=None, timeout=0)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="another program"):
        store.stage(large(1), NOON)
    await store.commit()
    other.execute("ROLLBACK")
    other.close()
    store.stage(large(2), NOON)
    await store.commit()
    assert [token.ref for token in store.load(Token)] == ["0002"]
    store.close()
