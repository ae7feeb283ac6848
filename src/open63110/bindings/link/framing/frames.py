# SPDX-License-Identifier: Apache-2.0
"""Frames of the 63110 link: CBOR maps with integer keys, encoded and decoded without trust in the other end.

Every frame is in the preferred serialization of RFC 8949 4.1, holds no tag and no indefinite length: encoding what was
decoded gives the same bytes again, so whatever hides behind another spelling is refused. Unknown keys are ignored (a later
minor version adds positive ones; negative ones belong to vendors).
"""

from collections.abc import Callable
from enum import IntEnum, unique
from functools import lru_cache
from typing import Any

import cbor2
import msgspec

from open63110.bindings.link.errors import WORDS, BadFrame, ErrorCode
from open63110.bindings.link.framing.header import LATEST, LONGEST_HEADER, REMEMBERED, SHORT_HEADER
from open63110.bindings.link.framing.hello import Hello, read_hello, written_hello
from open63110.bindings.link.framing.strict import Ranges, field, flat, mapping, maybe, ranges, whole

LONGEST = 64 * 1024
"""Of a frame [bytes]."""

OVERHEAD = 64
"""What a DATA frame adds to its chunk and header, at most [bytes]."""


@unique
class FrameType(IntEnum):
    """Key 0 of every frame."""

    HELLO = 0
    DATA = 1
    DELIVERED = 2
    CREDIT = 3
    NACK = 4
    CANCEL = 5
    PING = 6
    PONG = 7


class Data(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A piece of a message; the first one carries its header."""

    id: int
    """Rises within an outbox, from 1 on, never used twice."""
    offset: int = 0
    chunk: bytes = b""
    total: int = 0
    """Of the body [bytes]; told with the first piece of each carrier only."""
    head: bytes = b""
    """The encoded header; empty in all but the first piece."""
    after: int = 0
    """The message of the same object that has to be given up before this one; 0: none."""


class Delivered(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """These messages are in the receiver's journal: the sender may forget them."""

    ids: Ranges


class Credit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """So many bytes of DATA frames other than priority E have arrived on this carrier, in all."""

    bytes: int


class Nack(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message is not taken, or the link ends."""

    id: int = 0
    """0: the link as a whole."""
    error: int
    """An ErrorCode; a later minor version may know more of them."""
    words: str = ""
    retry_after: int | None = None
    """Tell it again after so long [ms]; None: never."""


class Cancel(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """These messages will not be completed; those that were given up already should be stopped."""

    ids: Ranges
    error: int
    """CANCELLED: taken back; EXPIRED: too late, or gone for ever."""


class Ping(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A question for a sign of life and for the time."""

    number: int
    sent: int
    """The asker's UTC [ms]."""


class Pong(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The answer to a PING, and to HELLO (number 0): four timestamps with the asker's own on arrival."""

    number: int
    sent: int
    """As the asker said [ms]."""
    heard: int
    """The answerer's UTC when the question arrived [ms]."""
    answered: int
    """And when this was written [ms]."""
    uncertainty: int = 0
    """Of the answerer's clock [ms]."""


Frame = Hello | Data | Delivered | Credit | Nack | Cancel | Ping | Pong


def encode(frame: Frame) -> bytes:
    """Write a frame down."""
    if type(frame) is Delivered and len(frame.ids) == 1:
        first, last = frame.ids[0]
        return _ONE_STRETCH + _number(first) + _number(last)
    return cbor2.dumps(_WRITE[type(frame)](frame))


_ONE_STRETCH = b"\xa2\x00\x02\x01\x82"
"""DELIVERED up to the numbers of its only stretch: mostly there is one, and one such frame for each message."""


def _number(value: int) -> bytes:
    if not 0xFF < value < 0x1_0000:
        return cbor2.dumps(value)
    return b"\x19" + value.to_bytes(2, "big")


def decode(data: bytes) -> Frame | None:
    """Read a frame from a stranger; None if it is of a type that a later minor version has added.

    Raises:
        BadFrame: it breaks the specification.
    """
    if len(data) > LONGEST:
        raise BadFrame(f"a frame has at most {LONGEST} bytes", ErrorCode.TOO_LARGE)
    if data[:4] == _USUAL and (usual := _in_one_piece(data)) is not None:
        return usual
    fields = mapping(whole(data), "a frame")
    read = _READ.get(field(fields, 0, int))
    return read(fields) if read else None


_USUAL = b"\xa5\x00\x01\x01"
"""DATA with header and total, the keys in their order, up to the id: nearly all frames begin so."""

_HEADS = 16
"""Bytes in which the id, the key of the chunk, and the chunk's length end."""


def _in_one_piece(data: bytes) -> Data | None:
    """Read the whole of a short message; None: it is something else, or broken, for others to say.

    All of it is in the preferred serialization if its lengths are, so nothing has to be encoded again to see that.
    """
    if len(data) < _HEADS or data[4] > 0x1A:
        return None
    number, at = _count(data, 4)
    if number <= 0 or data[at] != 3 or not 0x40 <= data[at + 1] <= 0x59:
        return None
    size, at = _count(data, at + 1)
    if not 0 <= size < len(data) - at:
        return None
    total, head = _rest(data[at + size :])
    return Data(id=number, chunk=data[at : at + size], total=total, head=head) if total == size else None


def _count(data: bytes, at: int) -> tuple[int, int]:
    """Return the count in the head of an item, −1 where it is not in its shortest form, and the place behind the head."""
    short = data[at] & 31
    if short < 24:
        return short, at + 1
    end = at + 1 + (1 << (short - 24))
    count = int.from_bytes(data[at + 1 : end], "big")
    return count if count >= _LEAST[short - 24] else -1, end


_LEAST = (24, 0x100, 0x1_0000)
"""Least counts that need one, two or four bytes."""


@lru_cache(maxsize=REMEMBERED)
def _recent_rest(rest: bytes) -> tuple[int, bytes]:
    try:
        fields = mapping(whole(b"\xa2" + rest), "the end of a frame")
        return field(fields, 4, int), field(fields, 5, bytes, most=LONGEST_HEADER)
    except BadFrame:
        return -1, b""


def _rest(rest: bytes) -> tuple[int, bytes]:
    """Read total and header behind the chunk, mostly of few lengths and fewer headers; −1: they are something else."""
    return _recent_rest(rest) if len(rest) <= SHORT_HEADER else (-1, b"")


def _write_data(frame: Data) -> dict[int, Any]:
    fields: dict[int, Any] = {0: 1, 1: frame.id, 3: frame.chunk}
    if frame.offset:
        fields[2] = frame.offset
    if frame.head:
        fields[4], fields[5] = frame.total, frame.head
    elif frame.total:
        fields[4] = frame.total
    if frame.after:
        fields[6] = frame.after
    return fields


def _read_data(fields: dict[Any, Any]) -> Data:
    return Data(
        id=_id(fields),
        offset=maybe(fields, 2, int, 0),
        chunk=field(fields, 3, bytes),
        total=maybe(fields, 4, int, 0),
        head=maybe(fields, 5, bytes, b"", most=LONGEST_HEADER),
        after=maybe(fields, 6, int, 0),
    )


def _write_nack(frame: Nack) -> dict[int, Any]:
    fields: dict[int, Any] = {0: 4, 1: frame.id, 2: int(frame.error), 3: frame.words[:WORDS]}
    if frame.retry_after is not None:
        fields[4] = frame.retry_after
    return fields


def _read_nack(fields: dict[Any, Any]) -> Nack:
    return Nack(
        id=field(fields, 1, int),
        error=field(fields, 2, int, most=0xFFFF),
        words=maybe(fields, 3, str, "", most=WORDS),
        retry_after=field(fields, 4, int, most=86_400_000) if 4 in fields else None,
    )


def _id(fields: dict[Any, Any]) -> int:
    number = field(fields, 1, int)
    if number == 0:
        raise BadFrame("message ids start at 1")
    return number


def _read_pong(fields: dict[Any, Any]) -> Pong:
    return Pong(
        number=field(fields, 1, int),
        sent=field(fields, 2, int, most=LATEST),
        heard=field(fields, 3, int, most=LATEST),
        answered=field(fields, 4, int, most=LATEST),
        uncertainty=maybe(fields, 5, int, 0),
    )


_WRITE: dict[type, Callable[[Any], dict[int, Any]]] = {
    Hello: lambda frame: {0: 0, **written_hello(frame)},
    Data: _write_data,
    Delivered: lambda frame: {0: 2, 1: flat(frame.ids)},
    Credit: lambda frame: {0: 3, 1: frame.bytes},
    Nack: _write_nack,
    Cancel: lambda frame: {0: 5, 1: flat(frame.ids), 2: int(frame.error)},
    Ping: lambda frame: {0: 6, 1: frame.number, 2: frame.sent},
    Pong: lambda frame: {0: 7, 1: frame.number, 2: frame.sent, 3: frame.heard, 4: frame.answered, 5: frame.uncertainty},
}

_READ: dict[int, Callable[[dict[Any, Any]], Frame]] = {
    FrameType.HELLO: read_hello,
    FrameType.DATA: _read_data,
    FrameType.DELIVERED: lambda fields: Delivered(ids=ranges(fields.get(1))),
    FrameType.CREDIT: lambda fields: Credit(bytes=field(fields, 1, int)),
    FrameType.NACK: _read_nack,
    FrameType.CANCEL: lambda fields: Cancel(ids=ranges(fields.get(1)), error=field(fields, 2, int, most=0xFFFF)),
    FrameType.PING: lambda fields: Ping(number=field(fields, 1, int), sent=field(fields, 2, int, most=LATEST)),
    FrameType.PONG: _read_pong,
}
