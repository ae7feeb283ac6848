# SPDX-License-Identifier: Apache-2.0
"""Programs between which files go: a CSMS, a local CSMS, a station, each in its own process, and a narrow way between them."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
from bench.link.proxy import Narrow, pump, tighten
from tests.e2e.link_house import Pki, Tap, listener
from tests.process import OPEN, CsmsProcess

from open63110.apps import local_config
from open63110.apps.station_config import written
from open63110.kernel.roles import Role
from open63110.model.principal import AuditEntry

PROGRAM = str(Path(sys.executable).with_name("open63110"))
PATIENCE = 40.0
MEGA = 1024 * 1024
VERSIONS = ("ocpp2.1", "ocpp2.0.1", "ocpp1.6")
REFUSED = {"StreamNotAsked", "StreamBadName", "StreamNoRoom", "StreamTooLarge", "StreamUnknownAddress"}


def content(size: int, seed: int = 1) -> bytes:
    """Return bytes that nothing on the way makes smaller."""
    return random.Random(seed).randbytes(size)


async def until(true: Callable[[], Any], what: str, seconds: float = PATIENCE) -> None:
    """Wait for something that another process does."""
    try:
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"never: {what}") from None


class NarrowTap(Tap):
    """A tap with a rate, from when it is made narrow."""

    def __init__(self, port: int, rate: int | None = None, delay: float = 0.0) -> None:
        super().__init__(port)
        self.narrow(rate, delay)

    def narrow(self, rate: int | None, delay: float = 0.0) -> None:
        """Carry so many bit/s each way, each piece so late [s]; connections that are open stay as they were."""
        self._there, self._back = (Narrow(rate, delay, 0.0, 32 * 1024, seed) for seed in (1, 2))
        self._shaped = rate is not None

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._shaped or not self.open:
            await super()._meet(reader, writer)
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers |= {writer, back}
        tighten(writer)
        tighten(back)
        with contextlib.suppress(ExceptionGroup, OSError):
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(pump(reader, back, self._there))
                tasks.create_task(pump(there, writer, self._back))
        self._writers -= {writer, back}
        for one in (writer, back):
            one.transport.abort()


class Program:
    """One program in a process, by its configuration."""

    def __init__(self, folder: Path, words: tuple[str, ...], text: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.config, self._words = folder, folder / "config.toml", words
        self.config.write_text(text, encoding="utf-8")
        self.process: subprocess.Popen[bytes] | None = None
        self.ready: dict[str, Any] = {}

    def start(self) -> None:
        """Start it, and wait until it is up."""
        command = [PROGRAM, *self._words, "--config", str(self.config), "--json"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.log()[-3000:]
        self.ready = json.loads(line)

    def log(self) -> str:
        """Return what it logged."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def do(self, line: str) -> None:
        """Do something at a station: plug 1, unplug 1, a card."""
        descriptor = os.open(self.folder / "hands", os.O_RDWR | os.O_NONBLOCK)
        try:
            os.write(descriptor, f"{line}\n".encode())
        finally:
            os.close(descriptor)

    def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Take it away."""
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(how)
            process.wait(PATIENCE)
            assert process.stdout is not None
            process.stdout.close()


def station_of(folder: Path, pki: Pki, port: int, *, wire: str = "link", versions: tuple[str, ...] = (), **bulk: Any) -> Program:
    """Make a station by the name of its folder, whose link leads to a port; people at it write into a FIFO."""
    given = pki.give(folder.name)
    files = {"authorities": given.authority, "certificate": given.certificate, "key": given.key}
    upwards: dict[str, Any] = {"wire": wire, "endpoints": [f"wss://localhost:{port}/link"], "longest_pause": 0.5}
    upwards |= {"versions": list(versions)} if versions else {}
    folder.mkdir(exist_ok=True)
    os.mkfifo(folder / "hands")
    settings = {
        "id": folder.name,
        "data": str(folder / "data"),
        "csms": upwards | {key: str(one) for key, one in files.items()},
        "bulk": bulk,
        "interval": 0.5,
        "reader": {"device": str(folder / "hands")},
        "log": {"format": "json"},
    }
    return Program(folder, ("station", "run"), written(settings))


class Files:
    """A CSMS in a process, as somebody with a key sees it; a way to it that can be made narrow and cut."""

    def __init__(self, csms: CsmsProcess, pki: Pki, tap: NarrowTap) -> None:
        self.csms, self.pki, self.tap = csms, pki, tap
        self.programs: list[Program] = []

    async def cli(self, *words: str) -> tuple[int, Any]:
        """Run a command; return its exit code and what it said, read as JSON where it is."""
        done = await asyncio.to_thread(
            subprocess.run,
            [PROGRAM, *words, "--url", self.csms.web, "--key", self.csms.key, "--json"],
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=120.0,
        )
        assert done.returncode in {0, 1}, done.stderr.decode()
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr.decode()

    def put(self, name: str, data: bytes) -> None:
        """Let a file lie at the CSMS."""
        request = urllib.request.Request(
            f"{self.csms.web}/api/v1/files/{name}",
            method="PUT",
            data=data,
            headers={"Authorization": f"Bearer {self.csms.key}", "Content-Type": "application/octet-stream"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            assert answer.status == 201

    def begin(self, station: str = "CS-9", *, status: int = 202, **wish: str) -> Any:
        """Send a file, or fetch a log."""
        said, stream = self.csms.rest("POST", f"/api/v1/stations/{station}/streams", wish)
        assert said == status, stream
        return stream

    def stream(self, id: str) -> Any:
        """How far a stream is."""
        status, stream = self.csms.rest("GET", f"/api/v1/streams/{id}")
        assert status == 200, stream
        return stream

    async def over(self, id: str, seconds: float = PATIENCE) -> Any:
        """Wait for the end of a stream."""
        await until(lambda: self.stream(id)["ended"], f"{id} ends: {self.stream(id)}", seconds)
        return self.stream(id)

    async def moved(self, id: str, least: int) -> None:
        """Wait until so many bytes have gone [bytes]."""
        await until(lambda: max(self.stream(id)["sent"], self.stream(id)["received"]) >= least, f"{id} goes on")

    def brought(self, id: str) -> bytes:
        """Read the file that a stream has brought."""
        request = urllib.request.Request(
            f"{self.csms.web}/api/v1/streams/{id}/content", headers={"Authorization": f"Bearer {self.csms.key}"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            found: bytes = answer.read()
            return found

    async def audited(self, *expected: tuple[str, str]) -> None:
        """See that the audit has just this of files: actions, each with its outcome; it is written a moment after the end."""

        def found() -> list[tuple[str, str]]:
            rows = self.csms.rows(AuditEntry)
            return [(one.action, one.outcome) for one in rows if one.action in {"SendFile", "FetchFile"} | REFUSED]

        with contextlib.suppress(AssertionError):
            await until(lambda: len(found()) >= len(expected), "the audit has it", 10.0)
        assert found() == list(expected)

    def connected(self, station: str = "CS-9") -> bool:
        """A station has a link, and was accepted."""
        status, found = self.csms.rest("GET", f"/api/v1/stations/{station}")
        return status == 200 and found["connected"] is not None and found["registration"] == "accepted"

    def station(
        self, name: str = "CS-9", *, port: int = 0, wire: str = "link", versions: tuple[str, ...] = (), **bulk: Any
    ) -> Program:
        """Make a station whose link goes through the tap, or to another port; people at it write into a FIFO."""
        folder = self.csms.folder.parent / name
        return self._made(station_of(folder, self.pki, port or self.tap.port, wire=wire, versions=versions, **bulk))

    def local(self, name: str = "mall-lc", site: str = "mall", **bulk: Any) -> Program:
        """Make a local CSMS whose link upwards goes through the tap; it is admitted."""
        status, said = self.csms.rest("POST", "/api/v1/principals", {"id": name, "role": "local-csms", "scope": [f"/{site}"]})
        assert status == 201, said
        given = self.pki.give(name, Role.LOCAL_CSMS, serves=True)
        folder = self.csms.folder.parent / name
        settings = {
            "identity": name,
            "site": site,
            "data": str(folder / "data"),
            "listeners": {"link": msgspec.to_builtins(listener(self.pki, given))},
            "web": {"host": "127.0.0.1", "port": 0},
            "policy": {"unknown_stations": "accept"},
            "upper": {
                "endpoints": [f"wss://localhost:{self.tap.port}/link"],
                "certificate": str(given.certificate),
                "key": str(given.key),
                "authorities": str(given.authority),
                "longest_pause": 0.5,
            },
            "bulk": bulk,
            "log": {"format": "json"},
        }
        made = self._made(Program(folder, ("local-csms",), local_config.written(settings)))
        made.start()
        port = made.ready["listeners"]["link"]
        settings["listeners"]["link"] |= {"port": port}  # type: ignore[index] # a literal of ours
        made.config.write_text(local_config.written(settings), encoding="utf-8")
        return made

    def _made(self, program: Program) -> Program:
        self.programs.append(program)
        return program


def received(station: Program, name: str) -> Path:
    """Where a station has what came."""
    return station.folder / "data" / "bulk" / "received" / name


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def left_over(station: Program) -> list[str]:
    """What lies in a spool beside the records of streams."""
    spool = station.folder / "data" / "bulk" / "spool"
    return [path.name for path in spool.iterdir() if path.suffix != ".json"]


@contextlib.asynccontextmanager
async def files(folder: Path, *, rate: int | None = None, delay: float = 0.0, **settings: Any) -> AsyncIterator[Files]:
    """A CSMS that stations reach by link through a tap, of so many bit/s if that is said."""
    home = folder / "csms"
    home.mkdir()
    pki = Pki(home / "pki")
    link = listener(pki, pki.give("csms.example", Role.CSMS, serves=True))
    versions = settings.pop("versions", VERSIONS)
    listeners = {"open": OPEN, "link": msgspec.to_builtins(link) | {"versions": list(versions)}}
    csms = CsmsProcess(home, policy={"local_lists": False, "closing": 1.0}, listeners=listeners, **settings).init()
    with csms.start():
        async with NarrowTap(csms.ports["link"], rate, delay).running() as tap:
            here = Files(csms, pki, tap)  # type: ignore[arg-type] # what runs is what was made
            try:
                yield here
            finally:
                for one in here.programs:
                    one.end()
