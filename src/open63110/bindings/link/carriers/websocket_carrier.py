# SPDX-License-Identifier: Apache-2.0
"""The link on WebSocket over TLS 1.3 with certificates at both ends: listening, dialling, and the four methods of the seam."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from pathlib import Path

import structlog

from open63110.bindings.link.carriers.carrier import Carrier, CarrierLost
from open63110.wire.client import connect
from open63110.wire.doorway import Doorway
from open63110.wire.edge import Edge
from open63110.wire.limits import Limits
from open63110.wire.ports import Gate, Peer, Refused, Remote, Socket
from open63110.wire.tls import TlsSettings, client_context

log = structlog.get_logger(__name__)

SUBPROTOCOL = "iec63110.link.v1"
PATH = "/link"
"""Where links are opened."""

HANDSHAKE = 90.0
"""For opening a link: three round trips of the one who dials, of up to 15 s each, and what has to be said again [s] (B.16)."""

LINK_LIMITS = Limits(
    max_message=65_536,
    max_handshakes=64,
    handshake_seconds=HANDSHAKE,
    messages_per_second=20_000.0,
    burst=40_000,
    max_pending=262_144,
    send_buffer=65_536,
    deflate=False,
)
"""What one link may cost on the wire; how much it may say is for the session layer to bound."""


def server_tls(certificate: Path, key: Path, authorities: Path) -> TlsSettings:
    """Return what a listener of links is: there is no plain mode, no TLS before 1.3, and nobody without a certificate (B.4)."""
    return TlsSettings(
        certificate=certificate,
        key=key,
        client_authorities=authorities,
        require_client_certificate=True,
        minimum_version="1.3",
    )


def client_tls(certificate: Path, key: Path, authorities: Path) -> ssl.SSLContext:
    """Return the context of who dials.

    Raises:
        TlsUnusable: a file is missing, unreadable, no PEM, or does not fit the others.
    """
    return client_context(authorities=authorities, certificate=certificate, key=key, minimum_version="1.3")


class Papers:
    """The certificate of who dials, in files that may be replaced while this program runs."""

    def __init__(self, certificate: Path, key: Path, authorities: Path) -> None:
        """Read them.

        Raises:
            TlsUnusable: a file is missing, unreadable, no PEM, or does not fit the others.
        """
        self._files = (certificate, key)
        self.tls = client_tls(certificate, key, authorities)
        """What is opened from now on shows the certificate as it was read last."""
        self._stamp = self._stamps()

    def renewed(self) -> bool:
        """Read the files again if they have changed; tell whether there is another certificate now."""
        stamp = self._stamps()
        if stamp in {self._stamp, None}:
            return False
        self._stamp = stamp
        try:
            self.tls.load_cert_chain(*self._files, password="")
        except (OSError, ssl.SSLError) as fault:  # half written, perhaps: it is looked at again when it changes
            log.warning("a renewed certificate cannot be used", certificate=str(self._files[0]), reason=str(fault))
            return False
        return True

    def _stamps(self) -> tuple[int, ...] | None:
        try:
            return tuple(one.stat().st_mtime_ns for one in self._files)
        except OSError:
            return None


async def listen(
    gate: Gate,
    host: str | None,
    port: int,
    tls: TlsSettings,
    *,
    name: str = "link",
    limits: Limits = LINK_LIMITS,
    on_refused: Refused | None = None,
) -> Doorway:
    """Listen for links; IPv4 and IPv6, names and addresses alike.

    Raises:
        TlsUnusable: the certificate files do not make a context.
        OSError: the port cannot be bound.
    """
    return await Edge.start(gate, host, port, name=name, tls=tls, limits=limits, on_refused=on_refused)


async def dial(
    url: str, peer: Peer, tls: ssl.SSLContext, *, server_name: str | None = None, limits: Limits = LINK_LIMITS
) -> Socket:
    """Open a link; ``peer.opened`` has been called when this returns.

    Raises:
        NotUpgraded: the other end refused.
        OSError: no connection, or no TLS.
        TimeoutError: not done in time.
    """
    return await connect(url, peer, subprotocols=(SUBPROTOCOL,), tls=tls, server_name=server_name, limits=limits)


class WebSocketCarrier:
    """One connection as a carrier: the peer of a socket to the wire, four methods to a session's owner."""

    def __init__(self, identity: Callable[[bytes], str], make: Callable[["WebSocketCarrier"], object] | None = None) -> None:
        """Wait for a socket.

        Args:
            identity: reads whom the other end's certificate names.
            make: opens the connection (a coroutine function); None: it is accepted by a listener.
        """
        self._identity, self._make = identity, make
        self._socket: Socket | None = None
        self._frames: deque[bytes] = deque()
        self._changed = asyncio.Event()
        self._drained = asyncio.Event()
        self._gone = False

    # -- wire.Paced --

    def opened(self, socket: Socket) -> None:
        """There is a socket."""
        self._socket = socket
        self._drained.set()
        self._changed.set()

    def received(self, message: bytes, binary: bool) -> None:  # noqa: FBT001 - the shape of wire.Peer
        """Keep a frame until it is asked for; the session's credit bounds how many there are."""
        self._frames.append(message if binary else b"")
        self._changed.set()

    def drained(self) -> None:
        """Let the writer go on."""
        self._drained.set()

    def closed(self, code: int, reason: str) -> None:  # noqa: ARG002 - the shape of wire.Peer
        """It is gone."""
        self._gone = True
        self._changed.set()
        self._drained.set()

    # -- the four methods --

    async def connect(self) -> str:
        """Make or accept the connection; return the identity in the other end's certificate.

        Raises:
            CarrierLost: it cannot be made.
        """
        if self._make is not None:
            try:
                await self._make(self)  # type: ignore[misc] # a coroutine
            except (OSError, TimeoutError) as fault:
                raise CarrierLost(str(fault)) from fault
        while self._socket is None and not self._gone:
            await self._wait()
        der = self._socket.certificate if self._socket is not None and not self._gone else None
        if der is None:
            raise CarrierLost("there is no certificate")
        return self._identity(der)

    async def send_frame(self, frame: bytes) -> None:
        """Write one frame; returns when the kernel has taken what lay before it.

        Raises:
            CarrierLost: the connection is gone.
        """
        socket = self._live()
        socket.send_binary(frame)
        while self._live().pending:
            self._drained.clear()
            await self._drained.wait()

    async def recv_frame(self) -> bytes:
        """Return the next frame.

        Raises:
            CarrierLost: the connection is gone.
        """
        while not self._frames:
            self._live()
            await self._wait()
        return self._frames.popleft()

    async def close(self) -> None:
        """End the connection; doing so twice is no fault."""
        if self._socket is not None and not self._gone:
            self._socket.close()

    def _live(self) -> Socket:
        if self._socket is None or self._gone:
            raise CarrierLost
        return self._socket

    async def _wait(self) -> None:
        self._changed.clear()
        await self._changed.wait()


class _CarrierSocket:
    """A carrier as a wire.Socket, so that whatever speaks over WebSockets speaks over any carrier."""

    subprotocol = SUBPROTOCOL

    def __init__(self, carrier: Carrier, remote: Remote, certificate: bytes | None) -> None:
        self.carrier, self.remote, self.certificate = carrier, remote, certificate
        self.frames: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.pending = 0
        self.last_heard = 0.0
        self.reason = ""

    def send(self, data: bytes) -> None:
        """The link has no text."""
        self.send_binary(data)

    def send_binary(self, data: bytes) -> None:
        """Queue one frame."""
        self.pending += len(data)
        self.frames.put_nowait(data)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close once all is written."""
        self.reason = self.reason or f"{code} {reason}".strip()
        self.frames.put_nowait(None)

    def abort(self) -> None:
        """Close; a carrier knows no other way."""
        self.close(1006, "aborted here")


async def carry(carrier: Carrier, peer: Peer, *, remote: Remote = ("carrier", 0), certificate: bytes | None = None) -> None:
    """Let a peer of the wire, such as an end of a program, speak over a carrier that is connected, until it is lost.

    Args:
        carrier: connected.
        peer: whose end it is.
        remote: where the other end is, as logs are to call it.
        certificate: of the other end, in DER, as the carrier has verified it; None: the carrier knows none.
    """
    socket, loop = _CarrierSocket(carrier, remote, certificate), asyncio.get_running_loop()
    peer.opened(socket)

    async def write() -> None:
        while (frame := await socket.frames.get()) is not None:
            await carrier.send_frame(frame)
            socket.pending -= len(frame)
            drained = getattr(peer, "drained", None)
            if not socket.pending and drained is not None:
                drained()
        await carrier.close()

    async def read() -> None:
        while True:
            frame = await carrier.recv_frame()
            socket.last_heard = loop.time()
            peer.received(frame, True)  # noqa: FBT003 - the shape of wire.Peer

    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(write())
            tasks.create_task(read())
    except* CarrierLost:
        pass
    finally:
        peer.closed(1006, socket.reason or "the carrier is gone")
