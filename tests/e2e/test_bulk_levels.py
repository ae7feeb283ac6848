# SPDX-License-Identifier: Apache-2.0
"""Files through a local CSMS, peers that do not keep to the rules, and a limit that waits for no file (B.6, B.25, B.26)."""

import asyncio
import hashlib
import os
from pathlib import Path
from typing import Any

import cbor2
import pytest
from tests.e2e.bulk_house import MEGA, Files, Program, content, files, left_over, received, station_of, until
from tests.e2e.house import house
from tests.e2e.link_house import Raw, audited, link_house, listener, raw
from tests.e2e.local_house import admit_level, local_csms

from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.frames import Data, Nack
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.patterns import streams
from open63110.bindings.link.patterns.own_messages import STREAM
from open63110.bindings.link.patterns.streams import Offer, Said, Verb
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.bulk import BulkStream, Side
from open63110.model.order import Order
from open63110.model.station import Registration

pytestmark = pytest.mark.usefixtures("first_served", "by_turns")

NAME = "firmware-2.bin"


async def mall(here: Files, log: Path | None = None, **bulk: Any) -> tuple[Program, Program]:
    """Bring a local CSMS up, and a station behind it on board."""
    local = here.local(**bulk)
    station = here.station(port=local.ready["listeners"]["link"], logs=[str(log)] if log else [])
    station.start()
    await until(here.connected, "CS-9 is on board, behind the local CSMS")
    return local, station


def lies_at(program: Program) -> list[str]:
    """What of streams lies at a local CSMS, beside records."""
    return left_over(program) + [path.name for path in (program.folder / "data/bulk/received").rglob("*") if path.is_file()]


async def test_files_go_both_ways_through_a_local_csms_that_is_killed_and_nothing_stays_there(tmp_path: Path) -> None:
    log = tmp_path / "station.log"
    log.write_bytes(content(2 * MEGA, seed=3))
    async with files(tmp_path, rate=8_000_000) as here:
        local, station = await mall(here, log)
        here.put(NAME, content(2 * MEGA))
        id = here.begin(file=NAME)["id"]
        await here.moved(id, MEGA // 2)
        local.end()
        local.start()
        await here.moved(id, MEGA)
        here.tap.cut()
        done = await here.over(id)
        assert (done["state"], done["sent"]) == ("done", 2 * MEGA)
        assert received(station, NAME).read_bytes() == content(2 * MEGA)
        fetched = here.begin(fetch="station.log")["id"]
        await here.moved(fetched, MEGA // 2)
        local.end()
        local.start()
        brought = await here.over(fetched)
        assert brought["state"] == "done", brought
        assert here.brought(fetched) == log.read_bytes()
        await until(lambda: lies_at(local) == [], "the local CSMS lets go of it")
        await here.audited(("SendFile", "accepted"), ("FetchFile", "accepted"))


async def test_what_fails_behind_a_local_csms_fails_at_the_top_with_the_same_reason(tmp_path: Path) -> None:
    async with files(tmp_path) as here:
        local, station = await mall(here, most=400_000, largest=400_000)
        here.put("large", content(400_001))
        large = await here.over(here.begin(file="large")["id"])
        assert (large["state"], large["reason"]) == ("failed", "TOO_LARGE")
        unknown = await here.over(here.begin(fetch="no.log")["id"])
        assert (unknown["reason"], unknown["words"]) == ("REFUSED", "nothing here is called no.log")
        await here.audited(("SendFile", "rejected"), ("FetchFile", "rejected"))
        assert lies_at(local) == []
        station.end()
        await until(lambda: not here.connected(), "the station has gone")
        here.put("fits", content(100_000))
        id = here.begin(file="fits")["id"]
        assert here.stream(id)["state"] == "waiting", "there is no way to it now"
        station.start()
        assert (await here.over(id))["state"] == "done"
        assert received(station, "fits").read_bytes() == content(100_000)


async def test_files_pass_two_levels_and_each_says_done_only_when_the_station_has(tmp_path: Path) -> None:
    log = tmp_path / "station.log"
    log.write_bytes(content(MEGA, seed=3))
    async with link_house(tmp_path) as (here, pki):
        await admit_level(here, "region-lc", "/*")
        async with local_csms(tmp_path, pki, here.port, identity="region-lc", site="*", factor=1.0) as region:
            await admit_level(region, "mall-lc", "/mall")
            async with local_csms(tmp_path, pki, region.port, factor=1.0) as site:
                station = station_of(tmp_path / "CS-9", pki, site.port, logs=[str(log)])
                await asyncio.to_thread(station.start)
                try:
                    await here.until(lambda: here.csms.orders.link.connected(StationId("CS-9")), 30.0)
                    put = await here.admin.put(f"files/{NAME}", content=content(MEGA))
                    assert put.status_code == 201
                    for wish in ({"file": NAME}, {"fetch": "station.log"}):
                        id = (await here.ask("stations/CS-9/streams", wish, status=202))["id"]
                        key = bytes.fromhex(id)
                        levels = [one.csms.streams for one in (here, region, site)]
                        first = levels[0] if "file" in wish else levels[-1]
                        await here.until(lambda key=key, at=first: at.records[key].ended, 30.0)  # type: ignore[misc] # a default
                        assert [one.records[key].state for one in levels] == ["done"] * 3, "the others heard of it before"
                        for one in levels[1:]:
                            assert [path for path in one.spool.received.rglob("*") if path.is_file()] == []
                    assert received(station, NAME).read_bytes() == content(MEGA)
                    brought = await here.admin.get(f"streams/{id}/content")
                    assert brought.content == log.read_bytes()
                finally:
                    station.end()


# --- bad peers --------------------------------------------------------------------------------------------------------


async def say(peer: Raw, number: int, body: bytes, priority: Priority = Priority.BULK) -> None:
    """Say something of a stream."""
    await peer.say(number, Header(type=STREAM, kind=Kind.STREAM, priority=priority, about="stream:x"), body)


async def answer(peer: Raw) -> Said:
    """Hear what is said of a stream."""
    while True:
        frame = await peer.next(Data)
        try:
            return streams.read(frame.chunk)
        except Exception:  # noqa: BLE001 - it is about something else
            continue


async def test_a_station_offers_only_what_was_asked_for_and_breaks_nothing_but_its_own_message(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await here.register("CS-1")
        async with raw(here, pki.tls("CS-1")) as peer:
            await peer.greet()
            await peer.boot()
            offer = Offer(id=b"mine", name="../../evil", total=4, sha256=hashlib.sha256(b"evil").digest())
            await say(peer, 2, streams.write(Said(id=b"mine", verb=Verb.OFFER, offer=offer)))
            said = await answer(peer)
            assert (said.verb, said.code, said.words) == (Verb.FAILED, ErrorCode.NOT_AUTHORIZED, "nobody has asked for it")
            await say(peer, 3, streams.write(Said(id=b"mine", verb=Verb.PIECE, content=b"evil")))
            assert (await answer(peer)).verb is Verb.UNKNOWN
            await say(peer, 4, streams.wanted(b"mine", "pepper"))
            assert (await answer(peer)).code == ErrorCode.NOT_AUTHORIZED
            for number, body in enumerate((b"\xff", cbor2.dumps({1: b"x" * 17, 2: 0}), cbor2.dumps([])), 5):
                await say(peer, number, body)
                assert (await peer.next(Nack)).error == ErrorCode.MALFORMED
            await say(peer, 8, streams.done(b"mine"), Priority.CONTROL)
            assert (await peer.next(Nack)).error == ErrorCode.NOT_AUTHORIZED
            await say(peer, 9, streams.never_offered(Said(id=b"mine", verb=Verb.PIECE)))
            await here.until(lambda: here.csms.link.conversations[StationId("CS-1")].lines.open, within=5.0)
        await here.until(lambda: len(audited(here, "StreamNotAsked")) == 2)
        assert here.csms.streams.records == {}
        assert [path for path in (tmp_path / "data" / "bulk").rglob("*") if path.is_file()] == []


async def test_a_stream_that_brings_another_content_than_it_said_or_no_room_is_left_fails_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    async with link_house(tmp_path) as (here, pki):
        await here.register("CS-1")
        async with raw(here, pki.tls("CS-1")) as peer:
            await peer.greet()
            await peer.boot()
            begun = await here.ask("stations/CS-1/streams", {"fetch": "station.log"}, status=202)
            wish = await answer(peer)
            assert (wish.verb, wish.name, wish.id.hex()) == (Verb.WANT, "station.log", begun["id"])
            offer = Offer(id=wish.id, name="station.log", total=5, sha256=hashlib.sha256(b"right").digest())
            await say(peer, 2, streams.write(Said(id=wish.id, verb=Verb.OFFER, offer=offer)))
            for number in (3, 4):
                assert (await answer(peer)).verb is Verb.READY
                await say(peer, number, streams.write(Said(id=wish.id, verb=Verb.PIECE, content=b"wrong")))
            said = await answer(peer)
            assert (said.verb, said.code) == (Verb.FAILED, ErrorCode.BAD_SIGNATURE)
            over = await here.ask(f"streams/{begun['id']}")
            assert (over["state"], over["reason"]) == ("failed", "BAD_SIGNATURE")
            other = await here.ask("stations/CS-1/streams", {"fetch": "station.log"}, status=202)
            wish = await answer(peer)
            huge = Offer(id=wish.id, name="station.log", total=2**40, sha256=bytes(32))
            await say(peer, 5, streams.write(Said(id=wish.id, verb=Verb.OFFER, offer=huge)))
            assert (await answer(peer)).code == ErrorCode.TOO_LARGE
            assert (await here.ask(f"streams/{other['id']}"))["reason"] == "TOO_LARGE"
        await here.until(lambda: len(audited(here, "FetchFile")) == 2)
        assert [path.suffix for path in (tmp_path / "data" / "bulk").rglob("*") if path.is_file()] == [".json"] * 2


async def test_a_station_takes_no_name_that_leads_out_of_its_folder(tmp_path: Path) -> None:
    async with files(tmp_path) as here:
        station = here.station()
        evil = "../../evil"
        own = here.pki.give("csms.example", Role.CSMS, serves=True, to="other")
        (tmp_path / "other").mkdir()
        async with house(tmp_path / "other", listeners={"main": listener(here.pki, own)}, unknown_stations="accept") as bad:
            here.tap.lead_to(bad.port)
            station.start()
            await bad.until(lambda: StationId("CS-9") in bad.csms.engine.stations, 30.0)
            await bad.until(lambda: bad.station("CS-9").registration is Registration.ACCEPTED, 30.0)
            offer = Offer(id=os.urandom(16), name=evil, total=4, sha256=hashlib.sha256(b"evil").digest())
            stream = BulkStream(
                id=offer.id.hex(),
                name=evil,
                station=StationId("CS-9"),
                fetched=False,
                incoming=Side.HERE,
                outgoing=Side.DOWN,
                asked=bad.now(),
            )
            bad.csms.streams.begin(stream, offer)
            await bad.until(lambda: bad.csms.streams.records[offer.id].ended, 30.0)
            over = bad.csms.streams.records[offer.id]
            assert (over.reason, over.state) == ("MALFORMED", "failed")
            assert "a file is called by" in over.words
        assert [path for path in (station.folder / "data" / "bulk").rglob("*") if path.is_file()] == []
        assert not (station.folder / "data" / "evil").exists()


# --- urgency ----------------------------------------------------------------------------------------------------------


@pytest.mark.at("AT-B.6-1", "link")
async def test_an_emergency_limit_passes_a_log_on_a_slow_link_and_the_log_arrives_whole(tmp_path: Path) -> None:
    """256 kbit/s and 100 ms there and back; the log is larger than what fits into the time of all limits together."""
    log = tmp_path / "station.log"
    log.write_bytes(content(2 * MEGA))
    async with files(tmp_path, rate=256_000, delay=0.05) as here:
        station = here.station(logs=[str(log)])
        station.start()
        await until(here.connected, "CS-9 is on board")
        id = here.begin(fetch="station.log")["id"]
        await here.moved(id, 64 * 1024)
        for number in range(100):
            wish = {"evse": 1, "limit": 4000.0 + number, "emergency": True}
            status, said = await asyncio.to_thread(here.csms.rest, "POST", "/api/v1/stations/CS-9/limit", wish)
            assert status == 200, said
        assert here.stream(id)["state"] == "moving", "the log was on its way all the time"
        orders = [one for one in here.csms.rows(Order, "CS-9") if one.kind == "LimitPower"]
        took = sorted((one.ended - one.asked).total_seconds() for one in orders if one.ended is not None)
        assert len(took) == 100
        assert took[-1] <= 0.7, took[-5:]
        here.tap.narrow(None)
        here.tap.cut()
        assert (await here.over(id))["state"] == "done"
        assert here.brought(id) == log.read_bytes()
