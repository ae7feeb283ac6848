# SPDX-License-Identifier: Apache-2.0
"""The incoming half of a session: pieces become messages, in order per object, each given up once and in time."""

from collections import deque
from collections.abc import Callable
from math import ceil
from typing import Any

import msgspec

from open63110.bindings.link.errors import BadFrame, ErrorCode
from open63110.bindings.link.framing import frames as wire
from open63110.bindings.link.framing.bucket import Bucket
from open63110.bindings.link.framing.happenings import Arrived, Happening, Withdrawn
from open63110.bindings.link.framing.header import Header, Priority, decode_header, milliseconds
from open63110.bindings.link.framing.hello import Receive, Resume, refuse_replay, resume_map
from open63110.bindings.link.framing.idset import IdSet
from open63110.bindings.link.framing.strict import Ranges
from open63110.bindings.link.session.clocks import PeerClock
from open63110.bindings.link.session.seen import Seen
from open63110.bindings.link.session.sending import URGENT

Verdict = tuple[ErrorCode, str] | None
"""On a header: why its message is not taken; None: it is."""

Judge = Callable[[Header], Verdict] | None
"""Looks at a header as soon as it is here; None: whoever knows the usual rules."""

STEP = 4096
"""CREDIT is sent when so many bytes are not confirmed yet."""

STRETCHES = 4096
"""Gaps in what was delivered that are remembered; more of them have to wait."""

PARTIALS = 64
"""Pieces of messages that are kept over a cut, if the room allows."""

REFUSALS = 1024
"""That are remembered, to be repeated."""

WITHDRAWALS = 1024
"""Messages that one CANCEL may take back."""


class Partial(msgspec.Struct, kw_only=True, eq=False):
    """A message that is coming in, or is here and waits for an earlier one."""

    header: Header | None
    """None: its pieces are let pass unread."""
    total: int
    after: int
    received: int = 0
    body: bytearray = msgspec.field(default_factory=bytearray)
    current: bool = True
    """It goes on on this carrier."""


class Receiving:
    """Messages of the other end, over all carriers."""

    def __init__(self, seen: Seen, room: Receive, judge: Callable[[Header], Verdict], peer_clock: PeerClock) -> None:
        """Start with what was seen before."""
        self.seen, self._room, self._judge, self.clock = seen, room, judge, peer_clock
        self.outbox, self._said = b"", tuple[Resume, ...]()
        self.control: deque[wire.Frame] = deque()
        self._pending: dict[int, Header] = {}
        self._partial: dict[int, Partial] = {}
        self._refused: dict[int, wire.Nack] = {}
        self.stop()

    def stop(self) -> None:
        """The carrier is gone: keep what is here, within bounds."""
        self.control.clear()
        self._confirm, self._counted, self._used, self._held = list[int](), dict[int, int](), 0, dict[int, Partial]()
        self._bytes = self._credited = 0
        self._urgent = Bucket(self._room.urgent_rate, self._room.urgent_burst * 2)
        kept = [(number, one) for number, one in self._partial.items() if one.header][-PARTIALS:]
        while kept and sum(one.received for _, one in kept) > self._room.bytes:
            kept.pop(0)
        self._partial = dict(kept)
        for one in self._partial.values():
            one.current = False

    def start(self, outbox: bytes) -> None:
        """The other end's outbox is this."""
        if outbox != self.outbox:
            self.outbox = outbox
            self._partial, self._pending, self._refused = {}, {}, {}

    def resume(self) -> tuple[Resume, ...]:
        """Say what is here, for HELLO."""
        known = dict(self.seen.known())
        if self.outbox:
            known[self.outbox] = known.pop(self.outbox, IdSet())
        pairs = tuple((number, one.received) for number, one in self._partial.items() if one.received)
        self._said = resume_map(known, self.outbox, pairs)
        return self._said

    def data(self, frame: wire.Data, size: int, now: float) -> list[Happening]:
        """Take a piece.

        Raises:
            BadFrame: it breaks the rules of the link.
        """
        if len(frame.chunk) > self._room.chunk:
            raise BadFrame("a piece longer than was advertised", ErrorCode.TOO_LARGE)
        if frame.head:
            return self._first(frame, size, now)
        self._bytes += size
        one = self._partial.get(frame.id)
        if one is None or not one.current or frame.offset != one.received:
            raise BadFrame("a piece that does not follow the one before it", ErrorCode.PROTOCOL)
        return self._more(frame, one, now)

    def delivered(self, message: Arrived) -> None:
        """It is in our journal."""
        self.seen.add(message.outbox, ((message.id, message.id),))
        if message.outbox == self.outbox:
            self._pending.pop(message.id, None)
            self._uncount(message.id)
            self._confirm.append(message.id)

    def refuse(self, message: Arrived, error: ErrorCode, words: str, retry_after: float | None) -> None:
        """Do not take it; with `retry_after` [s] only for now: whoever waits so long is not a fraction of a millisecond early."""
        if message.outbox == self.outbox:
            self._pending.pop(message.id, None)
            self._nack(message.id, error, words, None if retry_after is None else ceil(retry_after * 1000))

    def cancelled(self, frame: wire.Cancel, now: float) -> list[Happening]:
        """The other end does not go on with these.

        Raises:
            BadFrame: it takes back too many at once.
        """
        found: list[Happening] = []
        if frame.error == ErrorCode.CANCELLED:
            if sum(last - first + 1 for first, last in frame.ids) > WITHDRAWALS:
                raise BadFrame("too many taken back at once", ErrorCode.TOO_LARGE)
            for number in (number for first, last in frame.ids for number in range(first, last + 1)):
                found += self._take_back(number)
        else:
            self._drop(frame.ids)
        return found + self._released(now)

    def frames(self) -> list[wire.Frame]:
        """Return what there is to confirm."""
        found = [*self.control]
        self.control.clear()
        if self._confirm:
            single = len(self._confirm) == 1
            stretches = ((self._confirm[0],) * 2,) if single else IdSet(numbers=self._confirm).stretches()
            self._confirm = []
            found += [wire.Delivered(ids=stretches[place : place + 2000]) for place in range(0, len(stretches), 2000)]
        if self._bytes - self._credited >= STEP:
            self._credited = self._bytes
            found.append(wire.Credit(bytes=self._bytes))
        return found

    def _first(self, frame: wire.Data, size: int, now: float) -> list[Happening]:
        try:
            header = decode_header(frame.head)
        except BadFrame as trouble:
            self._bytes += size
            return self._pass(frame, wire.Nack(id=frame.id, error=trouble.error, words=trouble.message))
        if header.priority is not Priority.EMERGENCY:
            self._bytes += size
        seen = self.seen.known().get(self.outbox)
        if seen is not None and frame.id in seen:
            refuse_replay(self._said, self.outbox, frame.id)
            self._confirm.append(frame.id)
            return self._pass(frame)
        if frame.id in self._pending or frame.id in self._held:
            return self._pass(frame)
        answer = self._refused.get(frame.id) or self._reason(frame, header, seen, now)
        if answer:
            self._partial.pop(frame.id, None)
            return self._pass(frame, answer)
        self._count(frame)
        known = self._partial.get(frame.id)
        if not (known or frame.offset or self._held) and len(frame.chunk) == frame.total and self._resolved(frame.after):
            return self._given_up(frame.id, header, frame.chunk, now)  # mostly all of a message comes in one piece
        if known and frame.offset and frame.offset == known.received and frame.total == known.total:
            known.current, known.after = True, frame.after
        elif frame.offset == 0:
            known = self._partial[frame.id] = Partial(header=header, total=frame.total, after=frame.after)
        else:
            raise BadFrame("a message does not start where it was left", ErrorCode.PROTOCOL)
        return self._more(frame, known, now)

    def _reason(self, frame: wire.Data, header: Header, seen: IdSet | None, now: float) -> wire.Nack | None:
        """Say why a message is not taken."""
        error, words, retry = ErrorCode.TOO_LARGE, "longer than was advertised", None
        urgent = header.priority is Priority.EMERGENCY
        judged = self._judge(header)
        if frame.total > (URGENT if urgent else self._room.message) or (urgent and len(frame.chunk) < frame.total):
            pass
        elif judged:
            error, words = judged
        elif urgent and not self._urgent.take(now):
            error, words, retry = ErrorCode.RATE_LIMITED, "too many urgent messages", 100
        elif seen is not None and seen.count >= STRETCHES and frame.id > seen.contiguous + 1:
            error, words, retry = ErrorCode.OVERLOADED, "too many gaps before this one", 5000
        else:
            return None
        return self._nack(frame.id, error, words, retry, tell=False)

    def _count(self, frame: wire.Data) -> None:
        """Hold the other end to the room that was advertised."""
        self._used += frame.total - self._counted.get(frame.id, 0)
        self._counted[frame.id] = frame.total
        if len(self._counted) > self._room.messages or self._used > self._room.bytes:
            raise BadFrame("more at once than was advertised", ErrorCode.TOO_LARGE)

    def _uncount(self, number: int) -> None:
        self._used -= self._counted.pop(number, 0)

    def _pass(self, frame: wire.Data, answer: wire.Nack | None = None) -> list[Happening]:
        """Let the rest of a message go by unread."""
        if answer:
            self.control.append(answer)
        end = frame.offset + len(frame.chunk)
        if end < frame.total:
            self._partial[frame.id] = Partial(header=None, total=frame.total, after=0, received=end)
            if len(self._partial) > self._room.messages * 2:
                raise BadFrame("more at once than was advertised", ErrorCode.TOO_LARGE)
        return []

    def _more(self, frame: wire.Data, one: Partial, now: float) -> list[Happening]:
        one.received += len(frame.chunk)
        if one.received > one.total or (not frame.chunk and one.total):
            raise BadFrame("a piece that is empty or too long", ErrorCode.PROTOCOL)
        if one.header:
            one.body += frame.chunk
        if one.received < one.total:
            return []
        del self._partial[frame.id]
        if one.header:
            self._held[frame.id] = one
        return self._released(now, frame.id)

    def _released(self, now: float, number: int | None = None) -> list[Happening]:
        """Give up what is whole and no longer waits for an earlier one."""
        found: list[Happening] = []
        ready = deque(self._held if number is None else (number,))
        while ready:
            at = ready.popleft()
            one = self._held.get(at)
            if one is None or not self._resolved(one.after):
                continue
            del self._held[at]
            found += self._given_up(at, one.header, bytes(one.body), now)
            ready += [other for other, held in self._held.items() if held.after == at]
        return found

    def _given_up(self, number: int, header: Header | None, body: bytes, now: float) -> list[Happening]:
        if header is None or (header.deadline and self.clock.past(milliseconds(header.deadline) / 1000, now)):
            self._nack(number, ErrorCode.EXPIRED, "its deadline has passed", None)
            return []
        self._pending[number] = header
        return [Arrived(id=number, header=header, body=body, outbox=self.outbox)]

    def _resolved(self, number: int) -> bool:
        """Tell whether a message was given up, or never will be."""
        return number == 0 or number in self._pending or number in self._refused or self.seen.has(self.outbox, number)

    def _take_back(self, number: int) -> list[Happening]:
        self._uncount(number)
        if number in self._pending or (self.seen.has(self.outbox, number) and number not in self._refused):
            return [Withdrawn(id=number)]
        self._drop(((number, number),))
        self.control.append(wire.Nack(id=number, error=ErrorCode.CANCELLED))
        return []

    def _drop(self, ids: Ranges) -> None:
        """Never give these up."""
        if ids:
            self.seen.add(self.outbox, ids)
        gone = IdSet(ids)
        for number in [one for one in self._counted if one in gone]:
            self._uncount(number)
        tables: tuple[dict[int, Any], ...] = (self._partial, self._held, self._refused)
        for table in tables:
            for number in [one for one in table if one in gone]:
                del table[number]

    def _nack(self, number: int, error: ErrorCode, words: str, retry: int | None, *, tell: bool = True) -> wire.Nack:
        answer = wire.Nack(id=number, error=error, words=words[:200], retry_after=retry)
        self._uncount(number)
        if retry is None:
            self._refused[number] = answer
            if len(self._refused) > REFUSALS:
                del self._refused[next(iter(self._refused))]
        if tell:
            self.control.append(answer)
        return answer
