# SPDX-License-Identifier: Apache-2.0
"""Our client against both edges, against a server that is not ours, and against servers that break the rules."""

from __future__ import annotations

import asyncio
import gc
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import trustme
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from open63110.wire.client import NotUpgraded, connect
from open63110.wire.ports import Decline
from open63110.wire.tests.ground import KEY, PATIENCE, QUICK, TEXT, House, Recorder, frame, until
from open63110.wire.tls import TlsSettings, client_context
from open63110.wire.upgrade import accept_key


@asynccontextmanager
async def server(answer: Callable[[bytes], bytes]) -> AsyncIterator[str]:
    """A server that answers every request with these bytes."""
    writers: list[asyncio.StreamWriter] = []

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(answer(await reader.readuntil(b"\r\n\r\n")))

    listening = await asyncio.start_server(serve_one, "127.0.0.1", 0)
    async with listening:
        yield f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)


def upgraded(head: bytes, *lines: str) -> bytes:
    key = next(line.partition(b": ")[2] for line in head.split(b"\r\n") if line.startswith(b"Sec-WebSocket-Key"))
    fixed = "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Accept: {accept_key(key.decode())}"
    return ("HTTP/1.1 101 Switching Protocols\r\n" + "\r\n".join((*fixed, *lines)) + "\r\n\r\n").encode()


@pytest.mark.parametrize("compress", [False, True])
async def test_both_ends_of_ours_understand_each_other(house: House, *, compress: bool) -> None:
    await house.open()
    house.make = lambda: Recorder(echo=True)
    house.subprotocol = "ocpp1.6"
    peer = Recorder()
    url = f"ws://127.0.0.1:{house.port}/CS%201?x=1"
    headers = (("Authorization", "Basic eDp5"), ("X-Maker", "ACME"))
    socket = await connect(url, peer, subprotocols=("ocpp2.1", "ocpp1.6"), headers=headers, compress=compress, limits=QUICK)
    assert (socket.subprotocol, socket.remote) == ("ocpp1.6", ("127.0.0.1", house.port))
    assert peer.sockets == [socket]
    asked = house.upgrades[0]
    assert (asked.path, asked.query, asked.subprotocols) == ("/CS%201", "x=1", ("ocpp2.1", "ocpp1.6"))
    assert (asked.headers["authorization"], asked.headers["x-maker"]) == ("Basic eDp5", "ACME")
    for size in (0, 1, 200, 5_000, 100_000):
        socket.send(b"a" * size)
        socket.send_binary(b"b" * size)
        assert await peer.message() == (b"a" * size, False)
        assert await peer.message() == (b"b" * size, True)
    socket.close(4000, "enough")
    assert await peer.end() == (4000, "enough")
    assert await house.peer.end() == (4000, "enough")


async def test_a_server_that_is_not_ours_is_understood() -> None:
    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with serve(echo, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp2.0.1")]) as other:
        port = next(iter(other.sockets)).getsockname()[1]
        peer = Recorder()
        socket = await connect(f"ws://127.0.0.1:{port}/", peer, subprotocols=("ocpp2.0.1",), compress=True, limits=QUICK)
        for message in (b"{}", b"x" * 20_000):
            socket.send(message)
            assert await peer.message() == (message, False)
        socket.close()
        assert await peer.end() == (1000, "")


async def test_a_refusal_tells_status_reason_and_headers(house: House) -> None:
    await house.open()
    house.decline = Decline(status=401, reason="Who is it?", headers=(("WWW-Authenticate", "Basic"),))
    with pytest.raises(NotUpgraded, match="401: Who is it") as refused:
        await connect(f"ws://127.0.0.1:{house.port}/", Recorder(), limits=QUICK)
    assert (refused.value.status, refused.value.reason) == (401, "Who is it?")
    assert refused.value.headers["www-authenticate"] == "Basic"


@pytest.mark.parametrize(
    "line",
    ["Sec-WebSocket-Protocol: other", "Sec-WebSocket-Extensions: permessage-deflate", "X-Fold\r\n : x"],
)
async def test_an_answer_with_what_was_not_offered_is_refused(line: str) -> None:
    peer = Recorder()
    async with server(lambda head: upgraded(head, line)) as url:
        with pytest.raises(NotUpgraded):
            await connect(url, peer, subprotocols=("ocpp1.6",), limits=QUICK)
    assert peer.sockets == []


async def test_a_server_that_would_keep_a_context_is_refused() -> None:
    line = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover"
    async with server(lambda head: upgraded(head, line)) as url:
        with pytest.raises(NotUpgraded, match="not offered"):
            await connect(url, Recorder(), compress=True, limits=QUICK)


async def test_a_wrong_proof_is_refused() -> None:
    def forged(head: bytes) -> bytes:
        return upgraded(head.replace(b"Sec-WebSocket-Key: ", b"X: ") + f"Sec-WebSocket-Key: {KEY}\r\n".encode())

    async with server(forged) as url:
        with pytest.raises(NotUpgraded, match="accept"):
            await connect(url, Recorder(), limits=QUICK)


async def test_a_server_that_never_answers_is_given_up_in_time() -> None:
    async with server(lambda _: b"") as url:
        with pytest.raises(TimeoutError):
            await connect(url, Recorder(), limits=msgspec.structs.replace(QUICK, handshake_seconds=0.1))


async def test_a_server_that_hangs_up_or_is_not_there_is_an_os_error() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    listening = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    url = f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    async with listening:
        with pytest.raises(ConnectionResetError):
            await connect(url, Recorder(), limits=QUICK)
    with pytest.raises(OSError, match="Connect"):
        await connect(url, Recorder(), limits=QUICK)


async def test_frames_behind_the_answer_are_heard() -> None:
    peer = Recorder()
    async with server(lambda head: upgraded(head) + frame(TEXT, b"eager", mask=False)) as url:
        socket = await connect(url, peer, limits=QUICK)
        assert await peer.message() == (b"eager", False)
        socket.abort()
        assert (await peer.end())[0] == 1006


async def test_a_server_that_masks_breaks_the_protocol_and_nothing_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    peer = Recorder()
    async with server(lambda head: upgraded(head) + frame(TEXT, b"x")) as url:
        await connect(url, peer, limits=QUICK)
        assert (await peer.end())[0] == 1002
    gc.collect()
    await asyncio.sleep(0)
    assert caplog.records == []


async def test_a_silent_server_is_pinged_and_left() -> None:
    peer = Recorder()
    async with server(upgraded) as url:
        await connect(url, peer, limits=msgspec.structs.replace(QUICK, ping_every=0.1, ping_timeout=0.1))
        assert await peer.end() == (1006, "no answer to a ping")


async def test_an_address_that_is_none_is_told(house: House) -> None:
    with pytest.raises(ValueError, match="http://x"):
        await connect("http://x", Recorder(), limits=QUICK)


async def test_a_client_certificate_and_a_server_name_go_over_tls(house: House, tmp_path: Path) -> None:
    authority = trustme.CA()
    server_leaf, client_leaf = authority.issue_cert("csms.example"), authority.issue_cert(common_name="CS-7")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    for leaf, name in ((server_leaf, "server"), (client_leaf, "client")):
        leaf.private_key_and_cert_chain_pem.write_to_path(tmp_path / f"{name}.pem")
    pair = tmp_path / "server.pem"
    await house.open(tls=TlsSettings(certificate=pair, key=pair, client_authorities=tmp_path / "ca.pem"))
    context = client_context(authorities=tmp_path / "ca.pem", certificate=tmp_path / "client.pem")
    url = f"wss://127.0.0.1:{house.port}/"
    with pytest.raises(ssl.SSLCertVerificationError):
        await connect(url, Recorder(), tls=context, limits=QUICK)
    peer = Recorder()
    socket = await connect(url, peer, tls=context, server_name="csms.example", limits=QUICK)
    assert house.upgrades[0].certificate is not None
    socket.send(b"x" * 3_000)
    assert await house.peer.message() == (b"x" * 3_000, False)
    socket.close()
    assert await peer.end() == (1000, "")


async def test_many_clients_share_one_sweeper_and_need_no_task_each(house: House) -> None:
    await house.open()
    peers = [Recorder() for _ in range(50)]
    url = f"ws://127.0.0.1:{house.port}/"
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(connect(url, peer, limits=QUICK) for peer in peers))
    tasks_with_many = len(asyncio.all_tasks())
    assert house.listener.count == 50
    for peer in peers:
        peer.socket.abort()
    await until(lambda: house.listener.count == 0)
    assert len(asyncio.all_tasks()) == tasks_with_many
