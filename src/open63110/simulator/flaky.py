# SPDX-License-Identifier: Apache-2.0
"""Between a station's conversation and its socket: answers that come late, and a connection that is dead but looks open."""

import asyncio
from collections import deque
from collections.abc import Callable

from open63110.wire.ports import Peer, Remote, Socket


class Flaky:
    """The socket as the conversation sees it, and the conversation as the socket sees it."""

    def __init__(self, peer: Peer) -> None:
        """Pass everything on, both ways.

        Args:
            peer: the conversation.
        """
        self._peer = peer
        self._socket: Socket
        self._waiting: deque[Callable[[], None]] = deque()
        self.slow = 0.0
        """By how much everything comes late, both ways [s]."""
        self.dead = False
        """Nothing comes through, either way, and nobody is told."""

    def _pass_on(self, work: Callable[[], None]) -> None:
        """Do it now or late, in the order in which it came; or never."""
        if self.dead:
            return
        if not self.slow and not self._waiting:
            work()
            return
        self._waiting.append(work)
        asyncio.get_running_loop().call_later(self.slow, self._next)

    def _next(self) -> None:
        work = self._waiting.popleft()
        if not self.dead:
            work()

    # -- to the conversation --

    def opened(self, socket: Socket) -> None:
        """Show it this one instead of the socket."""
        self._socket = socket
        self._peer.opened(self)

    def received(self, message: bytes, binary: bool) -> None:  # noqa: FBT001 - the shape of wire.Peer
        """Hand it one message."""
        self._pass_on(lambda: self._peer.received(message, binary))

    def closed(self, code: int, reason: str) -> None:
        """Tell it at once that the socket is gone."""
        self.dead = True
        self._peer.closed(code, reason)

    # -- to the socket --

    @property
    def subprotocol(self) -> str | None:
        """The one agreed on."""
        return self._socket.subprotocol

    @property
    def remote(self) -> Remote:
        """Address and port of the other end."""
        return self._socket.remote

    @property
    def pending(self) -> int:
        """Bytes sent but not yet taken by the kernel."""
        return self._socket.pending

    @property
    def last_heard(self) -> float:
        """When the last byte came in [s]."""
        return self._socket.last_heard

    @property
    def certificate(self) -> bytes | None:
        """Of the other end."""
        return self._socket.certificate

    def send(self, data: bytes) -> None:
        """Send one text message."""
        self._pass_on(lambda: self._socket.send(data))

    def send_binary(self, data: bytes) -> None:
        """Send one binary message."""
        self._pass_on(lambda: self._socket.send_binary(data))

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Begin the closing handshake, if anything comes through."""
        if self.dead:
            self._socket.abort()
        else:
            self._socket.close(code, reason)

    def abort(self) -> None:
        """Drop the connection."""
        self._socket.abort()
