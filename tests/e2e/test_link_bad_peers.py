# SPDX-License-Identifier: Apache-2.0
"""Bad peers on a link: refused with the code of the specification and exactly one security event (B.4, B.8, B.10, B.14, B.15)."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House
from tests.e2e.link_house import Pki, Raw, context, link_house, raw
from tests.e2e.tls_hello import client_hello
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidMessage, InvalidStatus

from open63110.bindings.link.carriers.websocket_carrier import SUBPROTOCOL
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.frames import Data, Delivered, Nack
from open63110.bindings.link.framing.header import Extension, Header, Kind, Priority, decode_header
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.levels.places import put_in_zone
from open63110.bindings.link.messages.codec import CODEC
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.principal import AuditEntry
from open63110.model.quarantine import QuarantinedInput
from open63110.model.site import ZoneKey
from open63110.usecases.stations.monitor_station import Heartbeat, StationEventReported

CS1 = StationId("CS-1")
PROTOCOLS: Any = [SUBPROTOCOL]


def events(here: House) -> list[tuple[str, str]]:
    """Security events on the disk: who and what."""
    return [(one.target, one.reason) for one in here.rows(AuditEntry) if one.outcome == "not-authorized"]


async def one_event(here: House, who: str, kind: str) -> None:
    """See that there is exactly one security event, and that no second one follows."""
    await here.until(lambda: events(here))
    await asyncio.sleep(0.2)
    assert events(here) == [(who, kind)]


@contextlib.contextmanager
def refused() -> Iterator[None]:
    """See a connection refused below WebSocket."""
    with pytest.raises((ssl.SSLError, ConnectionError, EOFError, InvalidMessage)):
        yield


async def knock(here: House, tls: ssl.SSLContext) -> None:
    """Try to open a link, and try to hear something: with TLS 1.3 a client learns only then that it was refused."""
    async with connect(
        f"wss://localhost:{here.port}/link", ssl=tls, subprotocols=PROTOCOLS, ping_interval=None, compression=None
    ) as socket:
        await socket.recv()


@pytest.mark.at("AT-B.4-1", "link")
async def test_who_speaks_without_tls_hears_nothing(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
        writer.write(b"GET /link HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n")
        heard = await reader.read()
        assert b"HTTP" not in heard
        assert len(heard) <= 7, "at most an alert of TLS"
        writer.close()
        await one_event(here, "127.0.0.1", "TlsHandshakeFailed")


@pytest.mark.at("AT-B.4-2", "link")
@pytest.mark.parametrize("version", ["TLSv1_1", "TLSv1_2"])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
async def test_tls_below_1_3_is_refused(version: str, tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        tls = pki.tls("CS-1")
        tls.minimum_version = ssl.TLSVersion[version]
        tls.maximum_version = ssl.TLSVersion[version]
        tls.set_ciphers("ALL:@SECLEVEL=0")
        with refused():
            await knock(here, tls)
        await one_event(here, "127.0.0.1", "TlsHandshakeFailed")


@pytest.mark.at("AT-B.4-2", "link")
@pytest.mark.parametrize("cipher", ["NULL-SHA256", "RC4-SHA", "DES-CBC3-SHA"])
async def test_weak_ciphers_are_refused(cipher: str, tmp_path: Path) -> None:
    number = {"NULL-SHA256": 0x003B, "RC4-SHA": 0x0005, "DES-CBC3-SHA": 0x000A}[cipher]
    async with link_house(tmp_path) as (here, _):
        for tls_1_3, why in ((True, "no shared cipher"), (False, "unsupported protocol")):
            reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
            writer.write(client_hello(number, tls_1_3=tls_1_3))
            async with asyncio.timeout(20):
                heard = await reader.read()
            writer.close()
            assert heard[:1] in {b"", b"\x15"}, "at most an alert: no ServerHello"
            await here.until(lambda why=why: [one for one in told(here) if why in one])  # type: ignore[misc] # a lambda's defaults
        await asyncio.sleep(0.2)
        assert len(told(here)) == 2, "one event each"


def told(here: House) -> list[str]:
    """Why handshakes have failed, as security events say."""
    return [one.detail for one in here.rows(AuditEntry) if one.action == "TlsHandshakeFailed"]


async def test_the_same_client_with_a_cipher_of_today_is_answered(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
        writer.write(client_hello(0x1301, tls_1_3=True))
        async with asyncio.timeout(20):
            heard = await reader.readexactly(6)
        writer.close()
        assert (heard[0], heard[5]) == (0x16, 2), "a ServerHello: nothing but the cipher was wrong before"


@pytest.mark.at("AT-B.4-3", "link")
async def test_no_certificate_is_no_way_in(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        tls = ssl.create_default_context(cafile=pki.folder.root_path)
        with refused():
            await knock(here, tls)
        await one_event(here, "127.0.0.1", "TlsHandshakeFailed")


@pytest.mark.at("AT-B.4-3", "link")
async def test_a_certificate_of_another_authority_is_no_way_in(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        stranger = Pki(tmp_path / "stranger", "Another authority")
        tls = context(stranger.give("CS-1"))
        tls.load_verify_locations(pki.folder.root_path)
        with refused():
            await knock(here, tls)
        await one_event(here, "127.0.0.1", "TlsHandshakeFailed")


async def test_an_expired_certificate_is_no_way_in(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        given = pki.give("CS-1", life=timedelta(seconds=1))
        await asyncio.sleep(1.2)
        with refused():
            await knock(here, context(given))
        await one_event(here, "127.0.0.1", "TlsHandshakeFailed")


async def turned_away(here: House, tls: ssl.SSLContext, status: int) -> None:
    """See an upgrade answered with no."""
    with pytest.raises(InvalidStatus) as caught:
        await knock(here, tls)
    assert caught.value.response.status_code == status


async def test_a_role_that_has_no_link_here_is_turned_away(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await turned_away(here, pki.tls("meter-1", Role.METER), 403)
        await one_event(here, "meter-1", "RoleNotAdmitted")


async def test_a_revoked_certificate_is_turned_away(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        given = pki.give("CS-1")
        pki.folder.revoke(given.serial, "key-compromise", here.now())
        await here.until(lambda: int(given.serial, 16) in here.csms.revoked)
        await turned_away(here, context(given), 403)
        await one_event(here, "CS-1", "RevokedCertificate")


async def test_another_identity_in_hello_than_in_the_certificate_ends_the_link(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        async with raw(here, pki.tls("CS-1")) as peer:
            await peer.send(Hello(identity="CS-2", outbox=b"x"))
            assert await peer.closed() == 4000 + ErrorCode.IDENTITY_MISMATCH
            assert [one.error for one in peer.nacks] == [ErrorCode.IDENTITY_MISMATCH]
        await one_event(here, "CS-1", "LinkIdentityMismatch")


@pytest.mark.at("AT-B.10-2", "link")
async def test_who_resumes_with_another_certificate_is_turned_away(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await here.register("CS-1")
        first, second = pki.give("CS-1"), pki.give("CS-1", to="second")
        async with raw(here, context(first)) as peer:
            await peer.greet()
            await peer.boot()
            await turned_away(here, context(second), 403)
            await here.until(lambda: here.csms.link.connected(CS1))
        await here.until(lambda: not here.csms.link.connected(CS1))
        await turned_away(here, context(second), 403)
        await one_event(here, "CS-1", "IdentityMismatch")
        pki.folder.revoke(first.serial, "superseded", here.now())
        await here.until(lambda: int(first.serial, 16) in here.csms.revoked)
        async with raw(here, context(second)) as peer:
            await peer.greet()


@pytest.mark.at("AT-B.8-2", "link")
async def test_an_emergency_of_who_may_not_is_refused(tmp_path: Path) -> None:
    async with on_board(tmp_path) as (here, peer):
        header = Header(type=CODEC.number(Heartbeat(station=CS1)), kind=Kind.REQUEST, priority=Priority.EMERGENCY)
        await peer.say(2, header, Heartbeat(station=CS1))
        nack = await peer.next(Nack)
        assert (nack.id, nack.error, nack.retry_after) == (2, ErrorCode.NOT_AUTHORIZED, None)
        assert "PriorityNotAllowed" in nack.words
        await one_event(here, "CS-1", "LinkNotAuthorized")


async def test_what_only_others_may_say_is_refused(tmp_path: Path) -> None:
    async with on_board(tmp_path) as (here, peer):
        number = CODEC.registry.by_name["LimitPower"].number
        await peer.say(2, Header(type=number, kind=Kind.REQUEST), b"\xa1\x03\x18\x64")
        nack = await peer.next(Nack)
        assert (nack.id, nack.error) == (2, ErrorCode.NOT_AUTHORIZED)
        await one_event(here, "CS-1", "LinkNotAuthorized")


async def test_who_speaks_of_another_station_is_refused(tmp_path: Path) -> None:
    async with on_board(tmp_path) as (here, peer):
        header = Header(type=CODEC.number(Heartbeat(station=CS1)), kind=Kind.REQUEST, src="/-/-/CS-2")
        await peer.say(2, header, Heartbeat(station=CS1))
        assert (await peer.next(Nack)).error == ErrorCode.NOT_AUTHORIZED
        await one_event(here, "CS-1", "LinkNotAuthorized")


async def test_who_was_moved_to_another_zone_may_not_speak_of_its_former_place_any_more(tmp_path: Path) -> None:
    async with on_board(tmp_path) as (here, peer):
        put_in_zone(here.csms.engine, CS1, ZoneKey("mall:north"))
        header = Header(type=CODEC.number(Heartbeat(station=CS1)), kind=Kind.REQUEST, src="/mall/north/CS-1")
        await peer.say(2, header, Heartbeat(station=CS1))
        assert (await peer.next(Delivered)).ids[-1][-1] == 2
        put_in_zone(here.csms.engine, CS1, ZoneKey("mall:south"))
        await peer.say(3, header, Heartbeat(station=CS1))
        nack = await peer.next(Nack)
        assert (nack.id, nack.error) == (3, ErrorCode.NOT_AUTHORIZED)
        await one_event(here, "CS-1", "LinkNotAuthorized")


@pytest.mark.at("AT-B.14-2", "link")
async def test_an_unknown_critical_extension_is_refused_and_one_that_is_not_critical_ignored(tmp_path: Path) -> None:
    async with on_board(tmp_path) as (here, peer):
        number = CODEC.number(Heartbeat(station=CS1))
        kind = Kind.REQUEST
        critical = Header(type=number, kind=kind, extensions={"org.example.must": Extension(critical=True, value=b"1")})
        await peer.say(2, critical, Heartbeat(station=CS1))
        nack = await peer.next(Nack)
        assert (nack.id, nack.error) == (2, ErrorCode.UNSUPPORTED_EXTENSION)
        await peer.say(
            3, Header(type=number, kind=kind, extensions={"org.example.may": Extension(value=b"1")}), Heartbeat(station=CS1)
        )
        assert (await peer.next(Delivered)).ids[-1][-1] == 3
        await one_event(here, "CS-1", "LinkUnsupportedExtension")


@pytest.mark.at("AT-B.15-2", "link")
async def test_another_major_version_is_refused_and_told_which_there_are(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        async with raw(here, pki.tls("CS-1")) as peer:
            await peer.send(Hello(identity="CS-1", outbox=b"x", versions=((2, 0),)))
            assert await peer.closed() == 4000 + ErrorCode.UNSUPPORTED_VERSION
            assert "1.0" in peer.nacks[0].words
        await one_event(here, "CS-1", "LinkUnsupportedVersion")


async def test_a_frame_that_comes_again_at_once_is_confirmed_again_and_not_taken_again(tmp_path: Path) -> None:
    async with on_board(tmp_path) as (here, peer):
        said = StationEventReported(station=CS1, at=here.now().replace(microsecond=0), component="Lock", severity=3)
        await peer.say(2, Header(type=CODEC.number(said)), said)
        await peer.next(Delivered)
        await peer.socket.send(peer.sent[-1])
        assert (await peer.next(Delivered)).ids == ((2, 2),)
        assert len(await here.facts(StationEventReported, "CS-1")) == 1
        assert events(here) == []


@pytest.mark.at("AT-7.9.1-1", "link")
async def test_a_frame_of_an_earlier_link_that_is_played_again_ends_the_link_and_is_not_taken_again(tmp_path: Path) -> None:
    async with on_board(tmp_path) as (here, peer):
        said = StationEventReported(station=CS1, at=here.now().replace(microsecond=0), component="Lock", severity=3)
        await peer.say(2, Header(type=CODEC.number(said)), said)
        await peer.next(Delivered)
        recorded = peer.sent[-1]
        async with raw(here, context_of(peer)) as again:
            again.outbox = peer.outbox
            hello = await again.greet()
            assert hello.resume[-1].contiguous >= 2
            await again.socket.send(recorded)
            assert await again.closed() == 4000 + ErrorCode.PROTOCOL
            assert [one.error for one in again.nacks] == [ErrorCode.PROTOCOL]
        assert len(await here.facts(StationEventReported, "CS-1")) == 1
        await one_event(here, "CS-1", "LinkProtocol")


@pytest.mark.at("AT-7.9.1-1", "link")
async def test_a_frame_that_another_identity_plays_again_is_refused(tmp_path: Path) -> None:
    """It speaks of the station that said it, and so nobody else may."""
    async with on_board(tmp_path) as (here, peer):
        await here.register("CS-2")
        said = StationEventReported(station=CS1, at=here.now().replace(microsecond=0), component="Lock", severity=3)
        await peer.say(2, Header(type=CODEC.number(said), src="/-/-/CS-1"), said)
        await peer.next(Delivered)
        recorded = peer.sent[-1]
        async with raw(here, here.papers("CS-2"), "CS-2") as other:
            await other.greet()
            await other.boot()
            other.heard.clear()
            await other.socket.send(recorded)
            nack = await other.next(Nack)
            assert (nack.id, nack.error, nack.retry_after) == (2, ErrorCode.NOT_AUTHORIZED, None)
        assert [one.station for one in await here.facts(StationEventReported)] == ["CS-1"]
        await one_event(here, "CS-2", "LinkNotAuthorized")


async def test_garbage_ends_the_link(tmp_path: Path) -> None:
    async with on_board(tmp_path) as (here, peer):
        await peer.socket.send(b"\xff\x00garbage")
        assert await peer.closed() == 4000 + ErrorCode.MALFORMED
        await one_event(here, "CS-1", "LinkMalformed")


async def test_what_cannot_be_understood_is_quarantined_and_confirmed(tmp_path: Path) -> None:
    async with on_board(tmp_path) as (here, peer):
        number = CODEC.registry.by_name["ConnectorReported"].number
        await peer.say(2, Header(type=number), b"\xa1\x02\x63abc")
        assert (await peer.next(Delivered)).ids == ((2, 2),)
        (kept,) = here.rows(QuarantinedInput)
        assert (kept.wire, kept.action, kept.raw) == ("iec63110.link.v1", "ConnectorReported", b"\xa1\x02\x63abc")


async def test_what_was_consumed_is_kept_though_no_use_case_takes_it(tmp_path: Path) -> None:
    async with on_board(tmp_path) as (here, peer):
        number = CODEC.registry.by_name["EnergyTransferStarted"].number
        for id in range(2, 30):
            await peer.say(id, Header(type=number, kind=Kind.REQUEST, about=str(id)), b"\xa1\x02\x63abc")
            answer = await peer.next(Data)
            assert decode_header(answer.head).status == ErrorCode.MALFORMED
        assert len(here.rows(QuarantinedInput)) == 28


async def test_a_request_that_cannot_be_understood_is_answered_with_no(tmp_path: Path) -> None:
    async with on_board(tmp_path) as (_, peer):
        number = CODEC.registry.by_name["AuthorizeCredential"].number
        await peer.say(2, Header(type=number, kind=Kind.REQUEST), b"\xa0")
        answer = await peer.next(Data)
        assert decode_header(answer.head).status == ErrorCode.MALFORMED


_TLS: dict[str, ssl.SSLContext] = {}


def context_of(peer: Raw) -> ssl.SSLContext:
    """Return the context that a peer came with."""
    return _TLS[peer.identity]


@contextlib.asynccontextmanager
async def on_board(folder: Path) -> AsyncIterator[tuple[House, Raw]]:
    """A raw station that was accepted."""
    async with link_house(folder) as (here, pki):
        await here.register("CS-1")
        _TLS["CS-1"] = pki.tls("CS-1")
        async with raw(here, _TLS["CS-1"]) as peer:
            await peer.greet()
            await peer.boot()
            peer.heard.clear()
            yield here, peer
