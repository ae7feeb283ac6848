# SPDX-License-Identifier: Apache-2.0
"""What an open WebSocket does whichever library frames it: limits, back-pressure, joining, closing, reporting."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from open63110.wire.deflate import Corrupt, Deflate, TooBig, deflate, inflate
from open63110.wire.ports import Peer, Remote, Socket
from open63110.wire.watch import Watch

LINGER_SECONDS = 0.1
"""How long the other end may go on reading after it broke the protocol, so that it learns why [s]."""

COST_OF_BYTE = 1.0 / 8192.0
"""A frame counts as one message, and as another for each 8 KiB of it: few large ones cost as much as many small ones."""


class _Nobody:
    """The peer of a connection that is gone."""

    def opened(self, socket: Socket) -> None:
        """Opened it was before."""

    def received(self, message: bytes, binary: bool) -> None:  # noqa: FBT001 - the shape of Peer
        """Nothing comes in any more."""

    def closed(self, code: int, reason: str) -> None:
        """That has been said."""


_NOBODY = _Nobody()

SLOTS = (
    "_bucket", "_closing_since", "_compressed", "_deaf", "_deflate", "_drained", "_ending", "_frozen", "_gone", "_heard",
    "_pace", "_parts", "_parts_binary", "_peer", "_pinged_at", "_ready", "_refilled", "_remote", "_stalled_since",
    "_subprotocol", "_transport", "_watch",
)  # fmt: skip
"""For the `__slots__` of a class that takes its behaviour from Conversation."""


class Conversation:
    """One open WebSocket. An edge adds how a frame gets on the wire and how one comes off it."""

    if not TYPE_CHECKING:
        __slots__ = ()  # the fields are slots of the class that an edge makes, or two layouts would collide

    _bucket: float
    _closing_since: float | None
    _compressed: bool
    _deaf: bool
    _deflate: Deflate | None
    _drained: Callable[[], None] | None
    _ending: tuple[int, str] | None
    _frozen: bool
    _gone: bool
    _heard: float
    _pace: tuple[float, float] | None
    _parts: bytearray | None
    _parts_binary: bool
    _peer: Peer
    _pinged_at: float
    _ready: Callable[[], bool] | None
    _refilled: float
    _remote: Remote
    _stalled_since: float | None
    _subprotocol: str | None
    _transport: asyncio.Transport
    _watch: Watch

    def _prepare(self, watch: Watch, peer: Peer, subprotocol: str | None, agreed: Deflate | None) -> None:
        self._watch, self._peer, self._subprotocol, self._deflate = watch, peer, subprotocol, agreed
        self._heard = self._refilled = watch.time()
        self._pinged_at = float("-inf")
        self._bucket = float(watch.limits.burst)
        self._closing_since = self._stalled_since = self._ending = self._pace = self._parts = self._ready = None
        self._drained = getattr(peer, "drained", None)  # of Paced peers; asking a Protocol would cost more than the rest
        self._deaf = self._frozen = self._gone = self._compressed = self._parts_binary = False

    # --- what an edge adds

    def _put(self, data: bytes, *, binary: bool, compressed: bool) -> None:
        """Write one data frame."""
        raise NotImplementedError

    def _put_ping(self) -> None:
        """Write a ping."""
        raise NotImplementedError

    def _put_close(self, code: int, reason: bytes) -> None:
        """Write a close frame; 1005 means without a code."""
        raise NotImplementedError

    # --- the Socket

    @property
    def subprotocol(self) -> str | None:
        """The one agreed on."""
        return self._subprotocol

    @property
    def remote(self) -> Remote:
        """Address and port of the other end."""
        return self._remote

    @property
    def pending(self) -> int:
        """Bytes sent but not yet taken by the kernel."""
        return 0 if self._gone else self._transport.get_write_buffer_size()

    @property
    def last_heard(self) -> float:
        """Time of the loop at which the last byte came in [s]."""
        return self._heard

    @property
    def certificate(self) -> bytes | None:
        """DER of the other end's certificate, verified; None without one."""
        secure = self._transport.get_extra_info("ssl_object")
        return secure.getpeercert(binary_form=True) if secure is not None else None

    def send(self, data: bytes) -> None:
        """Send one text message."""
        if self._ending is None and (self._stalled_since is None or self._has_room(data)):
            self._write(data, binary=False)

    def send_binary(self, data: bytes) -> None:
        """Send one binary message."""
        if self._ending is None and (self._stalled_since is None or self._has_room(data)):
            self._write(data, binary=True)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Begin the closing handshake."""
        if self._ending is None and not self._gone:
            self._end(code, reason)
            self._put_close(code, close_reason(reason))

    def abort(self) -> None:
        """Drop the connection at once."""
        self._cut("aborted here")

    def _write(self, data: bytes, *, binary: bool) -> None:
        agreed = self._deflate
        if agreed is not None and len(data) >= self._watch.limits.deflate_above:
            self._put(deflate(data, agreed.window_bits), binary=binary, compressed=True)
        else:
            self._put(data, binary=binary, compressed=False)

    def _has_room(self, data: bytes) -> bool:
        room = self.pending + len(data) <= self._watch.limits.max_pending
        if not room:
            self._cut("the other end does not read")
        return room

    # --- life and death

    def _open(self) -> None:
        self._watch.join(self)
        # who paces itself wants to hear of every byte that the kernel did not take at once
        self._transport.set_write_buffer_limits(high=65_536 if self._drained is None else 0)
        if self._watch.limits.send_buffer is not None:
            narrow(self._transport, self._watch.limits.send_buffer)
        try:
            self._peer.opened(self)
        except Exception as error:  # noqa: BLE001 - whatever a peer does wrong costs its own connection only
            self._peer_failed(error)

    def _end(self, code: int, reason: str) -> None:
        """Remember the first close; later ones change nothing."""
        if self._ending is None:
            self._ending = (code, reason)
        if self._closing_since is None:
            self._closing_since = self._watch.time()

    def _cut(self, reason: str) -> None:
        if not self._gone:
            self._end(1006, reason)
            self._transport.abort()

    def _violated(self, code: int, reason: str) -> None:
        """The other end broke the protocol: say so, hear nothing more, hang up."""
        if self._deaf or self._gone:
            return
        first = self._ending is None
        self._end(code, reason)
        self._deaf = True
        self._parts = None
        if first:
            self._put_close(code, close_reason(reason))
        self._watch.loop.call_later(LINGER_SECONDS, self._transport.close)

    def _asked_to_close(self, payload: bytes) -> None:
        """A close frame came in: answer it if it is not the answer to ours, then hang up."""
        stated = read_close(payload)
        if stated is None:
            self._violated(1002, "invalid close frame")
            return
        answer = self._ending is None
        self._end(*stated)
        self._deaf = True
        if answer:
            self._put_close(stated[0], b"")
        self._transport.close()

    def _lost(self) -> None:
        """The transport is gone."""
        if self._gone:
            return
        self._watch.deliver()  # what it said last came before its end
        self._gone = True
        self._parts = None
        self._watch.leave(self)
        code, reason = self._ending or (1006, "the connection broke")
        self._ending = (code, reason)
        try:
            self._peer.closed(code, reason)
        except Exception as error:  # noqa: BLE001 - see _open
            self._peer_failed(error)
        # a peer holds its socket: without this the pair, and the TLS buffers with it, would wait for the garbage collector
        self._peer, self._drained, self._ready = _NOBODY, None, None

    def _peer_failed(self, error: Exception) -> None:
        context = {"message": "a peer failed; its connection ends", "exception": error, "transport": self._transport}
        self._watch.loop.call_exception_handler(context)
        self.close(1011, "internal error")

    # --- what comes in

    def deliver(self, message: bytes, binary: bool) -> None:  # noqa: FBT001 - hot path
        """Tell the peer of a message that came in."""
        try:
            self._peer.received(message, binary)
        except Exception as error:  # noqa: BLE001 - see _open
            self._peer_failed(error)

    def _fragment(self, data: bytes, *, binary: bool, compressed: bool, final: bool) -> None:
        """Start a message that is fragmented or compressed."""
        if self._parts is not None:
            self._violated(1002, "a message began within a message")
            return
        self._parts, self._parts_binary, self._compressed = bytearray(), binary, compressed
        self._continue(data, final=final)

    def _continue(self, data: bytes, *, final: bool) -> None:
        if self._parts is None:
            self._violated(1002, "a continuation without a beginning")
        elif len(self._parts) + len(data) > self._watch.limits.max_message:
            self._violated(1009, f"a message may have {self._watch.limits.max_message} bytes")
        else:
            self._parts += data
            if final:
                self._finish(self._parts)

    def _finish(self, whole: bytearray) -> None:
        self._parts = None
        limit = self._watch.limits.max_message
        try:
            message = inflate(whole, limit) if self._compressed else bytes(whole)
        except TooBig:
            self._violated(1009, f"a message may have {limit} bytes")
        except Corrupt:
            self._violated(1002, "a message does not inflate")
        else:
            self.deliver(message, self._parts_binary)

    # --- rate and back-pressure

    def _overdrawn(self) -> None:
        """The bucket is empty: fill it for the time that has passed, or stop reading for a while."""
        self._refill(self._watch.time())
        if self._bucket < 0:
            self._freeze()

    def rest_until(self, ready: Callable[[], bool]) -> None:
        """Read nothing more until its peer is ready: it holds as much as it can of what it has been told."""
        self._ready = ready
        if not self._gone:
            self._freeze()

    def _freeze(self) -> None:
        if not self._frozen:
            self._frozen = True
            self._rest()
            self._watch.freeze(self)

    def _refill(self, now: float) -> None:
        limits = self._watch.limits
        gained = (now - self._refilled) * limits.messages_per_second
        self._bucket, self._refilled = min(float(limits.burst), self._bucket + gained), now

    def thaw(self, now: float) -> bool:
        """Read on if the rate allows it again, and the peer."""
        self._refill(now)
        if self._bucket < 0 or (self._ready is not None and not self._ready()):
            return False
        self._ready = None
        self._frozen, self._heard = False, now
        self._read_on()
        return True

    def pause_writing(self) -> None:
        """The kernel takes no more: read nothing that would have to be answered."""
        if self._stalled_since is None:
            self._stalled_since = self._watch.time()
        if self._drained is None:
            self._rest()

    def resume_writing(self) -> None:
        """The kernel takes bytes again."""
        self._stalled_since = None
        self._heard = self._watch.time()
        if self._drained is None:
            self._read_on()
        elif self._ending is None:
            self._drained()

    def _rest(self) -> None:
        if not self._transport.is_closing():  # uvloop raises where asyncio does nothing
            self._transport.pause_reading()

    def _read_on(self) -> None:
        blocked = self._stalled_since is not None and self._drained is None
        if not (self._frozen or self._transport.is_closing() or blocked):
            self._transport.resume_reading()

    # --- time

    def sweep(self, now: float) -> None:
        """Judge silence, stalls and unfinished closes."""
        limits = self._watch.limits
        if self._closing_since is not None:
            if now - self._closing_since > limits.close_seconds:
                self._cut("the closing handshake was not finished")
        elif self._stalled_since is not None:
            if now - self._stalled_since > limits.stall_seconds:
                self._cut("the other end does not read")
        elif not self._frozen and now - self._heard >= (limits.ping_every if self._pace is None else self._pace[0]):
            self._ping(now)

    def pace(self, every: float | None = None, timeout: float | None = None) -> None:
        """Ping otherwise than the limits say: see `ports.Pinging`."""
        limits, never = self._watch.limits, float("inf")
        own = (limits.ping_every if every is None else every or never, limits.ping_timeout if timeout is None else timeout)
        self._pace = None if every is None and timeout is None else own

    def _ping(self, now: float) -> None:
        if self._pinged_at <= self._heard:
            self._pinged_at = now
            self._put_ping()
        elif now - self._pinged_at >= (self._watch.limits.ping_timeout if self._pace is None else self._pace[1]):
            self._cut("no answer to a ping")


def narrow(transport: asyncio.Transport, size: int) -> None:
    """Let the kernel hold little that was not sent; where a system has no such setting, it holds more."""
    sock = transport.get_extra_info("socket")
    if sock is None:
        return
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, size // 4)


def close_reason(reason: str) -> bytes:
    """Fit a reason into a close frame: 123 bytes, whole characters."""
    return reason.encode()[:123].decode(errors="ignore").encode()


def read_close(payload: bytes) -> tuple[int, str] | None:
    """Code and reason of a close frame; 1005 when it states none, None when it breaks RFC 6455, 7.4."""
    if not payload:
        return 1005, ""
    if len(payload) == 1:
        return None
    (code,) = struct.unpack_from("!H", payload)
    if not (code in {1000, 1001, 1002, 1003} or 1007 <= code <= 1014 or 3000 <= code <= 4999):
        return None
    try:
        return code, payload[2:].decode()
    except UnicodeDecodeError:
        return None
