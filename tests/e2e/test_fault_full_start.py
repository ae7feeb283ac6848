# SPDX-License-Identifier: Apache-2.0
"""A disk that is full when the program starts, or upgrades: one sentence, exit code 1, and nothing is lost or half made."""

import asyncio
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Self

import pytest
from tests.process import PATIENCE, CsmsProcess, event, peer

from open63110.apps.config_file import written
from open63110.apps.folder import DATABASE, PEPPER, PEPPER_BYTES
from open63110.model.token import Token
from open63110.model.transfer import EnergyTransfer
from open63110.store.migrate import HEAD, version

ROOT = Path(__file__).parents[2]
OLDER = ROOT / "src/open63110/store/tests/fixtures/revision_0001.sql"
KIB = 1024
ROOMY = 16 * KIB * KIB


class Disk:
    """A disk in memory whose size can be changed; needs the right to mount."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()

    def sized(self, size: int) -> None:
        """Give it so much room [B]."""
        subprocess.run(["mount", "-o", f"remount,size={size}", str(self.path)], check=True)

    def fill(self, *, but: int = 0) -> None:
        """Leave no room, or just so much [B]."""
        used = int(subprocess.run(["df", "-B1", "--output=used", self.path], check=True, capture_output=True).stdout.split()[1])
        self.sized(max(used + but, 4 * KIB))

    def __enter__(self) -> Self:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOMY}", "none", str(self.path)], check=True)
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "-l", str(self.path)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with Disk(tmp_path / "disk") as one:
        yield one


def on(disk: Disk, folder: Path) -> CsmsProcess:
    return CsmsProcess(folder, data=str(disk.path / "data"), policy={"local_lists": False})


def refused(csms: CsmsProcess) -> str:
    """Start it in vain, and return the one line that says why."""
    csms.config.write_text(written(csms.settings), encoding="utf-8")
    command = (*csms.program, "--config", str(csms.config), "--json")
    ended = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE)
    assert (ended.returncode, ended.stdout) == (1, ""), ended
    assert ended.stderr.count("\n") == 1, ended.stderr
    return ended.stderr


async def charged(csms: CsmsProcess, seq: int) -> None:
    async with peer(csms, "CS-1") as station:
        said = event("Updated" if seq else "Started", "tx", seq, "2026-01-01T10:00:00Z", 10.0 * seq)
        await station.call("TransactionEvent", said)


@pytest.mark.parametrize("size", [4, 32, 400])
async def test_a_first_start_without_room_says_so_and_the_next_one_with_room_works(tmp_path: Path, disk: Disk, size: int) -> None:
    disk.sized(size * KIB)
    csms = on(disk, tmp_path)
    for _ in range(2):
        said = refused(csms)
        assert str(csms.data) in said
        assert "make room on this disk and start again" in said
    disk.sized(ROOMY)
    with csms:
        await charged(csms, 0)
    assert len((csms.data / PEPPER).read_bytes()) == PEPPER_BYTES
    assert sorted(path.name for path in csms.data.iterdir() if "new" in path.name) == []


async def test_a_disk_that_filled_up_meanwhile_keeps_what_is_on_it(tmp_path: Path, disk: Disk) -> None:
    csms = on(disk, tmp_path)
    with csms:
        await charged(csms, 0)
        csms.stop()
    before = (csms.data / DATABASE).read_bytes()
    disk.fill()
    said = refused(csms)
    assert f"the disk is full, so {csms.data / DATABASE} cannot be opened; make room" in said
    assert (csms.data / DATABASE).read_bytes() == before
    disk.sized(ROOMY)
    with csms:
        await charged(csms, 1)
        csms.stop()
    with csms.store() as store:
        (transfer,) = store.load(EnergyTransfer)
        assert transfer.seq == 1


@pytest.mark.parametrize("left", [40, 512])
async def test_with_little_room_it_either_says_so_at_once_or_serves_again_when_there_is_more(
    tmp_path: Path, disk: Disk, left: int
) -> None:
    csms = on(disk, tmp_path)
    with csms:
        await charged(csms, 0)
        csms.kill()
    disk.fill(but=left * KIB)
    try:
        csms.start()
    except AssertionError:
        assert "the disk is full" in csms.log().splitlines()[-1]
    disk.sized(ROOMY)
    with csms:
        for _ in range(100):
            if (await asyncio.to_thread(csms.rest, "GET", "/readyz"))[0] == 200:
                break
            await asyncio.sleep(0.05)
        await charged(csms, 1)
        csms.stop()
    assert "Traceback" not in csms.log(), csms.log()[-4000:]


@pytest.mark.parametrize("left", [0, 96, 160])
async def test_an_upgrade_without_room_changes_nothing_and_is_made_up_for(tmp_path: Path, disk: Disk, left: int) -> None:
    """None, too little for the copy that is made first, and enough for that but not for the migration."""
    csms = on(disk, tmp_path)
    csms.data.mkdir(mode=0o700)
    (csms.data / PEPPER).write_bytes(b"p" * PEPPER_BYTES)
    database = csms.data / DATABASE
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(OLDER.read_text(encoding="utf-8"))
    disk.fill(but=left * KIB)
    said = refused(csms)
    assert f"the disk is full, so {database} cannot be opened" in said
    disk.sized(ROOMY)
    assert version(database) == "0001"
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert not list(csms.data.glob("*.partial*"))
    with csms:
        csms.stop()
    assert version(database) == HEAD
    with csms.store() as store:
        assert [one.name for one in store.load(Token)] == ["Anna"]
