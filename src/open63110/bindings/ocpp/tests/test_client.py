# SPDX-License-Identifier: Apache-2.0
"""The station end of OCPP over real sockets: dialling, credentials, versions, calls both ways, loss and return."""

import asyncio
import base64
import contextlib
import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from tests.literal import Ids

from open63110.bindings.ocpp.client import Client
from open63110.bindings.ocpp.line import Dialling, Line
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.wires import WIRES
from open63110.kernel.errors import NotSupported, Unavailable
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.policy import StationPolicy
from open63110.model.station import Identity, Registration, StationBooted
from open63110.model.token import Credential
from open63110.runtime.engine import Engine
from open63110.runtime.orders import Verdict
from open63110.runtime.table import discover
from open63110.simulator.forgetful import ForgetfulStore
from open63110.usecases.services.authorize_externally import StartRemotely
from open63110.usecases.services.authorize_locally import AuthorizeCredential
from open63110.usecases.stations.monitor_station import Heartbeat, StationEventReported
from open63110.usecases.stations.onboard_station import PoweredUp
from open63110.wire.edge import Edge
from open63110.wire.ports import Accept, Decline, Socket, Upgrade

CS = StationId("CS-1")
BOOT = StationBooted(station=CS, at=datetime(2026, 3, 1, tzinfo=UTC), identity=Identity(vendor="V", model="M"), reason="PowerUp")
TABLE = discover()


class HurriedClock:
    """Real time, a hundred times as fast."""

    def now(self) -> datetime:
        return datetime.fromtimestamp(asyncio.get_running_loop().time() * 100, UTC)

    def real(self, seconds: float) -> float:
        return seconds / 100


class Csms:
    """A CSMS by hand: writes down what comes in, answers what it is told to answer; implements wire.Gate and wire.Peer."""

    def __init__(self) -> None:
        self.upgrades: list[Upgrade] = []
        self.frames: asyncio.Queue[Any] = asyncio.Queue()
        self.gone: asyncio.Queue[int] = asyncio.Queue()
        self.socket: Socket
        self.refusals: list[Decline] = []
        self.subprotocol: str | None = "ocpp2.0.1"
        self.url = ""

    def __call__(self, upgrade: Upgrade) -> Accept | Decline:
        self.upgrades.append(upgrade)
        return self.refusals.pop() if self.refusals else Accept(subprotocol=self.subprotocol, peer=self)

    def opened(self, socket: Socket) -> None:
        self.socket = socket

    def received(self, message: bytes, binary: bool) -> None:
        self.frames.put_nowait(json.loads(message))

    def closed(self, code: int, reason: str) -> None:
        self.gone.put_nowait(code)

    async def hears(self) -> Any:
        async with asyncio.timeout(10):
            return await self.frames.get()

    def says(self, *frame: Any) -> None:
        self.socket.send(json.dumps(frame).encode())


class House:
    """A station: its engine, and an owner of its line who writes down what it is told."""

    def __init__(self, client: Client) -> None:
        clock = HurriedClock()
        self.client = client
        self.engine = Engine(Role.STATION, TABLE, ForgetfulStore(), clock, Ids(), StationPolicy())
        self.before_heard: list[Message] = []
        self.over_with: asyncio.Queue[tuple[Any, Verdict]] = asyncio.Queue()
        self.links: asyncio.Queue[bool] = asyncio.Queue()
        self.waiting = ["t1"]
        self.line: Line

    def before(self, messages: Sequence[Message]) -> None:
        self.before_heard.extend(messages)

    def over(self, key: Any, verdict: Verdict) -> None:
        self.over_with.put_nowait((key, verdict))

    def link_changed(self) -> None:
        self.links.put_nowait(self.line.open)

    async def link(self) -> bool:
        async with asyncio.timeout(10):
            return await self.links.get()

    async def verdict(self) -> tuple[Any, Verdict]:
        async with asyncio.timeout(10):
            return await self.over_with.get()


class Frames:
    """Remembers frames."""

    def __init__(self) -> None:
        self.sent = self.heard = 0
        self.kept: list[bytes] = []

    def note(self, station: StationId, frame: bytes, *, sent: bool) -> None:
        self.sent, self.heard = self.sent + sent, self.heard + (not sent)
        self.kept.append(frame)


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something that nobody tells of."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - a condition, whatever it is
            await asyncio.sleep(0.02)


@pytest.fixture
async def csms() -> AsyncIterator[Csms]:
    made = Csms()
    edge = await Edge.start(made, "127.0.0.1", 0, name="stations")
    made.url = f"ws://127.0.0.1:{edge.port}/ocpp/"
    yield made
    await edge.stop()


@contextlib.asynccontextmanager
async def house(csms: Csms, **more: Any) -> AsyncIterator[House]:
    client = Client(WIRES, Frames(), HurriedClock(), run_id="r", chance=random.Random(1))
    made = House(client)
    dialling = Dialling(**{"url": csms.url, "patience": 30.0, **more})
    made.line = client.line(CS, made.engine, dialling, made)
    tasks = [asyncio.create_task(one.run()) for one in (client, made.engine.commit)]
    try:
        yield made
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def test_a_station_dials_shows_its_password_and_offers_the_newest_version_first(csms: Csms) -> None:
    async with house(csms, password="secret") as one:
        one.line.dial()
        assert await one.link()
        assert (one.line.version, one.client.counters()["open"]) == ("ocpp2.0.1", 1)
        (upgrade,) = csms.upgrades
        assert (upgrade.path, upgrade.subprotocols) == ("/ocpp/CS-1", ("ocpp2.1", "ocpp2.0.1", "ocpp1.6"))
        assert base64.b64decode(upgrade.headers["authorization"].removeprefix("Basic ")) == b"CS-1:secret"
        noun = one.engine.stations[CS]
        assert (noun.connected is not None, noun.wire) == (True, "ocpp2.0.1")
    assert await csms.gone.get() == 1000


async def test_a_boot_is_told_and_its_answer_heard(csms: Csms) -> None:
    async with house(csms) as one:
        one.line.dial()
        await one.link()
        one.engine.hear((PoweredUp(station=CS, at=BOOT.at, identity=BOOT.identity, connectors=(1,)),))
        one.line.call("boot", BOOT, 30.0)
        kind, name, action, payload = await csms.hears()
        assert (kind, action, payload["reason"]) == (2, "BootNotification", "PowerUp")
        csms.says(3, name, {"currentTime": "2026-03-01T12:00:00Z", "interval": 300, "status": "Accepted"})
        key, verdict = await one.verdict()
        assert (key, verdict.outcome) == ("boot", Outcome.ACCEPTED)
        assert one.engine.stations[CS].registration is Registration.ACCEPTED


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        ((4, "NotImplemented", "no", {}), Outcome.NOT_SUPPORTED, "NotImplemented"),
        ((4, "SecurityError", "no", {}), Outcome.NOT_AUTHORIZED, "SecurityError"),
        ((3, {"currentTime": 5}), Outcome.FAILED, "BrokenAnswer"),
        ((3, "text"), Outcome.FAILED, "BrokenAnswer"),
    ],
)
async def test_answers_that_are_no_yes_say_why(csms: Csms, answer: Any, outcome: Outcome, reason: str) -> None:
    csms.subprotocol = "ocpp2.1"
    async with house(csms) as one:
        one.line.dial()
        await one.link()
        one.line.call("beat", Heartbeat(station=CS), 30.0)
        _, name, *_ = await csms.hears()
        csms.says(answer[0], name, *answer[1:])
        _, verdict = await one.verdict()
        assert (verdict.outcome, verdict.reason) == (outcome, reason)
        if reason == "BrokenAnswer":
            assert (await csms.hears())[:2] == [5, name]


async def test_an_answer_that_never_comes_and_one_that_waits_too_long_end_as_such(csms: Csms) -> None:
    async with house(csms, patience=20.0) as one:
        one.line.dial()
        await one.link()
        one.line.call("first", Heartbeat(station=CS), 30.0)
        one.line.call("second", Heartbeat(station=CS), 10.0)
        ends = dict([await one.verdict(), await one.verdict()])
        assert {key: verdict.reason for key, verdict in ends.items()} == {"first": "NoAnswer", "second": "Deadline"}


async def test_what_is_under_way_when_the_link_breaks_is_lost_and_the_station_dials_again(csms: Csms) -> None:
    async with house(csms) as one:
        one.line.dial()
        await one.link()
        one.line.call("beat", Heartbeat(station=CS), 30.0)
        await csms.hears()
        csms.socket.abort()
        assert (await one.verdict())[1].reason == "ConnectionLost"
        assert not await one.link()
        assert one.engine.stations[CS].connected is None
        assert await one.link()
        assert len(csms.upgrades) == 2


async def test_a_station_that_lost_its_cable_stays_silent_until_it_dials(csms: Csms) -> None:
    async with house(csms) as one:
        one.line.dial()
        await one.link()
        one.line.cut()
        assert not await one.link()
        with pytest.raises(Unavailable):
            one.line.call("beat", Heartbeat(station=CS), 30.0)
        assert await csms.gone.get() == 1006
        one.line.dial()
        one.line.cut()
        await asyncio.sleep(0.1)
        assert len(csms.upgrades) == 1
        one.line.dial()
        assert await one.link()


async def test_refusals_are_counted_and_dialling_goes_on(csms: Csms) -> None:
    csms.refusals = [Decline(status=401, reason="wrong"), Decline(status=503, reason="full")]
    async with house(csms) as one:
        one.line.dial()
        assert await one.link()
        assert dict(one.client.refusals) == {"503 full": 1, "401 wrong": 1}
        assert one.client.dials == 3


async def test_a_csms_that_is_not_there_is_dialled_again(csms: Csms) -> None:
    async with house(csms, url="ws://127.0.0.1:1/ocpp") as one:
        one.line.dial()
        await until(lambda: one.client.dials >= 3)
        assert one.client.refusals["ConnectionRefusedError"] >= 2


async def test_without_a_version_both_speak_the_station_hangs_up_and_tries_again(csms: Csms) -> None:
    csms.subprotocol = None
    async with house(csms) as one:
        one.line.dial()
        await until(lambda: len(csms.upgrades) >= 2)
        assert not one.line.open
        csms.subprotocol = "ocpp1.6"
        assert await one.link()
        assert one.line.version == "ocpp1.6"


async def test_orders_are_carried_out_refused_or_not_understood(csms: Csms) -> None:
    async with house(csms) as one:
        one.engine.hear((PoweredUp(station=CS, at=BOOT.at, identity=BOOT.identity, connectors=(1,)),))
        one.line.dial()
        await one.link()
        token = {"idToken": "04A1", "type": "ISO14443"}
        csms.says(2, "1", "RequestStartTransaction", {"idToken": token, "remoteStartId": 7, "evseId": 1})
        assert await csms.hears() == [3, "1", {"status": "Accepted"}]
        assert [type(message) for message in one.before_heard] == [StartRemotely]
        csms.says(2, "2", "RequestStartTransaction", {"idToken": token, "remoteStartId": 8, "evseId": 9})
        assert (await csms.hears())[2]["statusInfo"]["reasonCode"] == "UnknownEvse"
        csms.says(2, "3", "GetTransactionStatus", {"transactionId": "t1"})
        assert await csms.hears() == [3, "3", {"messagesInQueue": True}]
        for name, action, payload, code in (
            ("4", "RequestStartTransaction", {"remoteStartId": 8}, "OccurrenceConstraintViolation"),
            ("5", "BootNotification", {}, "NotSupported"),
            ("6", "Fly", {}, "NotImplemented"),
            ("7", "Heartbeat", {}, "NotSupported"),
        ):
            csms.says(2, name, action, payload)
            assert (await csms.hears())[:3] == [4, name, code]
        grant = one.engine.stations[CS].evses[EvseNumber(1)].grant
        assert grant is not None
        assert one.engine.known.credential(grant.subject) == Credential(kind="ISO14443", value="04A1")


async def test_what_a_version_has_no_message_for_is_said_so(csms: Csms) -> None:
    csms.subprotocol = "ocpp1.6"
    async with house(csms) as one:
        one.line.dial()
        await one.link()
        event = StationEventReported(station=CS, at=BOOT.at, component="EVSE")
        with pytest.raises(NotSupported):
            one.line.call("event", event, 30.0)
        one.line.call("event", replace(event, code="TamperDetectionActivated", security=True), 30.0)
        _, name, action, _ = await csms.hears()
        assert action == "SecurityEventNotification"
        csms.says(3, name, {})
        subject = one.engine.known.ref(Credential(kind="ISO14443", value="04A1"))
        one.line.call("ask", AuthorizeCredential(station=CS, subject=subject), 30.0)
        assert (await csms.hears())[2:] == ["Authorize", {"idTag": "04A1"}]


async def test_noise_costs_nothing_but_a_count(csms: Csms) -> None:
    async with house(csms) as one:
        one.line.dial()
        await one.link()
        csms.socket.send(b"no json")
        csms.socket.send_binary(b"[2]")
        csms.says(3, "nobody", {})
        await csms.hears()
        one.line.call("beat", Heartbeat(station=CS), 30.0)
        await csms.hears()
        counted = one.client.counters()
        assert (counted["frames_malformed"], counted["strays"], counted["frames_received"]) == (2, 1, 3)


async def test_a_station_remembers_frames_without_the_secrets_that_it_is_given(csms: Csms) -> None:
    secret = {
        "component": {"name": "SecurityCtrlr"},
        "variable": {"name": "BasicAuthPassword"},
        "attributeValue": "k3jd9s0fj2lq8d7h",
    }
    async with house(csms) as one:
        frames = one.client.frames
        assert isinstance(frames, Frames)
        one.line.dial()
        await one.link()
        csms.says(2, "secret", "SetVariables", {"setVariableData": [secret]})
        await until(lambda: frames.heard == 1)
        assert b"SetVariables" in frames.kept[0]
        assert b"k3jd9s0fj2lq8d7h" not in frames.kept[0]


def test_the_address_of_a_station_is_escaped() -> None:
    assert Dialling(url="ws://host/ocpp/").address(StationId("A*1")) == "ws://host/ocpp/A%2A1"
    assert Dialling(url="ws://host").headers(CS) == ()
    assert Dialling(url="ws://host", versions=(Version.V16,)).versions == (Version.V16,)
