# SPDX-License-Identifier: Apache-2.0
"""A node with its web door, its links scripted: what a station would say is decided by the test."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec
from argon2 import PasswordHasher
from starlette.applications import Starlette
from tests.literal import Clock, Ids

from open63110.apps.bulk import Depot
from open63110.apps.config import Firmware, Uploads
from open63110.apps.firmware import FirmwareRoom
from open63110.apps.log_shelf import LogShelf
from open63110.apps.station_bulk import Logged
from open63110.bindings.link.framing.header import Header
from open63110.bindings.link.patterns.bulk import Streams
from open63110.bindings.link.patterns.spool import Spool, by_station
from open63110.bindings.web.app import create
from open63110.kernel.errors import NotSupported
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.model.bulk import Side
from open63110.model.order import Order, Outcome
from open63110.model.policy import Policy
from open63110.model.principal import AuditEntry, Principal
from open63110.model.quarantine import InputQuarantined, QuarantinedInput
from open63110.model.reading import Context, Reading
from open63110.model.station import ConnectorReported, ConnectorState, Identity, StationBooted, StationConnected
from open63110.model.token import Credential, Token
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated
from open63110.runtime.balancing import Balancing
from open63110.runtime.engine import Engine, Turn
from open63110.runtime.keys import Keys
from open63110.runtime.node import Node
from open63110.runtime.orders import OURSELVES, Orders, Verdict
from open63110.runtime.principals import NewPrincipal, Principals, durable
from open63110.runtime.table import discover
from open63110.store.sqlite import SqliteStore
from open63110.usecases.services.authorize_locally import PutToken
from open63110.usecases.stations.onboard_station import RegisterStation

CS = StationId("CS-1")
PASSWORD = "correct horse battery"


class SpokenWord(Command, frozen=True, kw_only=True, gc=False):
    """What a link that can carry it would take."""

    action: str
    payload: dict[str, Any]
    unchecked: bool = False

    def named(self) -> str:
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
        self.asked = asyncio.Event()

    def connected(self, station: StationId) -> bool:
        return station in self.online

    def send(self, order: Order, command: Command) -> None:
        if getattr(command, "action", "") == "Impossible":
            raise NotSupported("no such call in this version")
        self.got.append(command)
        self.asked.set()
        self.orders.sent(order.id)
        if self.says is not None:
            self.orders.ended(order.id, self.says)


class Frames:
    """Two frames of one station."""

    async def recent(self, station: StationId, limit: int = 50) -> list[Frame]:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        call = '[2,"7","Authorize",{"idToken":{"idToken":"04A2B3C4D5","type":"ISO14443"}}]'
        return [Frame(at=at, station=station, sent=False, text=call)][:limit] if station == CS else []


class NoLinks:
    """Ways of a node no link of which is up."""

    def side(self, speaker: Any) -> Side:
        raise AssertionError(f"{speaker} has no link")

    def way(self, side: Side, station: StationId) -> None:
        del side, station

    def addressed(self, header: Header) -> tuple[StationId, Side]:
        raise AssertionError(f"nobody said {header}")


class Ground:
    """One node with everything a test wants to look at."""

    def __init__(self, folder: Path, *, balanced: bool = True) -> None:
        """With balanced=False nobody looks after the power of sites: a test says how it is."""
        self.clock, self.ids = Clock(), Ids()
        self.store = SqliteStore(folder / "web.db")
        self.engine = Engine(Role.CSMS, discover(), self.store, self.clock, self.ids, Policy(), linger=0.0)
        self.orders = Orders(self.engine, self.ids)
        self.balancing = Balancing(self.engine, self.ids, self.orders) if balanced else None
        self.link = self.orders.link = ScriptedLink(self.orders)
        self.replayed: list[QuarantinedInput] = []
        self.replay_says = ""
        spool = Spool(folder / "bulk", by_station, largest=1_000_000, most=2_000_000)
        self.keys_of_machines = Keys(b"p" * 32)
        self.shelf_settings = Uploads(largest=1_000_000, most=2_000_000)
        self.turned_away: list[tuple[str, str, str]] = []
        refused = lambda who, kind, words: self.turned_away.append((who, kind, words))  # noqa: E731 - one line says all
        self.shelf = LogShelf(folder, self.shelf_settings, self.keys_of_machines, self.engine, refused)
        self.shelf.address = lambda: "http://test"
        self.streams = Streams(spool, NoLinks(), Logged(), now=self.clock.now)
        self.room = FirmwareRoom(folder, Firmware(largest=2_000_000), self.keys_of_machines, self.engine)
        self.node = Node(
            name="test",
            engine=self.engine,
            orders=self.orders,
            store=self.store,
            keys=self.keys_of_machines,
            ids=self.ids,
            clock=self.clock,
            frames=Frames(),
            raw_call=lambda station, action, payload, unchecked: SpokenWord(
                station=station, action=action, payload=payload, unchecked=unchecked
            ),
            replay=self._replay,
            counters=lambda: {"ocpp_connections": 1, "ocpp_frames_received_total": 7},
            depot=Depot(self.streams, self.clock, self.engine.stations),
            shelf=self.shelf,
            firmware=self.room,
            deviations=lambda station: {"integer-as-float": 2} if station == CS else {},
        )
        self.principals = Principals(self.engine, self.node.keys, self.ids, hasher=PasswordHasher(time_cost=1, memory_cost=64))
        self.keys: dict[Role, str] = {}
        self.app: Starlette = create(self.node)

    def _replay(self, item: QuarantinedInput) -> str:
        self.replayed.append(item)
        return self.replay_says

    def again(self) -> Engine:
        """Return what another run would know, from what is stored."""
        return Engine(Role.CSMS, discover(), self.store, self.clock, self.ids, Policy(), linger=0.0)

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

    async def charge(
        self,
        reference: str = "tx-1",
        *,
        station: StationId = CS,
        value: str = "04A2B3C4D5",
        minutes: int = 30,
        end: bool = True,
        remote_start: int | None = None,
        evse: int = 1,
    ) -> None:
        """Play an energy transfer with a reading a minute, 7.2 kW or so, and the plug pulled at its end if it ends."""
        connector, subject, number = ConnectorNumber(1), self.credential(value), EvseNumber(evse)
        self.hear(self._plug(station, "occupied", evse))
        ref = TransferReference(reference)
        began = self.clock.now()
        self.hear(
            EnergyTransferStarted(
                station=station,
                at=began,
                reference=ref,
                seq=0,
                evse=number,
                connector=connector,
                subject=subject,
                state="charging",
                trigger="Authorized",
                remote_start=remote_start,
                readings=self._readings(1000.0, 0.0, "begin"),
            )
        )
        energy = 1000.0
        for minute in range(1, minutes + 1):
            self.later(minutes=1)
            power = 7200.0 - 40.0 * (minute % 7) - max(0, minute - minutes * 0.7) * 300.0
            energy += power / 60.0
            readings = self._readings(energy, power, "periodic", soc=40.0 + minute)
            at = self.clock.now()
            self.hear(
                EnergyTransferUpdated(
                    station=station, at=at, reference=ref, seq=minute, evse=number, state="charging", readings=readings
                )
            )
        await self.settle()
        if end:
            self.later(seconds=20)
            at = self.clock.now()
            readings = self._readings(energy, 0.0, "end")
            self.hear(
                EnergyTransferEnded(
                    station=station,
                    at=at,
                    reference=ref,
                    seq=minutes + 1,
                    evse=number,
                    reason="EVDisconnected",
                    readings=readings,
                )
            )
            self.hear(self._plug(station, "available", evse))
            await self.settle()

    def _plug(self, station: StationId, state: ConnectorState, evse: int) -> ConnectorReported:
        connector = ConnectorNumber(1)
        return ConnectorReported(station=station, at=self.clock.now(), evse=EvseNumber(evse), connector=connector, state=state)

    def _readings(self, energy: float, power: float, context: Context, soc: float | None = None) -> tuple[Reading, ...]:
        at = self.clock.now()
        found = [
            Reading(at=at, measurand="energy.import.register", value=round(energy, 1), context=context),
            Reading(at=at, measurand="power.import", value=round(power, 1), context=context),
            Reading(at=at, measurand="power.offered", value=7400.0, context=context),
        ]
        return (*found, Reading(at=at, measurand="soc", value=soc, context=context)) if soc is not None else tuple(found)

    async def quarantine(self, raw: bytes = b'[2,"9","Heartbeat",{"odd":1}]') -> int:
        """Keep an input that nobody understood."""
        number = self.ids.row(QuarantinedInput)
        item = QuarantinedInput(
            id=number,
            station=CS,
            at=self.clock.now(),
            wire="ocpp2.0.1",
            action="Heartbeat",
            reason="FormatViolation: odd",
            raw=raw,
        )
        turn = Turn(self.engine, CS, item.at)
        turn.fact(InputQuarantined(station=CS, at=item.at, quarantine=item))
        turn.keep()
        await durable(self.engine)
        return number

    async def token(self, value: str = "04A2B3C4D5", **more: Any) -> Any:
        """Make a credential known; return its reference."""
        ref = self.credential(value)
        self.hear(PutToken(station=StationId(""), token=Token(ref=ref, kind="ISO14443", **more)))
        await self.settle()
        return ref

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let the node's tasks run."""
        async with asyncio.TaskGroup() as tasks:
            parts = (self.engine.commit, self.app.state.door, *((self.balancing,) if self.balancing else ()))
            running = [tasks.create_task(one.run()) for one in parts]
            try:
                yield
                await self.settle()
            finally:
                for task in running:
                    task.cancel()
        self.app.state.door.close()
        self.app.state.door.end()
        self.principals.close()
        self.store.close()
