# SPDX-License-Identifier: Apache-2.0
"""Elements of a CBOR message as bytes: where they stand, how they are replaced without touching the rest, their one encoding.

What is signed must travel as it was signed, so nothing here turns a value into an object and back. Indefinite lengths are
refused, as everywhere on the link.
"""

import struct
from collections.abc import Callable
from typing import Any

from open63110.kernel.errors import Malformed

Path = tuple[int | str, ...]
"""Keys of maps and places in arrays, from the message inward; () is the message itself."""

Edit = Callable[[Path, bytes], bytes | None]
"""(path, content of a tag 24) → what is to stand there instead; None: nothing."""

DEPTH = 16
"""How deep arrays, maps and tags may lie in one another."""

ENCLOSED = b"\xd8\x18"
"""Tag 24 (RFC 8949 3.4.5.1): the byte string after it is CBOR of its own."""

UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE = range(8)
NULL = b"\xf6"
_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}


def text_of(path: Path) -> str:
    """Write a path for people and for `where` of a trouble, as ``4/0/2``; the message itself is ``/``."""
    return "/".join(map(str, path)) or "/"


def head(major: int, value: int) -> bytes:
    """Write the beginning of an item in the fewest bytes."""
    if value < 24:
        return bytes((major << 5 | value,))
    for info, width in _WIDTHS.items():
        if value < 1 << 8 * width:
            return bytes((major << 5 | info,)) + value.to_bytes(width, "big")
    raise ValueError(f"{value} has no place in 64 bits")


def enclose(content: bytes) -> bytes:
    """Put CBOR into a byte string that says so (tag 24)."""
    return ENCLOSED + head(BYTES, len(content)) + content


def enclosed(item: bytes) -> bytes | None:
    """Return what `enclose` put there; None if the item is anything else.

    Raises:
        Malformed: it is no CBOR, or more than one item.
    """
    whole(item)
    if not item.startswith(ENCLOSED):
        return None
    major, length, _, at = _begin(item, len(ENCLOSED))
    return item[at : at + length] if major == BYTES else None


def tagged(item: bytes) -> tuple[int, bytes]:
    """Return the tag of an item and what it tags.

    Raises:
        Malformed: it is no CBOR, or has no tag.
    """
    major, tag, _, at = _begin(whole(item), 0)
    if major != TAG:
        raise Malformed("a tag is missing")
    return tag, item[at:]


def whole(item: bytes) -> bytes:
    """Return the item if it is one, and nothing after it.

    Raises:
        Malformed: it is not.
    """
    if _end(item, 0) != len(item):
        raise Malformed("something follows the CBOR item")
    return item


def element(message: bytes, path: Path) -> bytes:
    """Return an element as it stands in its message.

    Raises:
        Malformed: the message is no CBOR, or has no such element (`where` is the path).
    """
    start, end = _range(message, path)
    return message[start:end]


def replaced(message: bytes, path: Path, item: bytes) -> bytes:
    """Put another item in the place of an element.

    Raises:
        Malformed: the message is no CBOR, or has no such element.
    """
    start, end = _range(message, path)
    return message[:start] + item + message[end:]


def rewritten(item: bytes, edit: Edit, path: Path = ()) -> bytes | None:
    """Edit every enclosed element (tag 24) of an item, which stands at a path, and leave the others alone.

    What is edited away is gone from its map; in an array null stands in its place, so that the others keep theirs.
    None: the item itself was edited away.

    Raises:
        Malformed: the item is no CBOR, or a key stands twice in a map.
    """
    found, end = _rewritten(item, 0, path, edit, DEPTH)
    if end != len(item):
        raise Malformed("something follows the CBOR item")
    return found


def deterministic(item: bytes) -> bytes:
    """Encode an item anew as RFC 8949 4.2.1 wants it: everything shortest, keys in the order of their bytes.

    Raises:
        Malformed: it is no CBOR, or a key stands twice in a map.
    """
    found, end = _deterministic(item, 0, DEPTH)
    if end != len(item):
        raise Malformed("something follows the CBOR item")
    return found


def plain(item: bytes) -> Any:
    """Decode integers, strings, arrays, maps, booleans and null; nothing else, so that hostile bytes find no way in.

    Raises:
        Malformed: it is no CBOR, holds anything else, or a key twice.
    """
    found, end = _plain(item, 0, DEPTH)
    if end != len(item):
        raise Malformed("something follows the CBOR item")
    return found


def _begin(data: bytes, at: int) -> tuple[int, int, int, int]:
    """Read the beginning of an item: major type, value, additional information, where it goes on."""
    if at >= len(data):
        raise Malformed("the CBOR ends too early")
    major, info = data[at] >> 5, data[at] & 31
    width = 0 if info < 24 else _WIDTHS.get(info)
    if width is None:
        raise Malformed("an indefinite length or a reserved beginning of an item")
    after = at + 1 + width
    value = int.from_bytes(data[at + 1 : after], "big") if width else info
    if after > len(data) or (major in {BYTES, TEXT} and after + value > len(data)):
        raise Malformed("the CBOR ends too early")
    return major, value, info, after


def _opened(data: bytes, at: int, depth: int) -> tuple[int, int, int, int]:
    major, value, info, after = _begin(data, at)
    if major in {ARRAY, MAP, TAG} and depth <= 0:
        raise Malformed(f"deeper than {DEPTH}")
    return major, value, info, after


def _end(data: bytes, at: int, depth: int = DEPTH) -> int:
    major, value, _, at = _opened(data, at, depth)
    if major in {BYTES, TEXT}:
        return at + value
    inside = {ARRAY: value, MAP: 2 * value, TAG: 1}.get(major, 0)
    for _ in range(inside):
        at = _end(data, at, depth - 1)
    return at


def _key(data: bytes, at: int) -> tuple[int | str, int]:
    """Read the key of a map."""
    major, value, _, after = _opened(data, at, 0)
    if major == UNSIGNED:
        return value, after
    if major == NEGATIVE:
        return -1 - value, after
    if major == TEXT:
        return _text(data[after : after + value]), after + value
    raise Malformed("a key of a map is neither a number nor a text")


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Malformed("a text is no UTF-8") from error


def _range(message: bytes, path: Path) -> tuple[int, int]:
    whole(message)
    at = 0
    for step, wanted in enumerate(path):
        found = _inside(message, at, wanted)
        if found is None:
            where = text_of(path[: step + 1])
            raise Malformed(f"the message has no element {where}", where=where)
        at = found
    return at, _end(message, at)


def _inside(message: bytes, at: int, wanted: int | str) -> int | None:
    major, value, _, at = _begin(message, at)
    for place in range(value if major in {ARRAY, MAP} else 0):
        name: int | str = place
        if major == MAP:
            name, at = _key(message, at)
        if name == wanted:
            return at
        at = _end(message, at)
    return None


def _rewritten(data: bytes, start: int, path: Path, edit: Edit, depth: int) -> tuple[bytes | None, int]:
    major, value, _, at = _opened(data, start, depth)
    if major == TAG and data.startswith(ENCLOSED, start):
        inner, length, _, content = _opened(data, at, 0)
        if inner == BYTES:
            return edit(path, data[content : content + length]), content + length
    if major == ARRAY:
        items = []
        for place in range(value):
            item, at = _rewritten(data, at, (*path, place), edit, depth - 1)
            items.append(NULL if item is None else item)
        return head(ARRAY, value) + b"".join(items), at
    if major == MAP:
        return _rewritten_map(data, at, value, path, edit, depth)
    end = _end(data, start, depth)
    return data[start:end], end


def _rewritten_map(data: bytes, at: int, size: int, path: Path, edit: Edit, depth: int) -> tuple[bytes, int]:
    pairs, seen = [], set[int | str]()
    for _ in range(size):
        start = at
        key, at = _key(data, at)
        if key in seen:  # or one of them could slip past what is demanded of the other
            raise Malformed(f"the key {key} stands twice in a map")
        seen.add(key)
        name = data[start:at]
        item, at = _rewritten(data, at, (*path, key), edit, depth - 1)
        if item is not None:
            pairs.append(name + item)
    return head(MAP, len(pairs)) + b"".join(pairs), at


def _deterministic(data: bytes, start: int, depth: int) -> tuple[bytes, int]:
    major, value, info, at = _opened(data, start, depth)
    if major in {BYTES, TEXT}:
        return head(major, value) + data[at : at + value], at + value
    if major == SIMPLE:
        return (_shortest(data[start:at], info) if info in _FLOATS else data[start:at]), at
    items = []
    for _ in range({ARRAY: value, MAP: 2 * value, TAG: 1}.get(major, 0)):
        item, at = _deterministic(data, at, depth - 1)
        items.append(item)
    if major == MAP:
        items = _sorted(items)
    return head(major, value) + b"".join(items), at


def _sorted(items: list[bytes]) -> list[bytes]:
    pairs = dict(zip(items[::2], items[1::2], strict=True))
    if 2 * len(pairs) != len(items):
        raise Malformed("a key stands twice in a map")
    return [key + pairs[key] for key in sorted(pairs)]


def _shortest(item: bytes, info: int) -> bytes:
    (number,) = struct.unpack(_FLOATS[info], item[1:])
    if number != number:  # noqa: PLR0124 - that is what tells NaN
        return b"\xf9\x7e\x00"
    for short in (25, 26):
        try:
            packed = struct.pack(_FLOATS[short], number)
        except OverflowError:
            continue
        if struct.unpack(_FLOATS[short], packed)[0] == number:
            return bytes((SIMPLE << 5 | short,)) + packed
    return bytes((SIMPLE << 5 | 27,)) + struct.pack(">d", number)


def _plain(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    major, value, _, after = _opened(data, at, depth)
    if major == BYTES:
        return data[after : after + value], after + value
    if major in {UNSIGNED, NEGATIVE, TEXT}:
        return _key(data, at)
    if major == ARRAY:
        return _plain_array(data, after, value, depth)
    if major == MAP:
        return _plain_map(data, after, value, depth)
    if major == SIMPLE and data[at] in {0xF4, 0xF5, 0xF6}:
        return {0xF4: False, 0xF5: True, 0xF6: None}[data[at]], after
    raise Malformed("a tag or a number with a fraction where none belongs")


def _plain_array(data: bytes, at: int, size: int, depth: int) -> tuple[list[Any], int]:
    items = []
    for _ in range(size):
        item, at = _plain(data, at, depth - 1)
        items.append(item)
    return items, at


def _plain_map(data: bytes, at: int, size: int, depth: int) -> tuple[dict[int | str, Any], int]:
    pairs: dict[int | str, Any] = {}
    for _ in range(size):
        key, at = _key(data, at)
        if key in pairs:
            raise Malformed(f"the key {key} stands twice in a map")
        pairs[key], at = _plain(data, at, depth - 1)
    return pairs, at
