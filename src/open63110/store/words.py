# SPDX-License-Identifier: Apache-2.0
"""Words that name a person, found in whatever form something was kept, and blotted out without a change of length (8.3.12).

Of the same length, what was JSON or CBOR before is so afterwards. Found is what stands as a word of its own: short words, which
may mean anything, only between quotation marks. By what a row or a fact is known itself is never changed.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

SHORT: Final = 6
"""Words with fewer characters are short."""

_BLOT: Final = b"*"

_WORD: Final = rb"[0-9A-Za-z]"


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

    def __bool__(self) -> bool:
        """Tell whether there is anything to look for."""
        return bool(self.words)

    def anywhere(self, raw: bytes) -> bool:
        """Tell whether raw bytes hold the letters of one of them that is not short, whatever stands around."""
        folded = raw.upper()
        return any(one.encode().upper() in folded for one in self.words if len(one) >= SHORT)

    def blotted(self, raw: bytes) -> bytes:
        """Return raw bytes, a frame say, without them."""
        return self._always.blotted(raw)

    def about(self, body: bytes) -> bool:
        """Tell whether a row or a fact holds one of the references."""
        return any(one in body for one in self._refs)

    def blotted_text(self, text: str, *, about: bool = False) -> str:
        """Return a searchable column without them, of a row that is about the person or not."""
        return (self._beside if about else self._always).text(text, whole=about)

    def blotted_row(self, body: bytes) -> bytes:
        """Return a row or a fact, as MessagePack, without them; only texts and raw bytes in it are looked into."""
        about = self.about(body)
        pattern = self._beside if about else self._always
        if not pattern.may_stand_in(body):
            return body
        said = msgspec.msgpack.decode(body)
        if not isinstance(said, list):
            return body
        clean = [*said[:1], *(pattern.clean(one, whole=about) for one in said[1:])]
        return body if clean == said else msgspec.msgpack.encode(clean)


class _Pattern:
    """Finds some words."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._folded = tuple(one.encode().upper() for one in words)
        self._long = {one.upper() for one in words if len(one) >= SHORT}
        self._all = {one.upper() for one in words}
        parts = [_pattern(one.encode()) for one in words]
        self._pattern = re.compile(b"|".join(parts), re.IGNORECASE) if parts else None

    def may_stand_in(self, raw: bytes) -> bool:
        folded = raw.upper()
        return any(one in folded for one in self._folded)

    def blotted(self, raw: bytes) -> bytes:
        return raw if self._pattern is None else self._pattern.sub(_blot, raw)

    def text(self, text: str, *, whole: bool) -> str:
        """Return text without the words; one that is a word is blotted out as a whole: a short one only if that is meant."""
        if text.upper() in (self._all if whole else self._long):
            return "*" * len(text)
        raw = text.encode()
        found = self.blotted(raw)
        return text if found == raw else found.decode("utf-8", "replace")

    def clean(self, value: Any, *, whole: bool) -> Any:
        match value:
            case str():
                return self.text(value, whole=whole)
            case bytes():
                return self.blotted(value)
            case list():
                return [self.clean(one, whole=whole) for one in value]
            case dict():
                return {self.clean(key, whole=whole): self.clean(one, whole=whole) for key, one in value.items()}
            case _:
                return value


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({one for one in words if one.strip()}, key=lambda one: (-len(one), one)))


def _pattern(word: bytes) -> bytes:
    """Return what finds a word: by itself, or behind the head by which CBOR says how long a text is."""
    plain, count = re.escape(word), len(word)
    if count < SHORT:
        return b"(?<=[\"'])" + plain + b"(?=[\"'])"
    head = bytes((0x60 + count,)) if count < 24 else b"\x78" + bytes((min(count, 255),))
    return b"(?<!" + _WORD + b")" + plain + b"(?!" + _WORD + b")|(?<=" + re.escape(head) + b")" + plain


def _blot(found: re.Match[bytes]) -> bytes:
    return _BLOT * len(found[0])
