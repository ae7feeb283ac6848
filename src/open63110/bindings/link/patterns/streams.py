# SPDX-License-Identifier: Apache-2.0
"""Bulk streams, without I/O: firmware and logs in pieces of priority B, resumed by offset, proven by SHA-256 (B.26, R-7.2.2-3).

The receiver says from where it wants to have it: what it has on its disk is the truth, whatever was lost with a power cut. Few
pieces are under way at once, so neither end ever holds more than these.
"""

from enum import IntEnum, unique
from typing import Any, Final, Protocol

import cbor2
import msgspec

from open63110.bindings.link.errors import BadFrame, ErrorCode
from open63110.bindings.link.framing.strict import NUMBER, field, mapping, maybe, whole
from open63110.kernel.errors import Unavailable

PIECE: Final = 64 * 1024
"""[bytes]"""

LONGEST_PIECE: Final = 1024 * 1024
"""That a receiver takes [bytes]."""

UNDER_WAY: Final = 4
"""Pieces that are not confirmed yet."""

LARGEST: Final = 16 * 1024**3
"""Of a stream that is taken [bytes]; a sink may take less."""


@unique
class Verb(IntEnum):
    """What an end says of a stream."""

    OFFER = 0
    """Sender: there it is. Said again after a restart, it goes on where it was left."""
    READY = 1
    """Receiver: go on from this offset."""
    PIECE = 2
    DONE = 3
    """Receiver: all of it is on the disk, and its hash is right."""
    FAILED = 4
    """Either end: it will not be finished."""
    UNKNOWN = 5
    """Receiver: a piece of what was never offered; offer it again."""
    WANT = 6
    """Receiver: offer what you have under this name, as this stream."""


class Offer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a stream is."""

    id: bytes
    """Up to 16 bytes; the same content offered again bears the same."""
    name: str
    """What it is for, as both ends understand it: ``firmware:2.4.1``, ``log:diagnostics``."""
    total: int
    """[bytes]"""
    sha256: bytes


class Said(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One message of a stream."""

    id: bytes
    verb: Verb
    offer: Offer | None = None
    name: str = ""
    """What is wanted."""
    offset: int = 0
    content: bytes = b""
    code: int = 0
    words: str = ""


class Source(Protocol):
    """Where a stream comes from."""

    def read(self, offset: int, size: int) -> bytes:
        """Return so many bytes from there, fewer at the end only.

        Raises:
            Unavailable: it cannot be read.
        """
        ...


class Sink(Protocol):
    """Where a stream goes to, over any number of attempts."""

    @property
    def size(self) -> int:
        """How much is there [bytes]."""
        ...

    def write(self, content: bytes) -> None:
        """Append.

        Raises:
            Unavailable: it cannot be written.
        """
        ...

    def finish(self, sha256: bytes) -> bool:
        """Make it durable and give it its place if its hash is this; else throw it away.

        Raises:
            Unavailable: it cannot be written.
        """
        ...


class Sending:
    """A stream of ours; `started` gives what goes first, `more` what may go now."""

    def __init__(self, offer: Offer, source: Source, *, piece: int = PIECE, under_way: int = UNDER_WAY) -> None:
        """Wait for `started`."""
        self.offer, self._source, self._piece, self._most = offer, source, piece, under_way
        self.confirmed = 0
        """What the receiver asked to go on from, or has confirmed since [bytes]."""
        self.over: int | None = None
        """None: it goes on; 0: it is there; else why it failed."""
        self.words = ""
        self._next: int | None = None
        self._under_way: list[int] = []

    @property
    def progress(self) -> tuple[int, int]:
        """How much is there, of how much [bytes]."""
        return self.confirmed, self.offer.total

    @property
    def idle(self) -> bool:
        """No piece is under way: if the receiver says nothing either, it may have forgotten."""
        return not self._under_way

    def started(self) -> bytes:
        """Return the offer; after a cut that either process did not outlive, too."""
        self._next, self._under_way = None, []
        return write(Said(id=self.offer.id, verb=Verb.OFFER, offer=self.offer))

    def heard(self, said: Said) -> list[bytes]:
        """Take what the receiver says; return what to answer."""
        if self.over is not None:
            return []
        match said.verb:
            case Verb.READY if said.offset <= self.offer.total:
                self.confirmed = self._next = said.offset
            case Verb.DONE:
                self.over, self.confirmed = 0, self.offer.total
            case Verb.FAILED:
                self.over, self.words = said.code or ErrorCode.REFUSED, said.words
            case Verb.UNKNOWN if self._next is not None:
                return [self.started()]
        return []

    def more(self) -> list[bytes]:
        """Return the pieces that may go now; each is under way until `taken`.

        Raises:
            Unavailable: the source cannot be read.
        """
        found: list[bytes] = []
        while self.over is None and self._next is not None and len(self._under_way) < self._most:
            if self._next >= self.offer.total:
                break
            content = self._source.read(self._next, min(self._piece, self.offer.total - self._next))
            if not content:
                raise Unavailable("the source is shorter than was offered", code="SourceTooShort")
            found.append(write(Said(id=self.offer.id, verb=Verb.PIECE, offset=self._next, content=content)))
            self._next += len(content)
            self._under_way.append(self._next)
        return found

    def taken(self) -> None:
        """Note that the first piece under way is confirmed."""
        if self._under_way:
            self.confirmed = max(self.confirmed, self._under_way.pop(0))

    def cancel(self, words: str = "") -> bytes:
        """Give it up; return what tells the receiver."""
        self.over, self.words = ErrorCode.CANCELLED, words
        return write(Said(id=self.offer.id, verb=Verb.FAILED, code=ErrorCode.CANCELLED, words=words))


class Receiving:
    """A stream that comes in. What it writes survives in its sink; an offer of the same goes on there."""

    def __init__(self, offer: Offer, sink: Sink) -> None:
        """Go on with what the sink has."""
        self.offer, self._sink = offer, sink
        self.over: int | None = None
        """None: it goes on; 0: it is there; else why it failed."""
        self._asked: int | None = None
        self._again = True

    @property
    def progress(self) -> tuple[int, int]:
        """How much is there, of how much [bytes]."""
        return (self.offer.total if self.over == 0 else self._sink.size), self.offer.total

    def started(self) -> list[bytes]:
        """Answer the offer."""
        if self.offer.total > LARGEST or len(self.offer.sha256) != 32:
            return [self.cancel(ErrorCode.REFUSED, "too large, or without a hash")]
        return self._after()

    def piece(self, said: Said) -> list[bytes]:
        """Take a piece and return what to answer; confirm its message after this."""
        if self.over is not None:
            return []
        have = self._sink.size
        if said.offset != have or have + len(said.content) > self.offer.total:
            return self._want(have)
        self._asked = None
        try:
            self._sink.write(said.content)
        except Unavailable as trouble:
            return [self.cancel(ErrorCode.OVERLOADED, trouble.message)]
        return self._after() if self._sink.size >= self.offer.total else []

    def cancel(self, code: ErrorCode = ErrorCode.CANCELLED, words: str = "") -> bytes:
        """Take no more of it; return what tells the sender."""
        self.over = code
        return write(Said(id=self.offer.id, verb=Verb.FAILED, code=code, words=words))

    def heard(self, said: Said) -> None:
        """Take it that the sender has given up."""
        if said.verb is Verb.FAILED and self.over is None:
            self.over = ErrorCode(said.code) if said.code in set(ErrorCode) else ErrorCode.CANCELLED

    def _after(self) -> list[bytes]:
        have = self._sink.size
        if have < self.offer.total:
            return self._want(have)
        try:
            right = have == self.offer.total and self._sink.finish(self.offer.sha256)
        except Unavailable as trouble:
            return [self.cancel(ErrorCode.OVERLOADED, trouble.message)]
        if right:
            self.over = 0
            return [write(Said(id=self.offer.id, verb=Verb.DONE))]
        if not self._again:
            return [self.cancel(ErrorCode.BAD_SIGNATURE, "the content has another hash than was offered")]
        self._again = False
        return self._want(self._sink.size)

    def _want(self, offset: int) -> list[bytes]:
        """Ask once to go on from an offset, though many pieces beyond it may be under way."""
        if self._asked == offset:
            return []
        self._asked = offset
        return [write(Said(id=self.offer.id, verb=Verb.READY, offset=offset))]


def wanted(id: bytes, name: str) -> bytes:
    """Ask for a stream of what the other end has under a name."""
    return write(Said(id=id, verb=Verb.WANT, name=name))


def refused(id: bytes, code: ErrorCode, words: str) -> bytes:
    """Say that nothing will come of a stream."""
    return write(Said(id=id, verb=Verb.FAILED, code=code, words=words))


def done(id: bytes) -> bytes:
    """Say that all of a stream is where it was to go."""
    return write(Said(id=id, verb=Verb.DONE))


def never_offered(said: Said) -> bytes:
    """Answer a piece of a stream that nobody here knows: this end was restarted."""
    return write(Said(id=said.id, verb=Verb.UNKNOWN))


# -- bodies --


def write(said: Said) -> bytes:
    """Write what is said of a stream."""
    fields: dict[int, Any] = {1: said.id, 2: int(said.verb)}
    if said.offer is not None:
        fields |= {3: said.offer.name, 4: said.offer.total, 5: said.offer.sha256}
    if said.verb is Verb.WANT:
        fields[3] = said.name
    if said.verb in {Verb.READY, Verb.PIECE}:
        fields[6] = said.offset
    if said.verb is Verb.PIECE:
        fields[7] = said.content
    if said.code:
        fields |= {8: int(said.code), 9: said.words[:200]}
    return cbor2.dumps(fields)


def read(body: bytes) -> Said:
    """Read it.

    Raises:
        BadFrame: it breaks the specification.
    """
    fields = mapping(whole(body), "a piece of a stream")
    id, verb = field(fields, 1, bytes, most=16), Verb(field(fields, 2, int, most=max(Verb)))
    offer = None
    if verb is Verb.OFFER:
        sha256 = field(fields, 5, bytes, most=32)
        offer = Offer(id=id, name=field(fields, 3, str, most=200), total=field(fields, 4, int), sha256=sha256)
    if verb is Verb.PIECE and 7 not in fields:
        raise BadFrame("a piece has content")
    return Said(
        id=id,
        verb=verb,
        offer=offer,
        name=field(fields, 3, str, most=200) if verb is Verb.WANT else "",
        offset=field(fields, 6, int) if verb in {Verb.READY, Verb.PIECE} else 0,
        content=maybe(fields, 7, bytes, b"", most=LONGEST_PIECE),
        code=maybe(fields, 8, int, 0, most=NUMBER),
        words=maybe(fields, 9, str, "", most=200),
    )
