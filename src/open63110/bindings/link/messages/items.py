# SPDX-License-Identifier: Apache-2.0
"""Items of CBOR in message bodies: written in the shortest form, read within bounds (RFC 8949; depth, size, no tags)."""

import math
import os
import struct
from collections.abc import Iterator
from typing import Any, Final, NoReturn

import cbor2

from open63110.bindings.link.framing.hello import LONGEST_MESSAGE
from open63110.kernel.errors import Malformed

DEPTH: Final = 16
"""Containers within containers."""

MOST: Final = LONGEST_MESSAGE
"""A body [bytes]: as much as is advertised; what is larger goes as a stream."""

UINT, NEGATIVE, BYTES, TEXT, ARRAY, MAP = range(6)
"""Major types; 6 is a tag and never stands in a body, 7 holds the simple values and floats."""

NULL, FALSE, TRUE = b"\xf6", b"\xf4", b"\xf5"

EXACT: Final = 2**53
"""Integers below this are floats without loss."""

INT64: Final = 2**63

_LARGEST_SCALE: Final = 9
_TENS: Final = tuple(10**place for place in range(_LARGEST_SCALE + 1))


def head(major: int, count: int) -> bytes:
    """Write the head of an item."""
    lead = major << 5
    if count < 24:
        return bytes((lead | count,))
    if count < 0x100:
        return bytes((lead | 24, count))
    if count < 0x10000:
        return bytes((lead | 25,)) + count.to_bytes(2, "big")
    if count < 0x1_0000_0000:
        return bytes((lead | 26,)) + count.to_bytes(4, "big")
    return bytes((lead | 27,)) + count.to_bytes(8, "big")


_SHORT: Final = struct.Struct(">BH").pack
_LONG: Final = struct.Struct(">BI").pack
_SMALL: Final = tuple(head(UINT, count) for count in range(1024))
_TEXT: Final = tuple(head(TEXT, count) for count in range(256))
_PLACES: Final = tuple((10**place, b"\x82" + head(NEGATIVE, place - 1)) for place in range(1, 5))
"""Scales that are tried before a quantity goes as a 64-bit float, each with what stands before its mantissa."""
_FLOAT: Final = struct.Struct(">d").pack


def integer(value: int, _: object = None) -> bytes:
    """Write a whole number.

    Raises:
        Malformed: it has more than 64 bits.
    """
    if 0 <= value < 1024:
        return _SMALL[value]
    if 0 <= value < 0x10000:
        return _SHORT(0x19, value)
    if 0 <= value < 0x1_0000_0000:
        return _LONG(0x1A, value)
    if not -INT64 <= value < INT64:
        raise Malformed("an integer of more than 64 bits", code="Unwritable")
    return head(UINT, value) if value >= 0 else head(NEGATIVE, -1 - value)


def text(value: str, _: object = None) -> bytes:
    """Write text.

    Raises:
        Malformed: it holds half of a character.
    """
    try:
        raw = value.encode()
    except UnicodeEncodeError as fault:
        raise Malformed("text that is no Unicode", code="Unwritable") from fault
    count = len(raw)
    return (_TEXT[count] if count < 256 else head(TEXT, count)) + raw


def blob(value: bytes, _: object = None) -> bytes:
    """Write bytes."""
    return head(BYTES, len(value)) + value


def number(value: float, _: object = None) -> bytes:
    """Write a quantity: a whole number, [exponent, mantissa] where that is exact, else a 64-bit float.

    Raises:
        Malformed: it is not finite.
    """
    if -EXACT < value < EXACT:
        whole = int(value)
        if whole == value:
            return integer(whole)
        for scale, lead in _PLACES:
            whole = round(value * scale)
            if whole / scale == value and -EXACT < whole < EXACT:
                return lead + integer(whole)
    elif not math.isfinite(value):
        raise Malformed("a quantity that is not finite", code="Unwritable")
    return b"\xfb" + _FLOAT(value)


def quantity(item: Any) -> float | None:
    """Read what ``number`` wrote; None: it is something else."""
    kind = type(item)
    if kind is int:
        return float(item) if -INT64 <= item < INT64 else None
    if kind is float:
        return item if math.isfinite(item) else None
    if kind is not list or len(item) != 2:
        return None
    exponent, mantissa = item
    if type(exponent) is not int or type(mantissa) is not int or not -_LARGEST_SCALE <= exponent <= -1:
        return None
    return mantissa / _TENS[-exponent] if -EXACT < mantissa < EXACT else None


def thousandths(value: float) -> bytes:
    """Write a quantity as its whole thousandths where that is exact, else as a 64-bit float.

    Raises:
        Malformed: it is not finite.
    """
    try:
        whole = round(value * 1000)
    except (OverflowError, ValueError) as fault:
        if not math.isfinite(value):
            raise Malformed("a quantity that is not finite", code="Unwritable") from fault
        return b"\xfb" + _FLOAT(value)
    if whole / 1000 == value:
        if 0x10000 <= whole < 0x1_0000_0000:  # watts and volts mostly
            return _LONG(0x1A, whole)
        if -EXACT < whole < EXACT:
            return integer(whole)
    return b"\xfb" + _FLOAT(value)


def from_thousandths(item: Any) -> float | None:
    """Read what ``thousandths`` wrote; None: it is something else."""
    if type(item) is int:
        return item / 1000 if -EXACT < item < EXACT else None
    return item if type(item) is float and math.isfinite(item) else None


def _no_tags(*_: object) -> NoReturn:
    raise Malformed("a tag where none may be")


_TAGS: Final = dict.fromkeys((*range(6), *range(21, 53), 54, 100, 256, 258, 260, 261, 1004, 43000, 55799), _no_tags)
"""Every tag that the library would make an object of by itself, before anyone has looked at it."""


_SECRET: Final = os.urandom(16)
_END: Final = b"\x50" + _SECRET
"""Stands behind a body while it is read, the two as an array: who wrote the body cannot know it, so where it comes second
the body was one item and nothing more. To ask a decoder for what it has left costs as much as a short message."""


def load(body: bytes) -> Any:
    """Read one item that fills a body.

    Raises:
        Malformed: it is too large or too deep, holds a tag, a key twice or an item of unstated length, or is no CBOR.
    """
    if len(body) > MOST:
        raise Malformed(f"a body has at most {MOST} bytes, this one has {len(body)}", code="TooLarge")
    try:
        item, end = cbor2.loads(
            b"\x82" + body + _END,
            max_depth=DEPTH + 1,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            tag_hook=_no_tags,
            semantic_decoders=_TAGS,
        )
    # a decoder may stumble over strangers' bytes in any way; whichever it was, they are no message
    except Exception as fault:
        raise Malformed("not the CBOR of a message") from fault
    if end != _SECRET:
        raise Malformed("a message is followed by more")
    return item


def spans(body: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield key, begin and end of each value of a map that ``load`` has taken; values keep the bytes they came in."""
    _, count, place = _opened(body, 0)
    for _ in range(count):
        major, value, begin = _opened(body, place)
        place = _past(body, begin)
        yield (value if major == UINT else -1 - value), begin, place


def _opened(body: bytes, place: int) -> tuple[int, int, int]:
    """Return major type, count and the place behind the head."""
    major, short = body[place] >> 5, body[place] & 31
    if short < 24:
        return major, short, place + 1
    end = place + 1 + (1 << (short - 24))
    return major, int.from_bytes(body[place + 1 : end], "big"), end


def _past(body: bytes, place: int) -> int:
    """Return the place behind an item."""
    major, count, place = _opened(body, place)
    if major in {BYTES, TEXT}:
        return place + count
    for _ in range(count * (major - 3) if major in {ARRAY, MAP} else 0):
        place = _past(body, place)
    return place
