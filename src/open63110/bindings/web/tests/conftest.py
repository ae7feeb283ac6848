# SPDX-License-Identifier: Apache-2.0
"""A node with its web door, its links scripted: what a station would say is decided by the test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from starlette.applications import Starlette
from tests.literal import Clock, Ids

from open63110.bindings.web.app import create
from open63110.kernel.errors import NotSupported
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.model.order import Order, Outcome
from open63110.model.policy import Policy
from open63110.model.principal import AuditEntry, Principal
from open63110.model.quarantine import QuarantinedInput
from open63110.model.station import ConnectorReported, Identity, StationBooted, StationConnected
from open63110.model.token import Credential
from open63110.runtime.engine import Engine
from open63110.runtime.keys import Keys
from open63110.runtime.node import Node
from open63110.runtime.orders import OURSELVES, Orders, Verdict
from open63110.runtime.principals import NewPrincipal, Principals
from open63110.runtime.table import discover
from open63110.store.sqlite import SqliteStore
from open63110.usecases.stations.onboard_station import RegisterStation

CS = StationId("CS-1")
PASSWORD = "correct horse battery"


class RawCall(Command, frozen=True, kw_only=True, gc=False):
    """What a link that can carry it would take."""

    action: str
    payload: dict[str, Any]
    unchecked: bool = False

    @property
    def kind(self) -> str:
        return f"ocpp:{self.action}"


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    station: str
    sent: bool
    text: str


class ScriptedLink:
    """Says what the test wants of every order, or nothing."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.online = {CS}
        self.says: Verdict | None = Verdict(outcome=Outcome.ACCEPTED, answer='{"status":"Accepted"}')
        self.got: list[Command] = []

    def connected(self, station: StationId) -> bool:
        return station in self.online

    def send(self, order: Order, command: Command) -> None:
        if getattr(command, "action", "") == "Impossible":
            raise NotSupported("no such call in this version")
        self.got.append(command)
        self.orders.sent(order.id)
        if self.says is not None:
            self.orders.ended(order.id, self.says)


class Frames:
    """Two frames of one station."""

    async def recent(self, station: StationId, limit: int = 50) -> list[Frame]:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        call = '[2,"7","Authorize",{"idToken":{"idToken":"04A2B3C4D5","type":"ISO14443"}}]'
        return [Frame(at=at, station=station, sent=False, text=call)][:limit] if station == CS else []


class Ground:
    """One node with everything a test wants to look at."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.ids = Clock(), Ids()
        self.store = SqliteStore(folder / "web.db")
        self.engine = Engine(Role.CSMS, discover(), self.store, self.clock, self.ids, Policy(), linger=0.0)
        self.orders = Orders(self.engine, self.ids)
        self.link = self.orders.link = ScriptedLink(self.orders)
        self.replayed: list[QuarantinedInput] = []
        self.replay_says = ""
        self.node = Node(
            name="test",
            engine=self.engine,
            orders=self.orders,
            store=self.store,
            keys=Keys(b"p" * 32),
            ids=self.ids,
            clock=self.clock,
            frames=Frames(),
            raw_call=lambda station, action, payload, unchecked: RawCall(
                station=station, action=action, payload=payload, unchecked=unchecked
            ),
            replay=self._replay,
            counters=lambda: {"ocpp_connections": 1, "ocpp_frames_received_total": 7},
            deviations=lambda station: {"integer-as-float": 2} if station == CS else {},
        )
        self.principals = Principals(self.engine, self.node.keys, self.ids)
        self.keys: dict[Role, str] = {}
        self.app: Starlette = create(self.node)

    def _replay(self, item: QuarantinedInput) -> str:
        self.replayed.append(item)
        return self.replay_says

    async def settle(self) -> None:
        """Wait until everything is durable."""
        await self.engine.commit.drain()

    async def admit(self, role: Role, *, name: str = "", scope: tuple[str, ...] = ("*",)) -> str:
        """Make a principal of a role and return its key."""
        new = NewPrincipal(id=name or f"a-{role}", role=role, scope=scope)
        admitted = await self.principals.create(Principal(id=OURSELVES.id, role=Role.ADMIN), new)
        return admitted.key

    def client(self, key: str = "", **headers: str) -> httpx2.AsyncClient:
        """Return a client that shows a key."""
        given = {"Authorization": f"Bearer {key}"} if key else {}
        transport = httpx2.ASGITransport(app=self.app)
        return httpx2.AsyncClient(transport=transport, base_url="http://test", headers={**given, **headers})

    async def as_(self, role: Role) -> httpx2.AsyncClient:
        """Return a client of a principal of this role."""
        if role not in self.keys:
            self.keys[role] = await self.admit(role)
        return self.client(self.keys[role])

    def hear(self, *messages: Any) -> None:
        """Let the node hear of a station, and refuse to go on if it was refused."""
        told: list[Any] = []
        self.engine.hear(messages, told.append)

    async def station(self, station: StationId = CS) -> None:
        """Bring a station on board, idle, with one EVSE."""
        at = self.clock.now()
        identity = Identity(vendor="Vendor", model="Model", serial="S1", firmware="1.0")
        self.hear(RegisterStation(station=station, note="at the gate"))
        self.hear(StationConnected(station=station, at=at, wire="ocpp2.0.1"))
        self.hear(StationBooted(station=station, at=at, identity=identity, reason="PowerUp"))
        evse, connector = EvseNumber(1), ConnectorNumber(1)
        self.hear(ConnectorReported(station=station, at=at, evse=evse, connector=connector, state="available"))
        self.link.online.add(station)
        await self.settle()

    def audit(self) -> list[AuditEntry]:
        """Return the audit, oldest first."""
        return self.store.load(AuditEntry)

    def credential(self, value: str, kind: str = "ISO14443") -> Any:
        """Return the reference of a credential."""
        return self.engine.known.ref(Credential(kind=kind, value=value))

    def later(self, **apart: float) -> datetime:
        """Move the clock."""
        self.clock.at += timedelta(**apart)
        return self.clock.at


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    one = Ground(tmp_path)
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(one.engine.commit.run()),
            tasks.create_task(one.app.state.door.run()),
        ]
        yield one
        await one.settle()
        for task in running:
            task.cancel()
    one.app.state.door.close()
    one.principals.close()
    one.store.close()


@pytest.fixture
def new_ground(tmp_path: Path) -> Callable[[str], Ground]:
    """Make further nodes."""
    return lambda name: Ground(tmp_path / name)
