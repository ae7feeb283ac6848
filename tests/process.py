# SPDX-License-Identifier: Apache-2.0
"""A CSMS as operators run it: the real program in a process of its own, its log, its database, and stations that call it."""

import asyncio
import atexit
import contextlib
import functools
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from open63110.apps.config_file import written
from open63110.apps.folder import DATABASE
from open63110.ports import StoredFact, searchable
from open63110.store.codec import FactCodec
from open63110.store.sqlite import SqliteStore

N = TypeVar("N")
PROGRAM = (str(Path(sys.executable).with_name("open63110")), "csms")
OPEN = {"host": "127.0.0.1", "port": 0, "plain": True, "password": False}
"""A listener where anybody may come."""
PATIENCE = 30.0
"""How long a process may take to start or to stop on a busy machine [s]."""


@functools.cache
def fresh(program: Sequence[str]) -> tuple[Path, str]:
    """Let a program set up a data folder, to be copied by whoever needs one; return it and its administrator's key."""
    folder = Path(tempfile.mkdtemp(prefix="open63110-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    command = (*program, "init", "--config", str(folder / "init.toml"), "--data", str(folder / "data"), "--json")
    said = subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE)
    return folder / "data", json.loads(said.stdout)["key"]


class CsmsProcess:
    """Starts, kills and restarts one CSMS; its listeners keep their ports."""

    written = staticmethod(written)
    """Makes the text of its configuration."""

    def __init__(self, folder: Path, *, program: Sequence[str] = PROGRAM, **settings: Any) -> None:
        """Write a configuration.

        Args:
            folder: holds configuration, log and, unless `data` says otherwise, the data folder.
            program: what is run with `--config FILE --json`.
            settings: tables of the configuration; listeners default to one that is open, strangers are accepted.
        """
        self.folder, self.program = folder, tuple(program)
        self.config, self.log_file = folder / "open63110.toml", folder / "log.jsonl"
        policy = {"unknown_stations": "accept", **settings.pop("policy", {})}
        self.settings: dict[str, Any] = {
            "data": str(folder / "data"),
            "listeners": {"open": OPEN},
            "web": {"host": "127.0.0.1", "port": 0},
            "log": {"format": "json"},
            **settings,
            "policy": policy,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.web = self.key = ""
        self.ports: dict[str, int] = {}

    @property
    def data(self) -> Path:
        """Its data folder."""
        return Path(self.settings["data"])

    def init(self) -> Self:
        """Make the first administrator, so that REST can be used."""
        template, self.key = fresh(self.program)
        shutil.copytree(template, self.data)
        return self

    def start(self, *before: str, environment: Mapping[str, str] | None = None) -> Self:
        """Start it and wait until it serves; `before` are words put before the command (a tracer)."""
        self.config.write_text(self.written(self.settings), encoding="utf-8")
        command = (*before, *self.program, "--config", str(self.config), "--json")
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})}
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.kill()
            raise AssertionError(f"it did not start:\n{self.log()[-4000:]}")
        ready = json.loads(line)
        self.web, self.ports = ready["web"], ready["listeners"]
        for name, port in self.ports.items():
            self.settings["listeners"][name] = {**self.settings["listeners"][name], "port": port}
        return self

    def url(self, station: str, listener: str = "open") -> str:
        """Return where a station connects."""
        return f"ws://127.0.0.1:{self.ports[listener]}/ocpp/{station}"

    def log(self) -> str:
        """Return all that it logged."""
        return self.log_file.read_text(encoding="utf-8") if self.log_file.exists() else ""

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self.process is not None
        return self.process.pid

    def resident(self) -> int:
        """Return its memory [B]."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def forget_peak(self) -> None:
        """Let the peak of its memory count from now on."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", encoding="ascii")

    def peak(self) -> int:
        """Return the most memory it had since [B]."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))

    def alive(self) -> bool:
        """Tell whether it runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask it to end, and wait."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Take it away without a word."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(how)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()

    # -- the door for programs --

    def rest(self, method: str, path: str, body: Any = None, *, timeout: float = 30.0) -> tuple[int, Any]:
        """Ask its REST API as the first administrator; return status and answer."""
        request = urllib.request.Request(
            f"{self.web}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                status, raw = answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                status, raw = refusal.code, refusal.read()
        try:
            return status, json.loads(raw)
        except ValueError:
            return status, raw.decode()

    # -- its database --

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Look into the database while it runs: what is committed, and nothing else."""
        path = self.data / DATABASE
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5.0)) as connection:
            yield connection

    def rows(self, noun: type[N], station: str = "") -> list[N]:
        """Return committed nouns while it runs, of one station or of all."""
        kept, decode = searchable(noun), msgspec.msgpack.Decoder(noun).decode
        where, values = (" WHERE station = ?", (station,)) if station else ("", ())
        with self.reading() as connection:
            found = connection.execute(f'SELECT body FROM "{kept.name}"{where} ORDER BY "{kept.key}"', values)
            return [decode(body) for (body,) in found]

    def journal(self, station: str) -> list[Any]:
        """Return the committed facts of a station while it runs."""
        decode = FactCodec().decode
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT kinds.name, body FROM journal JOIN kinds ON kinds.id = kind WHERE station = ? ORDER BY journal.id",
                (station,),
            )
            return [decode(kind, body) for kind, body in rows]

    @contextlib.contextmanager
    def store(self) -> Iterator[SqliteStore]:
        """Open the database of a CSMS that does not run."""
        assert self.process is None, "it still has its database"
        store = SqliteStore(self.data / DATABASE)
        try:
            yield store
        finally:
            store.close()

    async def facts(self) -> list[StoredFact]:
        """Return the whole journal of a CSMS that does not run."""
        found: list[StoredFact] = []
        with self.store() as store:
            while more := await store.facts(after=found[-1].id if found else 0, limit=5000):
                found.extend(more)
        return found

    def __enter__(self) -> Self:
        """Start it unless it was."""
        return self if self.process is not None else self.start()

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind."""
        self.kill()


class Peer:
    """A station as a test moves it: raw frames over a real socket, by a library that is not ours."""

    def __init__(self, socket: ClientConnection) -> None:
        """Speak over an open socket."""
        self.socket, self.calls = socket, 0
        self.asked: list[list[Any]] = []
        """Calls of the CSMS that came while an answer was awaited, not answered yet."""

    async def send(self, action: str, payload: Any, *, id: str = "") -> str:
        """Send a call and return its message id, without waiting for the answer."""
        self.calls += 1
        id = id or f"p{self.calls}"
        await self.socket.send(json.dumps([2, id, action, payload]))
        return id

    async def frame(self, *, timeout: float = 10.0) -> list[Any]:
        """Return the next frame."""
        async with asyncio.timeout(timeout):
            frame: list[Any] = json.loads(await self.socket.recv())
            return frame

    async def answer_to(self, id: str, *, timeout: float = 10.0) -> list[Any]:
        """Return the answer to a call; calls of the CSMS that come first are put aside."""
        while True:
            frame = await self.frame(timeout=timeout)
            if frame[0] == 2:
                self.asked.append(frame)
            elif frame[1] == id:
                return frame

    async def call(self, action: str, payload: Any, *, id: str = "", timeout: float = 10.0) -> Any:
        """Call and return the payload of the answer, which must be no error."""
        frame = await self.answer_to(await self.send(action, payload, id=id), timeout=timeout)
        assert frame[0] == 3, frame
        return frame[2]

    async def next_call(self, *, timeout: float = 10.0) -> list[Any]:
        """Return the next call of the CSMS."""
        if self.asked:
            return self.asked.pop(0)
        frame = await self.frame(timeout=timeout)
        assert frame[0] == 2, frame
        return frame

    async def reply(self, id: str, payload: Any) -> None:
        """Answer a call of the CSMS."""
        await self.socket.send(json.dumps([3, id, payload]))

    async def boot(self, **more: Any) -> Any:
        """Boot and be accepted."""
        if self.socket.subprotocol == "ocpp1.6":
            said = await self.call("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M", **more})
        else:
            said = await self.call(
                "BootNotification", {"reason": "PowerUp", "chargingStation": {"vendorName": "V", "model": "M"}, **more}
            )
        assert said["status"] == "Accepted", said
        return said


@contextlib.asynccontextmanager
async def peer(
    csms: CsmsProcess, station: str, version: str = "ocpp2.0.1", *, boot: bool = True, **more: Any
) -> AsyncIterator[Peer]:
    """Connect a station, and let it boot; `more` goes to the library."""
    protocols = [Subprotocol(version)]
    async with connect(csms.url(station), subprotocols=protocols, ping_interval=None, close_timeout=1.0, **more) as socket:
        one = Peer(socket)
        if boot:
            await one.boot()
        yield one


def event(
    kind: str, reference: str, seq: int, at: str, value: float | None = None, *, card: str = "", **more: Any
) -> dict[str, Any]:
    """Return a TransactionEvent of 2.x at EVSE 1, with a register reading [Wh]."""
    info = {"transactionId": reference, **more.pop("info", {})}
    said: dict[str, Any] = {
        "eventType": kind,
        "timestamp": at,
        "triggerReason": {"Started": "CablePluggedIn", "Updated": "MeterValuePeriodic", "Ended": "EVDeparted"}[kind],
        "seqNo": seq,
        "transactionInfo": info
        | ({"stoppedReason": "EVDisconnected"} if kind == "Ended" and "stoppedReason" not in info else {}),
        "evse": {"id": 1, "connectorId": 1},
        **more,
    }
    if value is not None:
        context = {"Started": "Transaction.Begin", "Updated": "Sample.Periodic", "Ended": "Transaction.End"}[kind]
        sample = {"value": value, "measurand": "Energy.Active.Import.Register", "context": context}
        said["meterValue"] = [{"timestamp": at, "sampledValue": [sample]}]
    if card:
        said["idToken"] = {"idToken": card, "type": "ISO14443"}
    return said
