# SPDX-License-Identifier: Apache-2.0
"""A long message read item by item, so that a report of a megabyte costs its reader a few kilobytes beside it (B.7)."""

from collections.abc import Iterator
from typing import Any, Final, Generic, TypeVar

from open63110.bindings.link.messages import items
from open63110.bindings.link.messages.codec import Codec
from open63110.bindings.link.messages.items import ARRAY, BYTES, DEPTH, MAP, MOST, TEXT, UINT
from open63110.bindings.link.messages.moments import Misfit
from open63110.bindings.link.messages.record import Setting, Shape, Subjects
from open63110.kernel.errors import Malformed, NotSupported
from open63110.kernel.ids import StationId

LONGEST_ITEM: Final = 16 * 1024
"""Of a list that is read this way [bytes]; a group of readings is one item."""

LONGEST_REST: Final = 64 * 1024
"""Of all else in the message [bytes]."""

_TAG: Final = 6

M = TypeVar("M")


class Opened(Generic[M]):
    """A message whose list is still in its bytes."""

    def __init__(self, message: M, body: memoryview, place: tuple[int, int], shape: Shape, setting: Setting) -> None:
        """Know where the list is.

        Args:
            message: with an empty list.
            body: all of it.
            place: where the first item begins, and how many there are.
            shape: of the list.
            setting: of the message.
        """
        self.message = message
        self._body, (self._begin, self.count), self._shape, self._setting = body, place, shape, setting

    def __iter__(self) -> Iterator[Any]:
        """Yield what the list holds, anew each time.

        Who must not do half of what a message says goes through it twice: the first time to see that all of it fits.

        Raises:
            Malformed: an item does not fit.
        """
        place = self._begin
        for number in range(self.count):
            end = past(self._body, place)
            if end - place > LONGEST_ITEM:
                raise Malformed(f"item {number} of a list has more than {LONGEST_ITEM} bytes", code="TooLarge")
            tree = items.load(bytes(self._body[place:end]))
            try:
                found = self._shape.read([tree], self._setting)
            except Misfit as fault:
                raise Malformed(f"item {number} of a list: {fault.wanted} wanted", where=str(number)) from fault
            yield from found
            place = end


def opened(
    codec: Codec,
    number: int,
    name: str,
    body: bytes,
    *,
    station: StationId | None = None,
    subjects: Subjects | None = None,
) -> Opened[Any]:
    """Read a message but for one of its lists.

    Args:
        codec: knows the messages.
        number: of the message.
        name: the field that holds the list.
        body: from a stranger.
        station: whom the address of the message names.
        subjects: names people by references; None: the other end shares the references.

    Raises:
        NotSupported: no message has this number.
        Malformed: the rest is no such message, or the list is none.
    """
    record = codec.records.get(number)
    if record is None:
        raise NotSupported(f"no message has the number {number}", code="UnknownType")
    slot = next(one for one in record.slots if one.name == name)
    view, setting = memoryview(body), Setting(subjects)
    where, rest = _apart(view, slot.key)
    known = {"station": station} if station is not None and "station" in record.needed else {}
    try:
        message = record.read(items.load(rest), setting, known)
    except Misfit as fault:
        raise Malformed(f"{record.kind.__name__}: {fault.wanted} wanted", where=record.kind.__name__) from fault
    return Opened(message, view, where, slot.shape, setting)


def _apart(body: memoryview, wanted: int) -> tuple[tuple[int, int], bytes]:
    """Return where the items of a list begin and how many there are, and the message without them."""
    if len(body) > MOST:
        raise Malformed(f"a body has at most {MOST} bytes, this one has {len(body)}", code="TooLarge")
    major, count, place = _head(body, 0)
    if major != MAP:
        raise Malformed("a message is a map")
    found, rest, size = (0, 0), [items.head(MAP, count)], 0
    for _ in range(count):
        key = place
        major, value, place = _head(body, key)
        if major == UINT and value == wanted:
            rest += (bytes(body[key:place]), b"\x80")
            found, place = _list(body, place)
            continue
        begin, place = key, past(body, past(body, key))
        size += place - begin
        if size > LONGEST_REST:
            raise Malformed(f"what is not in the list has more than {LONGEST_REST} bytes", code="TooLarge")
        rest.append(bytes(body[begin:place]))
    if place != len(body):
        raise Malformed("a message is followed by more")
    return found, b"".join(rest)


def _list(body: memoryview, place: int) -> tuple[tuple[int, int], int]:
    """Return where the items of a list begin and how many there are, and the place behind it."""
    major, count, begin = _head(body, place)
    if major != ARRAY:
        raise Malformed("the list is none")
    place = begin
    for _ in range(count):
        place = past(body, place)
    return (begin, count), place


def past(body: memoryview, place: int, depth: int = DEPTH) -> int:
    """Return the place behind an item from a stranger.

    Raises:
        Malformed: it ends beyond the body, is too deep, of unstated length, or bears a tag.
    """
    major, count, place = _head(body, place)
    if major in {BYTES, TEXT}:
        place += count
        if place > len(body):
            raise Malformed("not the CBOR of a message")
        return place
    if major not in {ARRAY, MAP}:
        return place
    if depth == 0:
        raise Malformed("too deep")
    for _ in range(count * (major - 3)):
        place = past(body, place, depth - 1)
    return place


def _head(body: memoryview, place: int) -> tuple[int, int, int]:
    """Return major type, count and the place behind the head of an item."""
    if place >= len(body):
        raise Malformed("not the CBOR of a message")
    major, short = body[place] >> 5, body[place] & 31
    if major == _TAG:
        raise Malformed("a tag where none may be")
    if short < 24:
        return major, short, place + 1
    end = place + 1 + (1 << (short - 24)) if short < 28 else len(body) + 1
    if end > len(body):
        raise Malformed("not the CBOR of a message")
    return major, int.from_bytes(body[place + 1 : end], "big"), end
