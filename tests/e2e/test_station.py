# SPDX-License-Identifier: Apache-2.0
"""The station program against a real CSMS: links that die, power cuts at any moment, and how little memory it needs."""

import asyncio
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.e2e.link_house import Pki, listener
from tests.process import OPEN, CsmsProcess

from open63110.apps.station_config import written
from open63110.apps.station_folder import JOURNAL
from open63110.kernel.roles import Role
from open63110.model.register import imported
from open63110.model.sdr import Sdr
from open63110.model.transfer import (
    EnergyTransfer,
    EnergyTransferEnded,
    EnergyTransferStarted,
    EnergyTransferUpdated,
)
from open63110.station.drivers.tests.test_modbus import BOARD, METER, Rig, over_tcp
from open63110.store.sqlite import SqliteStore

PROGRAM = str(Path(sys.executable).with_name("open63110"))
CARD = "04A1B2C3"
PATIENCE = 30.0
MEGABYTE = 1024 * 1024


class StationProcess:
    """Starts and kills one station with simulated EVSEs; people at it write into a FIFO."""

    def __init__(self, folder: Path, csms: CsmsProcess, version: str, *, evses: int = 2, tables: str = "", **more: Any) -> None:
        self.folder, self.data = folder, folder / "station"
        self.config, self.hands, self.key = folder / "station.toml", folder / "hands", folder / "none"
        os.mkfifo(self.hands)
        settings = {
            "id": "CS-9",
            "data": str(self.data),
            "interval": 0.3,
            "evses": {str(number): {"driver": "modbus" if tables else "simulated"} for number in range(1, evses + 1)},
            "csms": self._upwards(csms, version),
            "offline": {"who": "allow-unknown", "answer_within": 2.0},
            "reader": {"device": str(self.hands)},
            "log": {"format": "json"},
            **more,
        }
        self.config.write_text(written(settings) + tables, encoding="utf-8")
        self.process: subprocess.Popen[bytes] | None = None

    def _upwards(self, csms: CsmsProcess, version: str) -> dict[str, Any]:
        if version != "link":
            return {"url": f"ws://127.0.0.1:{csms.ports['open']}/ocpp", "versions": [version], "longest_pause": 0.5}
        given = Pki(csms.folder / "pki", make=False).give("CS-9")
        assert given.key is not None
        self.key = given.key
        files = {"authorities": given.authority, "certificate": given.certificate, "key": given.key}
        endpoint = f"wss://localhost:{csms.ports['link']}/link"
        return {"wire": "link", "endpoints": [endpoint], "longest_pause": 0.5} | {name: str(one) for name, one in files.items()}

    def start(self) -> None:
        command = [PROGRAM, "station", "run", "--config", str(self.config), "--json"]
        with (self.folder / "station.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, (self.folder / "station.log").read_text()[-3000:]
        assert json.loads(line)["ready"]

    def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(how)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
            assert process.stdout is not None
            process.stdout.close()

    def resident(self) -> int:
        assert self.process is not None
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def do(self, line: str) -> None:
        descriptor = os.open(self.hands, os.O_RDWR | os.O_NONBLOCK)
        try:
            os.write(descriptor, f"{line}\n".encode())
        finally:
            os.close(descriptor)

    async def journal(self) -> tuple[list[EnergyTransfer], list[Any]]:
        """Return the transfers and transfer facts of a station that does not run."""
        store = SqliteStore(self.data / JOURNAL)
        try:
            facts = [one.event for one in await store.facts(limit=100_000)]
            told = (EnergyTransferStarted, EnergyTransferUpdated, EnergyTransferEnded)
            return store.load(EnergyTransfer), [one for one in facts if isinstance(one, told)]
        finally:
            store.close()


async def until(true: Callable[[], Any], what: str, seconds: float = PATIENCE) -> None:
    try:
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"never: {what}") from None


@contextlib.contextmanager
def heard(folder: Path) -> Iterator[CsmsProcess]:
    """A CSMS that stations reach by OCPP and by link, and that knows a card."""
    folder.mkdir()
    pki = Pki(folder / "pki")
    link = listener(pki, pki.give("csms.example", Role.CSMS, serves=True))
    listeners = {"open": OPEN, "link": msgspec.to_builtins(link)}
    with CsmsProcess(folder, policy={"local_lists": False, "closing": 1.0}, listeners=listeners).init().start() as running:
        token = {"kind": "ISO14443", "value": CARD, "contract": "C-1", "concurrent": 0}
        status, said = running.rest("POST", "/api/v1/tokens/put", {"token": token})
        assert status == 200, said
        yield running


@pytest.fixture
async def csms(tmp_path: Path) -> AsyncIterator[CsmsProcess]:
    with heard(tmp_path / "csms") as running:
        yield running


def transfers(csms: CsmsProcess) -> list[EnergyTransfer]:
    return csms.rows(EnergyTransfer, "CS-9")


def open_at(csms: CsmsProcess) -> set[int]:
    return {one.evse for one in transfers(csms) if one.ended is None and one.state == "charging"}


def of(facts: list[Any], number: int) -> list[Any]:
    """Return the facts that a station told of a transfer."""
    told = (EnergyTransferStarted, EnergyTransferUpdated, EnergyTransferEnded)
    return [fact for fact in facts if isinstance(fact, told) and fact.number == number]


def told(csms: CsmsProcess, code: str) -> bool:
    """Tell whether the CSMS has heard of a fault."""
    return any(getattr(one, "code", "") == code for one in csms.journal("CS-9"))


async def charge(station: StationProcess, evse: int) -> None:
    station.do(f"plug {evse}")
    await asyncio.sleep(0.5)
    station.do(f"{evse} {CARD}")


@pytest.mark.at("AT-6.2-2", "v21", "link")
@pytest.mark.parametrize("version", ["ocpp2.1", "link"])
async def test_two_evs_charge_on_while_the_csms_is_away_and_all_is_told_in_order_afterwards(
    csms: CsmsProcess, tmp_path: Path, version: str
) -> None:
    station = StationProcess(tmp_path, csms, version)
    station.start()
    try:
        await charge(station, 1)
        await charge(station, 2)
        await until(lambda: open_at(csms) == {1, 2}, "both charge")
        assert station.resident() <= 64 * MEGABYTE
        csms.kill()
        away = datetime.now().astimezone()
        await asyncio.sleep(3.0)
        station.do("unplug 1")
        await asyncio.sleep(1.0)
        back = datetime.now().astimezone()
        csms.start()
        await until(lambda: any(one.ended for one in transfers(csms)), "the end is told")
        await until(lambda: open_at(csms) == {2}, "the other goes on")
        station.do("unplug 2")
        await until(lambda: all(one.ended for one in transfers(csms)), "all end")
        assert len(transfers(csms)) == 2
        assert all(not one.gaps for one in transfers(csms))
        for one in transfers(csms):
            told = [
                fact for fact in csms.journal("CS-9") if getattr(fact, "reference", "") == one.reference and hasattr(fact, "seq")
            ]
            assert [fact.seq for fact in told] == list(range(len(told)))
            meanwhile = [fact for fact in told if away < fact.at < back]
            assert len(meanwhile) >= 5
            assert all(fact.offline for fact in meanwhile)
    finally:
        station.end()


MODBUS = """
[evses.1.meter]
bus = "{url}"
unit = 1
kind = "sdm630"
[evses.1.board]
bus = "{url}"
unit = 2
[evses.1.board.registers]
pilot = {{ address = 0 }}
proximity = {{ address = 1 }}
mirror = {{ table = "discrete", address = 0 }}
contactor = {{ table = "coil", address = 0 }}
offered = {{ table = "holding", address = 0, scale = 0.1 }}
"""


class Board:
    """An EV at a board behind Modbus: it follows the pilot, and the mirror contact follows the contactor."""

    def __init__(self, rig: Rig, *, cable: int) -> None:
        self.rig, self.cable, self.plugged, self.energy = rig, cable, False, 1.0
        self.most = 0.0

    @property
    def offered(self) -> float:
        return self.rig.get(BOARD, 3, 0) / 10

    async def live(self) -> None:
        while True:
            wants = self.plugged and self.offered >= 6
            self.rig.put(BOARD, 4, 0, 2 if wants else int(self.plugged), self.cable if self.plugged else 0)
            self.rig.put(BOARD, 2, 0, int(self.rig.contactor))
            current = self.offered if self.rig.contactor and wants else 0.0
            self.most = max(self.most, self.offered)
            self.energy += current / 1000
            self.rig.meter(energy=self.energy, power=current * 690, current=current)
            await asyncio.sleep(0.05)


@pytest.mark.at("AT-7.10-2", "v21")
async def test_a_real_board_never_offers_more_than_its_cable_carries_and_opens_when_its_meter_falls_silent(
    csms: CsmsProcess, tmp_path: Path
) -> None:
    rig = Rig()
    board = Board(rig, cable=20)
    async with over_tcp(rig) as url:
        living = asyncio.create_task(board.live())
        station = StationProcess(tmp_path, csms, "ocpp2.1", evses=1, tables=MODBUS.format(url=url))
        await asyncio.to_thread(station.start)
        try:
            board.plugged = True
            await asyncio.sleep(1.5)
            station.do(CARD)
            await until(lambda: open_at(csms) == {1}, "it charges")
            assert (board.most, station.resident() <= 64 * MEGABYTE) == (20.0, True)
            path = "/api/v1/stations/CS-9/limit"
            status, order = await asyncio.to_thread(csms.rest, "POST", path, {"evse": 1, "limit": 32 * 690.0})
            assert (status, order["outcome"], order["reason"]) == (200, "accepted", "Clipped")
            assert board.most == 20.0
            await asyncio.to_thread(csms.rest, "POST", path, {"evse": 1, "limit": 5520.0})
            await until(lambda: board.offered == 8.0, "the pilot falls")
            rig.spoil = lambda answer: b"" if answer[6] == METER else answer
            await until(lambda: not rig.contactor, "it opens without a meter")
            await until(lambda: told(csms, "PowerMeterFailure"), "it is told")
            rig.spoil = lambda answer: answer
            await until(lambda: rig.contactor, "it closes again")
            await asyncio.to_thread(station.end, signal.SIGTERM)
            assert not rig.contactor
            assert not told(csms, "PowerSwitchFailure")
        finally:
            station.end()
            living.cancel()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("version", ["ocpp2.1", "ocpp2.0.1", "ocpp1.6", "link"])
@pytest.mark.at("AT-B.17-2", "v21", "v201", "v16", "link")
async def test_power_cuts_at_any_moment_lose_nothing_and_count_nothing_twice(
    csms: CsmsProcess, tmp_path: Path, version: str
) -> None:
    station, chance = StationProcess(tmp_path, csms, version, evses=1), random.Random(version)
    station.start()
    try:
        for turn in range(6):
            await charge(station, 1)
            if turn % 3 == 2:
                csms.kill()
            await asyncio.sleep(chance.uniform(0.2, 2.5))
            if chance.random() < 0.4:
                station.do("unplug 1")
                await asyncio.sleep(chance.uniform(0.0, 0.4))
            station.end(signal.SIGKILL)
            if turn % 3 == 2:
                csms.start()
            station.start()
            await asyncio.sleep(chance.uniform(0.0, 1.0))
        await charge(station, 1)
        await until(lambda: open_at(csms) == {1}, "it charges")
        station.do("unplug 1")
        await until(lambda: not open_at(csms), "it ends")
        await asyncio.sleep(3.0)
        station.end(signal.SIGTERM)
        kept, facts = await station.journal()
        await _compare(csms, kept, facts, exact=version != "ocpp1.6")
    finally:
        station.end()


async def _compare(csms: CsmsProcess, kept: list[EnergyTransfer], facts: list[Any], *, exact: bool) -> None:
    assert len(kept) >= 4
    assert all(one.ended for one in kept)
    heard = {one.began: one for one in transfers(csms)}
    assert set(heard) == {one.began for one in kept}
    assert len(transfers(csms)) == len(kept)
    for one in kept:
        there = heard[one.began]
        assert there.ended == one.ended
        assert imported(there) == pytest.approx(imported(one), abs=1e-6 if exact else 1.0)
        if exact:
            assert (there.reference, there.gaps) == (one.reference, ())
            mine = sorted((fact.seq, fact.at) for fact in of(facts, one.number))
            theirs = sorted((fact.seq, fact.at) for fact in of(csms.journal("CS-9"), there.number))
            assert theirs == mine
    assert sum(len(one.transfers) for one in csms.rows(Sdr)) <= len(kept)
