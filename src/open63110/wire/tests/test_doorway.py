# SPDX-License-Identifier: Apache-2.0
"""The opening handshake over real sockets, on both edges."""

from __future__ import annotations

import asyncio
import os
import resource
import socket

import msgspec
import pytest
import websockets
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from open63110.wire.ports import Decline, Upgrade
from open63110.wire.tests.ground import EDGES, KEY, PATIENCE, QUICK, TEXT, House, Raw, Recorder, frame, request, until
from open63110.wire.tls import TlsUnusable
from open63110.wire.upgrade import accept_key


async def test_the_gate_sees_the_whole_request_before_it_is_answered(house: House) -> None:
    await house.open()
    house.subprotocol = "ocpp2.0.1"
    wanted = [websockets.Subprotocol("ocpp1.6"), websockets.Subprotocol("ocpp2.0.1")]
    url = f"ws://127.0.0.1:{house.port}/CS%201//x?a=1?b"
    async with connect(url, subprotocols=wanted, additional_headers={"X-Odd": "yes"}) as client:
        assert client.subprotocol == "ocpp2.0.1"
        asked = house.upgrades[0]
        assert (asked.path, asked.query, asked.listener) == ("/CS%201//x", "a=1?b", "front")
        assert asked.subprotocols == ("ocpp1.6", "ocpp2.0.1")
        assert asked.headers["x-odd"] == "yes"
        assert (asked.secure, asked.certificate, asked.remote[0]) == (False, None, "127.0.0.1")
        assert house.peer.socket.subprotocol == "ocpp2.0.1"
        assert house.peer.socket.remote == asked.remote


async def test_a_client_without_subprotocol_may_be_let_in(house: House) -> None:
    await house.open()
    async with connect(f"ws://127.0.0.1:{house.port}/") as client:
        assert client.subprotocol is None
        assert house.upgrades[0].subprotocols == ()


@pytest.mark.parametrize(
    "decline",
    [
        Decline(status=401, reason="Who is it?", headers=(("WWW-Authenticate", 'Basic realm="x"'),)),
        Decline(status=404, reason="Nobody here."),
        Decline(status=400, reason="No."),
        Decline(status=503, reason="Later.", headers=(("Retry-After", "7"),)),
    ],
    ids=lambda decline: str(decline.status),
)
async def test_a_refusal_is_a_proper_response_instead_of_101(house: House, decline: Decline) -> None:
    await house.open()
    house.decline = decline
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{house.port}/")
    answer = refused.value.response
    assert (answer.status_code, bytes(answer.body or b"")) == (decline.status, decline.reason.encode() + b"\n")
    assert all(answer.headers[name] == value for name, value in decline.headers)
    await until(lambda: house.listener.unfinished == 0)
    assert house.listener.count == 0


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: x\r\n\r\n", b"405"),
        (b"\x16\x03\x01\x02\x00\x01\x00", b"400"),
        (b"\x00\xff\xfe garbage", b"405"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"426"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000, b"431"),
        (request("Sec-WebSocket-Key: AAAA"), b"400"),
    ],
    ids=["post", "tls", "garbage", "plain http", "endless header", "two keys"],
)
async def test_what_is_no_websocket_request_is_refused_at_once(house: House, sent: bytes, status: bytes) -> None:
    await house.open()
    raw = await Raw.connect(house.port)
    raw.write(sent)
    assert (await raw.rest()).startswith(b"HTTP/1.1 " + status)
    assert house.upgrades == []
    await until(lambda: house.listener.unfinished == 0)


async def test_a_request_may_come_byte_by_byte_with_a_frame_in_its_last_packet(house: House) -> None:
    await house.open()
    raw = await Raw.connect(house.port)
    whole = request("Connection: keep-alive")
    for byte in whole[:-1]:
        raw.write(bytes([byte]))
        await asyncio.sleep(0)
    raw.write(whole[-1:] + frame(TEXT, b"eager") + frame(TEXT, b"x" * 5_000))
    assert accept_key(KEY).encode() in await raw.head()
    assert await house.peer.message() == (b"eager", False)
    assert await house.peer.message() == (b"x" * 5_000, False)


@pytest.mark.parametrize("sent", [b"", b"GET / HT", request()[:-2]], ids=["nothing", "a little", "nearly all"])
async def test_an_unfinished_handshake_is_cut_in_time(house: House, sent: bytes) -> None:
    await house.open(msgspec.structs.replace(QUICK, handshake_seconds=0.1))
    raw = await Raw.connect(house.port)
    raw.write(sent)
    assert await raw.rest() == b""
    assert house.listener.unfinished == 0


async def test_newcomers_wait_while_too_many_handshakes_are_under_way(house: House) -> None:
    await house.open(msgspec.structs.replace(QUICK, max_handshakes=3, handshake_seconds=0.3))
    for _ in range(10):
        await Raw.connect(house.port)
    await until(lambda: house.listener.unfinished == 3)
    async with asyncio.timeout(PATIENCE), connect(f"ws://127.0.0.1:{house.port}/"):
        assert house.listener.count == 1
        assert house.listener.unfinished <= 3


async def test_a_handshake_that_takes_long_makes_room_once_others_wait(house: House) -> None:
    await house.open(msgspec.structs.replace(QUICK, max_handshakes=3, handshake_seconds=3_600.0, crowded_seconds=0.2))
    slow = [await Raw.connect(house.port) for _ in range(2)]
    await asyncio.sleep(0.5)
    assert house.listener.unfinished == 2, "nobody waits for them"
    await Raw.connect(house.port)
    async with asyncio.timeout(PATIENCE), connect(f"ws://127.0.0.1:{house.port}/"):
        assert await slow[0].rest() == b""


async def test_a_full_house_answers_503_without_asking_the_gate(house: House) -> None:
    await house.open(msgspec.structs.replace(QUICK, max_connections=1))
    async with connect(f"ws://127.0.0.1:{house.port}/"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{house.port}/")
    assert refused.value.response.status_code == 503
    assert len(house.upgrades) == 1


async def test_a_failing_gate_costs_only_the_one_who_asked(house: House) -> None:
    await house.open()
    failures: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    house.subprotocol = "never-offered"
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{house.port}/")
    assert refused.value.response.status_code == 500
    assert "never-offered" in str(failures[0]["exception"])
    house.subprotocol = None
    async with connect(f"ws://127.0.0.1:{house.port}/"):
        assert house.listener.count == 1


async def test_stopping_closes_everyone_with_the_code_and_frees_the_port(house: House) -> None:
    await house.open()
    async with connect(f"ws://127.0.0.1:{house.port}/") as client:
        half_open = await Raw.connect(house.port)
        await house.raw()  # one that never answers a close frame
        await until(lambda: house.listener.unfinished == 1)
        port = house.port
        await house.listener.stop(code=1012)
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        assert [peer.ends[0][0] for peer in house.peers] == [1012, 1012]
        assert (house.listener.count, house.listener.unfinished) == (0, 0)
        assert await half_open.rest() == b""
        with pytest.raises(OSError, match=r"111|Connect"):
            await Raw.connect(port)


async def test_the_newest_socket_is_let_in_while_the_old_one_looks_open(house: House) -> None:
    await house.open()
    await house.raw()
    async with connect(f"ws://127.0.0.1:{house.port}/"):
        house.peers[0].socket.abort()
        assert (await house.peers[0].end())[0] == 1006
        assert house.listener.count == 1


async def test_a_listener_without_tls_says_so_when_asked_to_reload(house: House) -> None:
    await house.open()
    with pytest.raises(TlsUnusable, match="'front' speaks no TLS"):
        house.listener.reload_tls()


async def test_an_upgrade_tells_its_subprotocols_in_the_order_of_the_client(house: House) -> None:
    await house.open()
    await house.raw("Sec-WebSocket-Protocol: b ,a", "Sec-WebSocket-Protocol: c")
    assert isinstance(house.upgrades[0], Upgrade)
    assert house.upgrades[0].subprotocols == ("b", "a", "c")


async def test_a_peer_that_fails_when_it_opens_ends_its_own_connection(house: House) -> None:
    class Failing(Recorder):
        def opened(self, socket: object) -> None:
            raise RuntimeError("not today")

    await house.open()
    house.make = Failing
    failures: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    async with connect(f"ws://127.0.0.1:{house.port}/") as client:
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011
    assert str(failures[0]["exception"]) == "not today"


async def test_every_address_is_listened_on_under_one_port_unless_one_is_named(house: House) -> None:
    await house.open(host=None)
    for host in ("127.0.0.1", "[::1]"):
        async with connect(f"ws://{host}:{house.port}/"):
            assert house.upgrades[-1].remote[0] == host.strip("[]")


async def test_a_port_that_is_taken_is_an_error_and_stays_with_its_owner(house: House) -> None:
    await house.open()
    with pytest.raises(OSError, match="in use"):
        await EDGES[house.edge].start(house.gate, "127.0.0.1", house.port)
    async with connect(f"ws://127.0.0.1:{house.port}/"):
        assert house.listener.count == 1


def next_descriptor() -> int:
    """Which one the kernel would hand out: the lowest that is free, whatever lies open above it."""
    os.close(number := os.dup(0))
    return number


async def test_without_file_descriptors_newcomers_wait_and_are_served_later(house: House) -> None:
    await house.open()
    waiting = [socket.create_connection(("127.0.0.1", house.port)) for _ in range(5)]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (next_descriptor(), hard))
        await asyncio.sleep(0.1)
        assert house.listener.unfinished < 5
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    await until(lambda: house.listener.unfinished == 5)
    for sock in waiting:
        sock.sendall(request())
    await until(lambda: house.listener.count == 5)
    for sock in waiting:
        sock.close()
