# SPDX-License-Identifier: Apache-2.0
"""Words that name a person, found in whatever form something was kept, and blotted out without a change of length (8.3.12).

Of the same length, what was JSON or CBOR before is so afterwards. Found is what stands as a word of its own: short words, which
may mean anything, only between quotation marks. Ids, and words of closed lists, are never changed: a card may be called like
a station, or like the answer to an order.
"""

import functools
import json
import re
import types
import typing
from collections.abc import Iterable
from typing import Any, Final

import msgspec

SHORT: Final = 6
"""Words with fewer characters are short."""

CLOSED: Final = frozenset(
    {"id", "kind", "role", "action", "target", "outcome", "wire", "state", "language", "provider", "stations", "flags"}
)
"""Fields whose words come from lists, or are ids, though they are plain texts."""

_BLOT: Final = b"*"

_WORD: Final = rb"[0-9A-Za-z]"

_BEGINS: Final = b"(?:(?<!" + _WORD + rb")(?<!\\)|(?<=\\[bfnrt]))"
"""Before a word stands none of its kind; in JSON the letter behind a backslash is none."""

_ID_BEFORE: Final = b'(?<!"station":")'
"""In JSON of ours stands an id."""


class Words:
    """What names one person."""

    def __init__(self, words: Iterable[str], *, names: Iterable[str] = (), refs: Iterable[str] = ()) -> None:
        """Look for these, in whatever case they are written; empty ones name nobody.

        Args:
            words: name the person wherever they stand.
            names: do so only beside one of the references.
            refs: stand for the person.
        """
        self.words = _distinct(words)
        self._always = _Pattern(self.words)
        self._beside = _Pattern((*self.words, *_distinct(names)))
        self._refs = tuple(one.encode() for one in refs)
        self._long = [_folded(said) for one in self.words if len(one) >= SHORT for said in _spellings(one)]

    def __bool__(self) -> bool:
        """Tell whether there is anything to look for."""
        return bool(self.words)

    def anywhere(self, raw: bytes) -> bool:
        """Tell whether raw bytes hold the letters of one of them that is not short, whatever stands around."""
        folded = _folded(raw)
        return any(one in folded for one in self._long)

    def longest(self) -> int:
        """Return how many bytes ``anywhere`` has to see at once."""
        return max(map(len, self._long), default=0)

    def blotted(self, raw: bytes) -> bytes:
        """Return raw bytes, a frame say, without them."""
        return self._always.blotted(raw)

    def about(self, body: bytes) -> bool:
        """Tell whether a row or a fact holds one of the references."""
        return any(one in body for one in self._refs)

    def blotted_text(self, text: str, *, about: bool = False) -> str:
        """Return a searchable column, or JSON, without them, of a row that is about the person or not."""
        return (self._beside if about else self._always).text(text, whole=about)

    def blotted_row(self, body: bytes, noun: type[Any] | None = None) -> bytes:
        """Return a row or a fact, as MessagePack, without them; only free texts and raw bytes in it are looked into.

        Args:
            body: of the row.
            noun: what is in it; None: nobody knows any more, so that all but the first field is taken for free text.
        """
        about = self.about(body)
        pattern = self._beside if about else self._always
        if not pattern.may_stand_in(body):
            return body
        said = msgspec.msgpack.decode(body)
        if not isinstance(said, list):
            return body
        clean = [*said[:1], *pattern.clean(said, Any if noun is None else noun, whole=about)[1:]]
        return body if clean == said else msgspec.msgpack.encode(clean)


class _Pattern:
    """Finds some words."""

    def __init__(self, words: tuple[str, ...]) -> None:
        spellings = {said: one for one in words for said in _spellings(one)}
        self._folded = tuple(dict.fromkeys(map(_folded, spellings)))
        self._long = {one.upper() for one in words if len(one) >= SHORT}
        self._all = {one.upper() for one in words}
        parts = [part for said, one in spellings.items() if (part := _pattern(said, one))]
        self._pattern = re.compile(b"|".join(parts), re.IGNORECASE) if parts else None

    def may_stand_in(self, raw: bytes) -> bool:
        folded = _folded(raw)
        return any(one in folded for one in self._folded)

    def blotted(self, raw: bytes) -> bytes:
        return raw if self._pattern is None or not self.may_stand_in(raw) else self._pattern.sub(_blot, raw)

    def text(self, text: str, *, whole: bool) -> str:
        """Return text without the words; one that is a word is blotted out as a whole: a short one only if that is meant."""
        if text.upper() in (self._all if whole else self._long):
            return "*" * len(text)
        raw = text.encode()
        found = self.blotted(raw)
        return text if found == raw else found.decode("utf-8", "replace")

    def clean(self, value: Any, hint: Any, *, whole: bool) -> Any:
        """Return a value without the words, where its type says that it is free text or raw bytes."""
        if hint is types.NoneType:  # closed, with all that is in it
            return value
        match value:
            case str():
                return self.text(value, whole=whole) if _is(hint, str) else value
            case bytes():
                return self.blotted(value) if _is(hint, bytes) else value
            case list():
                return [self.clean(one, part, whole=whole) for one, part in zip(value, _parts(hint, len(value)), strict=True)]
            case dict():
                keys, values = _items(hint)
                return {self.clean(key, keys, whole=whole): self.clean(one, values, whole=whole) for key, one in value.items()}
            case _:
                return value


def _alternatives(hint: Any) -> tuple[Any, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) in {types.UnionType, typing.Union} else (hint,)


def _is(hint: Any, plain: type[Any]) -> bool:
    """Tell whether a value may be free: an id is a type of its own, a word of a closed list is a Literal or an enumeration."""
    return any(one is plain or one is Any for one in _alternatives(hint))


def _parts(hint: Any, count: int) -> Iterable[Any]:
    """Return the types of the parts of an array, as far as they are known."""
    arrays = [one for one in _alternatives(hint) if one is not types.NoneType]
    array = arrays[0] if len(arrays) == 1 else Any
    if isinstance(array, type) and issubclass(array, msgspec.Struct) and array.__struct_config__.tag is None:
        known = _fields(array)[:count]
        return (*known, *[Any] * (count - len(known)))
    said = typing.get_args(array)
    if typing.get_origin(array) is tuple and len(said) == count and Ellipsis not in said:
        return said
    return [said[0] if said else Any] * count


def _items(hint: Any) -> tuple[Any, Any]:
    for one in _alternatives(hint):
        if typing.get_origin(one) is dict:
            keys, values = typing.get_args(one)
            return keys, values
    return Any, Any


@functools.cache
def _fields(noun: type[msgspec.Struct]) -> tuple[Any, ...]:
    hints = typing.get_type_hints(noun)
    return tuple(types.NoneType if name in CLOSED else hints[name] for name in noun.__struct_fields__)


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({one for one in words if one.strip()}, key=lambda one: (-len(one), one)))


def _folded(raw: bytes) -> bytes:
    return raw.upper()


def _spellings(word: str) -> list[bytes]:
    """Return how a word stands in a text, as one JSON or another escapes it; with letters beyond ASCII in each case."""
    cased = {word} if word.isascii() else {word, word.upper(), word.lower()}
    found = {msgspec.json.encode(one)[1:-1] for one in cased} | {json.dumps(one)[1:-1].encode() for one in cased}
    return sorted(found | {one.replace(b"/", b"\\/") for one in found}, key=lambda one: (-len(one), one))


def _pattern(said: bytes, word: str) -> bytes:
    """Return what finds a spelling, by itself or behind the head of a text in CBOR; nothing: it may be syntax."""
    plain, count = re.escape(said), len(said)
    no_name = b'(?!\\\\?":)' if word.isalpha() else b""  # of a field
    if len(word) < SHORT:
        begins = re.match(_WORD, said) is not None and b'"' not in said
        return _ID_BEFORE + b"(?<=[\"'])" + plain + b"(?=\\\\?[\"'])" + no_name if begins else b""
    head = bytes((0x60 + count,)) if count < 24 else b"\x78" + bytes((min(count, 255),))
    alone = _ID_BEFORE + _BEGINS + plain + b"(?!" + _WORD + b")" + no_name
    return alone + b"|(?<=" + re.escape(head) + b")" + plain


def _blot(found: re.Match[bytes]) -> bytes:
    return _BLOT * len(found[0])
