# SPDX-License-Identifier: Apache-2.0
"""The CSMS of a charging station operator: one process, one data folder."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import structlog

from open63110.apps.alarm import StoreAlarm
from open63110.apps.clock import SystemClock
from open63110.apps.config import Config, Listener
from open63110.apps.folder import DATABASE, FRAMES, pepper
from open63110.apps.ids import StoredIds
from open63110.bindings.ocpp.gate import Gate, Listening
from open63110.bindings.ocpp.raw_call import RawCall
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.server import Server
from open63110.bindings.ocpp.wires import WIRES
from open63110.bindings.web.serve import serving
from open63110.kernel.ids import PrincipalId
from open63110.kernel.roles import Role
from open63110.model.principal import AuditEntry
from open63110.model.station import StationDisconnected
from open63110.runtime.engine import Engine
from open63110.runtime.keys import Keys
from open63110.runtime.node import Node
from open63110.runtime.orders import Orders
from open63110.runtime.table import discover
from open63110.store.frames import DailyFrames
from open63110.store.sqlite import SqliteStore
from open63110.wire.edge import Edge
from open63110.wire.limits import Limits
from open63110.wire.ports import Remote
from open63110.wire.tls import TlsSettings, TlsUnusable

log = structlog.get_logger(__name__)


class Csms:
    """One node, wired."""

    def __init__(self, config: Config) -> None:
        """Open the data folder and read what must be in memory; nothing listens yet.

        Raises:
            Unavailable: another process owns the folder, or it cannot be written.
        """
        self.config = config
        self.clock = SystemClock(config.clock_factor)
        folder = Path(config.data)
        folder.mkdir(parents=True, exist_ok=True)
        self.store = SqliteStore(folder / DATABASE)
        self.ids = StoredIds(self.store)
        self.keys = Keys(pepper(folder))
        self.engine = Engine(Role.CSMS, discover(), self.store, self.clock, self.ids, config.policy, linger=config.linger)
        self.alarm = StoreAlarm(self.engine, self.ids)
        self.orders = Orders(self.engine, self.ids)
        self.frames = DailyFrames(folder / FRAMES, self.clock, days=config.limits.frames_days)
        self.ocpp = Server(
            self.engine,
            self.orders,
            self.ids,
            WIRES,
            self.frames,
            patience=config.limits.answer_timeout,
            run_id=secrets.token_hex(4),
        )
        self.listeners: dict[str, Any] = {}
        self.web_port = 0
        """Bound once the page is served."""

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
            replay=self.ocpp.replay,
            counters=self.ocpp.counters,
            deviations=lambda station: self.ocpp.deviations.get(station, {}),
        )

    def security(self, station: str, kind: str, words: str) -> None:
        """Keep a refused attempt in the audit, once a minute for the same one."""
        now = self.clock.now()
        entry = AuditEntry(
            id=self.ids.row(AuditEntry),
            at=now,
            by=PrincipalId(station),
            role=Role.STATION,
            action=kind,
            target=station,
            outcome="not-authorized",
            reason=kind,
            detail=words,
        )
        self.engine.known.keep("audit", entry.id, entry)
        self.engine.commit.after(lambda _: None)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Csms"]:
        """Work until the block is left; then say goodbye to stations and make durable what is pending."""
        async with asyncio.TaskGroup() as tasks:
            own = [
                tasks.create_task(part.run())
                for part in (self.engine.commit, self.engine.timers, self.alarm, self.orders, self.ocpp, self.frames)
            ]
            self._nobody_is_connected_yet()
            await self._listen()
            try:
                yield self
            finally:
                for listener in self.listeners.values():
                    await listener.stop()
                await self.engine.commit.drain()
                for task in own:
                    task.cancel()
        self.frames.flush()
        self.store.close()

    def _nobody_is_connected_yet(self) -> None:
        """Note that links which were open when the last run ended are gone."""
        for station in tuple(self.engine.stations.values()):
            if station.connected is not None:
                gone = StationDisconnected(station=station.id, at=self.clock.now(), reason="this CSMS was restarted")
                self.engine.hear((gone,))

    async def _listen(self) -> None:
        limited = _once_a_minute(self.security, self.clock)
        gate = Gate(
            self.engine.stations,
            self.engine.known.principals,
            self.keys,
            limited,
            listening={name: _listening(one) for name, one in self.config.listeners.items()},
            strangers=self.config.policy.unknown_stations,
        )
        gate.open = self.ocpp.open
        for name, one in self.config.listeners.items():
            self.listeners[name] = await Edge.start(
                gate, one.host, one.port, name=name, tls=_tls(one), limits=self._limits(), on_refused=_tls_refused(limited)
            )

    def _limits(self) -> Limits:
        chosen = self.config.limits
        return Limits(
            max_message=chosen.message_bytes,
            max_connections=chosen.connections,
            messages_per_second=chosen.messages_per_second,
            burst=chosen.burst,
            ping_every=chosen.ping_every,
            ping_timeout=chosen.ping_timeout,
        )


def _tls_refused(security: Callable[[str, str, str], None]) -> Callable[[Remote, str], None]:
    """Nobody has said a name yet, so the address stands for one."""
    return lambda remote, reason: security(remote[0], "TlsHandshakeFailed", reason)


def _once_a_minute(security: Callable[[str, str, str], None], clock: SystemClock) -> Callable[[str, str, str], None]:
    """Let the same refusal through once a minute: a flood must not fill the disk."""
    last: dict[tuple[str, str, str], float] = {}

    def limited(station: str, kind: str, words: str) -> None:
        now = clock.now().timestamp()
        if now - last.get((station, kind, words), 0.0) < 60.0:
            return
        if len(last) > 10_000:
            last.clear()
        last[station, kind, words] = now
        security(station, kind, words)

    return limited


def _listening(listener: Listener) -> Listening:
    versions = tuple(Version(one) for one in listener.versions)
    return Listening(password=listener.password, certificate=bool(listener.client_authorities), versions=versions)


def _tls(listener: Listener) -> TlsSettings | None:
    if not listener.certificate:
        return None
    return TlsSettings(
        certificate=Path(listener.certificate),
        key=Path(listener.key),
        client_authorities=Path(listener.client_authorities) if listener.client_authorities else None,
        require_client_certificate=bool(listener.client_authorities),
    )


def notify(state: str) -> None:
    """Tell systemd (Type=notify) how far we are; without systemd this does nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect("\0" + address[1:] if address.startswith("@") else address)
        channel.sendall(state.encode())


async def serve(config: Config, *, ready: Callable[[Csms], None] | None = None) -> None:
    """Run a CSMS with its doors until SIGTERM or SIGINT; SIGHUP takes new certificates without dropping stations."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    async with Csms(config).running() as csms:
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
