# SPDX-License-Identifier: Apache-2.0
"""HTTP, the end that asks: where a URL leads, a connection for one request, and the head of what is answered."""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncIterator
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, urlsplit

OPENS_WITHIN: Final = 30.0
"""How long the other end may take to be reached [s]."""

LONGEST_HEAD: Final = 65_536

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Place(NamedTuple):
    """Where a URL leads."""

    host: str
    port: int
    secure: bool
    target: str
    authorization: str
    """Header; empty: none."""
    named: str
    """Host as the header has it."""


def place_of(url: str, name: str = "") -> Place:
    """Read a URL; one that ends with a slash is a folder, and what is called by a name lies in it.

    Raises:
        ValueError: it is no URL of HTTP.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not url.isascii() or any(one <= " " for one in url):
        message = "that is no URL of HTTP"
        raise ValueError(message)
    parts.hostname.encode("idna")  # what no name of a machine can be is a ValueError, too
    path = parts.path or "/"
    path += quote(name) if path.endswith("/") else ""
    said = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    secure = parts.scheme == "https"
    return Place(
        host=parts.hostname,
        port=parts.port or (443 if secure else 80),
        secure=secure,
        target=path + (f"?{parts.query}" if parts.query else ""),
        authorization="" if parts.username is None else "Basic " + base64.b64encode(said.encode()).decode(),
        named=parts.netloc.rpartition("@")[2],
    )


@contextlib.asynccontextmanager
async def opened(place: Place, tls: ssl.SSLContext | None) -> AsyncIterator[Streams]:
    """Open a connection for one request; it is cut behind it.

    Args:
        place: where to.
        tls: for HTTPS; None believes the system's authorities.

    Raises:
        OSError: it cannot be reached; TimeoutError among them.
    """
    secure = (tls or ssl.create_default_context()) if place.secure else None
    async with asyncio.timeout(OPENS_WITHIN):
        reader, writer = await asyncio.open_connection(place.host, place.port, ssl=secure, limit=LONGEST_HEAD)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()


async def head_of(reader: asyncio.StreamReader, begun: bytes = b"") -> tuple[int, dict[str, str]]:
    """Read the head of an answer: its status, and its headers by their names in small letters.

    Args:
        reader: of the connection.
        begun: what was read of it already.

    Raises:
        ConnectionError: there is none, or it is no HTTP.
    """
    try:
        head = begun + await reader.readuntil(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ")[1])
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, IndexError) as fault:
        message = "the other end did not answer in HTTP"
        raise ConnectionError(message) from fault
    pairs = (line.partition(":") for line in rest if ":" in line)
    return status, {name.strip().lower(): value.strip() for name, _, value in pairs}


def number(said: str) -> int | None:
    """Read a number of bytes in a header; None: there is none."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 16 else None
