# SPDX-License-Identifier: Apache-2.0
"""The end that fetches a file by HTTP, against a server that says what a test wants."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from open63110.wire.download import Head, NotFetched, fetch

CONTENT = bytes(range(256)) * 1_000


class Server:
    """Answers each request with the next thing that lies in ``says``, the last one again and again."""

    def __init__(self, *says: bytes) -> None:
        self.says, self.heads = list(says), list[str]()
        self.stays = False
        """It says no more after that, and stays."""
        self.url = ""

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(self.says.pop(0) if len(self.says) > 1 else self.says[0])
        if self.stays:
            await reader.read()
        writer.close()


@contextlib.asynccontextmanager
async def serving(*says: bytes) -> AsyncIterator[Server]:
    made = Server(*says)
    async with await asyncio.start_server(made.meet, "127.0.0.1", 0) as server:
        made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/fw.bin"
        yield made


def said(status: str, body: bytes = b"", **headers: object) -> bytes:
    """Return an answer."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


class Taken:
    """What came."""

    def __init__(self) -> None:
        self.heads: list[Head] = []
        self.body = b""

    def take(self, piece: bytes) -> None:
        self.body += piece


async def fetched(url: str, *, offset: int = 0, etag: str = "", patience: float = 60.0) -> Taken:
    taken = Taken()
    await fetch(url, taken.heads.append, taken.take, offset=offset, etag=etag, patience=patience)
    return taken


async def test_a_file_comes_whole_with_its_size_and_its_version() -> None:
    async with serving(said("200 OK", CONTENT, Content_Length=len(CONTENT), ETag='"v1"')) as server:
        taken = await fetched(server.url + "?key=a%20b")
        assert taken.heads == [Head(0, len(CONTENT), '"v1"')]
        assert taken.body == CONTENT
        assert server.heads[0].startswith("GET /fw.bin?key=a%20b HTTP/1.0\r\nHost: 127.0.0.1:")
        assert "Range" not in server.heads[0]


async def test_a_server_that_does_not_say_how_much_it_is_ends_with_the_connection() -> None:
    async with serving(said("200 OK", CONTENT)) as server:
        taken = await fetched(server.url)
        assert (taken.heads, taken.body) == ([Head(0, None, "")], CONTENT)


async def test_the_rest_of_the_same_version_is_asked_for_and_comes() -> None:
    rest = said("206 Partial Content", b"rest", Content_Length=4, Content_Range="bytes 100-103/104", ETag='"v1"')
    async with serving(rest) as server:
        taken = await fetched(server.url, offset=100, etag='"v1"')
        assert (taken.heads, taken.body) == ([Head(100, 104, '"v1"')], b"rest")
        assert 'Range: bytes=100-\r\nIf-Range: "v1"\r\n' in server.heads[0]


async def test_another_version_comes_from_its_begin() -> None:
    async with serving(said("200 OK", b"another", Content_Length=7, ETag='"v2"')) as server:
        taken = await fetched(server.url, offset=100, etag='"v1"')
        assert (taken.heads, taken.body) == ([Head(0, 7, '"v2"')], b"another")


@pytest.mark.parametrize("etag", ["", 'W/"v1"'])
async def test_nothing_is_gone_on_with_that_no_strong_etag_names(etag: str) -> None:
    async with serving(said("200 OK", b"whole", Content_Length=5)) as server:
        taken = await fetched(server.url, offset=3, etag=etag)
        assert "Range" not in server.heads[0]
        assert taken.heads == [Head(0, 5, "")]


async def test_nothing_is_left_of_what_is_there_whole() -> None:
    async with serving(said("416 Range Not Satisfiable", Content_Range="bytes */100", Content_Length=0)) as server:
        taken = await fetched(server.url, offset=100, etag='"v1"')
        assert (taken.heads, taken.body) == ([Head(100, 100, '"v1"')], b"")
        with pytest.raises(NotFetched, match="416"):
            await fetched(server.url, offset=90, etag='"v1"')


async def test_a_connection_that_ends_early_says_how_much_is_missing() -> None:
    async with serving(said("200 OK", CONTENT[:1_000], Content_Length=len(CONTENT))) as server:
        taken = Taken()
        with pytest.raises(ConnectionError, match="ended 255000 bytes early"):
            await fetch(server.url, taken.heads.append, taken.take)
        assert taken.body == CONTENT[:1_000]  # what came is there


@pytest.mark.parametrize(
    ("answer", "match"),
    [
        (said("404 Not Found"), "answered 404"),
        (said("410 Gone"), "answered 410"),
        (said("302 Found", Location="http://elsewhere/fw.bin"), "answered 302: it lies elsewhere"),
        (said("206 Partial Content", b"x", Content_Range="bytes 7-7/8"), "answered 206"),
        (said("200 OK", b"1\r\nx\r\n0\r\n\r\n", Transfer_Encoding="chunked"), "in chunks"),
    ],
)
async def test_what_is_not_given_is_not_tried_again(answer: bytes, match: str) -> None:
    async with serving(answer) as server:
        with pytest.raises(NotFetched, match=match):
            await fetched(server.url, offset=3, etag='"v1"')


@pytest.mark.parametrize("answer", [said("503 Busy"), said("429 Later"), b"SSH-2.0\r\n\r\n", b"", b"HTTP/1.1 200"])
async def test_what_may_work_later_is_a_lost_connection(answer: bytes) -> None:
    async with serving(answer) as server:
        with pytest.raises(ConnectionError):
            await fetched(server.url)


async def test_a_head_without_an_end_is_no_answer() -> None:
    async with serving(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n") as server:
        with pytest.raises(ConnectionError, match="did not answer in HTTP"):
            await fetched(server.url)


@pytest.mark.parametrize("answer", [b"", said("200 OK", b"some", Content_Length=1_000)])
async def test_a_server_that_falls_silent_is_given_up(answer: bytes) -> None:
    async with serving(answer) as server:
        server.stays = True
        with pytest.raises(TimeoutError):
            await fetched(server.url, patience=0.1)


@pytest.mark.parametrize(
    "url",
    [
        *("", "fw.bin", "ftp://x/fw.bin", "http://", "http://x:99999/", "http://[::1/", "http://ü/", "http://x/a b"),
        *("http://a..b/fw.bin", f"http://{'a' * 64}/fw.bin"),
    ],
)
async def test_what_is_no_url_is_said_to_be_none(url: str) -> None:
    with pytest.raises(NotFetched):
        await fetched(url)


async def test_nobody_who_listens_cannot_be_reached() -> None:
    with pytest.raises(ConnectionRefusedError):
        await fetched("http://127.0.0.1:1/fw.bin")


@pytest.fixture
def full() -> Iterator[io.RawIOBase]:
    """Return a file on a disk that is full."""
    with Path("/dev/full").open("wb", buffering=0) as file:
        yield file


async def test_a_disk_that_is_full_is_said_as_it_is(full: io.RawIOBase) -> None:
    def take(piece: bytes) -> None:
        full.write(piece)

    async with serving(said("200 OK", CONTENT, Content_Length=len(CONTENT))) as server:
        with pytest.raises(OSError, match="No space left"):
            await fetch(server.url, lambda _: None, take)
