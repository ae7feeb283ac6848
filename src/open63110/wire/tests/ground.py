# SPDX-License-Identifier: Apache-2.0
"""What the wire tests stand on: recording peers, listeners of both edges, and clients that break every rule."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import struct
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, cast

from open63110.wire import picows_edge, sansio_edge
from open63110.wire.doorway import Doorway
from open63110.wire.limits import Limits
from open63110.wire.ports import Accept, Decline, Remote, Socket, Upgrade
from open63110.wire.tls import TlsSettings

PATIENCE = 10.0
"""Longest wait of a test for something that must happen [s]."""

QUICK = Limits(sweep_seconds=0.02, close_seconds=0.3, handshake_seconds=5.0)
EDGES: dict[str, type[Doorway]] = {"picows": picows_edge.Listener, "sansio": sansio_edge.Listener}
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10


async def until(true: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)


class Recorder:
    """A peer that remembers everything, and answers if it is told to."""

    def __init__(self, *, echo: bool = False) -> None:
        self.echo = echo
        self.sockets: list[Socket] = []
        self.inbox: asyncio.Queue[tuple[bytes, bool]] = asyncio.Queue()
        self.count = 0
        self.ends: list[tuple[int, str]] = []

    @property
    def socket(self) -> Socket:
        return self.sockets[0]

    def opened(self, socket: Socket) -> None:
        self.sockets.append(socket)

    def received(self, message: bytes, binary: bool) -> None:
        self.count += 1
        if self.echo:
            (self.socket.send_binary if binary else self.socket.send)(message)
        else:
            self.inbox.put_nowait((message, binary))

    def closed(self, code: int, reason: str) -> None:
        self.ends.append((code, reason))

    async def message(self) -> tuple[bytes, bool]:
        async with asyncio.timeout(PATIENCE):
            return await self.inbox.get()

    async def end(self) -> tuple[int, str]:
        await until(lambda: bool(self.ends))
        return self.ends[0]


class House:
    """A listener with a gate that lets everyone in unless told otherwise."""

    def __init__(self, edge: str) -> None:
        self.edge = edge
        self.listener: Doorway
        self.upgrades: list[Upgrade] = []
        self.peers: list[Recorder] = []
        self.refused: list[tuple[Remote, str]] = []
        self.decline: Decline | None = None
        self.subprotocol: str | None = None
        self.make: Callable[[], Recorder] = Recorder

    @property
    def port(self) -> int:
        return self.listener.port

    @property
    def peer(self) -> Recorder:
        return self.peers[-1]

    def gate(self, upgrade: Upgrade) -> Accept | Decline:
        self.upgrades.append(upgrade)
        if self.decline is not None:
            return self.decline
        self.peers.append(self.make())
        return Accept(subprotocol=self.subprotocol, peer=self.peer)

    async def open(self, limits: Limits = QUICK, *, tls: TlsSettings | None = None, host: str | None = "127.0.0.1") -> House:
        self.listener = await EDGES[self.edge].start(
            self.gate,
            host,
            0,
            name="front",
            tls=tls,
            limits=limits,
            on_refused=lambda remote, why: self.refused.append((remote, why)),
        )
        return self

    async def raw(self, *headers: str, tls: ssl.SSLContext | None = None) -> Raw:
        """A client that has been let in and may now do anything."""
        raw = await Raw.connect(self.port, tls=tls)
        raw.write(request(*headers))
        assert b" 101 " in await raw.head()
        await until(lambda: bool(self.peers) and bool(self.peer.sockets))
        return raw


def request(*headers: str, target: str = "/", key: str = KEY) -> bytes:
    """A valid request, plus headers."""
    fixed = "Host: x", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"
    lines = "\r\n".join((*fixed, f"Sec-WebSocket-Key: {key}", *headers))
    return f"GET {target} HTTP/1.1\r\n{lines}\r\n\r\n".encode()


def frame(kind: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, mask: bool = True) -> bytes:
    """One frame as a client sends it, unless told to break the rules."""
    size = len(payload)
    first = (0x80 if fin else 0) | rsv << 4 | kind
    flag = 0x80 if mask else 0
    if size < 126:
        head = struct.pack("!BB", first, flag | size)
    elif size < 65_536:
        head = struct.pack("!BBH", first, flag | 126, size)
    else:
        head = struct.pack("!BBQ", first, flag | 127, size)
    if not mask:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


class Raw:
    """A TCP or TLS client without manners; the house closes it at the end if nobody else does."""

    alive: ClassVar[list[Raw]] = []

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        Raw.alive.append(self)

    @classmethod
    async def connect(cls, port: int, *, tls: ssl.SSLContext | None = None, receive_buffer: int = 0) -> Raw:
        sock = socket.socket()
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.setblocking(False)
        name = "localhost" if tls else None
        try:
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
            return cls(*await asyncio.open_connection(sock=sock, ssl=tls, server_hostname=name, limit=65_536))
        except BaseException:  # whatever happened, the half-open socket must not stay
            sock.close()
            raise

    @property
    def reading(self) -> asyncio.ReadTransport:
        """For pausing and resuming."""
        return cast("asyncio.ReadTransport", self.writer.transport)

    def write(self, data: bytes) -> None:
        self.writer.write(data)

    async def head(self) -> bytes:
        async with asyncio.timeout(PATIENCE):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def rest(self) -> bytes:
        """Everything up to the end, however the end comes."""
        data = b""
        async with asyncio.timeout(PATIENCE):
            try:
                while more := await self.reader.read(65_536):
                    data += more
            except ConnectionError:
                pass
        return data

    async def frame(self) -> tuple[int, bytes]:
        """First byte without FIN, and payload."""
        async with asyncio.timeout(PATIENCE):
            first, size = await self.reader.readexactly(2)
            if size == 126:
                (size,) = struct.unpack("!H", await self.reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
            return first & 0x7F, await self.reader.readexactly(size)

    async def close_code(self) -> int:
        """Code of the close frame that comes next."""
        kind, payload = await self.frame()
        assert kind == CLOSE, (kind, payload)
        return int(struct.unpack_from("!H", payload)[0])

    def cut(self) -> None:
        """Reset the connection."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    @classmethod
    async def leave_all(cls) -> None:
        """Drop every connection that is still open."""
        for raw in cls.alive:
            raw.writer.transport.abort()
        cls.alive.clear()
        await asyncio.sleep(0)


def written(path: Path, data: bytes) -> Path:
    """Put bytes into a file."""
    path.write_bytes(data)
    return path


def resident() -> int:
    """Resident memory of this process [kB]."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])
