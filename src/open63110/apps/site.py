# SPDX-License-Identifier: Apache-2.0
"""Simulated stations, wired: hardware, controllers in the station's role of the use cases, lines to a CSMS."""

import asyncio
import contextlib
import json
import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import msgspec

from open63110.apps.fleet_ids import FleetIds
from open63110.apps.site_logs import SiteLogs
from open63110.apps.skewed_clock import SkewedClock
from open63110.apps.station_firmware import Bench, StationFirmware
from open63110.apps.station_logs import StationLogs
from open63110.apps.workshop import Workshop
from open63110.bindings.link import client as link
from open63110.bindings.link.line import Dialling as LinkDialling
from open63110.bindings.link.patterns.bulk import Streams
from open63110.bindings.link.session import Outbox
from open63110.bindings.ocpp.client import Client, Through
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.wires import WIRES
from open63110.kernel.ids import StationId
from open63110.kernel.journal import Entry
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.policy import StationPolicy
from open63110.model.station import Identity
from open63110.model.token import CredentialJudged
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted
from open63110.ports import Clock
from open63110.runtime.engine import Engine
from open63110.runtime.table import Table, discover
from open63110.simulator.evse import SimulatedEvse
from open63110.simulator.forgetful import ForgetfulStore
from open63110.simulator.hardware import SimulatedStation
from open63110.simulator.meter import MILLI, Meter
from open63110.simulator.schedule import Schedule
from open63110.station.controller import Controller, Controllers
from open63110.usecases.stations.onboard_station import RegistrationAnswered


class StationPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One station to be."""

    id: str
    version: Version
    evses: int = 2
    limit: float = 22_000.0
    """What an EVSE gives at most [W]."""
    signed: bool = False
    """Its meters sign."""
    skew: float = 0.0
    """Its clock minus the right time, until its CSMS has told it [s]. 0: it knows the time from elsewhere."""
    step: int = MILLI
    """Last place of its meters' displays [mWh]; a station of OCPP 1.6 can tell whole watt-hours only."""
    interval: float = 60.0
    """Between two readings while energy may flow [s]."""
    boot: float = 20.0
    """How long a start takes [s]."""


class Tally:
    """What stations did, counted from their own facts; it does not grow with time."""

    def __init__(self) -> None:
        """Count from nothing."""
        self.began: Counter[StationId] = Counter()
        self.ended: Counter[StationId] = Counter()
        """Energy transfers, by station."""
        self.refused = self.accepted = 0
        """Credentials that stations turned away by themselves; boots that were accepted."""

    def take(self, entries: list[Entry]) -> None:
        """Count."""
        for one in entries:
            match fact := one.event:
                case EnergyTransferStarted():
                    self.began[fact.station] += 1
                case EnergyTransferEnded():
                    self.ended[fact.station] += 1
                case CredentialJudged():
                    self.refused += 1
                case RegistrationAnswered(registration="accepted"):
                    self.accepted += 1


class Capture:
    """Every frame of OCPP, as it crossed the wire, one JSON object a line: {"t", "station", "dir", "version", "frame"}."""

    def __init__(self, path: Path | None, clock: Clock) -> None:
        """Write into a file, or nowhere; the frames are counted in any case."""
        self._path, self._clock = path, clock
        self._file: TextIO | None = None
        self.client: Client | None = None
        self.up = self.down = 0

    def __enter__(self) -> Self:
        """Open the file."""
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def note(self, station: StationId, frame: bytes, *, sent: bool) -> None:
        """Write one frame; up is from the station. Those of the link are no text, and only counted."""
        self.up, self.down = self.up + sent, self.down + (not sent)
        line = self.client.lines.get(station) if self.client is not None else None
        if self._file is None or line is None:
            return
        said = {
            "t": self._clock.now().isoformat(),
            "station": station,
            "dir": "up" if sent else "down",
            "version": line.version,
            "frame": frame.decode("utf-8", "replace"),
        }
        self._file.write(json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n")


class Site:
    """Stations of one process. Those that know the time share an engine; whose clock is wrong has one of its own."""

    def __init__(
        self,
        clock: Clock,
        frames: Capture,
        policy: StationPolicy,
        *,
        seed: int,
        through: Through | None = None,
        bench: Bench | None = None,
    ) -> None:
        """Stand empty.

        Args:
            clock: the right time.
            frames: remembers frames.
            policy: choices of the stations.
            seed: of chance.
            through: what lies between each station's conversation and its WebSocket; None: nothing.
            bench: with what stations update their firmware; None: with what is usual, which believes nobody who signs.
        """
        from open63110.pki.identity import identity_of  # noqa: PLC0415 - megabytes, which a single station need not have

        self.clock, self._policy = clock, policy
        self._table: Table = discover()
        self._ids = FleetIds(clock.now())
        self._parties: list[Controllers] = []
        self._right: Controllers | None = None
        self.schedule = Schedule(clock)
        self._shown = 0.0
        chance = random.Random(seed)  # noqa: S311 - pauses
        self.client = Client(WIRES, frames, clock, run_id=secrets.token_hex(4), chance=chance, through=through)
        other = random.Random(seed)  # noqa: S311 - as above
        self.link = link.Client(frames, clock, identity_of, run_id=secrets.token_bytes(4), chance=other)
        frames.client = self.client
        self.logs = SiteLogs()
        self.workshop, self.bench = Workshop(), bench or Bench(folder=self.logs.folder)
        self.tally = Tally()
        self.stations: dict[StationId, SimulatedStation] = {}
        self.controllers: dict[StationId, Controller] = {}
        self.clocks: dict[StationId, SkewedClock] = {}
        """Of stations whose clock is wrong."""

    def build(
        self,
        plan: StationPlan,
        dialling: Dialling | LinkDialling,
        *,
        counted: int = 0,
        outbox: Outbox | None = None,
        evses: Sequence[SimulatedEvse] = (),
    ) -> SimulatedStation:
        """Put a station up; it has no power yet.

        Args:
            plan: what it is to be.
            dialling: how it reaches its CSMS, on OCPP, where it offers its one version, or on the link.
            counted: where its meters stand [mWh].
            outbox: on a disk, for what it has to tell on the link; what lies there counts as told. None: in memory.
            evses: its own, 1, 2 …; none: usual ones, as many as the plan says.
        """
        own = SkewedClock(self.clock, plan.skew) if plan.skew else None
        clock, party, outlets = own or self.clock, self._party(own), bool(evses)
        if own is not None:
            self.clocks[StationId(plan.id)] = own
        evses = list(evses) or [SimulatedEvse(number, _meter(plan, number, counted)) for number in range(1, plan.evses + 1)]
        hardware = SimulatedStation(
            plan.id,
            evses,
            clock,
            self.schedule,
            interval=plan.interval,
            boot=plan.boot,
            set_clock=own.set if own else None,
            slew_clock=own.slew if own else None,
        )
        hardware.world = self.clock if outlets else clock
        station, engine = StationId(plan.id), party.engine
        controller = Controller(station, engine, identity=_identity(plan), layout=(1,) * plan.evses, limit=plan.limit)
        controller.hardware, hardware.controller = hardware, controller
        if isinstance(dialling, LinkDialling):
            controller.line = self.link.line(station, engine, dialling, controller, outbox)
        else:
            one = msgspec.structs.replace(dialling, versions=(plan.version,))
            controller.line = self.client.line(station, engine, one, controller)
        logs = self.logs.build(controller, engine)
        self.workshop.add(StationFirmware(controller, engine, self.bench, streams=lambda: self._own_streams(logs)))
        party.add(controller)
        if plan.interval != self._policy.sampling:
            engine.policies[station] = msgspec.structs.replace(self._policy, sampling=Seconds(plan.interval))
        self.stations[station], self.controllers[station] = hardware, controller
        self._shown += sum(evse.meter.register for evse in evses)
        return hardware

    def _own_streams(self, logs: StationLogs) -> Streams | None:
        """Return the streams of a station's link, made when they are first wanted; None: it has no link."""
        made = logs.made_streams()
        if made is not None:
            self.workshop.own(made.run())
        return logs.streams

    def _party(self, own: SkewedClock | None) -> Controllers:
        """Return who moves the stations of a clock: the right one, or one station's own."""
        if own is None and self._right is not None:
            return self._right
        engine = Engine(Role.STATION, self._table, ForgetfulStore(), own or self.clock, self._ids, self._policy)
        engine.commit.on_durable.append(self.tally.take)
        engine.signers = self.bench.signers
        party = Controllers(engine)
        self._parties.append(party)
        if own is None:
            self._right = party
        return party

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Site"]:
        """Let stations live until the block is left."""
        async with asyncio.TaskGroup() as tasks:
            own = [tasks.create_task(part.run()) for part in (self.client, self.link, self.schedule, self.logs, self.workshop)]
            for party in self._parties:
                own += [tasks.create_task(part.run()) for part in (party.engine.commit, party.engine.timers)]
            try:
                yield self
            finally:
                for task in own:
                    task.cancel()
        self.logs.close()

    def energies(self) -> Iterator[tuple[StationId, int, float]]:
        """Return what each meter shows: station, EVSE, register [Wh]."""
        for name, station in self.stations.items():
            for number, evse in station.evses.items():
                yield name, number, evse.meter.register

    def energy_shown(self) -> float:
        """Return by how much the displays of all meters have risen [Wh]."""
        return sum(shown for _, _, shown in self.energies()) - self._shown

    @property
    def waiting(self) -> int:
        """How many facts were not told yet."""
        return sum(len(one.outbox) for one in self.controllers.values())

    @property
    def running_transfers(self) -> int:
        """How many energy transfers go on."""
        return self.tally.began.total() - self.tally.ended.total()

    def send_home(self) -> None:
        """Let every EV leave, and every station come back that is cut off or without power, to tell what waits."""
        self.schedule.clear()
        for name, station in self.stations.items():
            controller = self.controllers[name]
            if not controller.powered:
                controller.power_up()
            controller.mend_link()
            for evse in station.evses:
                station.leave(evse)

    async def quiet(self, seconds: float) -> bool:
        """Wait until everything is told, at most so many real seconds; tell whether it is."""
        try:
            async with asyncio.timeout(seconds):
                while self.waiting or self.running_transfers:  # noqa: ASYNC110 - several things at once
                    await asyncio.sleep(0.05)
        except TimeoutError:
            return False
        return True


def _meter(plan: StationPlan, number: int, counted: int) -> Meter:
    serial = f"{plan.id}-M{number}"
    key = sum((place + 1) * ord(letter) ** 3 for place, letter in enumerate(serial)) if plan.signed else None
    step = MILLI if plan.version is Version.V16 else plan.step
    return Meter(serial, counted=counted, step=step, key=key)


_MODELS = {Version.V16: "Classic", Version.V201: "Modern", Version.V21: "Newest"}


def _identity(plan: StationPlan) -> Identity:
    return Identity(
        vendor="open63110",
        model=_MODELS[plan.version],
        serial=f"SN-{plan.id}",
        firmware="1.0.0",
        meter_serial=f"{plan.id}-M1"[:25],
        meter_type="simulated",
    )
