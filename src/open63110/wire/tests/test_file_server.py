# SPDX-License-Identifier: Apache-2.0
"""The server of a few files, as a local controller has it: ranges, versions, addresses, and whoever asks strangely (8.3.6)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from open63110.wire.download import Head, NotFetched
from open63110.wire.file_server import FileServer
from open63110.wire.tests.test_download import CONTENT, fetched


class Watched(FileServer):
    """Says when it is done with somebody."""

    def __init__(self, host: str, patience: float) -> None:
        super().__init__(host, patience)
        self.done = asyncio.Event()

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await super().meet(reader, writer)
        self.done.set()


@contextlib.asynccontextmanager
async def own(path: Path, patience: float = 60.0) -> AsyncIterator[tuple[Watched, str]]:
    server = await Watched.start("127.0.0.1", patience=patience)
    try:
        yield server, server.serve("v1", path)
    finally:
        server.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "served"
    found.write_bytes(CONTENT)
    return found


async def test_our_server_gives_a_file_its_rest_or_the_word_that_nothing_is_left(file: Path) -> None:
    async with own(file) as (server, url):
        assert server.serve("v1", file) == url  # asked again
        whole, size = await fetched(url), len(CONTENT)
        assert (whole.heads, whole.body) == ([Head(0, size, '"v1"')], CONTENT)
        rest = await fetched(url, offset=1_000, etag='"v1"')
        assert (rest.heads, rest.body) == ([Head(1_000, size, '"v1"')], CONTENT[1_000:])
        assert (await fetched(url, offset=size, etag='"v1"')).heads == [Head(size, size, '"v1"')]
        with pytest.raises(NotFetched):
            await fetched(url, offset=size + 1, etag='"v1"')


async def test_our_server_gives_all_of_it_to_whoever_has_a_part_of_another_version(file: Path) -> None:
    async with own(file) as (_, url):
        taken = await fetched(url, offset=1_000, etag='"v0"')
        assert (taken.heads, taken.body) == ([Head(0, len(CONTENT), '"v1"')], CONTENT)


async def test_our_server_knows_nothing_but_its_addresses(file: Path) -> None:
    async with own(file) as (server, url):
        for wrong in (url.rpartition("/")[0] + "/v2", f"http://127.0.0.1:{server.port}/", url + "?x"):
            with pytest.raises(NotFetched, match="404"):
                await fetched(wrong)
        server.withdraw("v1")
        with pytest.raises(NotFetched, match="404"):
            await fetched(url)
        again, gone = server.serve("v1", file), server.serve("v2", file.with_name("gone"))
        assert again != url
        with pytest.raises(NotFetched, match="404"):
            await fetched(gone)
        assert server.served == 0


async def raw(server: FileServer, said: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(said)
    try:
        return await reader.read()
    finally:
        writer.close()


async def test_our_server_survives_whatever_it_is_asked(file: Path) -> None:
    async with own(file) as (server, url):
        target = url.partition(f":{server.port}")[2].encode()
        assert (await raw(server, b"PUT " + target + b" HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 405 ")
        assert (await raw(server, b"\r\n\r\n")).startswith(b"HTTP/1.1 405 ")
        assert await raw(server, b"GET " + b"x" * 100_000 + b"\r\n\r\n") == b""
        odd = await raw(server, b"GET " + target + b" HTTP/1.1\r\nRange: bytes=5-9\r\n\r\n")
        assert odd.startswith(b"HTTP/1.1 200 ")  # a kind of range that it does not know
        assert (await fetched(url)).body == CONTENT


async def test_our_server_says_how_much_it_is_before_somebody_fetches_it(file: Path) -> None:
    async with own(file) as (server, url):
        target = url.partition(f":{server.port}")[2].encode()
        said = await raw(server, b"HEAD " + target + b" HTTP/1.1\r\nRange: bytes=1000-\r\n\r\n")
        assert said.startswith(b"HTTP/1.1 206 ")
        assert f"Content-Length: {len(CONTENT) - 1_000}\r\n".encode() in said
        assert said.endswith(b"\r\n\r\n")
        assert server.served == 0


async def test_our_server_gives_up_whoever_takes_nothing(tmp_path: Path) -> None:
    large, size = tmp_path / "large", 64 * 1024 * 1024
    with large.open("wb") as sparse:
        sparse.truncate(size)
    async with own(large, patience=0.2) as (server, url):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1_024)
        writer.write(b"GET " + url.partition(f":{server.port}")[2].encode() + b" HTTP/1.1\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")  # and no more
        async with asyncio.timeout(30):
            await server.done.wait()
        with contextlib.suppress(ConnectionError):
            assert len(await reader.read()) < size
        writer.close()


async def test_an_address_of_ipv6_is_written_as_one() -> None:
    try:
        server = await FileServer.start("::1")
    except OSError:  # a machine without
        return
    try:
        assert server.serve("v1", Path("x")).startswith(f"http://[::1]:{server.port}/")
    finally:
        server.close()
