# SPDX-License-Identifier: Apache-2.0
"""What an open WebSocket promises, over real sockets, on both edges."""

from __future__ import annotations

import asyncio
import struct
import zlib

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from open63110.wire.conversation import close_reason, read_close
from open63110.wire.deflate import deflate
from open63110.wire.limits import Limits
from open63110.wire.ports import Peer, Socket
from open63110.wire.tests.ground import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    QUICK,
    TEXT,
    House,
    Raw,
    Recorder,
    frame,
    request,
    resident,
    until,
)

OFFER = "Sec-WebSocket-Extensions: permessage-deflate"


def limits(**changes: object) -> Limits:
    return msgspec.structs.replace(QUICK, **changes)


async def test_messages_of_every_size_come_whole_and_go_whole(house: House) -> None:
    await house.open()
    house.make = lambda: Recorder(echo=True)
    async with connect(f"ws://127.0.0.1:{house.port}/", max_size=None, compression=None) as client:
        for size in (0, 1, 125, 126, 2_047, 2_048, 65_535, 65_536, 1_048_576):
            sent = "é" * (size // 2) + "x" * (size % 2)
            await client.send(sent)
            assert await client.recv() == sent


async def test_text_and_binary_are_told_apart_and_text_is_not_judged(house: House) -> None:
    await house.open()
    raw = await house.raw()
    raw.write(frame(BINARY, b"\x00\xff") + frame(TEXT, b"\xff is no UTF-8"))
    assert await house.peer.message() == (b"\x00\xff", True)
    assert await house.peer.message() == (b"\xff is no UTF-8", False)
    house.peer.socket.send_binary(b"\x01")
    assert await raw.frame() == (BINARY, b"\x01")


async def test_a_socket_and_its_peer_are_what_the_ports_say(house: House) -> None:
    await house.open()
    await house.raw()
    assert isinstance(house.peer, Peer)
    assert isinstance(house.peer.socket, Socket)
    assert house.peer.socket.pending == 0
    assert house.peer.socket.last_heard <= asyncio.get_running_loop().time()


async def test_fragments_are_joined_with_control_frames_between_them(house: House) -> None:
    await house.open()
    raw = await house.raw()
    raw.write(frame(TEXT, b"one ", fin=False) + frame(PING, b"?") + frame(CONTINUATION, b"", fin=False))
    raw.write(frame(PONG, b"unasked") + frame(CONTINUATION, b"message") + frame(TEXT, b"next"))
    assert await house.peer.message() == (b"one message", False)
    assert await house.peer.message() == (b"next", False)
    assert await raw.frame() == (PONG, b"?")


async def test_a_frame_may_come_byte_by_byte(house: House) -> None:
    await house.open()
    raw = await house.raw()
    for byte in frame(TEXT, b"x" * 200):
        raw.write(bytes([byte]))
        await asyncio.sleep(0)
    assert await house.peer.message() == (b"x" * 200, False)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(TEXT, b"x", mask=False), 1002),
        (frame(TEXT, b"x", rsv=0b100), 1002),
        (frame(TEXT, b"x", rsv=0b010), 1002),
        (frame(BINARY, b"x", rsv=0b001), 1002),
        (frame(PING, b"x", rsv=0b100), 1002),
        (frame(3, b"x"), 1002),
        (frame(11, b"x"), 1002),
        (frame(PING, b"x" * 126), 1002),
        (frame(PING, b"x", fin=False), 1002),
        (frame(CONTINUATION, b"x"), 1002),
        (frame(TEXT, b"x", fin=False) + frame(TEXT, b"y"), 1002),
        (frame(TEXT, b"x", fin=False) + frame(BINARY, b"y", fin=False), 1002),
        (b"\x81\xff" + b"\xff" * 8 + b"\0\0\0\0", {1002, 1009}),
        (frame(CLOSE, b"x"), 1002),
        (frame(CLOSE, struct.pack("!H", 1005)), 1002),
        (frame(CLOSE, struct.pack("!H", 999)), 1002),
        (frame(CLOSE, struct.pack("!H", 1000) + b"\xff"), {1002, 1007}),
        (frame(TEXT, b"x" * 10_001), 1009),
        (frame(TEXT, b"x" * 9_000, fin=False) + frame(CONTINUATION, b"y" * 1_001), 1009),
        (b"\x81\xff" + struct.pack("!Q", 1 << 40) + b"\0\0\0\0" + b"x" * 100_000, 1009),
    ],
    ids=[
        "unmasked",
        "reserved bit 1 without deflate",
        "reserved bit 2",
        "reserved bit 3",
        "reserved bit on a ping",
        "unknown data opcode",
        "unknown control opcode",
        "long ping",
        "fragmented ping",
        "continuation of nothing",
        "text within text",
        "binary within text",
        "length with its top bit set",
        "close of one byte",
        "close with 1005",
        "close with 999",
        "close with a broken reason",
        "frame too large",
        "fragments too large",
        "a terabyte announced",
    ],
)
async def test_a_broken_rule_is_answered_with_its_code_and_ends_there(house: House, sent: bytes, code: int | set[int]) -> None:
    await house.open(limits(max_message=10_000))
    raw = await house.raw()
    expected = code if isinstance(code, set) else {code}
    raw.write(sent + frame(TEXT, b"too late"))
    assert await raw.close_code() in expected
    assert await raw.rest() == b""
    assert (await house.peer.end())[0] in expected
    assert house.peer.count == 0
    assert len(house.peer.ends) == 1
    assert house.listener.count == 0


async def test_garbage_costs_only_its_sender(house: House) -> None:
    await house.open()
    other = await house.raw()
    for seed in (b"\xff", b"\x00\x01\x02", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01"):
        raw = await house.raw()
        raw.write(seed * 3_000)
        assert (await raw.close_code()) in {1002, 1009}
    other.write(frame(TEXT, b"still here"))
    assert await house.peers[0].message() == (b"still here", False)
    assert house.peers[0].ends == []


# --- closing


@pytest.mark.parametrize(("code", "told"), [(1000, 1000), (3001, 3001), (4999, 4999), (None, 1005)])
async def test_the_other_end_may_close_with_any_code(house: House, code: int | None, told: int) -> None:
    await house.open()
    raw = await house.raw()
    payload = b"" if code is None else struct.pack("!H", code) + b"bye"
    raw.write(frame(CLOSE, payload))
    kind, answer = await raw.frame()
    assert (kind, answer[:2]) == (CLOSE, payload[:2])
    assert await raw.rest() == b""
    assert await house.peer.end() == (told, "bye" if code else "")


async def test_closing_from_here_waits_for_the_answer_and_reports_once(house: House) -> None:
    await house.open()
    raw = await house.raw()
    house.peer.socket.close(4001, "x" * 200)
    house.peer.socket.close(1000, "again")
    house.peer.socket.send(b"after the close")
    kind, payload = await raw.frame()
    assert (kind, payload) == (CLOSE, struct.pack("!H", 4001) + b"x" * 123)
    raw.write(frame(TEXT, b"crossed") + frame(CLOSE, struct.pack("!H", 4001)))
    assert await raw.rest() == b""
    assert await house.peer.end() == (4001, "x" * 200)
    house.peer.socket.send(b"long gone")
    house.peer.socket.abort()
    assert house.peer.socket.pending == 0
    assert (house.peer.count, len(house.peer.ends)) == (0, 1)


async def test_a_close_that_is_never_answered_is_cut_in_time(house: House) -> None:
    await house.open()
    raw = await house.raw()
    house.peer.socket.close(1000)
    assert await raw.close_code() == 1000
    assert await house.peer.end() == (1000, "")
    assert await raw.rest() == b""


async def test_a_cut_connection_is_told_as_1006(house: House) -> None:
    await house.open()
    raw = await house.raw()
    raw.write(frame(TEXT, b"half a mess", fin=False))
    raw.cut()
    assert (await house.peer.end())[0] == 1006
    assert house.peer.count == 0


async def test_a_half_closed_connection_ends_after_what_was_said_is_answered(house: House) -> None:
    await house.open()
    house.make = lambda: Recorder(echo=True)
    raw = await house.raw()
    raw.write(frame(TEXT, b"last words"))
    raw.writer.write_eof()
    assert await raw.frame() == (TEXT, b"last words")
    assert await raw.rest() == b""
    assert (await house.peer.end())[0] == 1006


async def test_a_failing_peer_ends_its_own_connection_with_1011(house: House) -> None:
    class Failing(Recorder):
        def received(self, message: bytes, binary: bool) -> None:
            raise RuntimeError("cannot cope")

    await house.open()
    house.make = Failing
    failures: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    async with connect(f"ws://127.0.0.1:{house.port}/") as client:
        await client.send("x")
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011
    assert (await house.peer.end())[0] == 1011
    assert [str(failure["exception"]) for failure in failures] == ["cannot cope"]


async def test_a_peer_that_fails_when_it_is_closed_is_reported_and_gone(house: House) -> None:
    class Failing(Recorder):
        def closed(self, code: int, reason: str) -> None:
            raise RuntimeError("cannot part")

    await house.open()
    house.make = Failing
    failures: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    raw = await house.raw()
    raw.cut()
    await until(lambda: bool(failures))
    assert str(failures[0]["exception"]) == "cannot part"
    assert house.listener.count == 0


async def test_a_socket_that_is_being_cut_takes_anything_and_does_nothing(house: House) -> None:
    await house.open(limits(messages_per_second=1.0, burst=1))
    raw = await house.raw()
    raw.write(frame(TEXT, b"x") * 5)  # reading rests, and the watch wants to go on
    await until(lambda: house.peer.count >= 2)
    socket = house.peer.socket
    socket.abort()
    house.listener.sweep()
    house.listener._watch._thaw()
    socket.send(b"x" * 100_000)
    socket.send_binary(b"x")
    socket.close(4000)
    socket.abort()
    assert socket.pending == 0
    assert (await house.peer.end())[0] == 1006
    assert house.listener.count == 0


# --- compression


async def test_a_library_with_deflate_is_understood_and_answered(house: House) -> None:
    await house.open()
    house.make = lambda: Recorder(echo=True)
    async with connect(f"ws://127.0.0.1:{house.port}/", compression="deflate") as client:
        assert "permessage-deflate" in [extension.name for extension in client.protocol.extensions]
        for message in ("{}", '[2,"1","Heartbeat",{}]' * 3, "x" * 100_000, ["in ", "three ", "parts"]):
            await client.send(message)
            assert await client.recv() == "".join(message)


async def test_deflate_is_agreed_on_without_context_and_small_answers_go_plain(house: House) -> None:
    await house.open()
    house.make = lambda: Recorder(echo=True)
    raw = await Raw.connect(house.port)
    raw.write(request(f"{OFFER}; server_max_window_bits=8, permessage-deflate; server_max_window_bits=10"))
    head = (await raw.head()).decode()
    assert "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10" in head
    packed = deflate(b"a" * 300, 15)
    half = len(packed) // 2
    raw.write(frame(TEXT, packed[:half], rsv=0b100, fin=False) + frame(CONTINUATION, packed[half:]))
    assert await raw.frame() == (TEXT, b"a" * 300)
    raw.write(frame(TEXT, b"b" * 5_000))
    first, payload = await raw.frame()
    assert first == TEXT | 0x40
    assert zlib.decompressobj(-10).decompress(payload + b"\0\0\xff\xff") == b"b" * 5_000


async def test_deflate_may_be_switched_off(house: House) -> None:
    await house.open(limits(deflate=False))
    async with connect(f"ws://127.0.0.1:{house.port}/", compression="deflate") as client:
        assert client.protocol.extensions == []


@pytest.mark.parametrize("fragmented", [False, True], ids=["one frame", "fragments"])
async def test_a_zip_bomb_is_1009_and_never_unpacked(house: House, *, fragmented: bool) -> None:
    await house.open(limits(max_message=100_000))
    raw = await house.raw(OFFER)
    bomb = deflate(bytes(50_000_000), 15)
    before = resident()
    if fragmented:
        cut = len(bomb) // 2
        raw.write(frame(TEXT, bomb[:cut], rsv=0b100, fin=False) + frame(CONTINUATION, bomb[cut:]))
    else:
        raw.write(frame(TEXT, bomb, rsv=0b100))
    assert await raw.close_code() == 1009
    assert (await house.peer.end())[0] == 1009
    assert resident() - before < 10_000


@pytest.mark.parametrize(
    "sent",
    [
        frame(TEXT, b"\xff\xff\xff", rsv=0b100),
        frame(TEXT, b"\xff", rsv=0b100, fin=False) + frame(CONTINUATION, b"", rsv=0b100),
        frame(PING, b"", rsv=0b100),
    ],
    ids=["corrupt", "bit on a continuation", "bit on a ping"],
)
async def test_broken_deflate_is_1002(house: House, sent: bytes) -> None:
    await house.open()
    raw = await house.raw(OFFER)
    raw.write(sent)
    assert await raw.close_code() == 1002


# --- pure parts


@pytest.mark.parametrize(
    ("payload", "meaning"),
    [
        (b"", (1005, "")),
        (b"\x03\xe8", (1000, "")),
        (b"\x03\xe8ok", (1000, "ok")),
        (b"\x03", None),
        (b"\x03\xee", None),
        (b"\x03\xed", None),
        (b"\x07\xd0", None),
        (b"\x13\x88", None),
        (b"\x03\xe8\xff", None),
    ],
)
def test_a_close_payload_states_a_valid_code_or_breaks_the_rules(payload: bytes, meaning: tuple[int, str] | None) -> None:
    assert read_close(payload) == meaning


def test_a_reason_is_cut_between_characters() -> None:
    assert close_reason("é" * 100) == ("é" * 61).encode()
