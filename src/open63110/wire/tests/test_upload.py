# SPDX-License-Identifier: Apache-2.0
"""The end that sends a file by HTTP, against a server that says what a test wants."""

import asyncio
import base64
import contextlib
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from open63110.wire.http import Place, place_of
from open63110.wire.upload import ask_offset, put

CONTENT = bytes(range(256)) * 1_000
DIGEST = hashlib.sha256(CONTENT).digest()


class Server:
    """Takes one request at a time, and answers it with what lies in ``says``."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self.first = b"HTTP/1.1 100 Continue\r\n\r\n"
        self.last = b"HTTP/1.1 201 Created\r\nUpload-Offset: 256000\r\n\r\n"
        self.port = 0

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        writer.write(self.first)
        length = [line for line in head.split("\r\n") if line.startswith("Content-Length: ")]
        if length and (not self.first or b"100" in self.first):
            with contextlib.suppress(asyncio.IncompleteReadError):
                self.bodies.append(await reader.readexactly(int(length[0].split(" ")[1])))
        writer.write(self.last)
        writer.close()


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    made = Server()
    async with await asyncio.start_server(made.meet, "127.0.0.1", 0) as server:
        made.port = server.sockets[0].getsockname()[1]
        yield made


def place(server: Server, path: str = "/receive/CS-1/1/key", user: str = "") -> Place:
    return place_of(f"http://{user}127.0.0.1:{server.port}{path}", "x.log")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "x.log"
    found.write_bytes(CONTENT)
    return found


async def test_a_file_is_sent_with_its_hash_and_with_user_and_password_of_the_address(file: Path) -> None:
    async with serving() as server:
        answer = await put(place(server, user="CS%2A1:s%3Acret@"), file, DIGEST)
    assert (answer.status, answer.done, answer.offset) == (201, True, 256_000)
    (head,) = server.heads
    assert head.startswith("PUT /receive/CS-1/1/key HTTP/1.1\r\n")
    assert f"Authorization: Basic {base64.b64encode(b'CS*1:s:cret').decode()}\r\n" in head
    assert f"Host: 127.0.0.1:{server.port}\r\n" in head
    assert f"Repr-Digest: sha-256=:{base64.b64encode(DIGEST).decode()}:\r\n" in head
    assert server.bodies == [CONTENT]


async def test_only_what_is_left_is_sent_where_something_has_come_already(file: Path) -> None:
    async with serving() as server:
        answer = await put(place(server), file, DIGEST, offset=200_000)
    assert answer.done
    assert "Content-Range: bytes 200000-255999/256000\r\n" in server.heads[0]
    assert server.bodies == [CONTENT[200_000:]]


async def test_who_is_refused_does_not_send_the_file(file: Path) -> None:
    async with serving() as server:
        server.first, server.last = b"HTTP/1.1 410 Gone\r\n\r\n", b""
        answer = await put(place(server), file, DIGEST)
    assert (answer.status, answer.done) == (410, False)
    assert server.bodies == []


async def test_a_server_that_says_nothing_beforehand_gets_the_file_too(file: Path) -> None:
    async with serving() as server:
        server.first = b""
        assert (await put(place(server), file, DIGEST)).status == 201
    assert server.bodies == [CONTENT]


async def test_it_asks_how_much_has_come(file: Path) -> None:
    async with serving() as server:
        server.first, server.last = b"", b"HTTP/1.1 204 No Content\r\nUpload-Offset: 17\r\n\r\n"
        assert (await ask_offset(place(server), None)).offset == 17
        server.last = b"HTTP/1.1 204 No Content\r\nUpload-Offset: many\r\n\r\n"
        assert (await ask_offset(place(server), None)).offset == 0
    assert server.heads[0].startswith("HEAD /receive/CS-1/1/key HTTP/1.1\r\n")


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 twenty\r\n\r\n"])
async def test_what_is_no_answer_of_http_is_a_lost_connection(said: bytes, file: Path) -> None:
    async with serving() as server:
        server.first, server.last = b"", said
        with pytest.raises(ConnectionError):
            await put(place(server), file, DIGEST)


async def test_a_port_where_nobody_listens_is_a_lost_connection(file: Path) -> None:
    async with serving() as server:
        there = place(server)
    with pytest.raises(ConnectionError):
        await put(there, file, DIGEST)


@pytest.mark.parametrize("offset", [len(CONTENT), len(CONTENT) + 1])
async def test_what_lies_there_whole_and_was_not_taken_is_sent_anew(file: Path, offset: int) -> None:
    async with serving() as server:
        assert (await put(place(server), file, DIGEST, offset=offset)).done
    assert "Content-Range" not in server.heads[0]
    assert server.bodies == [CONTENT]


async def test_who_takes_nothing_more_of_a_file_is_a_lost_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("open63110.wire.upload.ANSWERS_WITHIN", 0.2)
    large, over = tmp_path / "large.log", asyncio.Event()
    with large.open("wb") as sparse:
        sparse.truncate(200_000_000)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await over.wait()
        writer.close()

    async with await asyncio.start_server(meet, "127.0.0.1", 0) as server:
        there = place_of(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x")
        with pytest.raises(TimeoutError):
            await put(there, large, DIGEST)
        over.set()


async def test_a_number_that_no_file_has_is_none(file: Path) -> None:
    del file
    async with serving() as server:
        server.first, server.last = b"", b"HTTP/1.1 204 No Content\r\nUpload-Offset: " + b"9" * 5_000 + b"\r\n\r\n"
        assert (await ask_offset(place(server), None)).offset == 0
