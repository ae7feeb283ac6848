# SPDX-License-Identifier: Apache-2.0
"""Silence, speed and back-pressure of an open WebSocket, over real sockets, on both edges."""

from __future__ import annotations

import asyncio
import struct

import msgspec
import pytest

from open63110.wire.limits import Limits
from open63110.wire.ports import Pinging, Restful, Socket
from open63110.wire.tests.ground import (
    CLOSE,
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


async def test_silence_is_pinged_and_a_pong_keeps_the_connection(house: House) -> None:
    await house.open(limits(ping_every=0.1, ping_timeout=0.3))
    raw = await house.raw()
    for _ in range(5):
        assert (await raw.frame())[0] == PING
        raw.write(frame(PONG))
    assert house.peer.ends == []


async def test_silence_after_a_ping_is_cut(house: House) -> None:
    await house.open(limits(ping_every=0.1, ping_timeout=0.1))
    raw = await house.raw()
    assert (await raw.frame())[0] == PING
    assert await raw.rest() == b""
    assert await house.peer.end() == (1006, "no answer to a ping")


async def test_one_connection_may_be_pinged_otherwise_than_the_others(house: House) -> None:
    await house.open(limits(ping_every=60.0, ping_timeout=60.0))
    raw = await house.raw()
    socket = house.peer.socket
    assert isinstance(socket, Pinging)
    socket.pace(0.1, 0.1)
    assert (await raw.frame())[0] == PING
    assert await raw.rest() == b""
    assert await house.peer.end() == (1006, "no answer to a ping")


class Unpinged(Recorder):
    """A peer whose other end does not like pings."""

    def opened(self, socket: Socket) -> None:
        super().opened(socket)
        assert isinstance(socket, Pinging)
        socket.pace(0.0)


async def test_one_connection_may_never_be_pinged_and_later_as_all(house: House) -> None:
    await house.open(limits(ping_every=0.1, ping_timeout=0.1))
    house.make = Unpinged
    raw = await house.raw()
    socket = house.peer.socket
    house.make = Recorder
    other = await house.raw()
    assert (await other.frame())[0] == PING
    assert await house.peers[1].end() == (1006, "no answer to a ping")
    assert house.peers[0].ends == []
    assert isinstance(socket, Pinging)
    socket.pace()
    assert (await raw.frame())[0] == PING


async def test_whoever_speaks_is_not_pinged(house: House) -> None:
    await house.open(limits(ping_every=0.3, ping_timeout=0.1))
    raw = await house.raw()
    long = frame(TEXT, b"x" * 100)
    for i in range(100):  # a frame so slow that no other frame can come between
        raw.write(long[i : i + 1])
        await asyncio.sleep(0.008)
    raw.write(long[100:])
    assert await house.peer.message() == (b"x" * 100, False)
    assert house.peer.ends == []


async def test_a_flood_is_read_slowly_and_loses_nothing(house: House) -> None:
    await house.open(limits(messages_per_second=500.0, burst=100))
    raw = await house.raw()
    start = asyncio.get_running_loop().time()
    for n in range(600):
        raw.write(frame(TEXT, str(n).encode()))
    messages = [await house.peer.message() for _ in range(600)]
    assert [int(message) for message, _ in messages] == list(range(600))
    assert asyncio.get_running_loop().time() - start > 0.4
    raw.write(frame(CLOSE, struct.pack("!H", 1000)))
    assert await house.peer.end() == (1000, "")


async def test_large_frames_count_for_several(house: House) -> None:
    await house.open(limits(messages_per_second=100.0, burst=10))
    raw = await house.raw()
    start = asyncio.get_running_loop().time()
    for _ in range(6):
        raw.write(frame(TEXT, b"x" * 81_920))
    for _ in range(6):
        await house.peer.message()
    assert asyncio.get_running_loop().time() - start > 0.3


async def test_a_flood_of_pings_is_slowed_too(house: House) -> None:
    await house.open(limits(messages_per_second=100.0, burst=10))
    raw = await house.raw()
    raw.write(frame(PING) * 2_000 + frame(TEXT, b"behind them"))
    await raw.frame()
    await asyncio.sleep(0.2)
    assert house.peer.count == 0
    assert house.peer.ends == []


async def test_one_who_floods_and_never_reads_cannot_fill_the_memory(house: House) -> None:
    await house.open(limits(stall_seconds=0.5, messages_per_second=1e9, burst=10**9))
    house.make = lambda: Recorder(echo=True)
    raw = await house.raw()
    raw.reading.pause_reading()
    before = resident()
    message = frame(TEXT, b"x" * 50_000) * 20

    async def flood() -> None:
        while True:
            raw.write(message)
            await raw.writer.drain()

    flooding = asyncio.create_task(flood())
    assert await house.peer.end() == (1006, "the other end does not read")
    flooding.cancel()
    await asyncio.gather(flooding, return_exceptions=True)
    assert resident() - before < 30_000
    assert house.peer.count < 1_000


async def test_a_peer_that_talks_to_one_who_never_reads_is_cut_at_the_bound(house: House) -> None:
    await house.open(limits(max_pending=500_000))
    raw = await house.raw()
    raw.reading.pause_reading()
    socket = house.peer.socket
    for _ in range(1_000):
        socket.send(b"x" * 100_000)
    assert socket.pending <= 700_000
    assert await house.peer.end() == (1006, "the other end does not read")


async def test_reading_goes_on_once_the_other_end_reads(house: House) -> None:
    await house.open()
    house.make = lambda: Recorder(echo=True)
    raw = await Raw.connect(house.port, receive_buffer=4_096)
    raw.write(request())
    await raw.head()
    raw.reading.pause_reading()
    for n in range(60):
        raw.write(frame(TEXT, bytes([n]) * 100_000))
    await until(lambda: house.peer.socket.pending > 0)
    await asyncio.sleep(0.1)
    raw.reading.resume_reading()
    for n in range(60):
        assert await raw.frame() == (TEXT, bytes([n]) * 100_000)


async def test_a_peer_that_holds_enough_is_told_nothing_more_until_it_is_ready(house: House) -> None:
    await house.open(limits(messages_per_second=1e9, burst=10**9))
    raw = await house.raw()
    raw.write(frame(TEXT, b"first"))
    assert await house.peer.message() == (b"first", False)
    ready = False
    socket = house.peer.socket
    assert isinstance(socket, Restful)
    socket.rest_until(lambda: ready)
    raw.write(frame(TEXT, b"second"))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(house.peer.message(), 0.2)
    ready = True
    assert await house.peer.message() == (b"second", False)
