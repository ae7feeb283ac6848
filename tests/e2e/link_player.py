# SPDX-License-Identifier: Apache-2.0
"""The scripted station of `player` on the link: it says the same by the same calls, so that tests read alike on every wire."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cbor2
import msgspec
from tests.e2e.house import WIRES, House, house
from tests.e2e.link_house import CSMS_PARTY, link_house
from tests.e2e.link_parts import Later, Persons
from tests.e2e.local_house import admit_level, local_csms
from tests.e2e.player import PATIENCE, CallRefused, Payload, Player

from open63110.bindings.link.carriers.websocket_carrier import LINK_LIMITS, dial
from open63110.bindings.link.correspondence import Correspondence, Ending
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.frames import Nack, Pong, decode
from open63110.bindings.link.framing.happenings import Arrived, Welcomed
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.replies import refusal_of, replies_to
from open63110.bindings.link.session import LocalClock, MemoryOutbox, MemorySeen, Session
from open63110.kernel.errors import NotSupported
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Command, Event
from open63110.model.reading import Reading, SignedReading
from open63110.model.station import ConnectorReported, Identity, StationBooted
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated, TransferState
from open63110.usecases.services.authorize_locally import AuthorizationAnswer, AuthorizeCredential
from open63110.usecases.stations.onboard_station import RegistrationAnswer

EVERY = (*WIRES, "link")
BEHIND = "link, behind a local CSMS"

BOOTED = {"accepted": "Accepted", "rejected": "Rejected"}
"""What Player says of an answer to a boot; all else is Pending."""

STATES: dict[str, TransferState] = {"Charging": "charging", "SuspendedEV": "suspended-ev", "SuspendedEVSE": "suspended-evse"}

NEWER = "link, of minor version 1.1"
"""A station that speaks a later minor version: in each frame, header and body is something that version 1.0 does not know."""

Obey = Callable[[Any], Sequence[Any]]
"""Takes a command, returns what answers it; nothing: yes and nothing more."""


class LinkPlayer:
    """One station identity; its link may come and go, and while it is away what it would say waits. Implements a Desk."""

    wire, is_16 = "link", False

    def __init__(
        self, port: int, station: str, tls: ssl.SSLContext, *, serial: str = "", above: str = CSMS_PARTY, newer: bool = False
    ) -> None:
        self.station, self.serial = StationId(station), serial or f"SN-{station}"
        self.url, self.tls, self._above = f"wss://localhost:{port}/link", tls, above
        self.answers: dict[str, Obey] = {}
        """By name of a command: how it is answered. Without one the CSMS hears NOT_SUPPORTED."""
        self.frames: list[tuple[str, bytes]] = []
        """("sent" or "heard", frame)"""
        self.waiting: list[Callable[[], Awaitable[Any]]] = []
        """What is said once the link is back."""
        self.transactions: dict[int, str] = {}
        """By EVSE: what the wire calls the transfer that runs there."""
        self._seq: dict[str, itertools.count[int]] = {}
        self._asked: dict[str, asyncio.Queue[Payload]] = {}
        self._orders: list[str] = []
        self._pending: dict[int, asyncio.Future[Ending]] = {}
        self._last: Command | Event
        self.persons = Persons()
        self._up, self._down = asyncio.Event(), asyncio.Event()
        clock = LocalClock(datetime.now(UTC), asyncio.get_running_loop().time())
        outbox = MemoryOutbox(os.urandom(8))
        self._newer = newer
        me = Hello(identity=self.station, versions=((1, 1),), capabilities=("later",)) if newer else Hello(identity=self.station)
        session = Session(me, outbox, MemorySeen(), clock=clock, peer=above)
        self.lines = Correspondence(self, session, 1.0)

    # -- the link --

    async def connect(self) -> LinkPlayer:
        """Open the link.

        Raises:
            OSError, NotUpgraded: it is not let in; a ConnectionError where it heard so after the upgrade.
        """
        self._up.clear()
        self._down.clear()
        async with asyncio.timeout(PATIENCE):
            strand = self.lines.strand()
            await dial(self.url, Later(strand) if self._newer else strand, self.tls, limits=LINK_LIMITS)
            while not self._up.is_set():
                if self._down.is_set():
                    raise ConnectionError(str(self.frames[-1]))
                await asyncio.sleep(0.005)
        return self

    async def cut(self) -> None:
        """Lose the link without a goodbye."""
        if self.lines.socket is not None:
            self.lines.abort()
            await self.gone()

    async def close(self) -> None:
        """Say goodbye."""
        if self.lines.socket is not None:
            self.lines.hang_up()
            await self.gone()

    async def come_back(self) -> list[Any]:
        """Open the link again and say, in order, what waited; return the answers."""
        await self.connect()
        waiting, self.waiting = self.waiting, []
        return [await one() for one in waiting]

    @property
    def away(self) -> bool:
        """Whether there is no link."""
        return self.lines.socket is None

    async def gone(self) -> None:
        """Wait until the link has ended, whoever did that."""
        async with asyncio.timeout(PATIENCE):
            await self._down.wait()

    # -- the desk --

    def up(self, welcomed: Welcomed) -> None:
        """Know the other end; whether it lets this one in shows with its PONG."""
        assert welcomed.hello.identity == self._above

    def down(self, _reason: str, *, was: bool) -> None:
        """Tell whoever waits for an answer that none will come over this link."""
        for future in self._pending.values():
            if not future.done():
                future.set_exception(ConnectionError(f"the link ended before the answer; it was {'up' if was else 'down'}"))
        self._pending.clear()
        self._down.set()

    def violated(self, code: int, words: str, *, ours: bool) -> None:
        """Tell who wants to look."""
        self.frames.append(("heard", f"{code} {words} {ours}".encode()))

    def note(self, frame: bytes, *, sent: bool) -> None:
        """Remember a frame, and hear what was refused before it was even looked at."""
        self.frames.append(("sent" if sent else "heard", frame))
        said = None if sent else decode(frame)
        if isinstance(said, Pong):
            self._up.set()
        future = self._pending.get(said.id) if isinstance(said, Nack) else None
        if future is not None and not future.done():
            assert isinstance(said, Nack)
            future.set_exception(CallRefused(ErrorCode(said.error).name, said.words))

    def take(self, message: Arrived) -> None:
        """Do as is ordered, if a test says how."""
        said = CODEC.decode(message.header.type, message.body, station=self.station, subjects=self.persons)
        name = type(said).__name__
        self._orders.append(name)
        self._queue(name).put_nowait(msgspec.to_builtins(said))
        self.lines.delivered(message)
        obey = self.answers.get(name)
        if obey is None:
            self.lines.send(*refusal_of(message, NotSupported(f"nobody does {name} here")), durable=False)
            return
        for header, body in replies_to(message, obey(said), self.station, self.persons):
            self.lines.send(header, body, durable=False)

    def _queue(self, name: str) -> asyncio.Queue[Payload]:
        return self._asked.setdefault(name, asyncio.Queue())

    async def asked(self, name: str) -> Payload:
        """Return what the CSMS orders next by a command."""
        async with asyncio.timeout(PATIENCE):
            return await self._queue(name).get()

    def obey(self, *names: str) -> None:
        """Say yes to these from now on."""
        self.answers |= {name: lambda _: () for name in names}

    def heard_calls(self) -> list[str]:
        """Return the names of everything the CSMS has ordered so far."""
        return list(self._orders)

    async def say(self, message: Command | Event) -> list[Any]:
        """Say something; return the answers once there are all, or nothing once it is confirmed.

        Raises:
            CallRefused: the CSMS does not take it, or answers with no.
            ConnectionError: the link ended first.
        """
        assert not self.away, "there is no link"
        fact = isinstance(message, Event) and not isinstance(message, StationBooted)
        asks = not fact or getattr(message, "subject", None) is not None
        self._last = message
        future: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

        def over(ending: Ending) -> None:
            if not future.done():
                future.set_result(ending)

        header = Header(
            type=CODEC.number(message),
            kind=Kind.REQUEST if asks else Kind.EVENT,
            priority=Priority.NORMAL if fact else Priority.CONTROL,
            version=2 if self._newer else 1,
        )
        later = {99: cbor2.dumps(["later"])} if self._newer else None
        body = CODEC.encode(message, station=self.station, subjects=self.persons, vendor=later)
        number = self.lines.send(header, body, durable=fact, over=over, patience=PATIENCE if asks else None)
        self._pending[number] = future
        try:
            async with asyncio.timeout(PATIENCE):
                ending = await future
        except CallRefused:
            self.lines.cancel(number)  # or it would be told again
            raise
        finally:
            self._pending.pop(number, None)
        if ending.status:
            raise CallRefused(ending.code, ending.words)
        return [CODEC.decode(kind, body, station=self.station, subjects=self.persons) for kind, body in ending.replies]

    async def repeat(self) -> str:
        """Say again what was said last, as a message of its own; return its name."""
        await self.say(self._last)
        return type(self._last).__name__

    async def _say(self, make: Callable[[], Awaitable[Any]]) -> Any:
        """Say it now, or once the link is back."""
        if self.away:
            self.waiting.append(make)
            return None
        return await make()

    # -- what stations say --

    async def boot(self, reason: str = "PowerUp") -> str:
        """Say that it has started; return the CSMS's word for how far it is on board."""
        identity = Identity(vendor="Acme", model="Two", serial=self.serial)
        (answer,) = await self.say(StationBooted(station=self.station, at=datetime.now(UTC), identity=identity, reason=reason))
        assert isinstance(answer, RegistrationAnswer)
        return BOOTED.get(answer.registration, "Pending")

    async def status(self, evse: int, state: str, at: datetime) -> None:
        """Report a connector: Available, Occupied, Faulted."""
        said = ConnectorReported(
            station=self.station,
            at=at,
            evse=EvseNumber(evse),
            connector=ConnectorNumber(1),
            state=state.lower(),  # type: ignore[arg-type] # one of the five
        )
        await self._say(lambda: self.say(said))

    async def authorize(self, tag: str) -> str:
        """Show a card; return what it is good for."""
        subject = self.persons.card(tag)
        assert subject
        return _status(await self.say(AuthorizeCredential(station=self.station, subject=subject)))

    async def begin(self, evse: int, tag: str, wh: float, at: datetime, *, remote: int | None = None) -> str:
        """Start a transfer; return what the CSMS says of the card, empty if it said nothing or the link is away."""
        reference = self.transactions[evse] = f"{self.station}-{evse}-{int(at.timestamp() * 1000)}"
        self._seq[reference] = itertools.count()
        said = EnergyTransferStarted(
            station=self.station,
            at=at,
            reference=TransferReference(reference),
            seq=next(self._seq[reference]),
            evse=EvseNumber(evse),
            connector=ConnectorNumber(1),
            subject=self.persons.card(tag),
            trigger="Authorized" if remote is None else "RemoteStart",
            offline=self.away,
            remote_start=remote,
            readings=(_register(wh, at, "begin"),),
        )
        return _status(await self._say(lambda: self.say(said)) or [])

    async def move(self, evse: int, state: str, wh: float, at: datetime) -> None:
        """Go over to Charging, SuspendedEV or SuspendedEVSE, with the meter as it stands."""
        await self._update(evse, wh, at, "ChargingStateChanged", STATES[state])

    async def sample(self, evse: int, wh: float, at: datetime) -> None:
        """Report the meter."""
        await self._update(evse, wh, at, "MeterValuePeriodic", None)

    async def _update(self, evse: int, wh: float, at: datetime, trigger: str, state: TransferState | None) -> None:
        reference = self.transactions[evse]
        said = EnergyTransferUpdated(
            station=self.station,
            at=at,
            reference=TransferReference(reference),
            seq=next(self._seq[reference]),
            evse=EvseNumber(evse),
            state=state,
            trigger=trigger,
            offline=self.away,
            readings=(_register(wh, at, "periodic"),),
        )
        await self._say(lambda: self.say(said))

    async def end(
        self, evse: int, wh: float, at: datetime, reason: str = "Local", *, tag: str = "", signed: Payload | None = None
    ) -> None:
        """End the transfer."""
        reference = self.transactions.pop(evse)
        said = EnergyTransferEnded(
            station=self.station,
            at=at,
            reference=TransferReference(reference),
            seq=next(self._seq[reference]),
            evse=EvseNumber(evse),
            subject=self.persons.card(tag),
            reason=reason,
            trigger={"Remote": "RemoteStop"}.get(reason, "StopAuthorized"),
            offline=self.away,
            readings=(_register(wh, at, "end", signed),),
        )
        await self._say(lambda: self.say(said))


def _status(answers: list[Any]) -> str:
    return next((str(one.status) for one in answers if isinstance(one, AuthorizationAnswer)), "")


def _register(wh: float, at: datetime, context: Any, signed: Payload | None = None) -> Reading:
    record = None
    if signed is not None:
        record = SignedReading(
            data=signed["signedMeterData"],
            method=signed["signingMethod"],
            encoding=signed["encodingMethod"],
            public_key=signed["publicKey"],
        )
    return Reading(at=at, measurand="energy.import.register", value=float(wh), context=context, signed=record)


AnyPlayer = Player | LinkPlayer


@contextlib.asynccontextmanager
async def home(folder: Path, wire: str, **how: Any) -> AsyncIterator[House]:
    """A CSMS that is reached on OCPP, by link, or by link over a local CSMS."""
    if wire == BEHIND:
        async with link_house(folder, **how) as (here, pki):
            await admit_level(here, "mall-lc", "/mall")
            async with local_csms(folder, pki, here.port, factor=how.get("factor", 1.0)) as local:
                await here.until(lambda: local.open)
                here.below = local.csms.config.identity, local.port
                yield here
    elif wire in {"link", NEWER}:
        async with link_house(folder, **how) as (here, _):
            yield here
    else:
        async with house(folder, **how) as here:
            yield here


def player(here: House, station: str, wire: str, *, serial: str = "") -> AnyPlayer:
    """Return a station of a `home`, without a link yet; those of one identity hold one certificate."""
    if wire in WIRES:
        return Player(here.port, station, wire, serial=serial)
    above, port = here.below or (CSMS_PARTY, here.port)
    return LinkPlayer(port, station, here.papers(station), serial=serial, above=above, newer=wire == NEWER)


@contextlib.asynccontextmanager
async def played(here: House, station: str, wire: str, *, serial: str = "") -> AsyncIterator[AnyPlayer]:
    """A station with a link, gone at the end of the block."""
    one = await player(here, station, wire, serial=serial).connect()
    try:
        yield one
    finally:
        await one.cut()
