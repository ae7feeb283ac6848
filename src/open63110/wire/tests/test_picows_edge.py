# SPDX-License-Identifier: Apache-2.0
"""What only the picows edge must prove: that thousands of connections stay small."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from open63110.wire.picows_edge import Connection
from open63110.wire.tests.ground import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, House, Raw, Recorder, frame, until

SERVER = """
import asyncio, gc, sys, uvloop
from open63110.wire.picows_edge import Listener
from open63110.wire.ports import Accept

class Peer:
    __slots__ = ("socket",)
    def opened(self, socket): self.socket = socket
    def received(self, message, binary): self.socket.send(b'[3,"x",{}]')
    def closed(self, code, reason): pass

def pss():
    gc.collect()
    text = open("/proc/self/smaps_rollup").read()
    return int(text.partition("Pss:")[2].split()[0])

async def main():
    listener = await Listener.start(lambda _: Accept(subprotocol=None, peer=Peer()), "127.0.0.1", 0)
    print(listener.port, pss(), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    print(listener.count, pss(), flush=True)
    await listener.stop()

uvloop.run(main())
"""


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Only this edge."""
    house = House("picows")
    yield house
    await Raw.leave_all()
    await house.listener.stop()


def connection(house: House) -> Connection:
    socket = house.peer.socket
    assert isinstance(socket, Connection)
    return socket


@pytest.mark.parametrize(
    ("behind", "answer"),
    [
        (frame(BINARY, b"b"), (BINARY, b"b")),
        (frame(PING, b"p"), (PONG, b"p")),
        (frame(CLOSE, b"\x03\xe8"), (CLOSE, b"\x03\xe8")),
        (frame(TEXT, b"t"), (TEXT, b"t")),
        (frame(TEXT, b"a", fin=False) + frame(CONTINUATION, b"b"), (TEXT, b"ab")),
    ],
    ids=["binary", "ping", "close", "text", "parts"],
)
async def test_a_message_is_delivered_before_whatever_came_behind_it(
    house: House, behind: bytes, answer: tuple[int, bytes]
) -> None:
    await house.open()
    house.make = lambda: Recorder(echo=True)
    raw = await house.raw()
    raw.write(frame(TEXT, b"first") + behind)
    assert await raw.frame() == (TEXT, b"first")
    assert await raw.frame() == answer


async def test_a_message_is_delivered_before_the_end_that_came_with_it(house: House) -> None:
    await house.open()
    house.make = lambda: Recorder(echo=True)
    raw = await house.raw()
    raw.write(frame(TEXT, b"last"))
    raw.writer.write_eof()
    assert await raw.frame() == (TEXT, b"last")
    assert await house.peer.end() == (1006, "the other end hung up")
    assert house.peer.count == 1


async def test_a_grown_read_buffer_is_kept_while_half_a_frame_stands_in_it_and_exchanged_then(house: House) -> None:
    await house.open()
    house.make = lambda: Recorder(echo=True)
    raw = await house.raw()
    parser = connection(house)._wire
    raw.write(frame(TEXT, b"x" * 200_000))
    assert await raw.frame() == (TEXT, b"x" * 200_000)
    assert connection(house).wide
    split = frame(TEXT, b"split")
    raw.write(frame(TEXT, b"small") + split[:5])
    assert await raw.frame() == (TEXT, b"small")
    assert connection(house)._wire is parser
    raw.write(split[5:])
    assert await raw.frame() == (TEXT, b"split")
    await until(lambda: connection(house)._wire is not parser)
    assert not connection(house).wide


async def test_the_exchange_loses_nothing(house: House) -> None:
    await house.open()
    house.make = lambda: Recorder(echo=True)
    raw = await house.raw()
    parser = connection(house)._wire
    for size in (100_000, 10, 300_000, 20, 5, 70_000, 1):
        raw.write(frame(TEXT, bytes([65 + size % 26]) * size))
        assert await raw.frame() == (TEXT, bytes([65 + size % 26]) * size)
    assert not connection(house).wide
    assert connection(house)._wire is not parser
    connection(house).close(1000)
    assert await raw.close_code() == 1000
    raw.cut()
    assert await house.peer.end() == (1000, "")
    assert len(house.peer.sockets) == 1


async def test_small_messages_never_widen_a_read_buffer_however_many_come_at_once(house: House) -> None:
    await house.open()
    raw = await house.raw()
    parser = connection(house)._wire
    raw.write(frame(TEXT, b"x" * 1_000) * 900)
    for _ in range(900):
        await house.peer.message()
    assert not connection(house).wide
    assert connection(house)._wire is parser


@pytest.mark.asyncio(loop_factories=["uvloop"])
async def test_two_thousand_idle_connections_cost_at_most_ten_kilobytes_each() -> None:
    count = 2_000
    source = str(Path(__file__).parents[3])
    process = subprocess.Popen(  # noqa: ASYNC220 - its pipes are read between steps of the test
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": source},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    port, before = map(int, process.stdout.readline().split())
    from open63110.wire.client import connect  # noqa: PLC0415 - the clients live in this process

    peers = [Recorder() for _ in range(count)]
    for start in range(0, count, 100):
        await asyncio.gather(*(connect(f"ws://127.0.0.1:{port}/", peer) for peer in peers[start : start + 100]))
    for peer in peers:
        peer.socket.send(b"x" * 1_500)
    for peer in peers:
        await peer.message()
    process.stdin.write("\n")
    process.stdin.flush()
    open_now, after = map(int, process.stdout.readline().split())
    for peer in peers:
        peer.socket.abort()
    process.stdin.close()
    process.stdout.close()
    assert process.wait(10) == 0
    assert open_now == count
    assert (after - before) / count <= 10.0
