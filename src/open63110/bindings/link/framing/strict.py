# SPDX-License-Identifier: Apache-2.0
"""CBOR from strangers: one item, in the preferred serialization, without tags, bounded in depth; and fields read from maps."""

from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

import cbor2

from open63110.bindings.link.errors import BadFrame

DEPTH = 16
"""Containers within containers."""

NUMBER = 2**53 - 1
"""The greatest number of a frame or header: what every language holds exactly."""

Ranges = tuple[tuple[int, int], ...]
"""Stretches of message ids, first and last included, rising, apart from each other."""

T = TypeVar("T")


def _no_tags(*_: object) -> NoReturn:
    raise BadFrame("a tag where none may be")


_TAGS = dict.fromkeys((*range(6), *range(21, 53), 54, 100, 256, 258, 260, 261, 1004, 43000, 55799), _no_tags)
"""Every tag that the library would make an object of by itself, before anyone has looked at it."""


def whole(data: bytes) -> Any:
    """Decode one item that fills the bytes.

    Raises:
        BadFrame: it is something else, too deep, holds a tag, or is spelt another way than the preferred one.
    """
    try:
        value = cbor2.loads(
            data, max_depth=DEPTH, allow_indefinite=False, allow_duplicate_keys=False, tag_hook=_no_tags, semantic_decoders=_TAGS
        )
        again = cbor2.dumps(value)
    except BadFrame:
        raise
    # a decoder may stumble over strangers' bytes in any way; whichever it was, they are no frame
    except Exception as error:
        raise BadFrame("not the CBOR of this specification") from error
    if again != data:
        raise BadFrame("not in the preferred serialization, or followed by more")
    return value


def mapping(value: Any, words: str) -> dict[Any, Any]:
    """Take a map and nothing else.

    Raises:
        BadFrame: it is no map.
    """
    if type(value) is not dict:
        raise BadFrame(f"{words} is no map")
    return value


def field(fields: dict[Any, Any], key: int, kind: type[T], *, most: int = NUMBER) -> T:
    """Take a field that has to be there.

    Args:
        fields: the map.
        key: its number.
        kind: exactly this type, so that a truth value is no number.
        most: the greatest number, from zero on, or the longest text or bytes.

    Raises:
        BadFrame: it is absent, of another type, or too great.
    """
    value = fields.get(key)
    if type(value) is not kind:
        raise BadFrame(f"field {key} is absent or of another type")
    size = len(value) if isinstance(value, str | bytes | list | dict) else value
    if isinstance(size, int) and not 0 <= size <= most:
        raise BadFrame(f"field {key} is out of range")
    return value


def maybe(fields: dict[Any, Any], key: int, kind: type[T], absent: T, *, most: int = NUMBER) -> T:
    """Take a field that may be left out."""
    return field(fields, key, kind, most=most) if key in fields else absent


def ranges(numbers: Any) -> Ranges:
    """Read stretches from one flat array of first, last, first, last.

    Raises:
        BadFrame: they do not rise, or touch each other.
    """
    if type(numbers) is not list or len(numbers) % 2 or not all(type(one) is int and 0 <= one <= NUMBER for one in numbers):
        raise BadFrame("ranges are pairs of message ids")
    before = -1
    for first, last in zip(numbers[::2], numbers[1::2], strict=True):
        if first <= before or last < first:
            raise BadFrame("ranges rise")
        before = last + 1
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def flat(stretches: Iterable[tuple[int, int]]) -> list[int]:
    """Write stretches as one flat array."""
    return [number for stretch in stretches for number in stretch]
