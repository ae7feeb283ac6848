# SPDX-License-Identifier: Apache-2.0
"""HTTP, the end that sends: one file to the place that a URL names, going on where an earlier attempt has stopped."""

import asyncio
import base64
import ssl
from pathlib import Path
from typing import Final, NamedTuple

from open63110.wire.http import Place, head_of, number, opened

PIECE: Final = 65_536
"""Written at a time [bytes]."""

ANSWERS_WITHIN: Final = 60.0
"""How long the other end may take to take a piece, and to answer once it has everything [s]."""

HESITATES: Final = 2.0
"""How long it is waited for a word before the file is sent; some say none [s]."""

CONTINUE, DONE = 100, range(200, 300)


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
        return number(self.headers.get("upload-offset", "")) or 0


async def ask_offset(place: Place, tls: ssl.SSLContext | None) -> Answer:
    """Ask how much of a file is there.

    Raises:
        OSError: it cannot be reached; TimeoutError among them.
    """
    async with opened(place, tls) as (reader, writer):
        writer.write(_head("HEAD", place, {"Connection": "close"}))
        async with asyncio.timeout(ANSWERS_WITHIN):
            return await _answer(reader)


async def put(place: Place, file: Path, digest: bytes, *, offset: int = 0, tls: ssl.SSLContext | None = None) -> Answer:
    """Send a file, or what is left of it.

    Args:
        place: where to.
        file: what.
        digest: SHA-256 of all of it.
        offset: how much is there already [bytes]; if that is all of it, or more, it is sent anew.
        tls: for HTTPS; None believes the system's authorities.

    Raises:
        OSError: it cannot be reached, or the connection was lost; TimeoutError among them.
    """
    total = await asyncio.to_thread(lambda: file.stat().st_size)
    if offset >= total:  # it lies there whole, and nobody has said that it was taken
        offset = 0
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Length": str(total - offset),
        "Repr-Digest": f"sha-256=:{base64.b64encode(digest).decode()}:",
        "Expect": "100-continue",
        "Connection": "close",
    }
    if offset:
        headers["Content-Range"] = f"bytes {offset}-{total - 1}/{total}"
    async with opened(place, tls) as (reader, writer):
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
            async with asyncio.timeout(ANSWERS_WITHIN):
                await writer.drain()


def _head(method: str, place: Place, headers: dict[str, str]) -> bytes:
    shown = {"Authorization": place.authorization} if place.authorization else {}
    lines = [f"{method} {place.target} HTTP/1.1", *(f"{k}: {v}" for k, v in ({"Host": place.named} | shown | headers).items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _answer(reader: asyncio.StreamReader, begun: bytes = b"") -> Answer:
    return Answer(*await head_of(reader, begun))
