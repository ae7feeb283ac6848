# SPDX-License-Identifier: Apache-2.0
"""A CSMS that listens for links, the authority of its certificates, and stations that come by link, all on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import ssl
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from tests.e2e.house import House, house, slack
from tests.e2e.player import PATIENCE
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from open63110.apps.clock import SystemClock
from open63110.apps.config import Listener
from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.link.carriers.websocket_carrier import SUBPROTOCOL, client_tls
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.link.framing.frames import Data, Nack, Pong, decode, encode
from open63110.bindings.link.framing.header import Header, Kind, Priority, decode_header, encode_header
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds, WattHours, Watts
from open63110.model.policy import StationPolicy
from open63110.model.principal import AuditEntry
from open63110.model.session import SessionState
from open63110.model.station import Identity, Registration, StationBooted
from open63110.model.token import Credential
from open63110.pki.authority import Wish
from open63110.pki.folder import Folder, Given
from open63110.pki.identity import party
from open63110.simulator.ev import Ev, Make
from open63110.simulator.hardware import SimulatedStation
from open63110.store.outbox import OutboxFile

F = TypeVar("F")

CSMS_PARTY = "csms.example"


class Pki:
    """An authority in a folder, and what it gives."""

    def __init__(self, folder: Path, name: str = "Test authority", *, make: bool = True) -> None:
        self.folder, self.clock = Folder(folder), SystemClock()
        self.house: Given | None = None
        """What the CSMS was given; it is the same one after a restart."""
        folder.mkdir(parents=True, exist_ok=True)
        if make:
            self.folder.make(name, (), self.clock.now())

    def give(
        self, identity: str, role: Role = Role.STATION, *, life: timedelta | None = None, to: str = "", serves: bool = False
    ) -> Given:
        """Issue a certificate; ``to`` names another folder for a second one of the same party."""
        more: dict[str, Any] = {"life": life} if life is not None else {}
        if serves:
            more |= {"server_names": ("localhost",), "addresses": ("127.0.0.1", "::1")}
        place = self.folder.path / "parties" / to if to else None
        return self.folder.issue(Wish(party=party(identity, role), **more), self.clock.now(), to=place)

    def tls(self, identity: str, role: Role = Role.STATION) -> ssl.SSLContext:
        """Return the context of a party that dials; its certificate is made when it is first asked for."""
        given = self.give(identity, role)
        return context(given)


def context(given: Given) -> ssl.SSLContext:
    """Return the context of whoever holds a certificate and dials."""
    assert given.key is not None
    return client_tls(given.certificate, given.key, given.authority)


def listener(pki: Pki, given: Given, host: str = "127.0.0.1", stations: tuple[str, ...] = ()) -> Listener:
    """Return the settings of a listener for links."""
    return Listener(
        kind="link",
        host=host,
        stations=stations,
        port=0,
        certificate=str(given.certificate),
        key=str(given.key),
        client_authorities=str(pki.folder.root_path),
        revoked=str(pki.folder.revoked_path),
    )


@contextlib.asynccontextmanager
async def link_house(
    folder: Path,
    *,
    factor: float = 1.0,
    pki: Pki | None = None,
    own: Given | None = None,
    host: str = "127.0.0.1",
    stations: tuple[str, ...] = (),
    **more: Any,
) -> AsyncIterator[tuple[House, Pki]]:
    """A CSMS that listens for links alone, and its authority; ``own``: its certificate; ``stations`` are dialled."""
    pki = pki or Pki(folder / "pki")
    if own is None:
        own = pki.house = pki.house or pki.give(CSMS_PARTY, Role.CSMS, serves=True)
    async with house(folder, factor=factor, listeners={"main": listener(pki, own, host, stations)}, **more) as here:
        here.papers = functools.cache(pki.tls)
        yield here, pki


def url(here: House, host: str = "localhost") -> str:
    """Where links are opened."""
    return f"wss://{host}:{here.port}/link"


def audited(here: House, kind: str) -> list[AuditEntry]:
    """Return the security events of a kind that are on the disk."""
    return [one for one in here.rows(AuditEntry) if one.action == kind]


class LinkStation:
    """A simulated station that comes by link."""

    def __init__(self, here: House, site: Site, hardware: SimulatedStation, name: str) -> None:
        self.here, self.site, self.hardware, self.name = here, site, hardware, name
        self.controller = site.controllers[StationId(name)]
        self.line = site.link.lines[StationId(name)]
        self.tap: Tap
        self.pki: Pki

    def present(self, evse: int, tag: str) -> None:
        """Hold a card to the reader."""
        self.hardware.present(evse, Credential(kind="ISO14443", value=tag))

    def arrive(self, evse: int) -> None:
        """Plug in an EV that takes 11 kW for hours."""
        self.hardware.arrive(evse, Ev(Make("long", WattHours(500_000.0), Watts(11_000.0), 3), 0.1))

    async def charge(self, evse: int, tag: str) -> None:
        """Plug in, show a card, and see energy flow."""
        self.arrive(evse)
        self.present(evse, tag)
        await self.here.until(lambda: self.hardware.charging(evse))
        await self.here.until(lambda: self.session(evse) is SessionState.CHARGING)

    def session(self, evse: int) -> SessionState | None:
        """Where the newest session of an EVSE stands at the CSMS."""
        found = [one.state for one in self.here.station(self.name).sessions.values() if one.evse == evse]
        return found[-1] if found else None

    async def lose_link(self, seconds: float) -> None:
        """Take the link away, and see that the CSMS has noticed."""
        self.hardware.lose_link(seconds)
        await self.here.until(lambda: self.here.station(self.name).connected is None)

    async def link_is_back(self) -> None:
        """See it on board again with nothing left to tell."""
        await self.here.until(lambda: self.here.station(self.name).connected is not None)
        await self.here.until(lambda: self.told)

    @property
    def told(self) -> bool:
        """The CSMS has everything."""
        return not self.site.waiting and not self.line.lines.session.waiting


@contextlib.asynccontextmanager
async def linked(
    folder: Path,
    *,
    factor: float = 60.0,
    evses: int = 2,
    tapped: bool = False,
    kept: bool = False,
    patience: float = PATIENCE,
    station: dict[str, Any] | None = None,
    **policy: Any,
) -> AsyncIterator[LinkStation]:
    """A CSMS, and a simulated station of two EVSEs that is on board by link.

    ``tapped``: through a tap. ``kept``: what it has to tell lies on the disk, as at a real station. ``patience``: for that [s].
    """
    async with link_house(folder, factor=factor, connection_timeout=3_600.0, **policy) as (here, pki):
        await here.register("CS-1")
        for tag in ("ANNA", "BERT"):
            await here.token(tag)
        rules = StationPolicy(answer_within=Seconds(slack(factor)), **(station or {}))
        failure: Exception | None = None
        async with Tap(here.port).running() as tap:
            with Capture(None, here.csms.clock) as capture:
                site = Site(here.csms.clock, capture, rules, seed=1)
                to = f"wss://localhost:{tap.port if tapped else here.port}/link"
                dialling = Dialling(endpoints=(to,), tls=pki.tls("CS-1"), longest_pause=30.0)
                outbox = OutboxFile(folder / "told.db").outbox(CSMS_PARTY) if kept else None
                hardware = site.build(StationPlan(id="CS-1", version=Version.V21, evses=evses), dialling, outbox=outbox)
                async with site.running():
                    hardware.switch_on()
                    await here.until(lambda: here.station("CS-1").registration is Registration.ACCEPTED, patience)
                    await here.until(lambda: len(here.station("CS-1").evses) == evses, patience)
                    at = LinkStation(here, site, hardware, "CS-1")
                    at.tap, at.pki = tap, pki
                    try:
                        yield at
                    except Exception as fault:  # noqa: BLE001 - raised below, not wrapped in the groups of tasks in between
                        failure = fault
        if failure is not None:
            raise failure


class Tap:
    """A relay of TCP before a listener: writes down what passes, and can hold it back or cut it."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.port = 0
        self.passed = bytearray()
        """All bytes, both ways."""
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.open = True

    def lead_to(self, port: int) -> None:
        """Lead elsewhere from now on."""
        self._to = port

    def hold(self) -> None:
        """Let nothing pass; nobody is told."""
        self._flows.clear()

    def release(self) -> None:
        """Let everything pass that was held back."""
        self._flows.set()

    def cut(self) -> None:
        """Lose every connection, with what is under way."""
        for one in tuple(self._writers):
            one.transport.abort()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.open:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, back}
        try:
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer), return_exceptions=True)
        finally:
            self._writers -= {writer, back}
            for one in (writer, back):
                one.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            await self._flows.wait()
            self.passed += data
            writer.write(data)
            await writer.drain()
        writer.transport.abort()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Tap]:
        """Listen until the block is left."""
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.release()
            self.cut()


class Raw:
    """A peer that says on a real socket, by a library that is not ours, whatever frames a test wants."""

    def __init__(self, socket: ClientConnection, identity: str) -> None:
        self.socket, self.identity, self.outbox = socket, identity, os.urandom(8)
        self.sent: list[bytes] = []
        self.heard: list[Any] = []

    async def send(self, frame: Any) -> None:
        """Say a frame."""
        self.sent.append(encode(frame))
        await self.socket.send(self.sent[-1])

    async def next(self, kind: type[F]) -> F:
        """Return the next frame of a kind; others are passed over."""
        async with asyncio.timeout(PATIENCE):
            while True:
                data = await self.socket.recv()
                assert isinstance(data, bytes)
                frame = decode(data)
                self.heard.append(frame)
                if isinstance(frame, Hello):
                    now = int(time.time() * 1000)
                    await self.send(Pong(number=0, sent=frame.clock, heard=now, answered=now))
                if isinstance(frame, kind):
                    return frame

    async def greet(self, **more: Any) -> Hello:
        """Say HELLO and hear the other end's."""
        said: dict[str, Any] = {"identity": self.identity, "outbox": self.outbox, "clock": int(time.time() * 1000)} | more
        await self.send(Hello(**said))
        heard = await self.next(Hello)
        await self.next(Pong)
        return heard

    async def say(self, id: int, header: Header, message: Any) -> None:
        """Say a message in one piece."""
        body = message if isinstance(message, bytes) else CODEC.encode(message, station=StationId(self.identity))
        await self.send(Data(id=id, chunk=body, total=len(body), head=encode_header(header)))

    async def boot(self) -> None:
        """Say that it has booted, and be accepted."""
        booted = StationBooted(
            station=StationId(self.identity), at=datetime.now(UTC), identity=Identity(serial=f"SN-{self.identity}")
        )
        header = Header(type=CODEC.number(booted), kind=Kind.REQUEST, priority=Priority.CONTROL)
        await self.say(1, header, booted)
        answer = await self.next(Data)
        said = CODEC.decode(decode_header(answer.head).type, answer.chunk)
        assert said.registration is Registration.ACCEPTED, said

    async def closed(self) -> int:
        """Wait for the end, and return the code of the close frame."""
        async with asyncio.timeout(PATIENCE):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.next(Nack)
        assert self.socket.close_code is not None
        return self.socket.close_code

    @property
    def nacks(self) -> list[Nack]:
        """What was not taken."""
        return [one for one in self.heard if isinstance(one, Nack)]


@contextlib.asynccontextmanager
async def raw(here: House, tls: ssl.SSLContext, identity: str = "CS-1", port: int = 0) -> AsyncIterator[Raw]:
    """A raw peer with a socket."""
    address = f"wss://localhost:{port or here.port}/link"
    protocol: Any = SUBPROTOCOL
    async with connect(
        address, ssl=tls, subprotocols=[protocol], ping_interval=None, close_timeout=1.0, compression=None
    ) as socket:
        yield Raw(socket, identity)
