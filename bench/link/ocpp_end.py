# SPDX-License-Identifier: Apache-2.0
"""The same job without the link: calls over an OCPP WebSocket, firmware by HTTPS beside it or as messages in between."""

import asyncio
import contextlib
import json
import ssl
import time
from collections.abc import Callable
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from bench.link.job import STATION, Job, Seen
from bench.link.papers import CSMS, Papers
from bench.link.speaker import Source
from bench.link.urgency import Urgency

OCPP = Subprotocol("ocpp2.0.1")
PIECE = 8 * 1024
"""Of firmware in a message [bytes]."""


def call(number: int) -> str:
    """Return the call that limits a station under OCPP."""
    period = {"startPeriod": 0, "limit": 4140.0 + number % 100}
    schedule = {"id": 1, "chargingRateUnit": "W", "duration": 900, "chargingSchedulePeriod": [period]}
    profile = {
        "id": 63,
        "stackLevel": 9,
        "chargingProfilePurpose": "ChargingStationMaxProfile",
        "chargingProfileKind": "Relative",
    }
    payload = {"evseId": 0, "chargingProfile": {**profile, "chargingSchedule": [schedule]}}
    return json.dumps([2, str(number), "SetChargingProfile", payload], separators=(",", ":"))


def server_context(papers: Papers) -> ssl.SSLContext:
    """TLS with certificates at both ends, as on the link."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(papers.root))
    context.load_cert_chain(papers.certificate(CSMS), papers.key(CSMS))
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(papers: Papers) -> ssl.SSLContext:
    """The station's."""
    context = ssl.create_default_context(cafile=str(papers.root))
    context.load_cert_chain(papers.certificate(STATION), papers.key(STATION))
    return context


class CsmsEnd:
    """Calls a station, and gives it firmware."""

    def __init__(self, job: Job, seen: Seen) -> None:
        self._job, self._seen = job, seen
        self._asked: dict[int, Callable[[], None]] = {}
        self._socket: ServerConnection | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._downloads: list[asyncio.WriteTransport] = []
        self._done, self._given = asyncio.Event(), False

    async def run(self) -> None:
        """Serve one station."""
        context = server_context(Papers(Path(self._job.papers)))
        main = serve(
            self._come, self._job.host, self._job.ports[0], ssl=context, subprotocols=[OCPP], compression=None, max_size=None
        )
        files = await asyncio.start_server(self._download, self._job.host, self._job.ports[1], ssl=context)
        async with main, files:
            print("ready", flush=True)
            await self._done.wait()

    async def _come(self, socket: ServerConnection) -> None:
        self._socket = socket
        urgency = Urgency(self._job, self._ask, self._seen)
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(self._listen(socket))
            await urgency.opening()
            pushing = tasks.create_task(self._give(socket))
            await urgency.busy(lambda: self._given)
            listening.cancel()
            pushing.cancel()
        self._done.set()
        for one in (socket.transport, *self._downloads):
            one.abort()

    async def _listen(self, socket: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in socket:
                kind, number, *_ = json.loads(text)
                if kind == 3 and int(number) in self._asked:
                    self._asked.pop(int(number))()

    def _ask(self, number: int, answered: Callable[[], None]) -> None:
        assert self._socket
        self._asked[number] = answered
        task = asyncio.get_running_loop().create_task(self._socket.send(call(number)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _give(self, socket: ServerConnection) -> None:
        if self._job.pattern == "http":
            url = f"https://{self._job.host}:{self._job.ports[1]}/firmware"
            await socket.send(json.dumps([2, "0", "UpdateFirmware", {"requestId": 1, "firmware": {"location": url}}]))
            return
        source = Source(self._job.size)
        await socket.send(json.dumps([2, "0", "Naive", {"size": self._job.size}]))
        for offset in range(0, self._job.size, PIECE):
            await socket.send(source.read(offset, PIECE))
        self._given = True

    async def _download(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        source = Source(self._job.size)
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {self._job.size}\r\n\r\n".encode())
        self._downloads.append(writer.transport)
        with contextlib.suppress(OSError):
            for offset in range(0, self._job.size, 65_536):
                writer.write(source.read(offset, 65_536))
                await writer.drain()
            await reader.read(1)  # the station hangs up when it has all
            self._given = True
        writer.transport.abort()


class StationEnd:
    """Answers calls at once, and takes firmware."""

    def __init__(self, job: Job, seen: Seen, address: str, ports: tuple[int, ...]) -> None:
        self._job, self._seen, self._address, self._ports = job, seen, address, ports
        self._context = client_context(Papers(Path(job.papers)))
        self._left = job.size

    async def run(self) -> None:
        """Call the CSMS and do as it says until it hangs up."""
        url = f"wss://{self._address}:{self._ports[0]}/{STATION}"
        dialled = connect(url, ssl=self._context, subprotocols=[OCPP], compression=None, max_size=None, ping_interval=None)
        async with asyncio.TaskGroup() as tasks, dialled as socket:
            fetching = None
            with contextlib.suppress(ConnectionClosed):
                async for message in socket:
                    if isinstance(message, bytes):
                        self._take(message)
                        continue
                    _, number, action, _ = json.loads(message)
                    if action == "UpdateFirmware":
                        fetching = tasks.create_task(self._fetch())
                    elif action == "SetChargingProfile":
                        await socket.send(f'[3,"{number}",{{"status":"Accepted"}}]')
            if fetching:
                fetching.cancel()

    async def _fetch(self) -> None:
        reader, writer = await asyncio.open_connection(self._address, self._ports[1], ssl=self._context, limit=65_536)
        writer.write(b"GET /firmware HTTP/1.1\r\nHost: csms\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        while self._left and (piece := await reader.read(65_536)):
            self._take(piece)
        writer.write(b"!")
        writer.close()

    def _take(self, piece: bytes) -> None:
        self._seen.received(len(piece), time.monotonic())
        self._left -= len(piece)
        self._seen.whole = not self._left
