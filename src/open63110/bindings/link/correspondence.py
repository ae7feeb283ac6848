# SPDX-License-Identifier: Apache-2.0
"""All that is said with one peer: its session, the socket of the moment, and our messages with what became of them."""

import asyncio
import math
from collections.abc import Callable
from typing import Protocol

import msgspec

from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.happenings import (
    Arrived,
    Cancelled,
    Delivered,
    Expired,
    Happening,
    Refused,
    Violated,
    Welcomed,
)
from open63110.bindings.link.framing.header import Header, Kind
from open63110.bindings.link.refusing import read_refusal
from open63110.bindings.link.session import Session
from open63110.wire.ports import Socket

ROOM = 16 * 1024
"""Of what may lie between a session and the kernel: an urgent message waits for no more than that [bytes]."""

CLOSE = 4000
"""WebSocket close codes of the link begin here: this, plus the error code."""

SLACK = 0.001
"""A timer that is early by less is not set anew [s]."""

ANSWER_AFTER = 10.0
"""So long after the deadline of a request its answer still counts [s, real]: it was given in time and is under way."""


class Ending(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What became of a message of ours."""

    status: int = 0
    """0: done, or in the other end's journal; else an ErrorCode."""
    words: str = ""
    code: str = ""
    """The trouble's own name, where the other end says it."""
    replies: tuple[tuple[int, bytes], ...] = ()
    """Number and body of each."""
    silent: bool = False
    """Nobody knows whether it was done: no answer came in time."""


ANSWERS = frozenset({Kind.REPLY, Kind.PROGRESS})

Over = Callable[[Ending], None]


class Desk(Protocol):
    """Who speaks with the peer."""

    def up(self, welcomed: Welcomed) -> None:
        """Both ends know each other on a new socket."""

    def down(self, reason: str, *, was: bool) -> None:
        """There is no socket any more; ``was``: it was up."""

    def take(self, message: Arrived) -> None:
        """Take what the peer says, answers left out."""

    def violated(self, code: int, words: str, *, ours: bool) -> None:
        """Take note of the end of a link that broke the rules."""

    def note(self, frame: bytes, *, sent: bool) -> None:
        """Remember a raw frame."""


class _Asked(msgspec.Struct, kw_only=True, gc=False):
    over: Over
    answered: bool
    """An answer is wanted, not only a confirmation."""
    until: float
    """When to give up waiting for an answer, in the session's time [s]; infinite: the session tells how it ends, however late."""
    fact: bool = False
    """That it is in the other end's journal is what matters; the answer follows at once, or was lost in a crash."""
    kept: bool = False
    replies: tuple[tuple[int, bytes], ...] = ()


class Strand:
    """One socket; implements wire.Paced. Only the newest one of a peer is listened to."""

    __slots__ = ("_of", "socket")

    def __init__(self, of: "Correspondence") -> None:
        """Wait for it to open."""
        self._of = of
        self.socket: Socket | None = None

    def opened(self, socket: Socket) -> None:
        """Begin."""
        self.socket = socket
        self._of.attach(self)

    def received(self, message: bytes, binary: bool) -> None:  # noqa: FBT001 - the shape of wire.Peer
        """Take one frame."""
        self._of.received(self, message, binary=binary)

    def drained(self) -> None:
        """Go on writing."""
        self._of.drained(self)

    def closed(self, code: int, reason: str) -> None:
        """Let go."""
        self._of.detach(self, f"{code} {reason}".strip())


class Correspondence:
    """What outlives the sockets of one peer."""

    __slots__ = ("_armed", "_asked", "_changed", "_desk", "_loop", "_pace", "_soon", "_strand", "_timer", "_up", "session")

    def __init__(self, desk: Desk, session: Session, pace: float) -> None:
        """Wait for a socket.

        Args:
            desk: whoever speaks with the peer.
            session: with it.
            pace: seconds of the session's time in one of the event loop's; 1 but for rehearsals.
        """
        self._desk, self.session, self._pace = desk, session, pace
        self._loop = asyncio.get_running_loop()
        self._strand: Strand | None = None
        self._up = self._soon = False
        self._changed = True
        """Something may be due sooner than the timer knows."""
        self._asked: dict[int, _Asked] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._armed = 0.0

    def time(self) -> float:
        """Return the session's time [s]."""
        return self._loop.time() * self._pace

    @property
    def open(self) -> bool:
        """Something said now goes out at once."""
        return self._up and self.session.welcomed

    @property
    def there(self) -> bool:
        """Something said now goes out at once, or as soon as a socket that has taken over is greeted on."""
        return self._up and self._strand is not None

    @property
    def idle(self) -> bool:
        """There is neither a socket nor anything to say, nor is anything waited for."""
        return self._strand is None and not self._asked and not self.session.waiting

    @property
    def socket(self) -> Socket | None:
        """The present one."""
        return self._strand.socket if self._strand else None

    # -- sockets --

    def strand(self) -> Strand:
        """Make the peer of a socket that is being opened."""
        return Strand(self)

    def attach(self, strand: Strand) -> None:
        """Go on over a new socket; the one before it is closed."""
        if self._strand is not None:
            self._leave(self.session.end(ErrorCode.SUPERSEDED, "a newer link of this identity has taken over"))
        self._strand = strand
        self.session.opened(self.time())
        self.pump()

    def detach(self, strand: Strand, reason: str) -> None:
        """Go on without a socket, unless another has taken over."""
        if strand is not self._strand:
            return
        self._strand = None
        self.session.lost(self.time())
        was, self._up = self._up, False
        self._desk.down(reason, was=was)
        self._arm()

    def hang_up(self) -> None:
        """Close the socket; what is not confirmed stays."""
        if self._strand is not None and self._strand.socket is not None:
            self._strand.socket.close(1000, "going down")

    def abort(self) -> None:
        """Lose the socket without a word."""
        if self._strand is not None and self._strand.socket is not None:
            self._strand.socket.abort()

    def end(self, code: ErrorCode, words: str) -> None:
        """End the link, telling why."""
        if self._strand is not None:
            self._happened(self.session.end(code, words))

    def received(self, strand: Strand, frame: bytes, *, binary: bool) -> None:
        """Take one frame of a socket."""
        if strand is not self._strand:
            return
        self._desk.note(frame, sent=False)
        if not binary:
            self._happened(self.session.end(ErrorCode.MALFORMED, "the link speaks in binary messages"))
            return
        found = self.session.received(frame, self.time())
        arrived = bool(found)
        for one in found:
            arrived = arrived and type(one) is Arrived
            self._happened(one)
        if self._timer is None or not arrived:
            self.pump()  # what has only arrived is confirmed later, and nothing is due sooner than before

    def drained(self, strand: Strand) -> None:
        """Go on writing."""
        if strand is self._strand:
            self.pump()

    # -- what we say --

    def send(self, header: Header, body: bytes, *, durable: bool, over: Over | None = None, patience: float | None = None) -> int:
        """Say something.

        Args:
            header: of the message.
            body: of the message.
            durable: it is to be told whatever happens to this process; an answer to it is welcome, but need not come.
            over: told what became of it; None: nobody asks.
            patience: how long the answer is awaited [s of the session]; None: the message's confirmation is all.

        Raises:
            BadFrame: it is too long.
            Unavailable: too much waits already.
        """
        now = self.time()
        number = self.session.send(header, body, now, durable=durable)
        if over is not None:
            until = math.inf if patience is None else now + patience + ANSWER_AFTER * self._pace
            self._asked[number] = _Asked(over=over, answered=patience is not None, until=until, fact=durable)
        self.soon()
        return number

    def delivered(self, message: Arrived) -> None:
        """Confirm that a message is in our journal."""
        self.session.delivered(message, self.time())
        if not self._soon:  # nothing is due sooner for that
            self._soon = True
            self._loop.call_soon(self._pump)

    def refuse(self, message: Arrived, code: ErrorCode, words: str, *, retry_after: float | None = None) -> None:
        """Do not take a message."""
        self.session.refuse(message, code, words, self.time(), retry_after=retry_after)
        self.soon()

    def cancel(self, number: int) -> bool:
        """Take a message of ours back; how that ends is told to its ``over``."""
        taken = self.session.cancel(number, self.time())
        self.soon()
        return taken

    def soon(self) -> None:
        """Write what there is to write, once everybody has said what is to be said."""
        self._changed = True
        if not self._soon:
            self._soon = True
            self._loop.call_soon(self._pump)

    def later(self, do: Callable[[], object]) -> None:
        """Do something once everybody has said what is to be said."""
        self._loop.call_soon(do)

    def pump(self) -> None:
        """Write as much as fits between the session and the kernel, whatever has happened before."""
        self._changed = True
        self._pump()

    def _pump(self) -> None:
        self._soon = False
        socket = self.socket
        while socket is not None:
            room = ROOM - socket.pending
            frames = self.session.frames(self.time(), room) if room > 0 else []
            for frame in frames:
                self._desk.note(frame, sent=True)
                socket.send_binary(frame)
            if sum(map(len, frames)) < room // 4 or socket.pending:  # it was not for want of room that there is no more
                break
        if self._changed or self._timer is None:
            self._changed = False
            self._arm()

    # -- what happens --

    def _happened(self, one: Happening) -> None:
        match one:
            case Arrived():
                if one.header.kind in ANSWERS:
                    self._replied(one)
                else:
                    self._desk.take(one)
            case Delivered():
                self._confirmed(one.id)
            case Refused():
                self._over(one.id, Ending(status=one.code, words=one.words))
            case Expired():
                self._expired(one.id, begun=one.begun)
            case Cancelled():
                self._over(one.id, Ending(status=ErrorCode.CANCELLED, words="it was taken back"))
            case Welcomed():
                self._up = True
                self._desk.up(one)
            case Violated():
                self._desk.violated(one.code, one.words, ours=one.ours)
                self._leave(one)

    def _expired(self, number: int, *, begun: bool) -> None:
        """End what is too late; where the other end may have it, wait a moment for its word: only that one knows."""
        asked = self._asked.get(number)
        if begun and self.open and asked is not None and asked.answered:
            asked.until = self.time() + ANSWER_AFTER * self._pace
        else:
            self._over(number, Ending(status=ErrorCode.EXPIRED, words="its deadline has passed", silent=begun))

    def _leave(self, end: Violated) -> None:
        """Say the last word on a socket."""
        socket = self.socket
        if socket is not None:
            for frame in self.session.frames(self.time(), 0):
                socket.send_binary(frame)
            socket.close(CLOSE + min(end.code, 999), end.words)

    def _confirmed(self, number: int) -> None:
        asked = self._asked.get(number)
        if asked is not None and not asked.answered:
            self._over(number, Ending())
        elif asked is not None and asked.fact:
            asked.kept, asked.until = True, self.time() + ANSWER_AFTER * self._pace

    def _replied(self, message: Arrived) -> None:
        header = message.header
        asked = self._asked.get(header.reply_to or 0)
        self.session.delivered(message, self.time())
        self.soon()
        if asked is None or not asked.answered:
            return
        if message.body and not header.status:
            asked.replies = (*asked.replies, (header.type, message.body))
        if header.kind is Kind.REPLY:
            code = read_refusal(message.body) if header.status else ""
            ending = Ending(status=header.status, words=header.words, code=code, replies=asked.replies)
            self._over(header.reply_to or 0, ending)

    def _over(self, number: int, ending: Ending) -> None:
        asked = self._asked.pop(number, None)
        if asked is not None:
            asked.over(ending)

    # -- time --

    def _arm(self) -> None:
        """See to it that time does its work no later than it has to."""
        due = self.session.next_deadline
        if self._asked:
            soonest = min(one.until for one in self._asked.values())
            due = soonest if due is None else min(due, soonest)
        if due is None or math.isinf(due) or (self._timer is not None and self._armed <= due + SLACK * self._pace):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._armed = due
        self._timer = self._loop.call_at(due / self._pace, self._tick)

    def _tick(self) -> None:
        self._timer = None
        now = self.time()
        for one in self.session.tick(now):
            self._happened(one)
        for number, kept in [(number, one.kept) for number, one in self._asked.items() if one.until <= now]:
            self._over(number, Ending() if kept else Ending(words="no answer came in time", silent=True))
        self.pump()

    def forget(self) -> None:
        """Stop the clock: nobody speaks with this peer any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
