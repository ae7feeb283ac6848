# SPDX-License-Identifier: Apache-2.0
"""Classes of messages on a real link: what is grave goes first, and what is not is still told (B.8)."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import cbor2
import pytest
from tests.e2e.house import House
from tests.e2e.link_house import Tap, link_house
from tests.e2e.link_player import LinkPlayer

from open63110.bindings.link.framing.frames import Data, decode
from open63110.bindings.link.framing.header import Header, Kind, Priority, decode_header
from open63110.bindings.link.messages.codec import CODEC
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.usecases.stations.monitor_station import Heartbeat, StationEventReported

pytestmark = pytest.mark.usefixtures("first_served", "by_turns")

CS1 = StationId("CS-1")
RATE = 400_000
"""Of the narrow way [bytes/s]."""


class NarrowTap(Tap):
    """A tap through which little passes at a time."""

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4_096):
            writer.write(data)
            await writer.drain()
            await asyncio.sleep(len(data) / RATE)
        writer.transport.abort()


def event(here: House, number: int, severity: int) -> StationEventReported:
    return StationEventReported(station=CS1, at=here.now(), component="Lock", severity=severity, code=str(number))


def say(cs: LinkPlayer, message: Any, priority: Priority, *, size: int = 0) -> None:
    """Queue a message that is filled up to a size [bytes]."""
    vendor = {-1: cbor2.dumps(bytes(size))} if size else None
    body = CODEC.encode(message, station=CS1, vendor=vendor)
    fact = isinstance(message, Event)
    header = Header(type=CODEC.number(message), kind=Kind.EVENT if fact else Kind.REQUEST, priority=priority)
    cs.lines.send(header, body, durable=fact)


@pytest.mark.at("AT-B.8-1", "link")
async def test_an_emergency_queued_last_while_the_link_was_down_is_received_first(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, _):
        await here.register("CS-1")
        cs = await LinkPlayer(here.port, "CS-1", here.papers("CS-1")).connect()
        await here.on_board(cs)
        await cs.cut()
        for number in range(1_000):
            say(cs, event(here, number, 5), Priority.NORMAL)
        say(cs, event(here, 1_000, 0), Priority.EMERGENCY)
        await cs.connect()
        await here.until(lambda: not cs.lines.session.waiting)

        codes = [int(one.code) for one in await here.facts(StationEventReported, "CS-1")]
        assert codes == [1_000, *range(1_000)]
        await cs.cut()


@pytest.mark.at("AT-B.8-3", "link")
async def test_bulk_keeps_its_share_of_a_narrow_link_under_continuous_control_load(tmp_path: Path) -> None:
    """Requests of class C fill the way all the time; of what it carries meanwhile a twentieth is bulk, and one is normal."""
    async with link_house(tmp_path) as (here, _), NarrowTap(here.port).running() as tap:
        await here.register("CS-1")
        cs = await LinkPlayer(tap.port, "CS-1", here.papers("CS-1")).connect()
        await here.on_board(cs)
        for priority, count in LOAD.items():
            for number in range(count):
                message = Heartbeat(station=CS1) if priority is Priority.CONTROL else event(here, number, 5)
                say(cs, message, priority, size=SIZE)
        await here.until(lambda: not cs.lines.session.waiting, within=60.0)

        carried = sent(cs)
        least = 0.05 * carried.total() - SIZE  # but for the message whose turn is next
        assert carried[Priority.BULK] < LOAD[Priority.BULK] * SIZE, "there was more bulk to tell"
        assert carried[Priority.BULK] >= least, carried
        assert carried[Priority.NORMAL] >= least, carried
        assert carried[Priority.CONTROL] >= 0.80 * carried.total(), carried
        assert len(await here.facts(StationEventReported, "CS-1")) == LOAD[Priority.NORMAL] + LOAD[Priority.BULK]
        await cs.cut()


SIZE = 3_000
"""Of the filling of each message [bytes]."""
LOAD = {Priority.CONTROL: 400, Priority.NORMAL: 150, Priority.BULK: 150}
"""Messages that are to be told, all of them from the beginning."""


def sent(cs: LinkPlayer) -> Counter[Priority]:
    """Return what of each class had gone out when all of class C had [bytes]."""
    frames = [decode(frame) for way, frame in cs.frames if way == "sent"]
    pieces = [one for one in frames if isinstance(one, Data)]
    classes = {one.id: decode_header(one.head).priority for one in pieces if one.head}
    left = sum(len(one.chunk) for one in pieces if classes[one.id] is Priority.CONTROL)
    found = Counter[Priority]()
    for one in pieces:
        found[Priority(classes[one.id])] += len(one.chunk)
        if found[Priority.CONTROL] == left:
            break
    return found
