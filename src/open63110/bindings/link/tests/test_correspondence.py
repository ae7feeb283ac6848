# SPDX-License-Identifier: Apache-2.0
"""What becomes of our messages over a link that is slow, or that comes late (B.16)."""

import asyncio
from datetime import UTC, datetime

import pytest

from open63110.bindings.link import correspondence
from open63110.bindings.link.carriers.memory_carrier import MemoryCarrier
from open63110.bindings.link.carriers.websocket_carrier import carry
from open63110.bindings.link.correspondence import Correspondence, Ending
from open63110.bindings.link.framing.happenings import Arrived, Welcomed
from open63110.bindings.link.framing.header import Header
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.session import LocalClock, MemoryOutbox, MemorySeen, Session

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = 3600.0
FAST = 1e6
"""An hour of the session's time passes in less than four milliseconds."""


class Taker:
    """A desk that confirms what arrives."""

    def __init__(self, name: str, pace: float) -> None:
        clock = LocalClock(NOON, asyncio.get_running_loop().time() * pace)
        session = Session(Hello(identity=name), MemoryOutbox(name.encode()), MemorySeen(), clock=clock)
        self.lines = Correspondence(self, session, pace)

    def up(self, welcomed: Welcomed) -> None: ...

    def down(self, reason: str, *, was: bool) -> None: ...

    def violated(self, code: int, words: str, *, ours: bool) -> None:
        raise AssertionError(words)

    def note(self, frame: bytes, *, sent: bool) -> None: ...

    def take(self, message: Arrived) -> None:
        self.lines.delivered(message)


async def until_it_is(lines: Correspondence, time: float) -> None:
    loop = asyncio.get_running_loop()
    reached = asyncio.Event()
    loop.call_at(time / (lines.time() / loop.time()), reached.set)
    await reached.wait()


async def test_a_fact_waits_for_its_confirmation_however_late_the_link_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correspondence, "ANSWER_AFTER", 0.0)  # it is in real time, of which there is little here
    station = Taker("station", FAST)
    endings: list[Ending] = []
    station.lines.send(Header(type=1), b"", durable=True, over=endings.append)
    asked: list[Ending] = []
    station.lines.send(Header(type=1), b"", durable=False, over=asked.append, patience=60.0)
    await until_it_is(station.lines, station.lines.time() + HOUR)
    assert endings == []
    assert [one.silent for one in asked] == [True], "a request waits no longer than it was told to"


async def test_a_fact_that_waited_is_confirmed_by_the_other_end() -> None:
    station, csms = Taker("station", 1.0), Taker("csms", 1.0)
    ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
    station.lines.send(Header(type=1), b"", durable=True, over=ending.set_result)
    ends = MemoryCarrier.pair("station", "csms")
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(10):
        carried = [tasks.create_task(carry(end, one.lines.strand())) for end, one in zip(ends, (station, csms), strict=True)]
        assert await ending == Ending()
        for task in carried:
            task.cancel()
