# SPDX-License-Identifier: Apache-2.0
"""A CSMS with a real engine and store in memory, and stations whose sockets are scripts; time stands still until told."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from tests.literal import T0, Clock, Ids

from open63110.bindings.ocpp.conversation import Conversation
from open63110.bindings.ocpp.raw_call import MAY_CALL, RawCall
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.server import Server
from open63110.bindings.ocpp.wires import WIRES
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import OrderId, PrincipalId, StationId
from open63110.kernel.messages import Command, Event
from open63110.kernel.roles import Role
from open63110.model.order import Order
from open63110.model.policy import Policy
from open63110.model.principal import Principal
from open63110.model.quarantine import QuarantinedInput
from open63110.runtime.engine import Engine
from open63110.runtime.orders import Orders
from open63110.runtime.table import discover
from open63110.store.memory import MemoryStore
from open63110.wire.ports import Upgrade

CS = StationId("CS1")
ADMIN = Principal(id=PrincipalId("ada"), role=Role.ADMIN)
TABLE = discover()
BOOT = {"chargePointVendor": "Acme", "chargePointModel": "Box"}
BOOT_2X = {"reason": "PowerUp", "chargingStation": {"vendorName": "Acme", "model": "Box"}}


class Disk(MemoryStore):
    """A store that may be full."""

    full = False

    async def commit(self) -> None:
        """Fail while it is full."""
        if self.full:
            self._staged.clear()
            raise Unavailable("no room")
        await super().commit()


class Frames:
    """Raw frames, as many as come."""

    def __init__(self) -> None:
        self.seen: list[tuple[bool, bytes]] = []

    def note(self, _: StationId, frame: bytes, *, sent: bool) -> None:
        """Remember it."""
        self.seen.append((sent, frame))


class Plug:
    """The socket of one station, of which the other end is a test."""

    remote = ("10.0.0.1", 7)
    certificate: bytes | None = None
    pending = 0

    def __init__(self, desk: "Desk", conversation: Conversation) -> None:
        self._desk, self.talk = desk, conversation
        self.subprotocol: str | None = conversation.wire.version
        self.sent: list[Any] = []
        self.closes: list[tuple[int, str]] = []
        self.last_heard = 0.0
        self.paces: list[tuple[float | None, float | None]] = []
        self._calls = 0
        conversation.opened(self)

    def send(self, data: bytes) -> None:
        """Receive what the CSMS sends."""
        self.sent.append(json.loads(data))

    def send_binary(self, data: bytes) -> None:
        """Never happens."""
        raise AssertionError(data)

    def abort(self) -> None:
        """Never happens."""
        raise AssertionError("the connection was cut")

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Note that the CSMS wants to close."""
        self.closes.append((code, reason))

    def pace(self, every: float | None = None, timeout: float | None = None) -> None:
        """Note how the CSMS wants to ping."""
        self.paces.append((every, timeout))

    async def says(self, frame: Any, *, binary: bool = False) -> None:
        """Send a frame, and wait until all it leads to has happened."""
        raw = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
        self.talk.received(raw, binary)
        await self._desk.settle()

    async def calls(self, action: str, payload: Any) -> Any:
        """Call, and return the answer's frame; None if there is none."""
        self._calls += 1
        name = f"c{self._calls}"
        await self.says([2, name, action, payload])
        return next((one for one in self.sent if one[1] == name), None)

    async def boots(self) -> "Plug":
        """Boot, and be accepted."""
        said = BOOT if self.subprotocol == Version.V16 else BOOT_2X
        assert (await self.calls("BootNotification", said))[2]["status"] == "Accepted"
        return self

    @property
    def asked(self) -> list[Any]:
        """What the CSMS calls."""
        return [one for one in self.sent if one[0] == 2]

    async def answers(self, payload: Any, call: int = -1) -> None:
        """Answer a call of the CSMS."""
        await self.says([3, self.asked[call][1], payload])

    async def gone(self, code: int = 1006) -> None:
        """Be gone."""
        self.talk.closed(code, "")
        await self._desk.settle()


class Desk:
    """The CSMS."""

    def __init__(self, policy: Policy) -> None:
        self.clock, self.disk, self.frames, ids = Clock(T0), Disk(), Frames(), Ids()
        self.engine = Engine(Role.CSMS, TABLE, self.disk, self.clock, ids, policy, linger=0.0)
        self.orders = Orders(self.engine, ids)
        self.server = Server(self.engine, self.orders, ids, WIRES, self.frames, run_id="r", patience=30.0)
        self.server.time = self.seconds
        self.journal: list[Event] = []
        self.engine.commit.on_durable.append(lambda entries: self.journal.extend(one.event for one in entries))

    def seconds(self) -> float:
        """The time of the loop, which is the clock's."""
        return (self.clock.at - T0).total_seconds()

    async def later(self, seconds: float) -> None:
        """Let time pass, and everybody look at the clock."""
        self.clock.at += timedelta(seconds=seconds)
        for conversation in tuple(self.server.conversations.values()):
            conversation.tick(self.seconds())
        self.orders.expire()
        await self.settle()

    async def settle(self) -> None:
        """Wait until what is under way is durable, and what that led to."""
        for _ in range(3):
            await self.engine.commit.drain()

    async def connects(self, version: Version = Version.V16, station: StationId = CS) -> Plug:
        """Let a station come."""
        upgrade = Upgrade(
            path="", query="", headers={}, subprotocols=(), remote=Plug.remote, secure=True, certificate=None, listener="main"
        )
        conversation = self.server.open(station, version, upgrade)
        assert isinstance(conversation, Conversation)
        plug = Plug(self, conversation)
        await self.settle()
        return plug

    async def orders_of(self, command: Command, *, deadline: float = 30.0) -> OrderId:
        """Ask for a command as the administrator."""
        roles = MAY_CALL if isinstance(command, RawCall) else None
        until = self.clock.at + timedelta(seconds=deadline)
        asked = self.orders.ask(command, ADMIN, deadline=until, roles=roles)
        await self.settle()
        return (await asked).order.id

    def order(self, number: OrderId) -> Order:
        """Return an order as it is stored."""
        found = self.disk.get(Order, number)
        assert found is not None
        return found

    def facts(self, kind: str) -> list[Any]:
        """Return the facts of a kind that became durable."""
        return [one for one in self.journal if type(one).__name__ == kind]

    def quarantined(self) -> list[QuarantinedInput]:
        """Return what lies in quarantine."""
        return self.disk.load(QuarantinedInput)


@contextlib.asynccontextmanager
async def desk(policy: Policy | None = None) -> AsyncIterator[Desk]:
    """Open a CSMS that takes any station."""
    made = Desk(policy or Policy(unknown_stations="accept", local_lists=False))
    writer = asyncio.create_task(made.engine.commit.run())
    try:
        yield made
    finally:
        writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writer
