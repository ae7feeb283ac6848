# SPDX-License-Identifier: Apache-2.0
"""The seam of four methods: a session speaks over any carrier, and a WebSocket is one."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from open63110.bindings.link.carriers.carrier import CarrierLost
from open63110.bindings.link.carriers.memory_carrier import MemoryCarrier
from open63110.bindings.link.carriers.websocket_carrier import LINK_LIMITS, WebSocketCarrier, carry
from open63110.bindings.link.correspondence import Correspondence, Ending
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.happenings import Arrived, Welcomed
from open63110.bindings.link.framing.header import Header, Kind
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.session import LocalClock, MemoryOutbox, MemorySeen, Session

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


class Echo:
    """A desk that answers every request with its own body."""

    def __init__(self, name: str) -> None:
        clock = LocalClock(NOON, asyncio.get_running_loop().time())
        session = Session(Hello(identity=name), MemoryOutbox(name.encode()), MemorySeen(), clock=clock)
        self.lines = Correspondence(self, session, 1.0)
        self.taken: list[bytes] = []
        self.story: list[str] = []
        self.ready = asyncio.Event()

    def up(self, _: Welcomed) -> None:
        self.story.append("up")
        self.ready.set()

    def down(self, reason: str, *, was: bool) -> None:
        self.story.append(f"down {reason}" if was else "never up")

    def take(self, message: Arrived) -> None:
        self.taken.append(message.body)
        self.lines.delivered(message)
        if message.header.kind is Kind.REQUEST:
            answer = Header(type=message.header.type, kind=Kind.REPLY, reply_to=message.id, about=f"r{message.id}")
            self.lines.send(answer, message.body, durable=False)

    def violated(self, code: int, words: str, *, ours: bool) -> None:
        self.story.append(f"violated {code} {words} {ours}")

    def note(self, frame: bytes, *, sent: bool) -> None:
        assert isinstance(frame, bytes)
        assert sent in {True, False}


async def ask(desk: Echo, body: bytes) -> Ending:
    """Ask, and wait for the answer."""
    done: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
    desk.lines.send(Header(type=9, kind=Kind.REQUEST), body, durable=False, over=done.set_result, patience=5.0)
    async with asyncio.timeout(5):
        return await done


async def test_two_ends_speak_over_a_carrier_that_is_no_websocket() -> None:
    left, right = Echo("left"), Echo("right")
    ways = MemoryCarrier.pair("left", "right")
    async with asyncio.TaskGroup() as tasks:
        for desk, way in zip((left, right), ways, strict=True):
            tasks.create_task(carry(way, desk.lines.strand()))
        await left.ready.wait()
        await right.ready.wait()
        assert (await ask(left, b"one")).replies == ((9, b"one"),)
        assert (await ask(right, bytes(100_000))).replies == ((9, bytes(100_000)),)
        left.lines.end(ErrorCode.SESSION_EXPIRED, "over")
    assert right.taken == [b"one"]
    assert "violated 10 over True" in left.story
    assert "violated 10 over False" in right.story
    assert right.story[-1].startswith("down")


async def test_a_newer_socket_takes_over_and_what_was_asked_is_answered_there() -> None:
    left, right = Echo("left"), Echo("right")
    async with asyncio.TaskGroup() as tasks:
        for _ in range(2):
            for desk, way in zip((left, right), MemoryCarrier.pair("left", "right"), strict=True):
                desk.ready.clear()
                tasks.create_task(carry(way, desk.lines.strand()))
            await left.ready.wait()
            await right.ready.wait()
        assert (await ask(left, b"two")).replies == ((9, b"two"),)
        left.lines.hang_up()
        right.lines.hang_up()
    assert left.story.count("up") == 2


async def test_a_fact_that_is_kept_is_told_though_its_answer_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("open63110.bindings.link.correspondence.ANSWER_AFTER", 0.05)
    left, right = Echo("left"), Echo("right")
    right.take = right.lines.delivered  # type: ignore[method-assign] # it crashes before it can answer
    done: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
    asked: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        for desk, way in zip((left, right), MemoryCarrier.pair("left", "right"), strict=True):
            tasks.create_task(carry(way, desk.lines.strand()))
        await left.ready.wait()
        header = Header(type=9, kind=Kind.REQUEST)
        left.lines.send(header, b"fact", durable=True, over=done.set_result, patience=3_600.0)
        left.lines.send(header, b"question", durable=False, over=asked.set_result, patience=0.1)
        async with asyncio.timeout(5):
            ending = await done
            assert (ending.status, ending.silent) == (0, False)
            assert (await asked).silent
        left.lines.hang_up()


class Socket:
    """What a carrier uses of a socket."""

    def __init__(self) -> None:
        self.subprotocol, self.remote, self.last_heard = "iec63110.link.v1", ("127.0.0.1", 1), 0.0
        self.pending, self.sent, self.closed = 0, [], False  # type: ignore[var-annotated] # bytes
        self.certificate: bytes | None = b"DER"

    def send_binary(self, data: bytes) -> None:
        self.sent.append(data)
        self.pending += len(data)

    def close(self, code: int = 1000, reason: str = "") -> None:
        self.closed = True


def carrier() -> tuple[WebSocketCarrier, Any]:
    """A carrier that a listener has accepted."""
    one, socket = WebSocketCarrier(lambda der: der.decode()), Socket()
    return one, socket


async def test_a_websocket_is_a_carrier() -> None:
    one, socket = carrier()
    waiting = asyncio.create_task(one.connect())
    await asyncio.sleep(0)
    one.opened(socket)
    assert await waiting == "DER"
    one.received(b"frame", True)
    assert await one.recv_frame() == b"frame"
    writing = asyncio.create_task(one.send_frame(b"out"))
    await asyncio.sleep(0)
    assert (socket.sent, writing.done()) == ([b"out"], False)
    socket.pending = 0
    one.drained()
    await writing
    await one.close()
    assert socket.closed


async def test_a_carrier_that_is_lost_says_so_to_everybody() -> None:
    one, socket = carrier()
    one.opened(socket)
    reading = asyncio.create_task(one.recv_frame())
    await asyncio.sleep(0)
    one.closed(1006, "gone")
    for lost in (reading, one.send_frame(b"x"), one.connect()):
        with pytest.raises(CarrierLost):
            await lost


async def test_a_carrier_that_cannot_be_made_says_so() -> None:
    async def refuse(_: WebSocketCarrier) -> None:
        raise ConnectionRefusedError("nobody is there")

    one = WebSocketCarrier(lambda der: der.decode(), refuse)
    with pytest.raises(CarrierLost, match="nobody"):
        await one.connect()


def test_a_link_has_time_to_be_opened_where_three_round_trips_take_fifteen_seconds_each() -> None:
    assert LINK_LIMITS.handshake_seconds >= 2 * 3 * 15.0
    assert LINK_LIMITS.crowded_seconds <= 20.0, "who is slow on purpose keeps nobody out for longer than that"
