# SPDX-License-Identifier: Apache-2.0
"""Annex B over real links: deadlines, addresses, secrecy, directions, pipelining, resuming (B.1, B.2, B.4, B.5, B.9, B.10)."""

import asyncio
import functools
import itertools
import random
import socket
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import ADMIN, House
from tests.e2e.link_house import LinkStation, Pki, audited, context, link_house, linked, raw

from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.link.carriers.websocket_carrier import server_tls
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.frames import Data
from open63110.bindings.link.framing.header import Header, Kind, Priority, decode_header
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.revoked import Revoked
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.order import Order, Outcome
from open63110.model.policy import StationPolicy
from open63110.model.station import Registration, StationBooted
from open63110.ports import Where
from open63110.usecases.energy.smart_charging import LimitPower
from open63110.usecases.services.authorize_locally import AskLocalListVersion, LocalListVersionAnswer
from open63110.usecases.stations.monitor_station import Heartbeat, StationEventReported

CS1 = StationId("CS-1")
DOORS = frozenset({Role.ADMIN})


async def ask(here: House, command: Command, within: float) -> Order:
    """Give an order that is worth something for so long [s], and return it as it was given."""
    asked = await here.csms.orders.ask(command, ADMIN, deadline=here.now() + timedelta(seconds=within), roles=DOORS)
    return asked.order


async def ended(here: House, *orders: Order) -> list[Order]:
    """Wait for orders to end."""

    def found() -> list[Order]:
        rows = here.rows(Order, Where("id", "in", tuple(one.id for one in orders)))
        return [one for one in rows if one.ended is not None]

    await here.until(lambda: len(found()) == len(orders), within=60.0)
    return sorted(found(), key=lambda one: [order.id for order in orders].index(one.id))


# --- B.1 --------------------------------------------------------------------------------------------------------------


@pytest.mark.at("AT-B.1-1", "link")
async def test_a_receiver_that_was_paused_does_not_apply_what_is_too_late(tmp_path: Path) -> None:
    async with linked(tmp_path, factor=1.0, tapped=True) as at:
        at.tap.hold()
        until = at.here.now() + timedelta(seconds=2)  # the CSMS itself wants it no longer
        setpoint = await ask(at.here, LimitPower(station=CS1, evse=EvseNumber(1), limit=Watts(4_000.0), until=until), 2.0)
        question = await ask(at.here, AskLocalListVersion(station=CS1), 120.0)
        await asyncio.sleep(5.0)
        at.tap.release()
        late, served = await ended(at.here, setpoint, question)
        assert late.outcome is Outcome.EXPIRED
        assert served.outcome is Outcome.ACCEPTED
        await at.here.pass_by(1.0)
        noun = at.controller.noun
        assert noun is not None
        assert not noun.limits.desired, "the limit was never applied"


@pytest.mark.at("AT-B.1-2", "link")
async def test_a_sender_reports_each_timeout_when_it_comes(tmp_path: Path) -> None:
    async with linked(tmp_path, factor=1.0, tapped=True) as at:
        at.tap.open = False
        at.tap.cut()
        await at.here.until(lambda: not at.here.csms.link.connected(CS1))
        conversation = at.here.csms.link.conversations[CS1]
        loop, took = asyncio.get_running_loop(), dict[float, float]()
        begun = loop.time()
        for place, within in enumerate((1.0, 30.0)):
            one = order(at.here, place, within)
            conversation.order(one, AskLocalListVersion(station=CS1))
            (number,) = [number for number, id in conversation._orders.items() if id == one.id]
            told = conversation.lines._asked[number]

            def over(ending: Any, within: float = within) -> None:
                assert (ending.status, ending.silent) == (ErrorCode.EXPIRED, False)
                took[within] = loop.time() - begun

            told.over = over
        await at.here.until(lambda: len(took) == 2, within=40.0)
        assert took[1.0] == pytest.approx(1.0, rel=0.1)
        assert took[30.0] == pytest.approx(30.0, rel=0.1)


# --- B.2 --------------------------------------------------------------------------------------------------------------


async def on_board_from(folder: Path, host: str, name: str) -> float:
    """Come on board at an address, and return how long that took [s]."""
    async with house_at(folder, host) as (here, pki):
        tls = pki.tls("CS-1")
        begun = time.monotonic()
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, StationPolicy(), seed=1)
            dialling = Dialling(endpoints=(f"wss://{name}:{here.port}/link",), tls=tls)
            hardware = site.build(StationPlan(id="CS-1", version=Version.V21, evses=1, boot=0.0), dialling)
            async with site.running():
                hardware.switch_on()
                await here.until(lambda: CS1 in here.csms.engine.stations)
                await here.until(lambda: here.station("CS-1").registration is Registration.ACCEPTED)
                return time.monotonic() - begun


def house_at(folder: Path, host: str) -> Any:
    """A CSMS that listens at an address."""
    return link_house(folder, host=host, unknown_stations="accept")


@pytest.mark.at("AT-B.2-1", "link")
@pytest.mark.parametrize(
    ("host", "name"),
    [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("127.0.0.1", "localhost"), ("localhost", "localhost")],
)
async def test_links_are_opened_over_both_versions_of_ip(host: str, name: str, tmp_path: Path) -> None:
    assert await on_board_from(tmp_path, host, name) < 10.0


@pytest.mark.at("AT-B.2-1", "link")
async def test_a_broken_version_of_ip_costs_less_than_two_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    whole = loop.getaddrinfo

    async def dual(host: Any, port: Any, **more: Any) -> Any:
        found = await whole(host, port, **more)
        dead = (socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("100::1", port, 0, 0))  # the discard prefix
        return [dead, *found] if host == "localhost" and not more.get("flags") else found

    async def connect(sock: socket.socket, address: Any) -> Any:
        if str(address[0]).startswith("100::"):
            await asyncio.sleep(3600)  # a network that swallows everything
        return await reach(sock, address)

    reach = loop.sock_connect
    monkeypatch.setattr(loop, "getaddrinfo", dual)
    monkeypatch.setattr(loop, "sock_connect", connect)
    assert await on_board_from(tmp_path, "127.0.0.1", "localhost") < 2.0


# --- B.4 --------------------------------------------------------------------------------------------------------------


@pytest.mark.at("AT-B.4-4", "link")
async def test_whoever_listens_on_the_way_reads_nothing(tmp_path: Path) -> None:
    async with linked(tmp_path, tapped=True) as at:
        await at.charge(1, "ANNA")
        order = await ask(at.here, LimitPower(station=CS1, evse=EvseNumber(1), limit=Watts(4_000.0)), 60.0)
        await ended(at.here, order)
        heard = bytes(at.tap.passed)
        assert len(heard) > 5_000
        for word in (b"CS-1", b"ANNA", b"limit", b"iec63110"):
            assert word not in heard


# --- B.5 --------------------------------------------------------------------------------------------------------------


@pytest.mark.at("AT-B.5-1", "link")
async def test_both_ends_start_a_hundred_requests_at_once(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        ups: list[Any] = []
        number = CODEC.number(Heartbeat(station=CS1))
        body = CODEC.encode(Heartbeat(station=CS1), station=CS1)
        for _ in range(100):
            at.line.lines.send(Header(type=number, kind=Kind.REQUEST), body, durable=False, over=ups.append, patience=3_600.0)
        downs = [await ask(at.here, AskLocalListVersion(station=CS1), 3_600.0) for _ in range(100)]
        assert {one.outcome for one in await ended(at.here, *downs)} == {Outcome.ACCEPTED}
        await at.here.until(lambda: len(ups) == 100)
        assert all(one.status == 0 and len(one.replies) == 1 for one in ups)


@pytest.mark.at("AT-B.5-2", "link")
async def test_a_csms_dials_a_station_that_listens(tmp_path: Path) -> None:
    pki = Pki(tmp_path / "pki")
    station, free = pki.give("CS-1", serves=True), free_port()
    assert station.key is not None
    there = f"wss://localhost:{free}/link"
    async with link_house(tmp_path, pki=pki, stations=(there,), unknown_stations="accept") as (here, _):
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, StationPolicy(), seed=1)
            hardware = site.build(
                StationPlan(id="CS-1", version=Version.V21, evses=1), Dialling(endpoints=(), tls=context(station))
            )
            async with site.running():
                hardware.switch_on()
                tls = server_tls(station.certificate, station.key, pki.folder.root_path)
                line, nobody = site.link.lines[CS1], Revoked(None, None)
                edge = await site.link.listen(line, "localhost", free, tls, nobody, lambda *_: None)
                await here.until(lambda: here.csms.link.connected(CS1))
                order = await ask(here, AskLocalListVersion(station=CS1), 30.0)
                (done,) = await ended(here, order)
                assert done.outcome is Outcome.ACCEPTED
                await edge.stop()


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


# --- B.9 --------------------------------------------------------------------------------------------------------------


@pytest.mark.at("AT-B.9-1", "link")
async def test_answers_in_any_order_find_their_requests(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await here.register("CS-1")
        async with raw(here, pki.tls("CS-1")) as peer:
            await peer.greet()
            await peer.boot()
            await here.until(lambda: here.csms.link.connected(CS1))
            begun = time.monotonic()
            orders = [await ask(here, AskLocalListVersion(station=CS1), 30.0) for _ in range(32)]
            asked: dict[str, int] = {}
            while len(asked) < 32:
                frame = await peer.next(Data)
                header = decode_header(frame.head)
                if header.type == CODEC.registry.by_kind[AskLocalListVersion].number:
                    asked[header.key.decode()] = frame.id
            chance, ids = random.Random(9), itertools.count(10)

            async def answer(place: int, order: Order) -> None:
                await asyncio.sleep(chance.uniform(0, 4.5))
                number = CODEC.registry.by_kind[LocalListVersionAnswer].number
                header = Header(type=number, kind=Kind.REPLY, reply_to=asked[order.id], priority=Priority.CONTROL)
                await peer.say(next(ids), header, LocalListVersionAnswer(version=place))

            async with asyncio.TaskGroup() as tasks:
                for place, order in enumerate(orders):
                    tasks.create_task(answer(place, order))
            done = await ended(here, *orders)
            assert [f'"version":{place}' in one.answer for place, one in enumerate(done)] == [True] * 32
            assert time.monotonic() - begun <= 6.0


@pytest.mark.at("AT-B.9-2", "link")
async def test_a_request_is_taken_back_and_the_others_go_on(tmp_path: Path) -> None:
    async with linked(tmp_path, factor=1.0) as at:
        at.line.cut()
        await at.here.until(lambda: not at.here.csms.link.connected(CS1))
        conversation = at.here.csms.link.conversations[CS1]
        orders = [order(at.here, place) for place in range(32)]
        endings: dict[int, Any] = {}
        for one in orders:
            conversation.order(one, AskLocalListVersion(station=CS1))
        for number, asked in conversation.lines._asked.items():
            asked.over = functools.partial(endings.__setitem__, number)
        assert conversation.take_back(orders[7])
        at.line.dial()
        await at.here.until(lambda: len(endings) == 32)
        statuses = [one.status for one in endings.values()]
        assert statuses.count(ErrorCode.CANCELLED) == 1
        assert statuses.count(0) == 31


def order(here: House, place: int, within: float = 60.0) -> Order:
    """Make an order that is worth something for so long [s]."""
    now = here.now()
    until = now + timedelta(seconds=within)
    return Order(
        id=f"o{place}",  # type: ignore[arg-type] # a literal
        station=CS1,
        kind="AskLocalListVersion",
        by=ADMIN.id,
        asked=now,
        deadline=until,
        outcome=Outcome.WAITING,
    )


# --- B.10 -------------------------------------------------------------------------------------------------------------


@pytest.mark.at("AT-B.10-1", "link")
async def test_after_ten_seconds_without_tcp_everything_arrives_once(tmp_path: Path) -> None:
    async with linked(tmp_path, factor=10.0, tapped=True) as at:
        tell(at, "before")
        await at.here.until(lambda: not at.site.waiting)
        at.tap.hold()
        for number in range(3):
            tell(at, f"held-{number}")
        waiting = await ask(at.here, AskLocalListVersion(station=CS1), 600.0)
        at.tap.open = False
        at.tap.cut()
        await at.here.until(lambda: at.here.station("CS-1").connected is None)
        await at.here.pass_by(10)
        at.tap.open = True
        at.tap.release()
        await at.link_is_back()
        (done,) = await ended(at.here, waiting)
        assert done.outcome is Outcome.ACCEPTED
        codes = [one.code for one in await at.here.facts(StationEventReported, "CS-1")]
        assert codes == ["before", "held-0", "held-1", "held-2"]
        assert len(await at.here.facts(StationBooted, "CS-1")) == 1, "it did not register again"


def tell(at: LinkStation, code: str) -> None:
    """Let the station report an event."""
    at.controller.fault(1, "", 3)
    now = at.here.now()
    fact = StationEventReported(station=CS1, at=now, component="Lock", severity=3, code=code)
    at.controller.fact(fact)


@pytest.mark.at("AT-B.10-3", "link")
async def test_a_link_that_is_too_old_is_opened_anew_and_loses_nothing(tmp_path: Path) -> None:
    async with linked(tmp_path, tapped=True) as at:
        at.tap.hold()
        orders = [await ask(at.here, AskLocalListVersion(station=CS1), 3_600.0) for _ in range(8)]
        at.here.csms.link.lifetime = 1.0
        await at.here.until(lambda: at.here.csms.link.conversations[CS1].lines.session._ended)
        at.here.csms.link.lifetime = 86_400.0
        at.tap.release()
        assert {one.outcome for one in await ended(at.here, *orders)} == {Outcome.ACCEPTED}
        assert len(await at.here.facts(StationBooted, "CS-1")) == 1
        assert not audited(at.here, "LinkSessionExpired")


@pytest.mark.at("AT-B.10-4", "link")
async def test_a_revoked_certificate_closes_the_link_within_five_seconds(tmp_path: Path) -> None:
    async with linked(tmp_path, factor=1.0) as at:
        (serial,) = [one.serial for one in at.pki.folder.issued() if one.identity == "CS-1"]
        begun = time.monotonic()
        at.pki.folder.revoke(serial, "key-compromise", at.here.now())
        await at.here.until(lambda: at.here.station("CS-1").connected is None)
        assert time.monotonic() - begun <= 5.0
        await at.here.until(lambda: audited(at.here, "LinkRevoked"))
        await asyncio.sleep(1.5)
        assert not at.line.open
        assert len(audited(at.here, "LinkRevoked")) == 1
        assert len(audited(at.here, "RevokedCertificate")) <= 1
