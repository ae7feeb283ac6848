# SPDX-License-Identifier: Apache-2.0
"""What it costs a CSMS to learn what stations consist of: all tell at once, part after part (8.3.3)."""

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from bench.figure import Figure
from bench.subject import OURS, Subject

VARIABLES, PARTS = 500, 40

STATIONS, FEWER = 500, 50

AT_ONCE = 50
"""Connections that are being opened at a time."""

POLICY = "inventory_within = 5.0\n"
"""All are asked soon after they came."""

SETTLE = 5.0
"""[s] between the last answer and weighing."""

PATIENCE = 600.0
"""[s] for each step of all stations together."""

MOST_CPU, MOST_MEMORY = 500.0, 500.0
"""Of one station: [ms], [kB] at the highest."""


def parts() -> list[list[dict[str, Any]]]:
    """What each station tells."""
    all_of_it = [
        {
            "component": {"name": f"Module{number % 25}", "evse": {"id": 1 + number % 4}},
            "variable": {"name": f"Variable{number}"},
            "variableAttribute": [{"value": str(number), "mutability": "ReadWrite", "persistent": True}],
            "variableCharacteristics": {"dataType": "integer", "unit": "s", "maxLimit": 86400, "supportsMonitoring": False},
        }
        for number in range(VARIABLES)
    ]
    return [all_of_it[begin::PARTS] for begin in range(PARTS)]


class Station:
    """One station that tells all it has once it may."""

    def __init__(self, number: int, port: int) -> None:
        self.name = f"INV-{number:04}"
        self._url = f"ws://127.0.0.1:{port}/ocpp/{self.name}"
        self.asked = asyncio.Event()
        self._request = 0
        self._count = 0
        self._answers: dict[str, asyncio.Future[None]] = {}
        self._socket: ClientConnection

    async def come(self) -> asyncio.Task[None]:
        """Connect and boot."""
        protocol: Any = "ocpp2.1"
        self._socket = await connect(self._url, subprotocols=[protocol], ping_interval=None, max_queue=None, compression=None)
        reading = asyncio.create_task(self._read())
        device = {"vendorName": "Bench", "model": "Big", "serialNumber": self.name}
        await self._call("BootNotification", {"reason": "PowerUp", "chargingStation": device})
        return reading

    async def _read(self) -> None:
        async for text in self._socket:
            kind, identity, *rest = json.loads(text)
            if kind == 2:
                await self._answer(identity, *rest)
            elif identity in self._answers:
                self._answers.pop(identity).set_result(None)

    async def _answer(self, identity: str, action: str, payload: dict[str, Any]) -> None:
        if action != "GetBaseReport":
            await self._socket.send(json.dumps([4, identity, "NotImplemented", "", {}]))
            return
        self._request = payload["requestId"]
        await self._socket.send(json.dumps([3, identity, {"status": "Accepted"}]))
        self.asked.set()

    async def _call(self, action: str, payload: dict[str, Any]) -> None:
        self._count += 1
        identity = str(self._count)
        self._answers[identity] = done = asyncio.get_running_loop().create_future()
        await self._socket.send(msgspec.json.encode([2, identity, action, payload]).decode())
        await done

    async def tell(self, told: list[list[dict[str, Any]]]) -> None:
        """Tell part after part; the last answer comes once all is put together and on the disk."""
        for seq, part in enumerate(told):
            said = {"requestId": self._request, "generatedAt": "2026-05-01T12:00:00Z", "seqNo": seq, "tbc": seq < PARTS - 1}
            await self._call("NotifyReport", {**said, "reportData": part})

    async def leave(self) -> None:
        """Disconnect."""
        await self._socket.close()


async def _measured(subject: Subject, count: int) -> tuple[float, float, float]:
    """Return CPU for each station [s], what memory rose by at the highest, and after it all [kB each]."""
    stations, told, slots = [Station(number, subject.port) for number in range(count)], parts(), asyncio.Semaphore(AT_ONCE)

    async def come(one: Station) -> asyncio.Task[None]:
        async with slots:
            return await one.come()

    async with asyncio.timeout(PATIENCE):
        reading = await asyncio.gather(*map(come, stations))
        await asyncio.gather(*(one.asked.wait() for one in stations))
    server = subject.server
    server.forget_peak()
    before, weighed, cpu = server.peak_rss_kb(), server.own_kb(), server.cpu_seconds()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(one.tell(told) for one in stations))
    spent, peak = server.cpu_seconds() - cpu, server.peak_rss_kb() - before
    await asyncio.sleep(SETTLE)
    after = server.own_kb() - weighed
    await asyncio.gather(*(one.leave() for one in stations))
    await asyncio.gather(*reading)
    return spent / count, peak / count, after / count


def inventory(folder: Path, program: Path, *, short: bool) -> list[Figure]:
    """Let so many stations tell at once what they consist of."""
    count = FEWER if short else STATIONS
    with Subject(OURS, folder / "inventory", program, policy=POLICY) as subject:
        cpu, peak, after = asyncio.run(_measured(subject, count))
    name = f"inventory of {VARIABLES} variables in {PARTS} parts from {count} stations at once"
    return [
        Figure(name=f"{name}: CPU each", value=1000.0 * cpu, unit="ms", at_most=MOST_CPU),
        Figure(name="memory each, at the highest", value=peak, unit="kB", at_most=MOST_MEMORY),
        Figure(name="memory each, afterwards", value=after, unit="kB"),
    ]
