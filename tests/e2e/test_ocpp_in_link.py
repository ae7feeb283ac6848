# SPDX-License-Identifier: Apache-2.0
"""OCPP spoken in a link between real programs: each version, over cuts, beside files, behind a local CSMS, and bad peers."""

import asyncio
import contextlib
import json
import signal
from pathlib import Path
from typing import Any

import cbor2
import pytest
from tests.e2e.bulk_house import MEGA, Files, Program, content, files, received, until
from tests.e2e.house import House
from tests.e2e.link_house import Raw, audited, context, link_house, raw
from tests.e2e.test_link_transport import ask
from websockets.exceptions import ConnectionClosed

from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.frames import Data, Delivered, Nack
from open63110.bindings.link.framing.header import Header, Kind, Priority, decode_header, encode_header
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.registry import OcppFrame
from open63110.bindings.link.opaque.opaque_socket import OCPP
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Watts
from open63110.model.order import Order
from open63110.model.quarantine import QuarantinedInput
from open63110.model.sdr import Sdr
from open63110.model.station import Identity, StationBooted, StationDisconnected
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.energy.smart_charging import LimitPower
from open63110.usecases.services.authorize_locally import AskLocalListVersion

pytestmark = pytest.mark.usefixtures("first_served", "by_turns")

CARD = "04A1B2C3"
CHUNK = 8_000
CS1, CS9 = StationId("CS-1"), "CS-9"
VERSIONS = ["ocpp2.1", "ocpp2.0.1", "ocpp1.6"]


async def on_board(here: Files, *versions: str, port: int = 0, **bulk: Any) -> Program:
    """Bring a station on board that speaks OCPP in its link; the card is known."""
    token = {"kind": "ISO14443", "value": CARD, "contract": "C-1", "concurrent": 0}
    assert here.csms.rest("POST", "/api/v1/tokens/put", {"token": token})[0] == 200
    station = here.station(wire="ocpp-in-link", versions=versions, port=port, **bulk)
    station.start()
    await until(here.connected, f"CS-9 is on board: {station.log()[-2000:]}")
    return station


def noun(here: Files) -> Any:
    """The station as REST shows it."""
    return here.csms.rest("GET", f"/api/v1/stations/{CS9}")[1]


def charging(here: Files) -> list[EnergyTransfer]:
    """Energy transfers that run."""
    return [one for one in here.csms.rows(EnergyTransfer, CS9) if one.ended is None and one.state == "charging"]


async def charge(here: Files, station: Program) -> str:
    """Plug in, show the card, see energy flow; return the reference."""
    station.do("plug 1")
    await asyncio.sleep(0.5)
    station.do(f"1 {CARD}")
    await until(lambda: charging(here), "energy flows")
    return charging(here)[0].reference


async def stopped(here: Files, reference: str) -> None:
    """Stop a transfer remotely, and see its record."""
    status, said = await asyncio.to_thread(
        here.csms.rest, "POST", f"/api/v1/stations/{CS9}/sessions/stop", {"reference": reference}
    )
    assert status == 200, said
    await until(lambda: not charging(here), "the transfer ends")
    (over,) = here.csms.rows(EnergyTransfer, CS9)
    assert over.ended is not None


@pytest.mark.parametrize("version", VERSIONS)
async def test_each_version_boots_authorizes_charges_and_is_stopped_remotely_in_a_link(tmp_path: Path, version: str) -> None:
    async with files(tmp_path) as here:
        station = await on_board(here, version)
        assert noun(here)["wire"] == version
        await stopped(here, await charge(here, station))
        station.do("unplug 1")
        await until(lambda: here.csms.rows(Sdr, CS9), "the record is produced")
        await until(lambda: noun(here)["connected"], "it is still there")
        assert here.csms.journal(CS9)
        assert not [one for one in here.csms.journal(CS9) if isinstance(one, StationDisconnected)]


async def test_the_newest_version_in_common_is_spoken_whatever_the_order_of_the_offer(tmp_path: Path) -> None:
    async with files(tmp_path, versions=("ocpp2.0.1", "ocpp1.6")) as here:
        await on_board(here, "ocpp1.6", "ocpp2.0.1", "ocpp2.1")
        assert noun(here)["wire"] == "ocpp2.0.1"


async def test_a_short_cut_is_a_pause_in_which_an_order_waits_and_a_long_one_ends_the_conversation(tmp_path: Path) -> None:
    async with files(tmp_path, clock_factor=10.0) as here:
        station = await on_board(here, "ocpp2.1")
        reference = await charge(here, station)
        here.tap.open = False
        here.tap.cut()
        limit = asyncio.create_task(
            asyncio.to_thread(here.csms.rest, "POST", f"/api/v1/stations/{CS9}/limit", {"evse": 1, "limit": 7000.0})
        )
        await asyncio.sleep(1.0)
        assert noun(here)["connected"] is not None, "ten seconds of its clock are no end"
        here.tap.open = True
        status, said = await limit
        assert status == 200, said
        here.tap.open = False
        here.tap.cut()
        await until(lambda: noun(here)["connected"] is None, "after thirty seconds of its clock it is over")
        here.tap.open = True
        await until(here.connected, "a new conversation has begun")
        await stopped(here, reference)
        gone = [one for one in here.csms.journal(CS9) if isinstance(one, StationDisconnected)]
        assert len(gone) == 1
        assert len(here.csms.rows(EnergyTransfer, CS9)) == 1


async def test_either_end_may_be_killed_and_the_conversation_begins_anew(tmp_path: Path) -> None:
    async with files(tmp_path) as here:
        station = await on_board(here, "ocpp2.0.1")
        reference = await charge(here, station)
        here.csms.kill()
        here.csms.start()
        here.tap.lead_to(here.csms.ports["link"])
        await until(here.connected, "it comes back to a CSMS that was killed")
        assert [one.reference for one in charging(here)] == [reference]
        station.end()
        station.start()
        await until(lambda: not charging(here), "what was open ends with the power")
        await until(here.connected, "it comes back after it was killed")
        (one,) = here.csms.rows(EnergyTransfer, CS9)
        assert one.reference == reference


async def test_an_urgent_limit_passes_a_file_and_the_file_arrives(tmp_path: Path) -> None:
    async with files(tmp_path, rate=256_000, delay=0.05) as here:
        station = await on_board(here, "ocpp2.0.1")
        here.put("firmware-2.bin", content(2 * MEGA))
        id = here.begin(file="firmware-2.bin")["id"]
        await here.moved(id, 64 * 1024)
        for number in range(20):
            wish = {"evse": 1, "limit": 4000.0 + number, "emergency": True}
            status, said = await asyncio.to_thread(here.csms.rest, "POST", f"/api/v1/stations/{CS9}/limit", wish)
            assert status == 200, said
        assert here.stream(id)["state"] == "moving"
        orders = [one for one in here.csms.rows(Order, CS9) if one.kind == "LimitPower"]
        took = sorted((one.ended - one.asked).total_seconds() for one in orders if one.ended is not None)
        assert len(took) == 20
        assert took[-1] <= 1.4, "two calls of OCPP, one after the other"
        here.tap.narrow(None)
        here.tap.cut()
        assert (await here.over(id))["state"] == "done"
        assert received(station, "firmware-2.bin").read_bytes() == content(2 * MEGA)


async def test_behind_a_local_csms_a_site_has_one_link_and_its_station_speaks_ocpp(tmp_path: Path) -> None:
    async with files(tmp_path) as here:
        local = here.local()
        station = await on_board(here, "ocpp2.0.1", port=local.ready["listeners"]["link"])
        assert noun(here)["via"] == ["mall-lc"]
        assert noun(here)["wire"] == "ocpp2.0.1"
        reference = await charge(here, station)
        await stopped(here, reference)
        assert here.csms.rest("GET", "/metrics")[1].count("link_connections") > 0
        here.put("firmware-2.bin", content(100_000))
        assert (await here.over(here.begin(file="firmware-2.bin")["id"]))["state"] == "done"
        assert received(station, "firmware-2.bin").read_bytes() == content(100_000)


async def test_without_a_version_in_common_the_link_ends_and_the_station_says_why(tmp_path: Path) -> None:
    async with files(tmp_path, versions=("ocpp2.0.1",)) as here:
        station = here.station(wire="ocpp-in-link", versions=("ocpp1.6",))
        station.start()
        await until(lambda: "of OCPP it speaks ocpp2.0.1" in station.log(), "it says why")
        assert here.csms.rest("GET", f"/api/v1/stations/{CS9}")[0] == 404, "nobody has begun anything"
        station.end(signal.SIGTERM)


# --- bad peers --------------------------------------------------------------------------------------------------------


class Spoken:
    """OCPP in a link, said frame by frame."""

    def __init__(self, peer: Raw) -> None:
        self.peer, self.number = peer, 0

    async def begin(self, *versions: str) -> None:
        """Say HELLO, and hear that a conversation begins."""
        await self.peer.greet(capabilities=versions)
        said = await self.heard()
        assert (said.frame, said.wire) == (b"", versions[0])

    async def put(self, body: bytes, priority: Priority = Priority.NORMAL) -> None:
        """Say a body, whatever is in it."""
        self.number += 1
        head = encode_header(Header(type=OCPP, kind=Kind.EVENT, priority=priority, about="ocpp"))
        for offset in range(0, len(body), CHUNK):
            chunk, first = body[offset : offset + CHUNK], offset == 0
            total = len(body) if first else 0
            await self.peer.send(Data(id=self.number, offset=offset, chunk=chunk, total=total, head=head if first else b""))

    async def say(self, frame: Any, wire: Any = "ocpp2.0.1") -> None:
        """Say a frame."""
        text = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
        await self.put(CODEC.encode(OcppFrame(station=CS1, wire=wire, frame=text), station=CS1))

    async def data(self) -> tuple[Header, OcppFrame]:
        """Hear the next frame, with its header, and confirm it."""
        while True:
            one = await self.peer.next(Data)
            header = decode_header(one.head)
            if header.type == OCPP:
                await self.peer.send(Delivered(ids=((one.id, one.id),)))
                return header, CODEC.decode(OCPP, one.chunk, station=CS1)

    async def heard(self) -> OcppFrame:
        """Hear the next frame."""
        return (await self.data())[1]

    async def boot(self) -> None:
        """Boot, and be accepted."""
        station = {"vendorName": "V", "model": "M"}
        await self.say([2, "b", "BootNotification", {"reason": "PowerUp", "chargingStation": station}])
        while True:
            said = json.loads((await self.heard()).frame)
            if said[0] == 3 and said[1] == "b":
                assert said[2]["status"] == "Accepted"
                return

    async def alive(self, id: str) -> None:
        """See that a heartbeat is answered."""
        await self.say([2, id, "Heartbeat", {}])
        while True:
            said = json.loads((await self.heard()).frame)
            if said[:2] == [3, id]:
                return

    async def refused(self) -> int:
        """Hear that a message is not taken."""
        return (await self.peer.next(Nack)).error


async def spoken(here: House, peer: Raw) -> Spoken:
    """Bring CS-1 on board."""
    one = Spoken(peer)
    await one.begin("ocpp2.0.1")
    await one.boot()
    return one


async def test_garbage_costs_one_error_and_nothing_else(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await here.register("CS-1")
        async with raw(here, pki.tls("CS-1")) as peer:
            one = await spoken(here, peer)
            for body in (b"\xff\xff", cbor2.dumps({2: 99, 3: b"x"}), cbor2.dumps({2: 2}), cbor2.dumps({3: 1.5})):
                await one.put(body)
                assert await one.refused() == ErrorCode.MALFORMED
            await one.alive("h1")
            await one.say(b"\xc3\x28 no JSON at all")
            await one.alive("h2")
            await one.say([2, "x", "NoSuchAction", {}])
            assert json.loads((await one.heard()).frame)[:3] == [4, "x", "NotImplemented"]
            await one.say([2, "h3", "Heartbeat", {}], wire="ocpp1.6")
            assert await one.refused() == ErrorCode.UNSUPPORTED_VERSION
            await one.say(b"[2," + b" " * here.csms.config.limits.message_bytes)
            assert await one.refused() == ErrorCode.TOO_LARGE
            await one.alive("h4")
        found = [item for item in here.rows(QuarantinedInput) if item.action == "OcppFrame"]
        assert len(found) == 4


async def test_a_link_has_either_frames_of_ocpp_or_messages_of_its_own(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await here.register("CS-1")
        tls = pki.tls("CS-1")
        async with raw(here, tls) as peer:
            one = await spoken(here, peer)
            booted = StationBooted(station=CS1, at=here.now(), identity=Identity(serial="SN"))
            one.number += 1
            await peer.say(one.number, Header(type=CODEC.number(booted), kind=Kind.REQUEST), booted)
            assert await one.refused() == ErrorCode.NOT_SUPPORTED
            await one.alive("h1")
        async with raw(here, tls) as peer:
            await peer.greet()
            await peer.boot()
            native = Spoken(peer)
            native.number = 1
            await native.say([2, "h1", "Heartbeat", {}])
            assert await native.refused() == ErrorCode.NOT_SUPPORTED


async def test_no_version_in_common_ends_the_link_with_the_code_the_specification_names(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await here.register("CS-1")
        here.csms.link.gate = None
        async with raw(here, pki.tls("CS-1")) as peer:
            with contextlib.suppress(ConnectionClosed):
                await peer.greet(capabilities=("ocpp1.6",))
            assert await peer.closed() == 4000 + ErrorCode.UNSUPPORTED_VERSION
        await here.until(lambda: len(audited(here, "LinkUnsupportedVersion")) == 1)


async def test_orders_go_as_urgent_as_they_are_and_wait_for_the_call_before_them(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await here.register("CS-1")
        async with raw(here, pki.tls("CS-1")) as peer:
            one = await spoken(here, peer)
            await ask(here, AskLocalListVersion(station=CS1), 60.0)
            header, said = await one.data()
            assert (header.priority, json.loads(said.frame)[2]) == (Priority.NORMAL, "GetLocalListVersion")
            assert header.deadline is not None
            calm = LimitPower(station=CS1, evse=EvseNumber(1), limit=Watts(9_000.0))
            urgent = LimitPower(station=CS1, evse=EvseNumber(1), limit=Watts(4_000.0), emergency=True)
            await ask(here, calm, 60.0)
            await ask(here, urgent, 60.0)
            await one.say([3, json.loads(said.frame)[1], {"versionNumber": 0}])
            seen = []
            for _ in range(2):
                header, said = await one.data()
                _, id, action, payload = json.loads(said.frame)
                if action != "SetChargingProfile":
                    await one.say([4, id, "NotSupported", "", {}])
                    continue
                period = payload["chargingProfile"]["chargingSchedule"][0]["chargingSchedulePeriod"][0]
                seen.append((header.priority, period["limit"]))
                await one.say([3, id, {"status": "Accepted"}])
            assert seen[0] == (Priority.EMERGENCY, 4_000.0)


async def test_a_station_that_has_lost_its_conversation_begins_another_on_the_same_link(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await here.register("CS-1")
        async with raw(here, pki.tls("CS-1")) as peer:
            one = await spoken(here, peer)
            first = here.csms.ocpp.conversations[CS1]
            await one.say(b"")
            assert (await one.heard()).frame == b""
            assert here.csms.ocpp.conversations[CS1] is not first
            await one.boot()
            assert len(here.csms.ocpp.conversations) == 1


async def test_whose_certificate_is_taken_back_is_heard_no_more_at_once(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await here.register("CS-1")
        given = pki.give("CS-1")
        async with raw(here, context(given)) as peer:
            await spoken(here, peer)
            pki.folder.revoke(given.serial, "key-compromise", here.now())
            assert await peer.closed() == 4000 + ErrorCode.REVOKED
            await here.until(lambda: here.station("CS-1").connected is None, 5.0)
            assert here.csms.ocpp.conversations == {}


async def test_a_newer_socket_of_the_same_station_wins_over_the_one_in_the_link(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await here.register("CS-1")
        tls = pki.tls("CS-1")
        async with raw(here, tls) as peer:
            await spoken(here, peer)
            first = here.csms.ocpp.conversations[CS1]
            async with raw(here, tls) as newer:
                other = await spoken(here, newer)
                assert await peer.closed() == 4000 + ErrorCode.SUPERSEDED
                assert here.csms.ocpp.conversations[CS1] is not first, "its outbox is another one: it has begun anew"
                await other.alive("h1")
                assert here.station("CS-1").connected is not None
