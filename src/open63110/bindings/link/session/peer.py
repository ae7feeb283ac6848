# SPDX-License-Identifier: Apache-2.0
"""One peer over all its carriers: greeting, life signs, time, and the two halves that carry messages."""

from collections import deque
from datetime import datetime, timedelta

import msgspec

from open63110.bindings.link.errors import BadFrame, ErrorCode
from open63110.bindings.link.framing import frames as wire
from open63110.bindings.link.framing.happenings import Arrived, ClockSample, Happening, Violated, Welcomed
from open63110.bindings.link.framing.header import EPOCH, Header, misunderstood
from open63110.bindings.link.framing.hello import Hello, common_version
from open63110.bindings.link.session.clocks import LocalClock, PeerClock
from open63110.bindings.link.session.outbox import Outbox
from open63110.bindings.link.session.receiving import Judge, Receiving, Verdict
from open63110.bindings.link.session.seen import Seen
from open63110.bindings.link.session.sending import Sending
from open63110.bindings.link.session.window import RoundTrip

ROUND_TRIPS = 4
"""Of silence, before a link counts as dead."""

FIRST_CLOCK_PINGS = 4
ASKED = 8
"""PINGs that wait for their answer."""


class Limits(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an end does by itself; nothing of it is told."""

    idle: float = 5.0
    """After so much silence a PING goes out [s]."""
    silence: float = 5.0
    """And after so much more, or four round trips, the link is dead [s]."""
    greeting: float = 60.0
    """For HELLO, and for all else until a round trip was measured [s]."""
    clock_every: float = 60.0
    """Between two readings of the other end's clock, after the first few [s]."""
    backlog: int = 64 * 1024 * 1024
    """Of messages that wait [bytes]."""


USUAL = Limits()


class Session:
    """What two ends say to each other. Call `frames` after every other call, and write what it returns."""

    def __init__(
        self,
        me: Hello,
        outbox: Outbox,
        seen: Seen,
        limits: Limits = USUAL,
        *,
        clock: LocalClock,
        peer: str = "",
        judge: Judge = None,
    ) -> None:
        """Take up what outbox and seen have kept.

        Args:
            me: what HELLO says of this end.
            outbox: what is to be told to this peer.
            seen: what this peer has told.
            limits: the usual ones.
            clock: this machine's.
            peer: identity in the peer's certificate; empty: whatever it says.
            judge: looks at each header; None: critical extensions that `me` does not name are refused.
        """
        self._me, self._peer, self.clock = me, peer, clock
        self._limits, self._understood, self.peer_clock = limits, frozenset(me.extensions), PeerClock()
        self._sending = Sending(outbox, self._limits.backlog)
        self._receiving = Receiving(seen, me.receive, judge or self._judge, self.peer_clock)
        self._control: deque[wire.Frame] = deque()
        self._closed()

    def _closed(self) -> None:
        self._open = self._ended = self._timed = False
        self.hello: Hello | None = None
        self.trip, self._asked, self._pings = RoundTrip(), dict[int, float](), 0
        self._probe: float | None = None
        self._control.clear()

    @property
    def welcomed(self) -> bool:
        """Both ends know each other on the present carrier."""
        return self.hello is not None and not self._ended

    @property
    def waiting(self) -> int:
        """Messages of ours that are not confirmed."""
        return len(self._sending.waiting)

    def opened(self, now: float) -> None:
        """A carrier is up: HELLO goes first."""
        self.lost(now)
        self._open, self._heard, self._next_clock = True, now, now + 1.0
        self._control.append(msgspec.structs.replace(self._me, outbox=self._sending.outbox.id, resume=self._receiving.resume()))

    def lost(self, now: float) -> None:
        """The carrier is gone; everything that is not confirmed stays."""
        self._now = now
        self._closed()
        self._sending.stop()
        self._receiving.stop()

    def received(self, frame: bytes, now: float) -> list[Happening]:
        """Take a frame; never raises for what is in it."""
        if not self._open or self._ended:
            return []
        self._heard, self._probe = now, None
        try:
            happenings = self._take(wire.decode(frame), len(frame), now)
        except BadFrame as trouble:
            happenings = [self.end(trouble.error, trouble.message)]
        return self._happened() + happenings if self._sending.happened else happenings

    def send(self, header: Header, body: bytes, now: float, *, durable: bool = True) -> int:
        """Queue a message and return its id.

        Args:
            header: its priority and `order` decide about its turn.
            body: encoded.
            now: monotonic.
            durable: on the disk when this returns; else it lives as long as the process.

        Raises:
            BadFrame: it is longer than its priority allows.
            Unavailable: too much waits already.
        """
        return self.send_all([(header, body)], now, durable=durable)[0]

    def send_all(self, messages: list[tuple[Header, bytes]], now: float, *, durable: bool = True) -> list[int]:
        """Queue messages with one write to the disk.

        Raises:
            BadFrame: one is longer than its priority allows; none was queued.
            Unavailable: too much waits already; none was queued.
        """
        self._now = now
        return self._sending.send((header, body, durable) for header, body in messages)

    def delivered(self, message: Arrived, now: float) -> None:
        """It is in our journal: tell the other end that it may forget it."""
        self._now = now
        self._receiving.delivered(message)

    def refuse(self, message: Arrived, code: ErrorCode, words: str, now: float, *, retry_after: float | None = None) -> None:
        """Do not take a message; with `retry_after` [s] the other end tells it again."""
        self._now = now
        self._receiving.refuse(message, code, words, retry_after)

    def cancel(self, id: int, now: float) -> bool:
        """Take a message back; how that ends, Cancelled or Delivered, is told later.

        Returns:
            False if it was delivered already: the other end is asked to stop what it does, if a link is up.
        """
        self._now = now
        return self._sending.cancel(id)

    def end(self, code: ErrorCode, words: str) -> Violated:
        """End the link, telling why; the owner closes the carrier once `frames` is written."""
        self._control.clear()
        self._control.append(wire.Nack(error=code, words=words))
        self._ended = True
        return Violated(code=code, words=words, ours=True)

    def frames(self, now: float, room: int) -> list[bytes]:
        """Return what to write now.

        Args:
            now: monotonic.
            room: for DATA [bytes]; few kilobytes keep the way short for what is urgent. Control is small and always goes.
        """
        written = [wire.encode(self._stamped(frame, now)) for frame in self._control]
        self._control.clear()
        if self.welcomed:
            written += map(wire.encode, self._receiving.frames())
        if self.welcomed and (self._sending.waiting or self._sending.control):
            written += self._sending.frames(now, self.clock.seconds(now), room - sum(map(len, written)))
        return written

    def tick(self, now: float) -> list[Happening]:
        """Let time do its work; call it when `next_deadline` has come."""
        self._sending.expire(self.clock.seconds(now))
        happenings = self._happened()
        if not self._open or self._ended:
            return happenings
        if self._probe is None and self.welcomed and now >= self._heard + self._limits.idle:
            self._probe = now
            self._ping()
        if now >= self._dead_at():
            return [*happenings, self.end(ErrorCode.SILENT, "nothing was heard for too long")]
        if self.welcomed and now >= self._next_clock:
            self._next_clock = now + (2.0 if self._pings < FIRST_CLOCK_PINGS else self._limits.clock_every)
            self._ping()
        return happenings

    @property
    def next_deadline(self) -> float | None:
        """When `tick` or `frames` has something to do, monotonic; None: not before something else happens."""
        if self._sending.happened:
            return self._now
        expiry = self._sending.next_expiry()
        times = [] if expiry is None else [self.clock.when(expiry)]
        if self._open and not self._ended:
            times.append(self._dead_at())
        if self.welcomed:
            times += [self._next_clock, *([self._heard + self._limits.idle] if self._probe is None else [])]
            times += self._sending.turns()
        return min(times, default=None)

    def peer_utc(self, now: float) -> tuple[datetime, float] | None:
        """Return the other end's clock and the bound of its error [s]; None before the first answer."""
        best = self.peer_clock.best(now)
        return None if best is None else (EPOCH + timedelta(seconds=now + best[0]), best[1])

    def _dead_at(self) -> float:
        smoothed, limits = self.trip.smoothed, self._limits
        patience = limits.greeting if smoothed is None else max(limits.silence, ROUND_TRIPS * smoothed)
        if self.hello is None:
            return self._heard + patience
        return self._heard + limits.idle + patience if self._probe is None else self._probe + patience

    def _take(self, frame: wire.Frame | None, size: int, now: float) -> list[Happening]:
        match frame:
            case wire.Data() if self._timed:
                return self._receiving.data(frame, size, now)
            case Hello():
                return self._welcome(frame, now)
            case wire.Nack(id=0):
                self._ended = True
                return [Violated(code=frame.error, words=frame.words, ours=False)]
            case _ if self.hello is None:
                raise BadFrame("HELLO goes first", ErrorCode.PROTOCOL)
            case wire.Data():
                raise BadFrame("PONG goes before DATA", ErrorCode.PROTOCOL)
            case wire.Cancel():
                return self._receiving.cancelled(frame, now)
            case wire.Ping():
                self._answer(frame.number, frame.sent, now)
            case wire.Pong():
                return self._time(frame, now)
            case wire.Delivered() | wire.Credit() | wire.Nack():
                self._sending.heard(frame, now)
        return self._happened()

    def _welcome(self, hello: Hello, now: float) -> list[Happening]:
        if self.hello is not None:
            raise BadFrame("HELLO twice", ErrorCode.PROTOCOL)
        if self._peer and hello.identity != self._peer:
            raise BadFrame("HELLO names another identity than the certificate", ErrorCode.IDENTITY_MISMATCH)
        version = common_version(self._me.versions, hello.versions)
        strange = misunderstood(hello.extensions, self._understood)
        if strange is not None:
            raise BadFrame(f"the extension {strange} is not understood", ErrorCode.UNSUPPORTED_EXTENSION)
        self._answer(0, hello.clock, now)
        if not self._sending.start(hello, self.trip):
            raise BadFrame("this outbox is an old copy: more of it was heard", ErrorCode.OUTBOX_RESTORED)
        self._receiving.start(hello.outbox)
        self.hello = hello
        resumed = any(one.outbox == self._sending.outbox.id for one in hello.resume)
        return [Welcomed(hello=hello, version=version, resumed=resumed), *self._happened()]

    def _answer(self, number: int, sent: int, now: float) -> None:
        heard, off = self.clock.milliseconds(now), int(self.clock.uncertainty * 1000)
        self._control.append(wire.Pong(number=number, sent=sent, heard=heard, answered=heard, uncertainty=off))

    def _time(self, pong: wire.Pong, now: float) -> list[Happening]:
        asked = self._asked.pop(pong.number, None)
        if asked is None:
            return []
        self._timed = True
        self.trip.sample(now - asked, now)
        self.peer_clock.sample(asked, pong.heard / 1000, pong.answered / 1000, now)
        offset, uncertainty = self.peer_clock.best(now) or (0.0, 0.0)
        return [
            ClockSample(offset=now + offset - self.clock.seconds(now), uncertainty=uncertainty, quality=pong.uncertainty / 1000)
        ]

    def _ping(self) -> None:
        self._pings += 1
        self._control.append(wire.Ping(number=self._pings, sent=0))

    def _stamped(self, frame: wire.Frame, now: float) -> wire.Frame:
        """Put in the time at the last moment."""
        utc = self.clock.milliseconds(now)
        match frame:
            case wire.Pong():
                return msgspec.structs.replace(frame, answered=utc)
            case wire.Ping():
                self._asked[frame.number] = now
                if len(self._asked) > ASKED:
                    del self._asked[next(iter(self._asked))]
                return msgspec.structs.replace(frame, sent=utc)
            case Hello():
                self._asked[0] = now
                return msgspec.structs.replace(frame, clock=utc, uncertainty=int(self.clock.uncertainty * 1000))
        return frame

    def _judge(self, header: Header) -> Verdict:
        strange = misunderstood(header.extensions, self._understood)
        return None if strange is None else (ErrorCode.UNSUPPORTED_EXTENSION, f"{strange} is not understood")

    def _happened(self) -> list[Happening]:
        found, self._sending.happened = self._sending.happened, []
        return found
