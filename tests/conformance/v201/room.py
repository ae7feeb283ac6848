# SPDX-License-Identifier: Apache-2.0
"""A CSMS without a network: real engine, real conversation, store in memory; a station's frames go in, answers come out."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from tests.conformance.v201.golden import CS, NOW
from tests.literal import Clock, Ids

from open63110.bindings.ocpp.conversation import Conversation
from open63110.bindings.ocpp.server import Server
from open63110.bindings.ocpp.translation import Wire
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.runtime.engine import Engine
from open63110.runtime.orders import Orders
from open63110.runtime.table import discover
from open63110.store.memory import MemoryStore

BOOT = {"reason": "PowerUp", "chargingStation": {"vendorName": "Acme", "model": "Box"}}
BOOT_16 = {"chargePointVendor": "Acme", "chargePointModel": "Box"}


class NoFrames:
    """Nobody looks at raw frames here."""

    def note(self, station: StationId, frame: bytes, *, sent: bool) -> None:
        """Forget it."""


class Line:
    """A socket of which the other end is a test."""

    remote = ("127.0.0.1", 1)
    certificate: bytes | None = None
    pending = 0
    last_heard = 0.0

    def __init__(self, subprotocol: str) -> None:
        self.subprotocol = subprotocol
        self.sent: asyncio.Queue[bytes] = asyncio.Queue()

    def send(self, data: bytes) -> None:
        self.sent.put_nowait(bytes(data))

    def send_binary(self, data: bytes) -> None:
        raise AssertionError("OCPP-J speaks in text frames")

    def abort(self) -> None:
        raise AssertionError("the connection was cut")

    def close(self, code: int = 1000, reason: str = "") -> None:
        raise AssertionError(f"closed with {code}: {reason}")


class Room:
    """One station before one CSMS."""

    def __init__(self, engine: Engine, conversation: Conversation, line: Line) -> None:
        self.engine, self.conversation, self.line = engine, conversation, line
        self.journal: list[Event] = []
        self._calls = 0
        engine.commit.on_durable.append(lambda entries: self.journal.extend(one.event for one in entries))

    async def call(self, action: str, payload: Any) -> list[Any]:
        """Call as the station, and return the answer's frame; what the CSMS asks meanwhile is left waiting."""
        self._calls += 1
        name = f"c{self._calls}"
        self.conversation.received(json.dumps([2, name, action, payload]).encode(), binary=False)
        while True:
            frame: list[Any] = json.loads(await asyncio.wait_for(self.line.sent.get(), 5))
            if frame[1] == name:
                return frame

    async def tell(self, action: str, payload: Any) -> None:
        """Send without waiting for an answer (2.1)."""
        self.conversation.received(json.dumps([6, "s1", action, payload]).encode(), binary=False)
        await self.engine.commit.drain()

    def facts(self, kind: str) -> list[Any]:
        """Return the facts of a kind that became durable."""
        return [one for one in self.journal if type(one).__name__ == kind]


@asynccontextmanager
async def room(wire: Wire) -> AsyncIterator[Room]:
    """Open a CSMS that takes any station."""
    ids = Ids()
    engine = Engine(Role.CSMS, discover(), MemoryStore(), Clock(NOW), ids, Policy(unknown_stations="accept"), linger=0.0)
    server = Server(engine, Orders(engine, ids), ids, {wire.version: wire}, NoFrames(), run_id="r")
    conversation, line = Conversation(server, CS, wire, "r1.", remote="test", secure=True), Line(wire.version)
    writer = asyncio.create_task(engine.commit.run())
    try:
        conversation.opened(line)
        yield Room(engine, conversation, line)
    finally:
        writer.cancel()
        with suppress(asyncio.CancelledError):
            await writer
