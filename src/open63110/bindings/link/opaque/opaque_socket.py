# SPDX-License-Identifier: Apache-2.0
"""A socket of OCPP-J that is no socket: what is sent on it goes over a link as opaque frames, and a cut is a pause."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from open63110.bindings.link.correspondence import CLOSE, Correspondence, Ending
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.registry import OcppFrame
from open63110.bindings.link.session.sending import URGENT
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId
from open63110.wire.ports import Peer, Remote

OCPP: Final = CODEC.registry.by_name[OcppFrame.__name__].number
"""Number of the message that holds a frame."""

VERSIONS: Final = ("ocpp2.1", "ocpp2.0.1", "ocpp1.6")
"""Words of HELLO's capabilities: an end that has one of them speaks that version in frames."""

OBJECT: Final = "ocpp"
"""Frames of one class are in order."""

GONE: Final = 1006
"""Close code of a socket that ended without a word."""

CUT: Final = ("1006", *(str(CLOSE + code) for code in (ErrorCode.SILENT, ErrorCode.SUPERSEDED, ErrorCode.SESSION_EXPIRED)))
"""Close codes of a carrier after which another one follows: to OCPP that is a pause. Any other ends the conversation, too."""

_OVER: Final = frozenset({ErrorCode.PROTOCOL, ErrorCode.UNSUPPORTED_VERSION, ErrorCode.NOT_SUPPORTED})
"""The other end has no such conversation."""


class Rank(NamedTuple):
    """How a frame goes."""

    priority: Priority
    deadline: datetime | None = None


Ranking = Callable[[StationId, bytes], Rank]
"""(station, frame) → how it goes."""


def usual(station: StationId, frame: bytes) -> Rank:
    """Let answers and boots go before all else that a station says."""
    del station
    calls = frame.startswith(b"[2,")
    return Rank(Priority.NORMAL if calls and b'"BootNotification"' not in frame[:80] else Priority.CONTROL)


class OpaqueSocket:
    """Implements wire.Socket."""

    __slots__ = ("_lines", "_loop", "_peer", "_ranking", "_station", "_timer", "closing", "heard", "other", "pending", "wire")

    def __init__(
        self, lines: Correspondence, station: StationId, wire: str, other: bytes, ranking: Ranking, closing: Callable[[], None]
    ) -> None:
        """Wait for its peer.

        Args:
            lines: to the other end.
            station: whose conversation it is.
            wire: the version.
            other: id of the outbox of the other end's process.
            ranking: says how frames go.
            closing: ends the carrier, when this end has closed the socket.
        """
        self._lines, self._station, self.wire, self.other, self._ranking = lines, station, wire, other, ranking
        self.closing = closing
        self.pending = 0
        """Bytes that the other end has not confirmed."""
        self.heard = lines.time()
        self._loop = asyncio.get_running_loop()
        self._peer: Peer | None = None
        self._timer: asyncio.TimerHandle | None = None

    # -- wire.Socket --

    @property
    def subprotocol(self) -> str | None:
        """The version."""
        return self.wire

    @property
    def remote(self) -> Remote:
        """Address and port of the other end of the present carrier."""
        socket = self._lines.socket
        return socket.remote if socket is not None else ("", 0)

    @property
    def last_heard(self) -> float:
        """When the last frame came in, in the time of the event loop [s]."""
        return self.heard

    @property
    def certificate(self) -> bytes | None:
        """DER of the other end's certificate."""
        socket = self._lines.socket
        return socket.certificate if socket is not None else None

    def send(self, data: bytes) -> None:
        """Send one frame; while the link is cut it waits."""
        if self._peer is None:
            return
        try:
            body = framed(self._station, self.wire, data)
            rank = self._ranking(self._station, data)
            urgent = rank.priority is Priority.EMERGENCY and len(body) > URGENT
            priority = Priority.CONTROL if urgent else rank.priority
            header = Header(type=OCPP, kind=Kind.EVENT, priority=priority, deadline=rank.deadline, about=OBJECT)
            self._lines.send(header, body, durable=False, over=lambda ending: self._confirmed(len(data), ending))
            self.pending += len(data)
        except Trouble as trouble:  # too much waits already
            self.close(1013, trouble.message)

    def send_binary(self, data: bytes) -> None:
        """Send nothing: OCPP-J has text only."""

    def close(self, code: int = 1000, reason: str = "") -> None:
        """End the conversation, and the carrier with it."""
        if self._peer is not None:
            self._loop.call_soon(self.end, code, reason)
            self.closing()

    def abort(self) -> None:
        """End the conversation at once."""
        self.close(GONE, "aborted")

    # -- its owner --

    @property
    def open(self) -> bool:
        """It has a peer."""
        return self._peer is not None

    def begin(self, peer: Peer) -> None:
        """Open it."""
        self._peer = peer
        peer.opened(self)

    def received(self, frame: bytes) -> None:
        """Give a frame to its peer."""
        self.heard = self._loop.time()
        if self._peer is not None:
            self._peer.received(frame, False)  # noqa: FBT003 - the shape of wire.Peer

    def pause(self, seconds: float, reason: str) -> None:
        """The link is cut: it ends unless there is a link again in time [s, real]."""
        self.go_on()
        self._timer = self._loop.call_later(seconds, self.end, GONE, reason)

    def go_on(self) -> None:
        """There is a link again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def end(self, code: int, reason: str) -> None:
        """Tell its peer that it is over."""
        self.go_on()
        peer, self._peer = self._peer, None
        if peer is not None:
            peer.closed(code, reason)

    def _confirmed(self, size: int, ending: Ending) -> None:
        self.pending -= size
        if ending.status in _OVER:
            self.end(GONE, ending.words)


def framed(station: StationId, wire: Any, frame: bytes) -> bytes:
    """Write the body that holds a frame; an empty one begins a conversation."""
    return CODEC.encode(OcppFrame(station=station, wire=wire, frame=frame), station=station)


def closed(reason: str) -> tuple[int, str]:
    """Return close code and words of OCPP's socket, from those of the carrier."""
    code = reason.split(" ", 1)[0]
    return (int(code) if code.isdecimal() and int(code) < CLOSE else GONE), reason
