# SPDX-License-Identifier: Apache-2.0
"""The CSMS of a charging station operator: one process, one data folder."""

import asyncio
import contextlib
import secrets
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec
import structlog

from open63110.apps.alarm import StoreAlarm
from open63110.apps.bulk import Audited, Depot, level_streams
from open63110.apps.clock import SystemClock
from open63110.apps.config import Config, Listener
from open63110.apps.deleting import Deleting
from open63110.apps.farewell import Farewell
from open63110.apps.file_address import address_of
from open63110.apps.firmware import FirmwareAddressed, FirmwareRoom
from open63110.apps.firmware_care import FirmwareCare
from open63110.apps.folder import DATABASE, FRAMES, pepper, usable
from open63110.apps.forgetting import Forgetting
from open63110.apps.ids import StoredIds
from open63110.apps.install import make_folder
from open63110.apps.levels import Level, LevelOrders
from open63110.apps.log_paths import Addressed, InBand
from open63110.apps.log_shelf import LogShelf
from open63110.apps.missing import Missing
from open63110.apps.notifying import Notifying, routed
from open63110.apps.opaque import RankedOrders
from open63110.apps.planning import Planning
from open63110.apps.protection import guard_of
from open63110.apps.refusals import Refusals
from open63110.apps.systemd import notify, watched
from open63110.apps.tending import Tending
from open63110.apps.thinning import Thinning
from open63110.apps.tombstones import Tombstones
from open63110.bindings.link.carriers.websocket_carrier import LINK_LIMITS, client_tls, server_tls
from open63110.bindings.link.conversation import WIRE as LINK
from open63110.bindings.link.gate import Gate as LinkGate
from open63110.bindings.link.levels.guests import GUESTS
from open63110.bindings.link.opaque.opaque_conversation import OPAQUE
from open63110.bindings.link.reach import Reach
from open63110.bindings.link.revoked import Revoked
from open63110.bindings.link.server import Server as LinkServer
from open63110.bindings.ocpp.gate import Gate, Listening, Security
from open63110.bindings.ocpp.raw_call import RawCall
from open63110.bindings.ocpp.rpc.version import NEWEST_FIRST, Version
from open63110.bindings.ocpp.server import Server
from open63110.bindings.ocpp.waiting import WaitingRoom
from open63110.bindings.ocpp.wires import WIRES
from open63110.bindings.web.serve import serving
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.model.principal import AuditEntry
from open63110.model.quarantine import QuarantinedInput
from open63110.model.station import StationDisconnected
from open63110.pki.identity import identity_of, party_in
from open63110.pki.makers import Makers
from open63110.runtime.balancing import Balancing
from open63110.runtime.engine import Engine
from open63110.runtime.keys import Keys
from open63110.runtime.links import Links
from open63110.runtime.node import Node
from open63110.runtime.orders import OURSELVES
from open63110.runtime.rotation import Rotation
from open63110.runtime.table import discover
from open63110.store.frames import DailyFrames
from open63110.store.sqlite import SqliteStore
from open63110.usecases.stations.update_firmware import PublishFirmware, UpdateFirmware
from open63110.wire.edge import Edge
from open63110.wire.limits import Limits
from open63110.wire.ports import Remote
from open63110.wire.tls import TlsSettings, TlsUnusable

log = structlog.get_logger(__name__)

C = TypeVar("C", bound=Config)


class _Runs(Protocol):
    async def run(self) -> None: ...


class Csms:
    """One node, wired."""

    ENGINE = Engine
    """The kind of engine that decides."""

    def __init__(self, config: Config) -> None:
        """Open the data folder and read what must be in memory; nothing listens yet.

        Raises:
            Unavailable: another process owns the folder, or it cannot be written.
        """
        self.config = config
        self.clock = SystemClock(config.clock_factor)
        folder = Path(config.data)
        make_folder(folder)
        Tombstones.compacted(folder, folder / DATABASE)
        self.store = SqliteStore(folder / DATABASE)
        self.ids = StoredIds(self.store)
        self.keys = Keys(pepper(folder))
        policy, linger = routed(config), config.linger / 2
        self.engine = self.ENGINE(Role.CSMS, discover(), self.store, self.clock, self.ids, policy, linger=linger)
        self.engine.trust = Makers.of(config.fault_codes.keys)
        self.alarm = StoreAlarm(self.engine, self.ids)
        self.refusals = Refusals(self.security, self.clock)
        self.forgetting = Forgetting(self.engine, self.ids)
        self.thinning = Thinning(self.engine)
        self.missing = Missing(self.engine)
        self.notifying = Notifying(self.engine, config.notify)
        self.tending = Tending(self.engine)
        self.orders = LevelOrders(self.engine, self.ids)
        self.rotation = Rotation(self.engine, self.orders, self.keys, self.ids)
        self.balancing = Balancing(self.engine, self.ids, self.orders)
        self.planning = Planning(self.engine, self.balancing)
        with usable(folder):
            self.frames = DailyFrames(folder / FRAMES, self.clock, days=config.limits.frames_days)
            tombstones = Tombstones(folder, self.keys)
        self.engine.known.fingerprint = tombstones.fingerprint
        self.deleting = Deleting(self.engine, folder / DATABASE, self.frames, tombstones)
        self.ocpp = Server(
            self.engine,
            self.orders,
            self.ids,
            dict(WIRES),
            self.frames,
            patience=config.limits.answer_timeout,
            run_id=secrets.token_hex(4),
        )
        self.ocpp.suspected = self.suspect
        self.revoked = _revoked(config)
        self.link = LinkServer(
            self.engine,
            self.orders,
            self.ids,
            self.frames,
            self.refusals,
            identity=self._identity,
            revoked=self.revoked,
            lifetime=config.limits.link_lifetime,
        )
        self.level = self._level()
        self.shelf = LogShelf(folder, config.uploads, self.keys, self.engine, self.refusals)
        self.shelf.address = lambda: address_of(config.uploads, config.web, self.web_port)
        self.in_band = InBand(self.engine, self.shelf, Audited(self._audit, self.refusals))
        self.streams = level_streams(folder, config.bulk, self.level.ways, self.in_band, self.clock)
        self.depot = self.in_band.depot = Depot(self.streams, self.clock, self.engine.stations)
        self.level.services.streams = self.streams
        self.firmware = FirmwareRoom(folder, config.firmware, self.keys, self.engine)
        self.firmware.address = lambda: address_of(config.firmware, config.web, self.web_port)
        self.firmware_care = FirmwareCare(self.engine, self.firmware, self.depot)
        self.guard = self.link.guard = self.level.branches.guard = guard_of(
            config, config.links, self.clock.now, obeys=self.engine
        )
        self.ranked = RankedOrders(self.ocpp)
        self.link.ranking, self.link.longest_frame = self.ranked.rank, config.limits.message_bytes
        self.farewell = Farewell(self.engine, self.ocpp, self.link)
        self.orders.link = Links(
            FirmwareAddressed(Addressed(self.ranked, self.shelf.location), self.firmware, UpdateFirmware, PublishFirmware),
            self.link,
            FirmwareAddressed(self.level.branches, self.firmware, PublishFirmware),
        )
        self.listeners: dict[str, Any] = {}
        self.web_port = 0
        """Bound once the page is served."""

    @property
    def _identity(self) -> str:
        """What it says of itself on links: the name in the certificate that it shows there."""
        shown = (Path(one.certificate) for one in self.config.listeners.values() if one.kind == "link" and one.certificate)
        return next((name for name in map(_named, shown) if name), self.config.policy.cso)

    def _level(self) -> Level:
        return Level(self.engine, self.orders, self.link, pseudonym=self.keys.pseudonym)

    def node(self) -> Node:
        """Return what doors need."""
        return Node(
            name=self.config.policy.cso,
            engine=self.engine,
            orders=self.orders,
            store=self.store,
            keys=self.keys,
            ids=self.ids,
            clock=self.clock,
            frames=self.frames,
            raw_call=lambda station, action, payload, unchecked: RawCall(
                station=station, action=action, payload=payload, unchecked=unchecked
            ),
            replay=self.replay,
            counters=lambda: self.ocpp.counters() | self.link.counters(),
            depot=self.depot,
            shelf=self.shelf,
            firmware=self.firmware,
            deviations=lambda station: self.ocpp.deviations.get(station, {}),
            lookout=self.level.lookout,
        )

    def replay(self, item: QuarantinedInput) -> str:
        """Feed a quarantined message in again; return why that failed, empty if it worked."""
        return self.link.replay(item) if item.wire == LINK else self.ocpp.replay(item)

    def security(self, station: str, kind: str, words: str) -> None:
        """Keep a refused attempt in the audit; how many of them is for others to say."""
        self._audit(station, kind, words, "not-authorized")

    def suspect(self, station: StationId, words: str) -> None:
        """Keep in the audit that an identity seems to be used by two devices."""
        self._audit(station, "IdentityContested", words, "accepted")

    def _audit(self, who: str, kind: str, words: str, outcome: str) -> None:
        entry = AuditEntry(
            id=self.ids.row(AuditEntry),
            at=self.clock.now(),
            by=PrincipalId(who),
            role=OURSELVES.role if who == OURSELVES.id else Role.STATION,
            action=kind,
            target=who,
            outcome=outcome,
            reason=kind,
            detail=words,
        )
        self.engine.known.keep("audit", entry.id, entry)
        self.engine.commit.after(lambda _: None)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Csms"]:
        """Work until the block is left; then say goodbye to stations and make durable what is pending."""
        async with asyncio.TaskGroup() as tasks:
            own = [tasks.create_task(part.run()) for part in self._parts()]
            self._nobody_is_connected_yet()
            await self._listen()
            try:
                yield self
            finally:
                for listener in self.listeners.values():
                    await listener.stop()
                self.refusals.say_left_out()
                await self.engine.commit.drain()
                for task in own:
                    task.cancel()
        self.frames.flush()
        self.store.close()

    def _parts(self) -> tuple[_Runs, ...]:
        engine = self.engine
        keepers = (
            *(self.alarm, self.refusals, self.forgetting, self.thinning, self.missing, self.notifying, self.tending),
            *(self.balancing, self.planning, self.shelf, self.in_band, self.firmware_care, self.deleting),
        )
        wires: tuple[_Runs, ...] = (self.ocpp, self.link, self.level.branches, self.level.guests, *self._reach())
        return (engine.commit, engine.timers, *keepers, self.orders, *wires, self.frames, self.streams)

    def _reach(self) -> Iterator[Reach]:
        """Yield what dials the stations that listen, for each listener of links that names some."""
        for one in self.config.listeners.values():
            if one.stations:
                tls = client_tls(Path(one.certificate), Path(one.key), Path(one.client_authorities))
                yield Reach(self.link, one.stations, tls, identity_of, self.revoked, self.refusals)

    def _nobody_is_connected_yet(self) -> None:
        """Note that links which were open when the last run ended are gone."""
        for station in tuple(self.engine.stations.values()):
            if station.connected is not None:
                gone = StationDisconnected(station=station.id, at=self.clock.now(), reason="this CSMS was restarted")
                self.engine.hear((gone,))

    async def _listen(self) -> None:
        gate = Gate(
            self.engine.stations,
            self.engine.known.principals,
            self.keys,
            self.refusals,
            listening={
                **{name: _listening(one) for name, one in self.config.listeners.items() if one.kind == "ocpp"},
                OPAQUE: Listening(password=False, certificate=True, versions=self._versions_in_links()),
            },
            strangers=self.config.policy.unknown_stations,
            waiting=WaitingRoom(self.engine.stations, self.config.policy.most_quarantined),
        )
        gate.open, gate.rotated = self.ocpp.open, self.rotation.seen
        self.link.gate, self.link.capabilities = gate, tuple(self._versions_in_links())
        links = self._link_gate()
        for name, one in self.config.listeners.items():
            link = one.kind == "link"
            self.listeners[name] = await Edge.start(
                links if link else gate,
                one.host,
                one.port,
                name=name,
                tls=_tls(one),
                limits=self._link_limits() if link else self._limits(),
                on_refused=_tls_refused(self.refusals),
            )

    def _versions_in_links(self) -> tuple[Version, ...]:
        """Return the versions of OCPP that are spoken in links, newest first."""
        wanted = {one for listener in self.config.listeners.values() if listener.kind == "link" for one in listener.versions}
        return tuple(one for one in NEWEST_FIRST if one in wanted)

    def _link_gate(self) -> LinkGate:
        level = self.level
        return LinkGate(
            identity_of,
            self.revoked,
            self.refusals,
            opens={
                Role.STATION: self.link.admit,
                Role.LOCAL_CSMS: level.branches.admit,
                **dict.fromkeys(GUESTS, level.guests.admit),
            },
            anteroom=self.link.anteroom,
            known=self.link.known,
            now=self.clock.now,
        )

    def _link_limits(self) -> Limits:
        chosen = self.config.limits
        return msgspec.structs.replace(LINK_LIMITS, max_connections=chosen.connections, handshake_seconds=chosen.handshake)

    def _limits(self) -> Limits:
        chosen = self.config.limits
        return Limits(
            max_message=chosen.message_bytes,
            max_connections=chosen.connections,
            messages_per_second=chosen.messages_per_second,
            burst=chosen.burst,
            ping_every=chosen.ping_every,
            ping_timeout=chosen.ping_timeout,
            gather_seconds=self.config.linger,
        )


def _tls_refused(security: Security) -> Callable[[Remote, str], None]:
    """Nobody has said a name yet, so the address stands for one."""
    return lambda remote, reason: security(remote[0], "TlsHandshakeFailed", reason)


def _named(certificate: Path) -> str:
    """Return the identity in a certificate file, empty if there is none; the listener says in words what is wrong with it."""
    try:
        return party_in(certificate.read_bytes()).identity
    except (OSError, Malformed):
        return ""


def _listening(listener: Listener) -> Listening:
    versions = tuple(Version(one) for one in listener.versions)
    return Listening(password=listener.password, certificate=bool(listener.client_authorities), versions=versions)


def _revoked(config: Config) -> Revoked:
    """Return the certificates that were taken back; all listeners of links share one list."""
    found = next((one for one in config.listeners.values() if one.kind == "link" and one.revoked), None)
    return Revoked(Path(found.revoked), Path(found.client_authorities)) if found else Revoked(None, None)


def _tls(listener: Listener) -> TlsSettings | None:
    if listener.kind == "link":
        return server_tls(Path(listener.certificate), Path(listener.key), Path(listener.client_authorities))
    if not listener.certificate:
        return None
    return TlsSettings(
        certificate=Path(listener.certificate),
        key=Path(listener.key),
        client_authorities=Path(listener.client_authorities) if listener.client_authorities else None,
        require_client_certificate=bool(listener.client_authorities),
    )


async def serve(config: C, *, make: Callable[[C], Csms] = Csms, ready: Callable[[Csms], None] | None = None) -> None:
    """Run a CSMS, of any level, until SIGTERM or SIGINT; SIGHUP takes new certificates without dropping stations."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    async with watched(), make(config).running() as csms:
        loop.add_signal_handler(signal.SIGHUP, _reload, csms)
        async with serving(csms.node(), config.web) as csms.web_port:
            notify("READY=1")
            if ready is not None:
                ready(csms)
            await stop.wait()
            notify("STOPPING=1")


def _reload(csms: Csms) -> None:
    for name, listener in csms.listeners.items():
        try:
            listener.reload_tls()
        except TlsUnusable as fault:
            log.error("certificates were not reloaded", listener=name, reason=str(fault))  # noqa: TRY400 - the reason says all
