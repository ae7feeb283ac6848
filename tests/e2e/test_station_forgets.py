# SPDX-License-Identifier: Apache-2.0
"""The station program forgets on its disk what its CSMS has it forget (8.3.12, 8.3.13): before it answers, whatever kills it."""

import asyncio
import contextlib
import functools
import random
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.test_at_deletion import naming
from tests.e2e.test_station import CARD, PATIENCE, PROGRAM, StationProcess, charge, heard, transfers, until
from tests.process import CsmsProcess

from open63110.model.deletion import DeletionItem
from open63110.model.deregistration import Deregistration
from open63110.model.sdr import Sdr


@pytest.fixture
async def csms(tmp_path: Path) -> AsyncIterator[CsmsProcess]:
    with heard(tmp_path / "csms") as running:
        yield running


@contextlib.contextmanager
def standing(tmp_path: Path, csms: CsmsProcess, version: str) -> Iterator[StationProcess]:
    """A station that runs, and keeps raw frames."""
    station = StationProcess(tmp_path, csms, version, evses=1, frames_days=1)
    station.start()
    try:
        yield station
    finally:
        station.end()


async def charged(station: StationProcess, csms: CsmsProcess, card: str = CARD) -> None:
    """Let somebody charge, from plug to record."""
    before = len(csms.rows(Sdr))
    await charge(station, 1) if card == CARD else await _with(station, card)
    await until(lambda: any(one.ended is None for one in transfers(csms)), "energy flows")
    station.do("unplug 1")
    await until(lambda: len(csms.rows(Sdr)) > before, "the record")
    await asyncio.sleep(1.0)  # its raw frames are on the disk
    assert naming(station.data, card)


async def _with(station: StationProcess, card: str) -> None:
    station.do("plug 1")
    await asyncio.sleep(0.5)
    station.do(f"1 {card}")


def order(csms: CsmsProcess, key: str, card: str = CARD) -> None:
    """Have somebody deleted."""
    status, said = csms.rest("POST", "/api/v1/deletions/order", {"type": "token", "value": card, "request_id": key})
    assert status == 200, said


def item(csms: CsmsProcess, key: str) -> DeletionItem | None:
    """What became of it at the station."""
    return next((one for one in csms.rows(DeletionItem) if one.request == key and one.holder == "CS-9"), None)


def result(csms: CsmsProcess, key: str) -> str:
    """The same in a word."""
    found = item(csms, key)
    return "" if found is None else found.result


def ordered(csms: CsmsProcess, key: str) -> bool:
    """Tell whether the station was told."""
    found = item(csms, key)
    return found is not None and bool(found.steps)


def done(csms: CsmsProcess, key: str) -> bool:
    """Tell whether the station has said that it did."""
    return result(csms, key) == "deleted"


@pytest.mark.at("AT-8.3.12-1", "v16", "v201", "v21", "link")
@pytest.mark.parametrize("version", ["ocpp1.6", "ocpp2.0.1", "ocpp2.1", "link"])
async def test_a_customer_is_on_the_disk_no_more_when_the_station_has_answered(
    csms: CsmsProcess, tmp_path: Path, version: str
) -> None:
    with standing(tmp_path, csms, version) as station:
        await charged(station, csms)
        order(csms, "d")
        await until(lambda: result(csms, "d") == "deleted", "the station has deleted it")
        station.end()
        assert naming(station.data, CARD) == []
        assert CARD not in (tmp_path / "station.log").read_text()
        found = item(csms, "d")
        assert found is not None
        customer = next(step for step in found.steps if step.startswith("customer"))
        assert found.steps[customer] == ("absent" if version == "ocpp1.6" else "done")
        station.start()
        await until(lambda: csms.rest("GET", "/api/v1/stations/CS-9")[1]["connected"], "it is back, and works")


@pytest.mark.at("AT-8.3.12-1", "v21", "link")
@pytest.mark.parametrize("version", ["ocpp2.1", "link"])
async def test_a_station_that_is_killed_while_it_forgets_has_not_said_that_it_did(
    csms: CsmsProcess, tmp_path: Path, version: str
) -> None:
    chance = random.Random(version)
    with standing(tmp_path, csms, version) as station:
        for number in range(4):
            card = f"04A1B2C3D{number}E{number}"
            token = {"kind": "ISO14443", "value": card, "contract": f"C-{number}", "concurrent": 0}
            assert csms.rest("POST", "/api/v1/tokens/put", {"token": token})[0] == 200
            await charged(station, csms, card)
            order(csms, f"d{number}", card)
            await until(functools.partial(ordered, csms, f"d{number}"), "it is ordered")
            await asyncio.sleep(chance.random() * 0.2)
            station.end()
            if result(csms, f"d{number}") != "deleted":
                station.start()
                if version == "link":  # there an order whose answer was lost is given anew after five minutes, or with the next
                    order(csms, f"d{number}-again", card)
                await until(functools.partial(done, csms, f"d{number}"), "it is ordered once more", 60.0)
                station.end()
            assert naming(station.data, card) == []
            station.start()


def leave(csms: CsmsProcess, **more: Any) -> None:
    """Have the station leave for good."""
    status, said = csms.rest("POST", "/api/v1/stations/CS-9/deregister", {"reason": "sold"} | more)
    assert status in {200, 202}, said


def left(csms: CsmsProcess) -> Deregistration | None:
    """How far it has come."""
    return next(iter(csms.rows(Deregistration)), None)


def refused(station: StationProcess) -> str:
    """Start it where it does not start; return what it says."""
    command = [PROGRAM, "station", "run", "--config", str(station.config), "--json"]
    done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=PATIENCE, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


def erased(station: StationProcess) -> bool:
    """Tell whether nothing is on its disk by which it, or anybody, is known, and nothing of the wipe is left to be done."""
    left = [one for one in (station.key, station.data / "wipe.json") if one.exists()]
    return not left and naming(station.data, CARD) == []


@pytest.mark.at("AT-8.3.13-1", "link")
async def test_a_station_that_leaves_for_good_ends_with_nothing_on_its_disk_by_which_it_or_anybody_is_known(
    csms: CsmsProcess, tmp_path: Path
) -> None:
    with standing(tmp_path, csms, "link") as station:
        await charged(station, csms)
        assert not erased(station)
        leave(csms)
        assert station.process is not None
        await until(lambda: station.process is not None and station.process.poll() == 0, "it has gone", 60.0)
        gone = left(csms)
        assert gone is not None
        assert gone.steps["wipe"] == "done"
        assert erased(station)
        assert "certificate.pem: No such file or directory" in refused(station)


@contextlib.contextmanager
def killed_at_unlink(process: int, number: int) -> Iterator[None]:
    """Kill a process when it removes a file for the nth time."""
    command = ["strace", "-f", "-e", "trace=unlink,unlinkat", "-e", f"inject=unlink,unlinkat:signal=SIGKILL:when={number}"]
    with subprocess.Popen([*command, "-p", str(process)], stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr is not None
        assert "attached" in tracer.stderr.readline()
        try:
            yield
        finally:
            tracer.terminate()


async def test_a_wipe_that_is_killed_is_ended_by_the_next_start(csms: CsmsProcess, tmp_path: Path) -> None:
    with standing(tmp_path, csms, "link") as station:
        await charged(station, csms)
        assert station.process is not None
        with killed_at_unlink(station.process.pid, 1):
            leave(csms)
            await until(lambda: station.process is not None and station.process.poll() is not None, "it is killed", 60.0)
        station.end()
        assert (station.data / "wipe.json").exists()
        gone = left(csms)
        assert gone is not None
        assert gone.steps.get("wipe") != "done"
        assert "was told to forget whose it is, and has" in refused(station)
        assert erased(station)
