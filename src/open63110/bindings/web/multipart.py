# SPDX-License-Identifier: Apache-2.0
"""Files that come as forms do (multipart/form-data, RFC 7578): the first one, as it comes, never held as a whole."""

import re
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

from open63110.kernel.errors import Malformed

LONGEST_HEAD: Final = 8_192
"""What stands about a part at most [bytes]."""

LONGEST_FIELDS: Final = 65_536
"""All that stands before the file [bytes]."""

_BOUNDARY: Final = re.compile(r'multipart/form-data\s*;.*?boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
_NAME: Final = re.compile(rb'filename="((?:[^"\\\r\n]|\\.)*)"', re.IGNORECASE)
_FIELD: Final = re.compile(rb'[;\s]name="((?:[^"\\\r\n]|\\.)*)"', re.IGNORECASE)


class File(NamedTuple):
    """A file in a form."""

    name: str
    """As the form calls it; empty: it does not."""
    pieces: AsyncIterator[bytes]
    fields: dict[str, str]
    """What stands before it."""


def boundary_of(content_type: str) -> bytes:
    """Return what stands between the parts of a form; empty: it is none."""
    found = _BOUNDARY.match(content_type)
    return (found[1] or found[2]).encode("latin-1") if found else b""


async def file_of(pieces: AsyncIterator[bytes], boundary: bytes) -> File:
    """Return the first file of a form, with the fields before it.

    Raises:
        Malformed: there is none, or too much before it.
    """
    source, mark = pieces.__aiter__(), b"\r\n--" + boundary
    rest = b"\r\n"  # so that the first mark looks like all others
    fields: dict[str, str] = {}
    name, room = "", LONGEST_FIELDS
    while True:
        before, rest = await _until(source, rest, mark, room)  # a field, or what stands before the first part
        if name:
            fields[name] = before.decode("utf-8", "replace")
        about, rest = await _until(source, rest, b"\r\n\r\n", LONGEST_HEAD)
        if about.startswith(b"--"):
            raise _no_file()
        named = _NAME.search(about)
        if named is not None:
            return File(named[1].decode("utf-8", "replace"), _content(source, rest, mark), fields)
        room -= len(before) + len(about)
        field = _FIELD.search(about)
        name = field[1].decode("utf-8", "replace") if field else ""


async def _until(source: AsyncIterator[bytes], begun: bytes, mark: bytes, most: int) -> tuple[bytes, bytes]:
    """Return what stands before a mark, and what behind it has come already."""
    found = begun
    while (place := found.find(mark)) < 0:
        if len(found) > most:
            raise Malformed("there is too much before the file", code="BadForm")
        piece = await anext(source, None)
        if piece is None:
            raise _no_file()
        found += piece
    return found[:place], found[place + len(mark) :]


async def _content(source: AsyncIterator[bytes], begun: bytes, mark: bytes) -> AsyncIterator[bytes]:
    """Yield a file until the mark that ends it.

    Raises:
        Malformed: the form ends before the file does.
    """
    held = begun
    while (place := held.find(mark)) < 0:
        safe = len(held) - len(mark) + 1
        if safe > 0:
            yield held[:safe]
            held = held[safe:]
        piece = await anext(source, None)
        if piece is None:
            raise Malformed("the form ends before its file does", code="BadForm")
        held += piece
    if place:
        yield held[:place]
    async for _ in source:  # what stands behind it is nobody's
        pass


def _no_file() -> Malformed:
    return Malformed("there is no file in the form", code="BadForm", where="body")
