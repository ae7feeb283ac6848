# SPDX-License-Identifier: Apache-2.0
"""HTTP, the end that sends: one file to the place that a URL names, going on where an earlier attempt has stopped."""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, urlsplit

PIECE: Final = 65_536
"""Written at a time [bytes]."""

OPENS_WITHIN: Final = 30.0
ANSWERS_WITHIN: Final = 60.0
"""How long the other end may take to be reached, and to answer once it has everything [s]."""

HESITATES: Final = 2.0
"""How long it is waited for a word before the file is sent; some say none [s]."""

LONGEST_HEAD: Final = 65_536

CONTINUE, DONE = 100, range(200, 300)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Place(NamedTuple):
    """Where a file goes."""

    host: str
    port: int
    secure: bool
    target: str
    authorization: str
    """Header; empty: none."""
    named: str
    """Host as the header has it."""


class Answer(NamedTuple):
    """What the other end said."""

    status: int
    headers: dict[str, str]

    @property
    def done(self) -> bool:
        """It has taken it."""
        return self.status in DONE

    @property
    def offset(self) -> int:
        """How much of the file it has [bytes]; 0 if it does not say."""
        said = self.headers.get("upload-offset", "")
        return int(said) if said.isascii() and said.isdecimal() else 0


def place_of(url: str, name: str) -> Place:
    """Read a URL; one that ends with a slash is a folder, and the file is put into it under its name.

    Raises:
        ValueError: it is no URL of HTTP.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        message = "no URL of HTTP"
        raise ValueError(message)
    path = parts.path or "/"
    path += quote(name) if path.endswith("/") else ""
    said = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    shown = "" if parts.username is None else "Basic " + base64.b64encode(said.encode()).decode()
    secure = parts.scheme == "https"
    return Place(
        host=parts.hostname,
        port=parts.port or (443 if secure else 80),
        secure=secure,
        target=path + (f"?{parts.query}" if parts.query else ""),
        authorization=shown,
        named=parts.netloc.rpartition("@")[2],
    )


async def ask_offset(place: Place, tls: ssl.SSLContext | None) -> Answer:
    """Ask how much of a file is there.

    Raises:
        OSError: it cannot be reached; TimeoutError among them.
    """
    async with _opened(place, tls) as (reader, writer):
        writer.write(_head("HEAD", place, {"Connection": "close"}))
        async with asyncio.timeout(ANSWERS_WITHIN):
            return await _answer(reader)


async def put(place: Place, file: Path, digest: bytes, *, offset: int = 0, tls: ssl.SSLContext | None = None) -> Answer:
    """Send a file, or what is left of it.

    Args:
        place: where to.
        file: what.
        digest: SHA-256 of all of it.
        offset: how much is there already [bytes].
        tls: for HTTPS; None believes the system's authorities.

    Raises:
        OSError: it cannot be reached, or the connection was lost; TimeoutError among them.
    """
    total = await asyncio.to_thread(lambda: file.stat().st_size)
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Length": str(total - offset),
        "Repr-Digest": f"sha-256=:{base64.b64encode(digest).decode()}:",
        "Expect": "100-continue",
        "Connection": "close",
    }
    if offset:
        headers["Content-Range"] = f"bytes {offset}-{total - 1}/{total}"
    async with _opened(place, tls) as (reader, writer):
        writer.write(_head("PUT", place, headers))
        early = await _word(reader)
        if early is not None:
            return early
        try:
            await _pour(writer, file, offset)
        except ConnectionError:  # it may have said why before it closed
            if reader.exception() is not None:
                raise
        async with asyncio.timeout(ANSWERS_WITHIN):
            answer = await _answer(reader)
            return await _answer(reader) if answer.status == CONTINUE else answer


async def _word(reader: asyncio.StreamReader) -> Answer | None:
    """Return what the other end says before it has the file; None: that it may come, or nothing in time."""
    waiting = asyncio.ensure_future(reader.read(1))
    done, _ = await asyncio.wait((waiting,), timeout=HESITATES)
    if not done:
        waiting.cancel()
        await asyncio.wait((waiting,))
        return None
    async with asyncio.timeout(ANSWERS_WITHIN):
        answer = await _answer(reader, waiting.result())
    return None if answer.status == CONTINUE else answer


async def _pour(writer: asyncio.StreamWriter, file: Path, offset: int) -> None:
    with file.open("rb") as source:
        source.seek(offset)
        while piece := source.read(PIECE):
            writer.write(piece)
            await writer.drain()


@contextlib.asynccontextmanager
async def _opened(place: Place, tls: ssl.SSLContext | None) -> AsyncIterator[Streams]:
    secure = (tls or ssl.create_default_context()) if place.secure else None
    async with asyncio.timeout(OPENS_WITHIN):
        reader, writer = await asyncio.open_connection(place.host, place.port, ssl=secure, limit=LONGEST_HEAD)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()


def _head(method: str, place: Place, headers: dict[str, str]) -> bytes:
    shown = {"Authorization": place.authorization} if place.authorization else {}
    lines = [f"{method} {place.target} HTTP/1.1", *(f"{k}: {v}" for k, v in ({"Host": place.named} | shown | headers).items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _answer(reader: asyncio.StreamReader, begun: bytes = b"") -> Answer:
    """Read the head of an answer.

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
    return Answer(status, {name.strip().lower(): value.strip() for name, _, value in pairs})
