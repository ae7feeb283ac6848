# SPDX-License-Identifier: Apache-2.0
"""The station program on one core and little memory, from start to a session that outlives a lost CSMS (B.23)."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.e2e.test_station import MEGABYTE, StationProcess, charge, heard, open_at, transfers, until
from tests.process import CsmsProcess

MOST = 64 * MEGABYTE


@pytest.fixture
async def csms(tmp_path: Path) -> AsyncIterator[CsmsProcess]:
    with heard(tmp_path / "csms") as running:
        yield running


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """What is started in here has one core, for ever."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def peak(pid: int) -> int:
    """Return the most memory that a process ever had [bytes]."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def cores(pid: int) -> set[int]:
    """Return the cores that any thread of a process may use."""
    return {core for thread in Path(f"/proc/{pid}/task").iterdir() for core in os.sched_getaffinity(int(thread.name))}


@pytest.mark.at("AT-B.23-2", "v21", "link")
@pytest.mark.parametrize("version", ["ocpp2.1", "link"])
async def test_a_station_lives_on_one_core_and_64_megabytes(csms: CsmsProcess, tmp_path: Path, version: str) -> None:
    station = StationProcess(tmp_path, csms, version)
    with one_core():
        station.start()
    try:
        assert station.process is not None
        pid = station.process.pid
        await charge(station, 1)
        await charge(station, 2)
        await until(lambda: open_at(csms) == {1, 2}, "both charge")
        csms.kill()
        await asyncio.sleep(3.0)
        station.do("unplug 1")
        await asyncio.sleep(1.0)
        csms.start()
        await until(lambda: open_at(csms) == {2}, "the other goes on")
        station.do("unplug 2")
        await until(lambda: all(one.ended for one in transfers(csms)), "all end")
        assert len(transfers(csms)) == 2
        assert len(cores(pid)) == 1
        assert peak(pid) <= MOST, f"{peak(pid) / MEGABYTE:.1f} MB"
    finally:
        station.end()
