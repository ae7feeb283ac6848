# SPDX-License-Identifier: Apache-2.0
"""permessage-deflate (RFC 7692) without context takeover, so that an idle connection keeps no memory for it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from msgspec import Struct

_EMPTY_BLOCK = b"\x00\x00\xff\xff"
_NAME = "permessage-deflate"
OFFER = f"{_NAME}; server_no_context_takeover; client_no_context_takeover"
"""What a client of ours offers."""


class TooBig(Exception):
    """The message would inflate beyond its bound."""


class Corrupt(Exception):
    """The bytes are no deflate stream."""


class Deflate(Struct, frozen=True, kw_only=True, gc=False):
    """What both ends agreed on; shared, for it holds no state."""

    window_bits: int = 15
    """Window of what this end compresses, 9 to 15."""

    @property
    def answer(self) -> str:
        """The header value a server answers with."""
        return OFFER if self.window_bits == 15 else f"{OFFER}; server_max_window_bits={self.window_bits}"


def negotiate(offers: str) -> Deflate | None:
    """Choose the first offer of a `Sec-WebSocket-Extensions` request that can be met; None when there is none."""
    for name, parameters in _extensions(offers):
        if name == _NAME and (agreed := _meet(parameters)) is not None:
            return agreed
    return None


def agreed(answer: str) -> Deflate | None:
    """Read a server's answer to `OFFER`; None when it declined.

    Raises:
        ValueError: the server insists on something that was not offered.
    """
    found = list(_extensions(answer))
    if not found:
        return None
    (name, parameters), *more = found
    if more or name != _NAME or "server_no_context_takeover" not in parameters:
        raise ValueError(f"the server answered with extensions that were not offered: {answer!r}")
    return Deflate(window_bits=max(9, int(parameters.get("client_max_window_bits") or 15)))


def inflate(data: bytes | bytearray, limit: int) -> bytes:
    """Undo the compression of one whole message, never producing more than `limit` bytes.

    Raises:
        TooBig: there is more than `limit`.
        Corrupt: it is no deflate stream.
    """
    stream = zlib.decompressobj(-15)
    try:
        message = stream.decompress(data + _EMPTY_BLOCK, limit + 1)
    except zlib.error as error:
        raise Corrupt(str(error)) from error
    if len(message) > limit:
        raise TooBig
    return message


def deflate(data: bytes, window_bits: int) -> bytes:
    """Compress one whole message with a context of its own."""
    stream = zlib.compressobj(level=1, wbits=-window_bits, memLevel=5)
    return (stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH))[:-4]


def _extensions(header: str) -> Iterator[tuple[str, dict[str, str | None]]]:
    for extension in filter(None, (part.strip() for part in header.split(","))):
        name, *parameters = (part.strip() for part in extension.split(";"))
        yield name.lower(), dict(_parameter(text) for text in parameters)


def _parameter(text: str) -> tuple[str, str | None]:
    name, equals, value = text.partition("=")
    return name.strip().lower(), value.strip().strip('"') if equals else None


def _meet(parameters: dict[str, str | None]) -> Deflate | None:
    takeover = {"server_no_context_takeover", "client_no_context_takeover"}
    bits = parameters.get("server_max_window_bits", "15")
    understood = parameters.keys() <= takeover | {"server_max_window_bits", "client_max_window_bits"}
    # zlib cannot deflate with a window of 8 bits, so that offer is not one we can meet
    if not understood or bits not in {str(n) for n in range(9, 16)}:
        return None
    return Deflate(window_bits=int(bits))
