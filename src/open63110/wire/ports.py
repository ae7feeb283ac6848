# SPDX-License-Identifier: Apache-2.0
"""What an edge and the layer above it promise each other: protocols and records without any I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias, runtime_checkable

from msgspec import Struct

Remote: TypeAlias = tuple[str, int]
"""Address and port of the other end, as the kernel names them."""

Refused: TypeAlias = Callable[[Remote, str], None]
"""Called with (remote, reason) when a TLS handshake failed, so that a security event can be recorded."""


class Upgrade(Struct, frozen=True, kw_only=True, gc=False):
    """A request to become a WebSocket, complete but not yet answered."""

    path: str
    """Raw target without the query, still percent-encoded: what it means is decided above."""
    query: str
    """What stood behind the first question mark; empty when there was none."""
    headers: Mapping[str, str]
    """Names in lower case; repeated lines joined by a comma."""
    subprotocols: tuple[str, ...]
    """What the client offered, in its order."""
    remote: Remote
    secure: bool
    """The connection runs over TLS."""
    certificate: bytes | None
    """DER of the client certificate, verified against the listener's authorities; None without one."""
    listener: str
    """Name of the listener the client came in by."""


@runtime_checkable
class Socket(Protocol):
    """One open WebSocket as its peer sees it. Nothing here waits; nothing here raises for a dead connection."""

    @property
    def subprotocol(self) -> str | None:
        """The one agreed on, None when there is none."""

    @property
    def remote(self) -> Remote:
        """Address and port of the other end."""

    @property
    def pending(self) -> int:
        """Bytes sent but not yet taken by the kernel."""

    @property
    def last_heard(self) -> float:
        """When the last byte came in, in the time of the event loop [s]."""

    @property
    def certificate(self) -> bytes | None:
        """DER of the other end's certificate, verified; None without one."""

    def send(self, data: bytes) -> None:
        """Send one text message. Success does not promise that it arrives; after a close it goes nowhere."""

    def send_binary(self, data: bytes) -> None:
        """Send one binary message, under the same promise as `send`."""

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Begin the closing handshake; the connection is cut if the other end does not finish it in time."""

    def abort(self) -> None:
        """Drop the connection at once, without a close frame."""


@runtime_checkable
class Restful(Socket, Protocol):
    """A socket that need not be read."""

    def rest_until(self, ready: Callable[[], bool]) -> None:
        """Read nothing more until this says yes, whatever the other end sends; it is asked many times a second."""


@runtime_checkable
class Pinging(Socket, Protocol):
    """A socket whose other end is pinged when it says nothing."""

    def pace(self, every: float | None = None, timeout: float | None = None) -> None:
        """Ping it otherwise than others.

        Args:
            every: silence after which a ping goes out; 0: none ever does; None: as the limits say [s].
            timeout: silence after a ping at which the connection is cut; None: as the limits say [s].
        """


@runtime_checkable
class Peer(Protocol):
    """What lives above one socket. `opened` comes first, `closed` last and exactly once."""

    def opened(self, socket: Socket) -> None:
        """The socket is open and may be written to."""

    def received(self, message: bytes, binary: bool) -> None:  # noqa: FBT001 - a positional call on the hot path
        """One whole message, the peer's own copy. Text is not yet known to be UTF-8."""

    def closed(self, code: int, reason: str) -> None:
        """The socket is gone: the code of whichever close came first; 1005 names none, 1006 came without a close."""


@runtime_checkable
class Paced(Peer, Protocol):
    """A peer that keeps what it sends short: it writes while nothing is pending, and goes on when it is told.

    Reading goes on while the kernel takes no bytes, so such a peer bounds by itself what it has to answer.
    """

    def drained(self) -> None:
        """All that was pending is with the kernel."""


class Accept(Struct, frozen=True, kw_only=True):
    """Let the client in."""

    subprotocol: str | None
    """One of those offered, or None to name none."""
    peer: Peer


class Decline(Struct, frozen=True, kw_only=True, gc=False):
    """Answer with an HTTP status instead of a WebSocket."""

    status: int
    reason: str
    """Goes into the body, so it must hold nothing secret."""
    headers: tuple[tuple[str, str], ...] = ()


Gate: TypeAlias = Callable[[Upgrade], Accept | Decline]
"""Decides who gets in; runs to its end without waiting."""
