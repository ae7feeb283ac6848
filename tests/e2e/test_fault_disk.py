# SPDX-License-Identifier: Apache-2.0
"""What an answer promises of the disk: flushed before it is sent (I7), never sent when the disk is full, and back by itself."""

import asyncio
import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.process import CsmsProcess, Peer, event, peer

from open63110.model.principal import AuditEntry
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer, EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated

UNSYNCED = (sys.executable, str(Path(__file__).with_name("unsynced_csms.py")))
EVENTS = 12


async def traced(csms: CsmsProcess) -> list[str]:
    """Return the system calls of a CSMS that answers one event after another."""
    trace = csms.folder / "trace"
    words = ("strace", "-D", "-f", "-y", "-s", "160", "-e", "trace=fdatasync,fsync,write,writev,sendto,sendmsg,pwrite64")
    with csms.start(*words, "-o", str(trace)):
        async with peer(csms, "CS-1") as station:
            await station.call("TransactionEvent", event("Started", "tx", 0, "2026-01-01T10:00:00Z", 0.0), id="answer-0")
            for n in range(1, EVENTS):
                said = event("Updated", "tx", n, f"2026-01-01T10:{n:02}:00Z", 10.0 * n)
                await station.call("TransactionEvent", said, id=f"answer-{n}")
        csms.stop()
    return trace.read_text(encoding="utf-8", errors="replace").splitlines()


def unflushed(trace: list[str]) -> list[str]:
    """Return the answers that went out while something of the log had been written and not flushed, or nothing at all."""
    dirty, flushed, bad = False, False, []
    for line in trace:
        if "open63110.db-wal>" in line and "pwrite64(" in line:
            dirty = True
        elif re.search(r"(fdatasync|fsync)\(\d+<[^>]*open63110\.db-wal>", line) or "resumed" in line:
            if re.search(r"(fdatasync|fsync).*= 0$", line):
                dirty, flushed = False, True
        elif found := re.search(r"answer-\d+", line):
            if dirty or not flushed:
                bad.append(found[0])
            flushed = False
    return bad


async def test_the_log_is_flushed_to_the_disk_before_an_answer_is_sent(tmp_path: Path) -> None:
    """Without: PRAGMA synchronous=FULL, or an answer that does not wait for the commit."""
    trace = await traced(CsmsProcess(tmp_path))
    assert sum("answer-" in line for line in trace) == EVENTS
    assert unflushed(trace) == []


async def test_a_build_that_does_not_flush_is_caught(tmp_path: Path) -> None:
    """Shows that the test before can fail."""
    trace = await traced(CsmsProcess(tmp_path, program=UNSYNCED))
    assert sum("answer-" in line for line in trace) == EVENTS
    assert len(unflushed(trace)) == EVENTS


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes; needs the right to mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(disk)], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def linked(csms: CsmsProcess) -> set[str]:
    return {str(one.id) for one in csms.rows(Station) if one.connected is not None}


def has_room(csms: CsmsProcess) -> bool:
    return csms.rest("GET", "/readyz")[0] == 200


def fill(disk: Path) -> None:
    with (disk / "ballast").open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
        while ballast.write(b"\0" * 4096):
            pass


async def reported(station: Peer, first: int) -> list[int]:
    """Report energy until no answer comes; return what was acknowledged."""
    for n in range(first, first + 4000):
        said = event("Updated", "tx", n, "2026-01-01T10:00:00Z", float(n))
        frame = await station.send("TransactionEvent", said)
        try:
            await station.answer_to(frame, timeout=2.0)
        except TimeoutError:
            return list(range(first, n))
    raise AssertionError("the disk is never full")


async def test_a_full_disk_acknowledges_nothing_raises_an_alarm_and_resumes_by_itself(tmp_path: Path, small_disk: Path) -> None:
    """Without: a failed commit that answers nobody, memory restored, the alarm, and the attempt to store again."""
    csms = CsmsProcess(tmp_path, data=str(small_disk / "data"))
    with csms:
        async with peer(csms, "CS-1") as station:
            await station.call("TransactionEvent", event("Started", "tx", 0, "2026-01-01T10:00:00Z", 0.0))
            async with peer(csms, "CS-3"):
                await asyncio.to_thread(fill, small_disk)
                acknowledged = [0, *await reported(station, 1)]
            n = len(acknowledged)
            assert "nothing can be stored" in csms.log()
            assert not await asyncio.to_thread(has_room, csms)
            async with peer(csms, "CS-2", boot=False) as stranger:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(stranger.boot(), 1.0)
                (small_disk / "ballast").unlink()
                for _ in range(100):
                    await asyncio.sleep(0.05)
                    if await asyncio.to_thread(has_room, csms):
                        break
                assert "it can be stored again" in csms.log()
                await stranger.boot()
                assert linked(csms) == {"CS-1", "CS-2"}
            again = event("Updated", "tx", n, "2026-01-01T10:00:00Z", float(n))
            await station.call("TransactionEvent", again)
            await station.call("TransactionEvent", event("Ended", "tx", n + 1, "2026-01-01T11:00:00Z", float(n + 1)))
        csms.stop()
    with csms.store() as store:
        (transfer,) = store.load(EnergyTransfer)
        audit = [one for one in store.load(AuditEntry) if one.action == "StoreUnavailable"]
    told = [one.event for one in await csms.facts()]
    seqs = [one.seq for one in told if isinstance(one, EnergyTransferStarted | EnergyTransferUpdated | EnergyTransferEnded)]
    assert seqs == [*acknowledged, n, n + 1], "an acknowledged event is missing, or one was counted twice"
    assert (transfer.seq, transfer.gaps, transfer.settled) == (n + 1, (), True)
    assert len(audit) == 1
    assert len(csms.log()) < 1_000_000, "the alarm itself floods"


async def test_a_full_disk_keeps_nobody_from_stopping_the_service(tmp_path: Path, small_disk: Path) -> None:
    """Without: waiters of a failed commit that are told."""
    csms = CsmsProcess(tmp_path, data=str(small_disk / "data"))
    with csms:
        async with peer(csms, "CS-1") as station:
            await station.call("TransactionEvent", event("Started", "tx", 0, "2026-01-01T10:00:00Z", 0.0))
            await asyncio.to_thread(fill, small_disk)
            await reported(station, 1)
            async with asyncio.timeout(10.0):
                await asyncio.to_thread(csms.stop)
    assert "Traceback" not in csms.log(), csms.log()[-4000:]
