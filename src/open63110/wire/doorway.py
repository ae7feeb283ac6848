# SPDX-License-Identifier: Apache-2.0
"""Where connections come in: accepting, TLS, the opening handshake; what happens behind it is an edge's matter."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from open63110.wire import deflate, tls, upgrade
from open63110.wire.conversation import LINGER_SECONDS
from open63110.wire.limits import Limits
from open63110.wire.ports import Accept, Decline, Gate, Refused, Remote, Upgrade
from open63110.wire.watch import Watch

if TYPE_CHECKING:
    from open63110.wire.deflate import Deflate
    from open63110.wire.upgrade import Request

_BACKLOG = 4_096
_NO_ROOM_SECONDS = 0.5


class Doorway:
    """A listening port; an edge adds `_adopt`."""

    def __init__(
        self,
        gate: Gate,
        *,
        name: str = "",
        settings: tls.TlsSettings | None = None,
        limits: Limits | None = None,
        on_refused: Refused | None = None,
    ) -> None:
        """Prefer `start`."""
        self.name = name
        self.limits = limits if limits is not None else Limits()
        self.tls = tls.ServerTls(settings) if settings is not None else None
        self._gate = gate
        self._on_refused = on_refused
        self._watch = Watch(self.limits, also=self._sweep_doorsteps)
        self._loop = asyncio.get_running_loop()
        self._steps: dict[Doorstep, None] = {}  # oldest first
        self._room = asyncio.Event()
        self._room.set()
        self._sockets: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def start(
        cls,
        gate: Gate,
        host: str | None,
        port: int,
        *,
        name: str = "",
        tls: tls.TlsSettings | None = None,
        limits: Limits | None = None,
        on_refused: Refused | None = None,
        reuse_port: bool = False,
    ) -> Self:
        """Listen on `host` (None: every address) and `port` (0: any free one); with `tls` nothing else is spoken.

        Args:
            gate: decides about every valid request, before it is answered.
            host: an address or a name of this machine.
            port: read the one that was given from `port`.
            tls: certificates of the listener.
            limits: what it may cost.
            name: told to the gate as `Upgrade.listener`.
            on_refused: told about failed TLS handshakes.
            reuse_port: share the port with other processes (SO_REUSEPORT).

        Raises:
            TlsUnusable: the certificate files do not make a context.
            OSError: the port cannot be bound.
        """
        self = cls(gate, name=name, settings=tls, limits=limits, on_refused=on_refused)
        self._sockets = await _listen(host, port, reuse_port=reuse_port)
        for listening in self._sockets:
            self._spawn(self._accept(listening))
        return self

    @property
    def port(self) -> int:
        """The port that is bound; 0 after `stop`."""
        return int(self._sockets[0].getsockname()[1]) if self._sockets else 0

    @property
    def count(self) -> int:
        """Open WebSockets."""
        return len(self._watch.members)

    @property
    def unfinished(self) -> int:
        """Sockets whose opening handshake is not finished."""
        return len(self._steps)

    def sweep(self) -> None:
        """Judge every connection and every unfinished handshake now, as the timer does by itself."""
        self._watch.sweep()
        self._sweep_doorsteps(self._loop.time())

    def reload_tls(self, settings: tls.TlsSettings | None = None) -> None:
        """Let new handshakes use the certificate files as they are now; open connections stay.

        Raises:
            TlsUnusable: the listener goes on with the old ones.
        """
        if self.tls is None:
            raise tls.TlsUnusable(f"the listener {self.name!r} speaks no TLS; there is nothing to reload")
        self.tls.reload(settings)

    async def stop(self, code: int = 1001) -> None:
        """Accept nothing more, close every connection with this code, and cut what is left after `close_seconds`."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for listening in self._sockets:
            listening.close()
        self._sockets = []
        for step in tuple(self._steps):
            step.cut()
        await self._watch.close_all(code)

    # --- accepting

    async def _accept(self, listening: socket.socket) -> None:
        while True:
            await self._room.wait()
            try:
                sock, address = await self._loop.sock_accept(listening)
            except OSError:  # no file descriptor or memory left: those who wait stay in the kernel's queue
                await asyncio.sleep(_NO_ROOM_SECONDS)
                continue
            self._receive(sock, (str(address[0]), int(address[1])))

    def _receive(self, sock: socket.socket, remote: Remote) -> None:
        sock.setblocking(False)  # noqa: FBT003
        step = Doorstep(self, remote, self._loop.time(), sock)  # no variable of the accepting task, which would hold the last one
        self._enter(step)
        self._spawn(self._welcome(step, sock))

    async def _welcome(self, step: Doorstep, sock: socket.socket) -> None:
        try:
            await self._connect(step, sock)
        except OSError as error:
            sock.close()
            self.left(step)
            if self.tls is not None and self._on_refused is not None:
                self._on_refused(step.remote, tls.reason(error))
        except asyncio.CancelledError:
            sock.close()
            self.left(step)
            raise

    async def _connect(self, step: Doorstep, sock: socket.socket) -> None:
        if self.tls is None:
            await self._loop.connect_accepted_socket(lambda: step, sock)
            return
        times: dict[str, Any] = {
            "ssl": self.tls.context,
            "ssl_handshake_timeout": self.limits.handshake_seconds,
            "ssl_shutdown_timeout": self.limits.close_seconds,
        }
        if tls.FAST is None:
            await self._loop.connect_accepted_socket(lambda: step, sock, **times)
        else:
            await tls.FAST.connect_accepted_socket(self._loop, lambda: step, sock, **times, **tls.FAST_BUFFERS)

    def _spawn(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- the opening handshake

    def _enter(self, step: Doorstep) -> None:
        self._steps[step] = None
        self._watch.wake()
        if len(self._steps) >= self.limits.max_handshakes:
            self._room.clear()

    def left(self, step: Doorstep) -> None:
        """The socket is open as a WebSocket, refused, or gone."""
        self._steps.pop(step, None)
        if len(self._steps) < self.limits.max_handshakes:
            self._room.set()

    def _sweep_doorsteps(self, now: float) -> bool:
        oldest_allowed = now - self._patience
        for step in tuple(self._steps):
            if step.since > oldest_allowed:
                break
            step.cut()
        return bool(self._steps)

    @property
    def _patience(self) -> float:
        """How long a handshake may take now [s]: less while others have to wait for it."""
        limits = self.limits
        return limits.handshake_seconds if self._room.is_set() else min(limits.handshake_seconds, limits.crowded_seconds)

    def linger(self, close: Callable[[], None]) -> None:
        """Close in a moment, so that a refusal is read before unread bytes reset the connection."""
        self._loop.call_later(LINGER_SECONDS, close)

    def decide(self, step: Doorstep, request: Request, certificate: bytes | None) -> Accept | Decline:
        """Ask the gate, unless the house is full."""
        if self.count >= self.limits.max_connections:
            return Decline(status=503, reason="Too many connections.", headers=(("Retry-After", "60"),))
        asked = Upgrade(
            path=request.path,
            query=request.query,
            headers=request.headers,
            subprotocols=request.subprotocols,
            remote=step.remote,
            secure=self.tls is not None,
            certificate=certificate,
            listener=self.name,
        )
        try:
            answer = self._gate(asked)
            if isinstance(answer, Accept) and answer.subprotocol not in {None, *asked.subprotocols}:
                raise ValueError(f"the gate chose {answer.subprotocol!r}, which was not offered")  # noqa: TRY301
        except Exception as error:  # noqa: BLE001 - a failing gate costs the one who asked, not the listener
            self._loop.call_exception_handler({"message": "the gate failed", "exception": error})
            return Decline(status=500, reason="Internal error.")
        return answer

    def admit(self, step: Doorstep, request: Request, accept: Accept, tail: bytes) -> None:
        """Make the socket a WebSocket; `tail` came in behind the request."""
        transport = step.transport
        agreed = self._agree(request)
        # the event loop picks its way of reading when reading starts, so it rests while the protocol changes
        transport.pause_reading()
        self._adopt(transport, step.remote, request, accept, agreed, tail)
        if not transport.is_closing():
            transport.resume_reading()

    def _agree(self, request: Request) -> Deflate | None:
        offers = request.headers.get("sec-websocket-extensions")
        return deflate.negotiate(offers) if offers and self.limits.deflate else None

    def _adopt(
        self,
        transport: asyncio.Transport,
        remote: Remote,
        request: Request,
        accept: Accept,
        agreed: Deflate | None,
        tail: bytes,
    ) -> None:
        raise NotImplementedError


class Doorstep(asyncio.Protocol):
    """A socket whose opening handshake is not finished; it costs little and has not long to live."""

    __slots__ = ("_doorway", "_head", "_refused", "_socket", "_transport", "remote", "since")

    def __init__(self, doorway: Doorway, remote: Remote, since: float, sock: socket.socket) -> None:
        self.remote = remote
        self.since = since
        """Time of the loop at which it was accepted [s]."""
        self._doorway = doorway
        self._head = bytearray()
        self._refused = False
        self._socket: socket.socket | None = sock
        """Until TLS is through."""
        self._transport: asyncio.Transport | None = None

    @property
    def transport(self) -> asyncio.Transport:
        """The transport, once TLS is through."""
        assert self._transport is not None, "a request cannot arrive before its transport"  # noqa: S101 - as it says
        return self._transport

    def cut(self) -> None:
        """Drop it; during the TLS handshake, let that find its socket shut."""
        if self._transport is not None:
            self._transport.abort()
        elif self._socket is not None:
            with contextlib.suppress(OSError):  # shut already
                self._socket.shutdown(socket.SHUT_RDWR)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is accepted, and TLS is through."""
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")  # noqa: S101 - the loop's word
        self._socket = None
        self._transport = transport  # type: ignore[assignment] # uvloop's transports derive from nothing

    def data_received(self, data: bytes) -> None:
        """Collect the request until it can be answered."""
        if self._refused:
            return
        self._head += data
        try:
            request = upgrade.read(self._head, self._doorway.limits.max_header)
        except upgrade.Turned as turned:
            self._refuse(turned.answer)
            return
        if request is not None:
            self._answer(request)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        """It left before it was let in."""
        self._doorway.left(self)

    def _answer(self, request: Request) -> None:
        answer = self._doorway.decide(self, request, self._certificate())
        if isinstance(answer, Decline):
            self._refuse(answer)
            return
        self._doorway.left(self)
        self._doorway.admit(self, request, answer, bytes(self._head[request.size :]))

    def _certificate(self) -> bytes | None:
        secure = self.transport.get_extra_info("ssl_object")
        return secure.getpeercert(binary_form=True) if secure is not None else None

    def _refuse(self, decline: Decline) -> None:
        """Answer, and give the other end a moment to read it: closing over unread bytes would reset the connection."""
        self._refused = True
        self._head.clear()
        transport = self.transport
        transport.write(upgrade.refusal(decline))
        if transport.can_write_eof():
            transport.write_eof()
            self._doorway.linger(transport.close)
        else:
            transport.close()


def answer_headers(subprotocol: str | None, agreed: Deflate | None) -> list[tuple[str, str]]:
    """What a 101 response adds to the handshake itself."""
    headers = [("Sec-WebSocket-Protocol", subprotocol)] if subprotocol is not None else []
    return [*headers, ("Sec-WebSocket-Extensions", agreed.answer)] if agreed is not None else headers


async def _listen(host: str | None, port: int, *, reuse_port: bool) -> list[socket.socket]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            listening = socket.socket(family, kind, protocol)
            sockets.append(listening)
            chosen = sockets[0].getsockname()[1] if len(sockets) > 1 else port
            _bind(listening, (address[0], chosen, *address[2:]), reuse_port=reuse_port)
    except OSError:
        for listening in sockets:
            listening.close()
        raise
    return sockets


def _bind(listening: socket.socket, address: tuple[Any, ...], *, reuse_port: bool) -> None:
    if os.name == "posix":  # elsewhere the option would let two programs steal from each other
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if reuse_port:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if listening.family == socket.AF_INET6:
        listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listening.bind(address)
    listening.listen(_BACKLOG)
    listening.setblocking(False)  # noqa: FBT003
