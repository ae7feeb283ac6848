# SPDX-License-Identifier: Apache-2.0
"""The outgoing half of a session: what waits, what is on its way, and how each message of ours ends."""

import heapq
from collections import deque
from collections.abc import Iterable

from open63110.bindings.link.errors import BadFrame, ErrorCode
from open63110.bindings.link.framing import frames as wire
from open63110.bindings.link.framing.bucket import Bucket
from open63110.bindings.link.framing.happenings import Cancelled, Delivered, Expired, Happening, Progress, Refused
from open63110.bindings.link.framing.header import Header, Priority, decode_header, encode_header, milliseconds
from open63110.bindings.link.framing.hello import Hello, Resume
from open63110.bindings.link.framing.idset import IdSet
from open63110.bindings.link.framing.strict import Ranges
from open63110.bindings.link.session.lanes import Lanes, Outgoing
from open63110.bindings.link.session.outbox import Outbox
from open63110.bindings.link.session.window import RoundTrip, Window
from open63110.kernel.errors import Unavailable

URGENT = 2048
"""Longest body of priority E [bytes]: it goes out in one piece."""

PART = (1.0, 0.75, 0.625, 0.5)
"""Of the receiver's room that a class and those below it may fill, so that there is always some for the more urgent."""

STRETCHES = 2000
"""Per CANCEL frame."""

LEAST_PIECE = 256
"""Of a message that is longer [bytes]: below it, wait for more room in the carrier."""


class Sending:
    """Messages of ours, over all carriers."""

    def __init__(self, outbox: Outbox, backlog: int) -> None:
        """Go on with what the outbox holds; `backlog` bounds what waits [bytes]."""
        self.outbox = outbox
        self.control: deque[wire.Frame] = deque()
        self.happened: list[Happening] = []
        self.waiting, self._room = dict[int, Outgoing](), backlog
        self._deadlines, self._retries = list[tuple[float, int]](), list[tuple[float, int]]()
        for number, data in outbox.waiting():
            size = int.from_bytes(data[:2], "big")
            header = decode_header(data[2 : 2 + size])
            self._keep(_outgoing(number, header, data[2 : 2 + size], data[2 + size :], durable=True)).ever_begun = True
        self.stop()

    def stop(self) -> None:
        """The carrier is gone: all that is not confirmed waits again."""
        self.window: Window | None = None
        self._lanes, self._begun, self._used, self._long = Lanes(), set[int](), 0, set[int]()
        self._latest: dict[tuple[Priority, str], int] = {}
        self.control.clear()
        for one in self.waiting.values():
            one.begun, one.sent, one.told, one.queued = False, 0, 0, False

    def start(self, hello: Hello, trip: RoundTrip) -> bool:
        """The other end says what it has: go on with the rest, the most urgent first; False if it has more than ever was."""
        had = next((one for one in hello.resume if one.outbox == self.outbox.id), Resume(outbox=self.outbox.id))
        known = IdSet([(1, had.contiguous)] if had.contiguous else [])
        for first, last in had.sparse:
            known.add(first, last)
        if known.highest > self.outbox.issued:
            return False
        self._takes, self.window = hello.receive, Window(hello.receive.window, trip)
        self._urgent = Bucket(hello.receive.urgent_rate, hello.receive.urgent_burst)
        self.confirmed(known.stretches())
        self._gone(IdSet(known.stretches(), self.waiting))
        for one in sorted(self.waiting.values(), key=lambda one: one.id):
            if one.cancelled:
                self.control.append(wire.Cancel(ids=((one.id, one.id),), error=ErrorCode.CANCELLED))
                continue
            one.sent = next((here for number, here in had.partial if number == one.id and here < one.total), 0)
            self._lanes.add(one)
        return True

    def send(self, messages: Iterable[tuple[Header, bytes, bool]]) -> list[int]:
        """Keep messages and queue them; one write for all that are durable.

        Raises:
            BadFrame: one is longer than a message of its priority may be.
            Unavailable: too much waits already.
        """
        made = []
        for header, body, durable in messages:
            if header.priority is Priority.EMERGENCY and len(body) > URGENT:
                raise BadFrame(f"a message of priority E has at most {URGENT} bytes", ErrorCode.TOO_LARGE)
            made.append(_outgoing(0, header, encode_header(header), body, durable=durable))
        if sum(one.total for one in made) > self._room:
            raise Unavailable("too much waits for this link already", code="OutboxFull")
        for one in made:
            one.id = self.outbox.next_id()
        kept = [(one.id, len(one.head).to_bytes(2, "big") + one.head + one.body) for one in made if one.durable]
        if kept:
            self.outbox.put(kept)
        for one in made:
            self._keep(one)
            if self.window:
                self._lanes.add(one)
        return [one.id for one in made]

    def cancel(self, number: int) -> bool:
        """Take a message back; False if it was delivered already, then the other end is asked to stop."""
        one = self.waiting.get(number)
        if one is not None and not one.ever_begun:
            self._forget([one], tell=True)
            self.happened.append(Cancelled(id=number))
            return True
        if self.window and 0 < number <= self.outbox.issued:
            self.control.append(wire.Cancel(ids=((number, number),), error=ErrorCode.CANCELLED))
        if one is not None:
            one.cancelled = True
            self._lanes.remove(one)
            if one.durable:
                self.outbox.delivered([one.id])
        return one is not None

    def heard(self, frame: wire.Delivered | wire.Credit | wire.Nack, now: float) -> None:
        """Take what the other end says of our messages.

        Raises:
            BadFrame: it contradicts what was sent.
        """
        if isinstance(frame, wire.Delivered):
            self.confirmed(frame.ids)
        elif isinstance(frame, wire.Nack):
            self.refused(frame, now)
        elif not self.credited(frame.bytes, now):
            raise BadFrame("credit for what was never sent", ErrorCode.PROTOCOL)

    def confirmed(self, ids: Ranges) -> None:
        """The other end has these in its journal, or knows that they will not come."""
        few = sum(last - first + 1 for first, last in ids) <= len(self.waiting)
        known = IdSet(ids)
        numbers = (number for first, last in ids for number in range(first, last + 1)) if few else list(self.waiting)
        done = [self.waiting[number] for number in numbers if number in self.waiting and number in known]
        self._forget(done, tell=False)
        self.happened += [Delivered(id=one.id) for one in done]

    def refused(self, nack: wire.Nack, now: float) -> None:
        """The other end does not take one."""
        one = self.waiting.get(nack.id)
        if one is None:
            self.happened += [Expired(id=nack.id, begun=False)] if nack.error == ErrorCode.EXPIRED else []
            return
        if nack.retry_after is not None and not one.cancelled:
            self._unbegin(one)
            one.begun, one.sent, one.not_before = False, 0, now + nack.retry_after / 1000
            heapq.heappush(self._retries, (one.not_before, one.id))
            self._lanes.remove(one)
            self._lanes.add(one)
            return
        self._forget([one], tell=nack.error != ErrorCode.CANCELLED)
        ends: dict[int, Happening] = {
            ErrorCode.CANCELLED: Cancelled(id=one.id),
            ErrorCode.EXPIRED: Expired(id=one.id, begun=False),
        }
        self.happened.append(ends.get(nack.error) or Refused(id=one.id, code=nack.error, words=nack.words))

    def credited(self, total: int, now: float) -> bool:
        """Let the window move on; False if the numbers contradict what was sent."""
        if self.window is None or not self.window.credited(total, now):
            return False
        for number in self._long:
            one = self.waiting[number]
            if one.sent > one.told:
                one.told = one.sent
                self.happened.append(Progress(id=one.id, sent=one.sent, total=one.total))
        return True

    def expire(self, utc: float) -> None:
        """Stop what is too late [s since 1970]."""
        late = []
        while self._deadlines and self._deadlines[0][0] <= utc:
            late += [one for one in [self.waiting.get(heapq.heappop(self._deadlines)[1])] if one]
        self._forget(late, tell=True)
        self.happened += [Expired(id=one.id, begun=one.ever_begun) for one in late]

    def next_expiry(self) -> float | None:
        """Return when `expire` has something to do [s since 1970]."""
        while self._deadlines and self._deadlines[0][1] not in self.waiting:
            heapq.heappop(self._deadlines)
        return self._deadlines[0][0] if self._deadlines else None

    def turns(self) -> list[float]:
        """Return when something that waits for its time may go, as `frames` left it [s, monotonic]."""
        return [*(at for at, _ in self._retries[:1]), *self._urgent.next()] if self.waiting else []

    def frames(self, now: float, utc: float, room: int) -> list[bytes]:
        """Return what to write: all of control, then DATA of at most `room` bytes."""
        self.expire(utc)
        self._urgent.wait(now)
        while self._retries and self._retries[0][0] <= now:
            heapq.heappop(self._retries)
        written = [wire.encode(frame) for frame in self.control]
        self.control.clear()
        room -= sum(map(len, written))
        while self.window and self._lanes and room >= wire.OVERHEAD + LEAST_PIECE:
            most = self.window.chunk(self._takes.chunk)
            one = self._lanes.ready(lambda one: self._may(one, now), urgent=self.window.full(most))
            if one is None or (frame := self._piece(one, most, room)) is None:
                break
            data = wire.encode(frame)
            self._went(one, frame, len(data), now)
            written.append(data)
            room -= len(data)
        return written

    def _may(self, one: Outgoing, now: float) -> bool:
        if one.not_before > now or (one.priority is Priority.EMERGENCY and self._urgent.wait(now) > 0):
            return False
        part = PART[one.priority]
        few = len(self._begun) < self._takes.messages * part and self._used + one.total <= self._takes.bytes * part
        return one.begun or few or one.total > self._takes.message

    def _piece(self, one: Outgoing, most: int, room: int) -> wire.Data | None:
        urgent, head = one.priority is Priority.EMERGENCY, b"" if one.begun else one.head
        around = wire.OVERHEAD + len(head)
        wanted = min(one.total - one.sent, one.total if urgent else max(LEAST_PIECE, most - around))
        size = min(wanted, room - around)
        if size < wanted and (urgent or size < LEAST_PIECE):
            return None
        earlier = self._latest.get((one.priority, one.order), 0)
        after = earlier if head and earlier < one.id and earlier in self.waiting else 0
        chunk = one.body[one.sent : one.sent + size]
        return wire.Data(id=one.id, offset=one.sent, chunk=chunk, total=one.total if head else 0, head=head, after=after)

    def _went(self, one: Outgoing, frame: wire.Data, size: int, now: float) -> None:
        if not one.begun:
            one.begun = one.ever_begun = True
            self._begun.add(one.id)
            self._used += one.total
            if one.total > URGENT:
                self._long.add(one.id)
            key = (one.priority, one.order)
            self._latest[key] = max(one.id, self._latest.get(key, 0))
        one.sent += len(frame.chunk)
        if one.priority is Priority.EMERGENCY:
            self._urgent.take(now)
        elif self.window:
            self.window.sent(size, now)
        self._lanes.sent(one, size)

    def _keep(self, one: Outgoing) -> Outgoing:
        self.waiting[one.id] = one
        self._room -= one.total
        if one.deadline is not None:
            heapq.heappush(self._deadlines, (one.deadline, one.id))
        return one

    def _forget(self, done: list[Outgoing], *, tell: bool) -> None:
        """Drop messages; `tell` the other end not to wait for them."""
        if not done:
            return
        for one in done:
            del self.waiting[one.id]
            self._room += one.total
            self._unbegin(one)
            if self._latest.get((one.priority, one.order)) == one.id:
                del self._latest[one.priority, one.order]
            self._lanes.remove(one)
        durable = [one.id for one in done if one.durable]
        if durable:
            self.outbox.delivered(durable)
        if tell and self.window:
            self._tombstones(IdSet(numbers=(one.id for one in done)).stretches())

    def _unbegin(self, one: Outgoing) -> None:
        if one.id in self._begun:
            self._begun.remove(one.id)
            self._long.discard(one.id)
            self._used -= one.total

    def _gone(self, known: IdSet) -> None:
        """Leave tombstones for what neither end has, so that the other end's mark moves on."""
        last, holes = 0, []
        for first, end in (*known.stretches(), (self.outbox.issued + 1, 0)):
            if first > last + 1:
                holes.append((last + 1, first - 1))
            last = end
        self._tombstones(tuple(holes))

    def _tombstones(self, ids: Ranges) -> None:
        pieces = (ids[place : place + STRETCHES] for place in range(0, len(ids), STRETCHES))
        self.control += [wire.Cancel(ids=piece, error=ErrorCode.EXPIRED) for piece in pieces]


def _outgoing(number: int, header: Header, head: bytes, body: bytes, *, durable: bool) -> Outgoing:
    until = None if header.deadline is None else milliseconds(header.deadline) / 1000
    return Outgoing(number, header.priority, header.order, until, head, body, durable)
