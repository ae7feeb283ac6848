# SPDX-License-Identifier: Apache-2.0
"""One end of a link as the programs make it: session, pump and wire; it sends or takes one stream, and asks or answers limits."""

import asyncio
import hashlib
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bench.link.job import Job, Seen
from bench.link.urgency import limit
from open63110.bindings.link.correspondence import Correspondence, Ending
from open63110.bindings.link.framing.happenings import Arrived, Welcomed
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.patterns import streams
from open63110.bindings.link.patterns.own_messages import STREAM
from open63110.bindings.link.session import LocalClock, MemoryOutbox, MemorySeen, Session
from open63110.usecases.energy.smart_charging import LimitAnswer, LimitPower

CONTENT = os.urandom(1024 * 1024)
"""What a transfer repeats; nothing on the way compresses."""
PATIENCE = 600.0
LIMIT, ANSWER = (CODEC.registry.by_name[kind.__name__].number for kind in (LimitPower, LimitAnswer))


class Source:
    """So many bytes, never all in memory at once."""

    def __init__(self, size: int) -> None:
        self.size = size

    def read(self, offset: int, size: int) -> bytes:
        """Return so many bytes from there."""
        size = min(size, self.size - offset)
        begin = offset % len(CONTENT)
        return (CONTENT + CONTENT)[begin : begin + size]

    def offer(self) -> streams.Offer:
        """Return what to offer."""
        digest = hashlib.sha256()
        for offset in range(0, self.size, len(CONTENT)):
            digest.update(self.read(offset, len(CONTENT)))
        return streams.Offer(id=b"bench", name="firmware:bench", total=self.size, sha256=digest.digest())


class Sink:
    """Counts and hashes what comes in."""

    def __init__(self, seen: Seen) -> None:
        self.size, self._seen, self._digest = 0, seen, hashlib.sha256()

    def write(self, content: bytes) -> None:
        """Append."""
        self.size += len(content)
        self._digest.update(content)
        self._seen.received(len(content), time.monotonic())

    def finish(self, sha256: bytes) -> bool:
        """Compare the hash."""
        self._seen.whole = self._digest.digest() == sha256
        return self._seen.whole


class Speaker:
    """Implements correspondence.Desk."""

    def __init__(self, me: str, peer: str, seen: Seen) -> None:
        now = asyncio.get_running_loop().time()
        clock = LocalClock(datetime.now(UTC), now, 0.01)
        self.session = Session(Hello(identity=me), MemoryOutbox(os.urandom(8)), MemorySeen(), clock=clock, peer=peer)
        self.lines = Correspondence(self, self.session, 1.0)
        self.ready, self.gone = asyncio.Event(), asyncio.Event()
        self.sending: streams.Sending | None = None
        self.receiving: streams.Receiving | None = None
        self._seen = seen

    def up(self, _: Welcomed) -> None:
        """The other end is there."""
        self.ready.set()

    def down(self, _reason: str, *, was: bool) -> None:  # noqa: ARG002 - the shape of a desk
        """It is gone."""
        self.gone.set()

    def violated(self, code: int, words: str, *, ours: bool) -> None:  # noqa: ARG002 - so here
        """Nobody here should break rules."""
        raise SystemExit(f"the link broke its rules ({code}): {words}")

    def note(self, frame: bytes, *, sent: bool) -> None:
        """Keep no log."""

    def take(self, message: Arrived) -> None:
        """Answer a limit, go on with a stream."""
        if message.header.type == STREAM:
            said = streams.read(message.body)
            answers = self._received(said) if said.offer or self.receiving else self._confirmed(said)
            self.lines.delivered(message)
            for body in answers:
                self._stream(body, None)
        else:
            self.lines.delivered(message)
            self._answer(message)

    def ask(self, number: int, answered: Callable[[], None]) -> None:
        """Send an urgent limit."""

        def over(ending: Ending) -> None:
            if not ending.status and ending.replies:
                answered()

        command = limit(number)
        header = Header(dst=f"/_/_/{command.station}", type=LIMIT, kind=Kind.REQUEST, priority=Priority.EMERGENCY)
        body = CODEC.encode(command, station=command.station)
        self.lines.send(header, body, durable=False, over=over, patience=PATIENCE)

    def transfer(self, job: Job) -> None:
        """Begin to send."""
        source = Source(job.size)
        self.sending = streams.Sending(source.offer(), source)
        self._stream(self.sending.started(), None)

    @property
    def over(self) -> bool:
        """The transfer has ended, well or not."""
        stream = self.sending or self.receiving
        return stream is not None and stream.over is not None

    def _received(self, said: streams.Said) -> list[bytes]:
        if said.offer:
            self.receiving = streams.Receiving(said.offer, Sink(self._seen))
            return self.receiving.started()
        assert self.receiving
        return self.receiving.piece(said)

    def _confirmed(self, said: streams.Said) -> list[bytes]:
        assert self.sending
        answers = self.sending.heard(said)
        self._more()
        return answers

    def _more(self) -> None:
        assert self.sending
        for body in self.sending.more():
            self._stream(body, self._taken)

    def _taken(self, _: Ending) -> None:
        assert self.sending
        self.sending.taken()
        self._more()

    def _stream(self, body: bytes, over: Callable[[Ending], None] | None) -> None:
        header = Header(type=STREAM, kind=Kind.STREAM, priority=Priority.BULK, about="stream:bench")
        self.lines.send(header, body, durable=False, over=over)

    def _answer(self, message: Arrived) -> None:
        command = CODEC.decode(message.header.type, message.body, station=limit(0).station)
        answer = LimitAnswer(evse=command.evse, limit=command.limit)
        header = Header(type=ANSWER, kind=Kind.REPLY, reply_to=message.id, priority=message.header.priority)
        self.lines.send(header, CODEC.encode(answer), durable=False)
