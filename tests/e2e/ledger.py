# SPDX-License-Identifier: Apache-2.0
"""A program that drives stations against a CSMS, kills it at random moments, and writes down every answer it ever got.

It imports nothing of the product: what it says was acknowledged is judged against the product's database by others.

usage: ledger.py PLAN.json    {"command": [...], "log": path, "out": path, "port": n, "kills": n, "each": stations of a version,
                              "seed": n, "enough": answers that must be outstanding for a kill to count}
"""

import asyncio
import base64
import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

SUBPROTOCOL: Final = {"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1"}
Call = tuple[str, dict[str, Any], Callable[[dict[str, Any]], None]]
"""Action, payload, and who is told the answer."""


class Socket(asyncio.Protocol):
    """The client end of a WebSocket, as little of it as a CSMS needs."""

    def __init__(self, path: str, subprotocol: str, owner: "Station") -> None:
        self.path, self.subprotocol, self.owner = path, subprotocol, owner
        self.read, self.open, self.transport = bytearray(), False, cast("asyncio.Transport", None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(random.randbytes(16)).decode()
        self.transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: {self.subprotocol}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.read += data
        if not self.open:
            head, found, rest = bytes(self.read).partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.transport.abort()
                return
            self.read, self.open = bytearray(rest), True
            self.owner.connected(self)
        for kind, payload in self._frames():
            if kind == 1:
                self.owner.heard(payload)
            elif kind == 9:
                self.send(payload, kind=10)
            elif kind == 8:
                self.transport.close()

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        while len(self.read) >= 2:
            kind, length, start = self.read[0] & 15, self.read[1] & 127, 2
            if length == 126:
                length, start = int.from_bytes(self.read[2:4], "big"), 4
            if len(self.read) < start + length:
                return
            payload = bytes(self.read[start : start + length])
            del self.read[: start + length]
            yield kind, payload

    def send(self, payload: bytes, kind: int = 1) -> None:
        """Write one masked frame of less than 64 KiB."""
        mask, size = random.randbytes(4), len(payload)
        head = bytes((128 | kind, 128 | size)) if size < 126 else bytes((128 | kind, 254)) + size.to_bytes(2, "big")
        pad = (mask * (size // 4 + 1))[:size]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(size, "big")
        self.transport.write(head + mask + masked)

    def connection_lost(self, exc: Exception | None) -> None:
        self.owner.lost(self)


@dataclass
class Transaction:
    """What a station told of one transaction, and what of it was acknowledged."""

    station: str
    version: str
    reference: str
    begin: int
    end: int = 0
    acknowledged: list[str] = field(default_factory=list)
    """``kind at`` of each event, once for each answer to its first delivery."""
    ended: bool = False
    names: set[int] = field(default_factory=set)
    """1.6: every transaction id that was given for this start."""


class Station:
    """One station: one call outstanding, repeated with a new message id until it is answered."""

    def __init__(self, ledger: "Ledger", name: str, version: str, seed: int) -> None:
        self.ledger, self.name, self.version, self.random = ledger, name, version, random.Random(seed)
        self.socket: Socket | None = None
        self.script = self._script()
        self.head: Call = next(self.script)
        self.last: Call | None = None
        self.repeating = False
        self.sent_at = 0.0
        self.waiting_for = ""
        self.count = 0
        self.done = False
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        self.meter = self.random.randrange(10_000_000)

    # -- the line --

    def line(self) -> Socket:
        """Return a socket that is not open yet."""
        return Socket(f"/ocpp/{self.name}", SUBPROTOCOL[self.version], self)

    def connected(self, socket: Socket) -> None:
        self.socket = socket
        self.ledger.came(self)
        self.repeating = self.last is not None and self.random.random() < 0.5
        self._send()

    def lost(self, socket: Socket) -> None:
        if self.socket is socket:
            self.socket = None
        self.ledger.gone(self)

    def _send(self) -> None:
        if self.done or self.socket is None:
            return
        self.count += 1
        self.waiting_for = f"{self.count}"
        action, payload, _ = self.last if self.repeating and self.last else self.head
        self.socket.send(json.dumps([2, self.waiting_for, action, payload], separators=(",", ":")).encode())
        self.sent_at = time.monotonic()

    def heard(self, raw: bytes) -> None:
        frame = json.loads(raw)
        if frame[0] == 2:
            if self.socket is not None:
                self.socket.send(json.dumps([4, frame[1], "NotSupported", "", {}]).encode())
            return
        if frame[1] != self.waiting_for:
            self.ledger.faults.append(f"{self.name}: an answer to {frame[1]}, awaited {self.waiting_for}")
            return
        self.waiting_for = ""
        if frame[0] != 3:
            self.ledger.faults.append(f"{self.name}: {frame}")
        else:
            self._answered(frame[2])
        self._send()

    def _answered(self, payload: dict[str, Any]) -> None:
        self.ledger.answers += 1
        if self.repeating and self.last is not None:
            self.repeating = False
            self.last[2](payload)
            return
        self.last = self.head
        self.head[2](payload)
        following = next(self.script, None)
        if following is None:
            self.done = True
            self.ledger.finished()
            return
        self.head = following
        self.repeating = self.random.random() < 0.1

    # -- what it tells --

    def _script(self) -> Iterator[Call]:
        identity = {"vendorName": "Ledger", "model": self.version}
        if self.version == "1.6":
            yield "BootNotification", {"chargePointVendor": "Ledger", "chargePointModel": "1.6"}, self._booted
        else:
            yield "BootNotification", {"reason": "PowerUp", "chargingStation": identity}, self._booted
        tell = self._tell_16 if self.version == "1.6" else self._tell_201
        while not self.ledger.ending:
            yield from tell(Transaction(self.name, self.version, f"{self.name}/{len(self.ledger.transactions)}", self.meter))

    def _booted(self, payload: dict[str, Any]) -> None:
        if payload["status"] != "Accepted":
            self.ledger.faults.append(f"{self.name}: {payload}")

    def _moment(self) -> str:
        self.now += timedelta(seconds=self.random.randrange(30, 90))
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _noting(self, told: Transaction, what: str) -> Callable[[dict[str, Any]], None]:
        def note(_: dict[str, Any]) -> None:
            if what not in told.acknowledged:
                told.acknowledged.append(what)
            told.ended = told.ended or what.startswith("end ")

        return note

    def _tell_201(self, told: Transaction) -> Iterator[Call]:
        self.ledger.transactions.append(told)
        last = self.random.randrange(2, 6)
        for seq in range(last + 1):
            kind = "Started" if seq == 0 else "Ended" if seq == last else "Updated"
            self.meter += self.random.randrange(1, 500) if seq else 0
            at = self._moment()
            info = {"transactionId": told.reference}
            context = {"Started": "Transaction.Begin", "Ended": "Transaction.End"}.get(kind, "Sample.Periodic")
            sample = {"value": self.meter, "measurand": "Energy.Active.Import.Register", "context": context}
            payload: dict[str, Any] = {
                "eventType": kind,
                "timestamp": at,
                "triggerReason": "MeterValuePeriodic" if kind == "Updated" else "CablePluggedIn",
                "seqNo": seq,
                "transactionInfo": info | ({"stoppedReason": "EVDisconnected"} if kind == "Ended" else {}),
                "evse": {"id": 1, "connectorId": 1},
                "meterValue": [{"timestamp": at, "sampledValue": [sample]}],
            }
            if kind == "Started":
                payload["idToken"] = {"idToken": f"CARD{self.name}", "type": "ISO14443"}
            told.end = self.meter
            what = {"Started": "start", "Ended": "end"}.get(kind, "update")
            yield "TransactionEvent", payload, self._noting(told, f"{what} {at}")

    def _tell_16(self, told: Transaction) -> Iterator[Call]:
        self.ledger.transactions.append(told)
        at, card = self._moment(), f"CARD{self.name}"[:20]
        start = {"connectorId": 1, "idTag": card, "meterStart": self.meter, "timestamp": at}
        yield "StartTransaction", start, self._named(told, f"start {at}")
        number = next(iter(told.names))
        for _ in range(self.random.randrange(1, 5)):
            self.meter += self.random.randrange(1, 500)
            at = self._moment()
            sample = {"value": str(self.meter), "measurand": "Energy.Active.Import.Register"}
            values = [{"timestamp": at, "sampledValue": [sample]}]
            payload = {"connectorId": 1, "transactionId": number, "meterValue": values}
            yield "MeterValues", payload, self._noting(told, f"update {at}")
        at = self._moment()
        told.end = self.meter
        stop = {"transactionId": number, "meterStop": self.meter, "timestamp": at, "reason": "EVDisconnected"}
        yield "StopTransaction", stop, self._noting(told, f"end {at}")

    def _named(self, told: Transaction, what: str) -> Callable[[dict[str, Any]], None]:
        note = self._noting(told, what)

        def named(payload: dict[str, Any]) -> None:
            told.names.add(payload["transactionId"])
            note(payload)

        return named


class Ledger:
    """Stations, kills, and the book."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan, self.random = plan, random.Random(plan["seed"])
        self.transactions: list[Transaction] = []
        self.faults: list[str] = []
        self.kills: list[dict[str, Any]] = []
        self.answers, self.ending = 0, False
        self.process: subprocess.Popen[bytes] | None = None
        self.killed_at = 0.0
        self.stations = [
            Station(self, f"{version.replace('.', '')}-{n}", version, plan["seed"] * 1000 + n)
            for version in SUBPROTOCOL
            for n in range(plan["each"])
        ]
        self._empty, self._full, self._over = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def start(self) -> None:
        """Start the CSMS and bring every station there."""
        await asyncio.to_thread(self._spawn)
        self._full.clear()
        loop = asyncio.get_running_loop()
        for station in self.stations:
            with contextlib.suppress(OSError):
                await loop.create_connection(station.line, "127.0.0.1", self.plan["port"])
        await asyncio.wait_for(self._full.wait(), 20.0)

    def _spawn(self) -> None:
        with Path(self.plan["log"]).open("ab") as log:
            command = self.plan["command"]
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL)
        assert self.process.stdout is not None
        if not self.process.stdout.readline():
            raise SystemExit("the CSMS did not start")

    def came(self, _: Station) -> None:
        """Note that a line is up; the ledger goes on when all are."""
        if all(one.socket is not None for one in self.stations):
            self._full.set()

    async def kill(self) -> None:
        """Take the CSMS away and count the calls that it never answered."""
        self._empty.clear()
        assert self.process is not None
        os.kill(self.process.pid, 9)
        self.killed_at = time.monotonic()
        await asyncio.to_thread(self.process.wait)
        await asyncio.wait_for(self._empty.wait(), 20.0)
        waiting = sum(1 for one in self.stations if one.waiting_for and one.sent_at < self.killed_at)
        self.kills.append({"outstanding": waiting, "answers": self.answers, "counts": waiting >= self.plan["enough"]})

    def gone(self, _: Station) -> None:
        """Note that a line is dead; the ledger goes on when all are."""
        if all(one.socket is None for one in self.stations):
            self._empty.set()

    async def run(self) -> None:
        """Kill until there were enough kills, then let every transaction end."""
        await self.start()
        while sum(one["counts"] for one in self.kills) < self.plan["kills"] and len(self.kills) < 3 * self.plan["kills"]:
            await asyncio.sleep(self.random.uniform(0.0, 0.15))
            await self.kill()
            await self.start()
        self.ending = True
        try:
            await asyncio.wait_for(self._over.wait(), 60.0)
        except TimeoutError:
            raise SystemExit(f"{[one.name for one in self.stations if not one.done][:5]} got no answer any more") from None
        assert self.process is not None
        self.process.terminate()
        await asyncio.to_thread(self.process.wait)

    def finished(self) -> None:
        """Note that a station has told everything."""
        if all(one.done for one in self.stations):
            self._over.set()

    def book(self) -> dict[str, Any]:
        """Return what was acknowledged."""
        rows = [{**vars(one), "names": sorted(one.names)} for one in self.transactions]
        return {"transactions": rows, "faults": self.faults, "kills": self.kills, "answers": self.answers}


async def main(plan: dict[str, Any]) -> None:
    """Carry out a plan."""
    ledger = Ledger(plan)
    try:
        await ledger.run()
    finally:
        if ledger.process is not None and ledger.process.poll() is None:
            ledger.process.kill()
            ledger.process.wait()
        await asyncio.to_thread(Path(plan["out"]).write_text, json.dumps(ledger.book()))


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
