# SPDX-License-Identifier: Apache-2.0
"""What a local CSMS does not understand crosses it in the bytes it came in, up and down (B.14, B.15, I14)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House
from tests.e2e.link_house import Raw, link_house, raw
from tests.e2e.local_house import Local, admit_level, facts, local_csms, until

from open63110.apps.local_config import ZonePlan
from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.frames import Data, Delivered, decode
from open63110.bindings.link.framing.header import Extension, Header, Kind, Priority, decode_header, encode_header
from open63110.bindings.link.messages import items
from open63110.bindings.link.messages.codec import CODEC
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Watts
from open63110.model.site import SiteId, ZoneId
from open63110.usecases.energy.smart_charging import LimitPower, LimitZone
from open63110.usecases.services.authorize_locally import AuthorizeCredential
from open63110.usecases.stations.monitor_station import StationEventReported

CS1, PATH = StationId("CS1"), "/mall/north/CS1"
STRANGE = 700
"""No message has this number."""
THING = {"org.example.thing": Extension(value=bytes(range(200)))}


def with_more(body: bytes) -> bytes:
    """A body with a vendor's key, and one of a later minor version."""
    found = {key: body[begin:end] for key, begin, end in items.spans(body)}
    found |= {-7: items.blob(b"a vendor's"), 900: b"\x82\x01\xa1\x05\x61x"}
    return items.head(items.MAP, len(found)) + b"".join(items.integer(key) + value for key, value in found.items())


class Heard:
    """What one program heard over its links: whole messages in one frame."""

    def __init__(self, csms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.messages: list[tuple[Header, bytes]] = []
        noted = csms.frames.note

        def note(station: StationId, frame: bytes, *, sent: bool) -> None:
            noted(station, frame, sent=sent)
            read = None if sent else decode(frame)
            if isinstance(read, Data) and read.head and len(read.chunk) == read.total:
                self.messages.append((decode_header(read.head), read.chunk))

        monkeypatch.setattr(csms.frames, "note", note)

    def of(self, number: int) -> list[tuple[Header, bytes]]:
        """Messages of a number."""
        return [one for one in self.messages if one[0].type == number and one[0].kind in {Kind.EVENT, Kind.REQUEST}]


@contextlib.asynccontextmanager
async def between(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[House, Local, Raw, Heard]]:
    """An upper CSMS that writes down what it hears, a local one, and a station that says what a test wants."""
    async with link_house(folder) as (here, pki):
        await admit_level(here, "mall-lc", "/mall")
        heard = Heard(here.csms, monkeypatch)
        zones = {"north": ZonePlan(import_max=44_000.0, stations=("CS1",), evse_max=22_000.0)}
        async with local_csms(folder, pki, here.port, zones=zones, factor=1.0) as local:
            await until(lambda: local.open)
            async with raw(here, pki.tls("CS1"), "CS1", local.port) as peer:
                await peer.greet()
                await peer.boot()
                await until(lambda: CS1 in here.csms.engine.stations)
                await until(lambda: here.csms.orders.link.connected(CS1))
                yield here, local, peer, heard


async def say(peer: Raw, number: int, header: Header, body: bytes) -> None:
    """Say a message."""
    await peer.send(Data(id=number, chunk=body, total=len(body), head=encode_header(header)))


async def confirmed(peer: Raw, number: int) -> None:
    """Wait until it is confirmed."""
    while not any(first <= number <= last for first, last in (await peer.next(Delivered)).ids):
        pass


def event(here: House, code: str) -> tuple[int, bytes]:
    """A fact, as the link writes it."""
    said = StationEventReported(station=CS1, at=here.now(), component="Lock", severity=3, code=code)
    return CODEC.number(said), CODEC.encode(said, station=CS1)


@pytest.mark.at("AT-B.14-1", "link")
@pytest.mark.at("AT-B.15-3", "link")
async def test_a_fact_goes_up_with_all_that_a_level_does_not_know_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with between(tmp_path, monkeypatch) as (here, local, peer, heard):
        number, plain = event(here, "A")
        body = with_more(plain)
        await say(peer, 5, Header(type=number, version=9, extensions=THING), body)
        await confirmed(peer, 5)
        await until(lambda: heard.of(number))
        ((header, came),) = heard.of(number)
        assert (came, header.extensions, header.version) == (body, THING, 9)
        assert (header.src, header.path) == (PATH, ("mall-lc",))
        await local.cut()
        _, plain = event(here, "B")
        await say(peer, 6, Header(type=number), with_more(plain))
        await confirmed(peer, 6)
        await local.mend()
        await until(lambda: len(heard.of(number)) == 2)
        late = items.load(heard.of(number)[1][1])
        assert late.items() >= items.load(with_more(plain)).items()
        assert CODEC.decode(number, heard.of(number)[1][1], station=CS1).offline
        async with asyncio.timeout(20.0):
            while len(await facts(here.csms, StationEventReported, "CS1")) < 2:  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.05)
        for level in (local.csms, here.csms):
            assert [one.code for one in await facts(level, StationEventReported, "CS1")] == ["A", "B"]


@pytest.mark.at("AT-B.14-1", "link")
async def test_a_question_goes_up_with_all_that_a_level_does_not_know_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with between(tmp_path, monkeypatch) as (here, local, peer, heard):
        subject = local.csms.engine.known.named("ANNA")
        asked = AuthorizeCredential(station=CS1, subject=subject, evse=EvseNumber(1))
        body = with_more(CODEC.encode(asked, station=CS1, subjects=local.csms.engine.known))
        header = Header(
            type=CODEC.number(asked),
            kind=Kind.REQUEST,
            priority=Priority.CONTROL,
            deadline=here.now() + timedelta(seconds=60),
            extensions=THING,
        )
        await say(peer, 5, header, body)
        await until(lambda: heard.of(header.type))
        ((went, came),) = heard.of(header.type)
        assert (came, went.extensions) == (body, THING)


async def answers(peer: Raw, reply_to: int) -> tuple[Header, bytes]:
    """The answer to a request of a station."""
    while True:
        data = await peer.next(Data)
        header = decode_header(data.head)
        if header.kind is Kind.REPLY and header.reply_to == reply_to:
            return header, data.chunk


@pytest.mark.at("AT-B.15-1", "link")
async def test_a_message_of_a_type_that_no_level_knows_goes_to_the_last_one_and_its_answer_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with between(tmp_path, monkeypatch) as (here, _, peer, heard):
        critical = THING | {"org.example.must": Extension(critical=True)}
        await say(peer, 5, Header(type=STRANGE, extensions=THING), b"\x81\x18\x2a")
        await until(lambda: heard.of(STRANGE))
        header, body = heard.of(STRANGE)[0]
        assert (body, header.extensions, header.src, header.path) == (b"\x81\x18\x2a", THING, PATH, ("mall-lc",))
        request = Header(
            type=STRANGE + 1,
            kind=Kind.REQUEST,
            priority=Priority.CONTROL,
            deadline=here.now() + timedelta(seconds=30),
            key=b"k",
            extensions=critical,
        )
        await say(peer, 6, request, b"\xf6")
        answer, _ = await answers(peer, 6)
        assert answer.status in {ErrorCode.UNSUPPORTED_EXTENSION, ErrorCode.UNKNOWN_TYPE}
        went, _ = heard.of(STRANGE + 1)[0]
        assert (went.key, went.extensions, went.priority) == (b"k", critical, Priority.CONTROL)
        urgent = Header(type=STRANGE + 2, priority=Priority.EMERGENCY)
        await say(peer, 7, urgent, b"\xf6")
        await asyncio.sleep(0.3)
        assert not heard.of(STRANGE + 2)


async def ordered(
    here: House, peer: Raw, header: Header, body: bytes, replies: bytes | None, *, over: str = "mall-lc"
) -> tuple[Header, bytes, Ending]:
    """Order something from above; return what the station got, and what came back of its answer."""
    branch = here.csms.level.branches.branch(over)
    assert branch is not None
    ends: list[Ending] = []
    branch.lines.send(header, body, durable=False, over=ends.append, patience=30.0)
    while True:
        data = await peer.next(Data)
        got = decode_header(data.head)
        if got.kind is Kind.REQUEST and got.type in {header.type, CODEC.number(LIMIT)}:
            break
    back = Header(type=got.type, kind=Kind.REPLY, reply_to=data.id, priority=Priority.CONTROL)
    await peer.send(Delivered(ids=((data.id, data.id),)))
    await say(peer, 100 + data.id, back, replies or b"")
    await until(lambda: ends, 30.0)
    return got, data.chunk, ends[0]


LIMIT = LimitPower(station=CS1, evse=EvseNumber(1), limit=Watts(7_000.0))


def order(here: House, number: int, dst: str, **more: Any) -> Header:
    """The header of an order from above."""
    return Header(
        src="/",
        dst=dst,
        type=number,
        kind=Kind.REQUEST,
        priority=Priority.CONTROL,
        deadline=here.now() + timedelta(seconds=30),
        key=b"order",
        path=(here.csms.level.relay.name,),
        extensions=THING,
        **more,
    )


@pytest.mark.at("AT-B.14-1", "link")
@pytest.mark.parametrize("dst", [PATH, "/mall/north/*"])
async def test_an_order_goes_down_with_all_that_a_level_does_not_know_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dst: str
) -> None:
    async with between(tmp_path, monkeypatch) as (here, _, peer, __):
        body = with_more(CODEC.encode(LIMIT, station=CS1))
        got, came, _ = await ordered(here, peer, order(here, CODEC.number(LIMIT), dst, version=9), body, None)
        assert (items.load(came), got.extensions, got.version) == (items.load(body), THING, 9)


@pytest.mark.at("AT-B.14-1", "link")
async def test_extensions_of_a_limit_for_a_zone_reach_its_stations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with between(tmp_path, monkeypatch) as (here, _, peer, __):
        zone = LimitZone(station=StationId(""), site=SiteId("mall"), zone=ZoneId("north"), limit=Watts(9_000.0))
        header = order(here, CODEC.number(zone), "/mall/north", group=True)
        got, _, _ = await ordered(here, peer, header, CODEC.encode(zone, station=StationId("")), None)
        assert (got.type, got.extensions) == (CODEC.number(LIMIT), THING)


@pytest.mark.at("AT-B.15-1", "link")
async def test_an_order_of_a_type_that_no_level_knows_reaches_its_station_and_the_answer_comes_back_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with between(tmp_path, monkeypatch) as (here, _, peer, __):
        header = order(here, STRANGE, PATH)
        got, came, ending = await ordered(here, peer, header, b"\x81\x18\x2a", b"\xa1\x39\x01\x00\x01")
        assert (came, got.extensions, got.key, got.deadline) == (b"\x81\x18\x2a", THING, header.key, encoded(header).deadline)
        assert (ending.status, ending.replies) == (0, ((STRANGE, b"\xa1\x39\x01\x00\x01"),))


def encoded(header: Header) -> Header:
    """A header as it is read on the other side: moments are whole milliseconds."""
    return decode_header(encode_header(header))


@pytest.mark.at("AT-B.14-1", "link")
@pytest.mark.at("AT-B.25-1", "link")
async def test_two_levels_pass_on_what_neither_knows_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with link_house(tmp_path) as (here, pki):
        await admit_level(here, "region-lc", "/*")
        heard = Heard(here.csms, monkeypatch)
        async with local_csms(tmp_path, pki, here.port, identity="region-lc", site="*", factor=1.0) as region:
            await admit_level(region, "mall-lc", "/mall")
            zones = {"north": ZonePlan(import_max=44_000.0, stations=("CS1",), evse_max=22_000.0)}
            async with (
                local_csms(tmp_path, pki, region.port, zones=zones, factor=1.0) as site,
                raw(here, pki.tls("CS1"), "CS1", site.port) as peer,
            ):
                await until(lambda: region.open and site.open)
                await peer.greet()
                await peer.boot()
                await until(lambda: here.csms.orders.link.connected(CS1), 30.0)
                number, plain = event(here, "A")
                body = with_more(plain)
                await say(peer, 5, Header(type=number, version=9, extensions=THING), body)
                await say(peer, 6, Header(type=STRANGE, extensions=THING), b"\x81\x18\x2a")
                await until(lambda: heard.of(number) and heard.of(STRANGE))
                for wanted, found in ((body, heard.of(number)), (b"\x81\x18\x2a", heard.of(STRANGE))):
                    ((header, came),) = found
                    assert (came, header.extensions, header.src) == (wanted, THING, PATH)
                    assert header.path == ("mall-lc", "region-lc")
                for dst, sent in ((STRANGE, b"\x81\x18\x2a"), (CODEC.number(LIMIT), with_more(CODEC.encode(LIMIT, station=CS1)))):
                    header = order(here, dst, PATH)
                    got, came, _ = await ordered(here, peer, header, sent, None, over="region-lc")
                    assert (came, got.extensions) == (sent, THING)
