# SPDX-License-Identifier: Apache-2.0
"""HTTP, the end that fetches: one file from the place that a URL names, going on where an earlier attempt has stopped."""

import asyncio
import ssl
from collections.abc import Callable
from typing import Final, NamedTuple

from open63110.wire.http import Place, head_of, number, opened, place_of

ANSWERS_WITHIN: Final = 60.0
"""How long the other end may say nothing at all [s]."""

PIECE: Final = 65_536
OK, PARTIAL, NOT_SATISFIABLE = 200, 206, 416


class NotFetched(Exception):
    """The other end does not give it; trying again is no use."""


class Head(NamedTuple):
    """What is about to come."""

    offset: int
    """From where on; 0: from the begin, whatever was there."""
    total: int | None
    """Of the whole [bytes]; None: it does not say."""
    etag: str
    """By which the other end knows this version; empty: it does not say."""


async def fetch(
    url: str,
    begin: Callable[[Head], None],
    take: Callable[[bytes], None],
    *,
    offset: int = 0,
    etag: str = "",
    tls: ssl.SSLContext | None = None,
    patience: float = ANSWERS_WITHIN,
) -> None:
    """Fetch a file, or what is left of it.

    Args:
        url: http or https.
        begin: told what is about to come; may raise NotFetched.
        take: given the pieces in order.
        offset: how much is there already [bytes].
        etag: of the version of which that is; if there is another by now, it comes from its begin. Without one that tells
            versions apart to the byte, it always does.
        tls: for HTTPS; None believes the system's authorities.
        patience: how long the other end may say nothing at all [s].

    Raises:
        NotFetched: that is no such URL, or the other end does not give it.
        OSError: it cannot be reached, or the connection was lost; TimeoutError among them.
    """
    place = _place(url)
    offset = offset if etag and not etag.startswith("W/") else 0
    async with opened(place, tls) as (reader, writer):
        writer.write(_request(place, offset, etag))
        async with asyncio.timeout(patience):
            status, headers = await head_of(reader)
        if status == NOT_SATISFIABLE and headers.get("content-range", "") == f"bytes */{offset}":
            begin(Head(offset, offset, etag))
            return
        if status not in {OK, PARTIAL} or (status == PARTIAL and not _goes_on(headers, offset)):
            raise _refusal(status)
        if headers.get("transfer-encoding", "identity").lower() != "identity":
            message = "the other end sends it in chunks, to a request that knows none"
            raise NotFetched(message)
        left = number(headers.get("content-length", ""))
        start = offset if status == PARTIAL else 0
        begin(Head(start, None if left is None else start + left, headers.get("etag", "")))
        await _pour(reader, take, left, patience)


def _refusal(status: int) -> Exception:
    words = f"the other end answered {status}"
    if 300 <= status < 400:
        return NotFetched(f"{words}: it lies elsewhere, and where is not followed; name the place itself")
    return ConnectionError(words) if status >= 500 or status in {408, 425, 429} else NotFetched(words)


def _goes_on(headers: dict[str, str], offset: int) -> bool:
    return headers.get("content-range", "").startswith(f"bytes {offset}-")


async def _pour(reader: asyncio.StreamReader, take: Callable[[bytes], None], left: int | None, patience: float) -> None:
    while left is None or left > 0:
        async with asyncio.timeout(patience):
            piece = await reader.read(PIECE if left is None else min(PIECE, left))
        if not piece:
            break
        take(piece)
        left = None if left is None else left - len(piece)
    if left:
        message = f"the connection ended {left} bytes early"
        raise ConnectionError(message)


def _place(url: str) -> Place:
    try:
        return place_of(url)
    except ValueError as fault:
        raise NotFetched(str(fault)) from fault


def _request(place: Place, offset: int, etag: str) -> bytes:
    """Ask by HTTP/1.0: then nothing comes in chunks, and the connection is for this alone."""
    lines = [f"GET {place.target} HTTP/1.0", f"Host: {place.named}", "Accept-Encoding: identity", "Connection: close"]
    if offset:
        lines += [f"Range: bytes={offset}-", f"If-Range: {etag}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
