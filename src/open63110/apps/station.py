# SPDX-License-Identifier: Apache-2.0
"""One charging station: its journal, its use cases, its controller over the hardware, its line to the CSMS."""

import asyncio
import contextlib
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from open63110.apps.clock import SystemClock
from open63110.apps.folder import usable
from open63110.apps.ids import StoredIds
from open63110.apps.refusals import Refusals
from open63110.apps.skewed_clock import SkewedClock
from open63110.apps.station_config import Bay, StationConfig, registers
from open63110.apps.station_disk import disk_of
from open63110.apps.station_folder import FRAMES, JOURNAL, OUTBOX, TOLD
from open63110.apps.station_forgetting import Forgetting, ForgettingEngine, finish
from open63110.apps.station_hands import Hands
from open63110.apps.station_logs import LogSenders, logs_of
from open63110.apps.station_ocpp import ocpp_dialling
from open63110.apps.station_panel import PanelFile, load_catalogue
from open63110.apps.station_wires import wires_of
from open63110.apps.systemd import notify, watched
from open63110.apps.workshop import workshop_of
from open63110.bindings.ocpp.client import Client
from open63110.bindings.ocpp.line import Line as OcppLine
from open63110.kernel.address import ROOT
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber
from open63110.kernel.roles import Role
from open63110.model.station import Identity, StationDisconnected
from open63110.model.tariff import Tariff, TariffKey
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Clock, FrameLog
from open63110.runtime.table import discover
from open63110.station.controller import Controller, Controllers
from open63110.station.drivers.port import Driver
from open63110.station.evse import Fitting
from open63110.station.hardware import Rating, StationHardware
from open63110.station.limits import FailSafe
from open63110.station.told import Told
from open63110.store.frames import DailyFrames
from open63110.store.migrate import HEAD, upgrade
from open63110.store.migrate import version as revision
from open63110.store.outbox import MarkedOutbox, OutboxFile
from open63110.store.sqlite import SqliteStore
from open63110.usecases.stations.monitor_station import StationEventReported

if TYPE_CHECKING:
    from open63110.apps.station_simulated import SimulatedDriver
    from open63110.bindings.link.client import Client as LinkClient
    from open63110.bindings.link.patterns.bulk import Streams

log = structlog.get_logger(__name__)

CSMS = "csms"
"""The peer in the file of the outbox."""

FIRST_LOOK = 10.0
"""How long hardware may take to answer at start before the station comes up without it, with a fault [s]."""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class StationIds(StoredIds):
    """Numbers of a station; those of a fresh journal begin with the time, so that a lost one gives none twice (I8)."""

    def __init__(self, store: SqliteStore, clock: Clock) -> None:
        """Read where each counter stands."""
        super().__init__(store)
        self._last[EnergyTransfer] = store.highest(EnergyTransfer) or int(clock.now().timestamp())

    def transfer(self) -> TransferNumber:
        """Return the next energy transfer number."""
        return TransferNumber(self.row(EnergyTransfer))


class NoFrames:
    """Keeps no raw frames."""

    def note(self, station: StationId, frame: bytes, *, sent: bool) -> None:
        """Let it go."""


class Station:
    """One station, wired."""

    def __init__(self, config: StationConfig) -> None:
        """Open the journal and read what must be in memory; nothing moves yet.

        Raises:
            Unavailable: another process has the journal, or it cannot be written.
            Malformed: a bus or a certificate is not what it should be.
        """
        self.config, self.id = config, StationId(config.id)
        self._wires = wires_of(config.csms)
        self.clock = SkewedClock(SystemClock(), 0.0)
        self._loop = asyncio.get_running_loop()
        folder = Path(config.data)
        with usable(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _prepare(folder / JOURNAL)
        self.store = SqliteStore(folder / JOURNAL)
        self.told = Told(folder / TOLD, boot=_boot())
        ids = StationIds(self.store, self.clock)
        self.engine = ForgettingEngine(Role.STATION, discover(), self.store, self.clock, ids, config.policy)
        self.frames: FrameLog = (
            DailyFrames(folder / FRAMES, self.clock, days=config.frames_days) if config.frames_days else NoFrames()
        )
        self._buses: dict[str, Any] = {}
        self._outbox: OutboxFile | None = None
        self.streams: Streams | None = None
        self.carriers: LinkClient | None = None
        """Dials the link in which OCPP is spoken; None: OCPP, or the link, dials by itself."""
        self.simulated: dict[int, SimulatedDriver] = {}
        self.hardware = self._hardware()
        limit = max(_rating(bay).power for bay in config.evses.values())
        self.controller = Controller(
            self.id, self.engine, identity=self._identity(), layout=(1,) * len(config.evses), limit=limit
        )
        self.controller.hardware, self.hardware.controller = self.hardware, self.controller
        self.parties = Controllers(self.engine)
        self.parties.add(self.controller)
        self.refusals = Refusals(self._suspect, self.clock)
        self.senders = LogSenders()
        self.logs = logs_of(config, self.engine)
        self.senders.add(self.logs).measured = self.controller
        self.client = self._line()
        self.workshop = workshop_of(config, self.controller, self.engine, lambda: self.streams)
        self.forgetting = self.engine.forgetting = self._forgetting()

    # -- parts --

    def _line(self) -> "Client | LinkClient":
        """Make the line to the CSMS."""
        if self.config.csms.wire == "link":
            return self._link()
        if self.config.csms.wire == "ocpp-in-link":
            return self._ocpp_in_link()
        client = Client(self._wires, self.frames, self.clock, run_id=secrets.token_hex(4), suspect=self._impostor)
        self.controller.line = client.line(self.id, self.engine, ocpp_dialling(self.config), self.controller)
        return client

    def _link(self) -> "LinkClient":
        # what links take are megabytes, which stations on OCPP need not have
        from open63110.apps.protection import guard_of  # noqa: PLC0415 - as above
        from open63110.apps.station_bulk import station_streams  # noqa: PLC0415 - as above
        from open63110.apps.station_link import link_dialling  # noqa: PLC0415 - as above
        from open63110.bindings.link.patterns.tariffs import Tariffs  # noqa: PLC0415 - as above

        client = self._dials(secrets.token_bytes(4))
        self._outbox = OutboxFile(Path(self.config.data) / OUTBOX)
        dialling, outbox = link_dialling(self.config), MarkedOutbox(self._outbox, CSMS, self._next_mark)
        self.told.reached(outbox.mark)
        line = client.line(self.id, self.engine, dialling, self.controller, outbox)
        line.guard = guard_of(self.config, self.config.links, self.clock.now, obeys=self.engine)
        line.tariffs = Tariffs(line.subscriber, ROOT, self._tariff_told)
        self.controller.line = line
        self.streams = self.logs.streams = station_streams(
            Path(self.config.data), self.config.bulk, line, self.clock, promised=self.logs.promised, told=self.logs.ended
        )
        return client

    def _tariff_told(self, key: TariffKey, tariff: Tariff | None) -> None:
        """Keep what counts where this station stands now, and nothing of where it stood before (8.4.7)."""
        from open63110.bindings.link.patterns.tariffs import keep_tariff, tariff_fields  # noqa: PLC0415 - as above

        for other in set(self.engine.known.tariffs) - {key}:
            keep_tariff(self.engine, self.id, other, None)
        keep_tariff(self.engine, self.id, key, tariff)
        said = {} if tariff is None else tariff_fields(tariff)
        log.info("the tariff here", station=self.id, place=key, tariff=said.get("id"), elements=said.get("elements"))

    def _dials(self, run: bytes) -> "LinkClient":
        from open63110.apps.station_link import revoked  # noqa: PLC0415 - as above
        from open63110.bindings.link.client import Client as LinkClient  # noqa: PLC0415 - as above
        from open63110.pki.identity import identity_of  # noqa: PLC0415 - as above

        return LinkClient(
            self.frames, self.clock, identity_of, run_id=run, revoked=revoked(self.config.csms), security=self.refusals
        )

    def _door(self) -> contextlib.AbstractAsyncContextManager[None]:
        if not self.config.csms.listen:
            return contextlib.nullcontext()
        from open63110.apps.station_link import door  # noqa: PLC0415 - as above

        return door(self.config.csms, self.controller.line, self.client)

    def _suspect(self, who: str, kind: str, words: str) -> None:
        """Tell the CSMS of a refused attempt, as an event of this station."""
        log.warning("refused", station=self.id, who=who, kind=kind, reason=words)
        fact = StationEventReported(
            station=self.id,
            at=self.clock.now(),
            component="Link",
            severity=4,
            code=kind,
            text=f"{who}: {words}"[:500],
            security=True,
        )
        self.engine.hear((fact,))

    def _impostor(self, _: StationId, kind: str, words: str) -> None:
        self.refusals(self.config.csms.url, kind, words)

    def _ocpp_in_link(self) -> Client:
        """Speak OCPP over a socket that a link holds."""
        from open63110.apps.station_bulk import station_streams  # noqa: PLC0415 - as above
        from open63110.apps.station_link import link_dialling  # noqa: PLC0415 - as above
        from open63110.bindings.link.opaque.opaque_line import OpaqueLine  # noqa: PLC0415 - as above
        from open63110.bindings.link.session import MemoryOutbox  # noqa: PLC0415 - as above

        config, run = self.config, secrets.token_bytes(4)
        links = self.carriers = self._dials(run)
        outbox, pace = MemoryOutbox(secrets.token_bytes(8)), 1.0 / self.clock.real(1.0)
        line = OpaqueLine(
            links, self.id, self.engine, link_dialling(config), outbox, versions=tuple(config.csms.versions), pace=pace
        )
        links.lines[self.id] = line

        async def reach(of: OcppLine) -> str:
            return await line.reach(of.talk())

        client = Client(self._wires, self.frames, self.clock, run_id=run.hex(), reach=reach)
        self.controller.line = client.line(self.id, self.engine, ocpp_dialling(config), self.controller)
        self.streams = station_streams(Path(config.data), config.bulk, line, self.clock)
        return client

    def _forgetting(self) -> Forgetting:
        frames = self.frames if isinstance(self.frames, DailyFrames) else None
        disk = disk_of(self.config, frames, self._outbox)
        return Forgetting(self.engine, self.id, disk, self.controller.waiting.__contains__, self._mark_told)

    def _mark_told(self) -> None:
        self.told.follow(self.controller, self.parties.count)
        self.told.write()

    def _next_mark(self) -> int:
        return self.told.next(self.controller, self.parties.count)

    def _hardware(self) -> StationHardware:
        config = self.config
        bays = {int(name): (self._driver(int(name), bay), _rating(bay), _fitting(bay)) for name, bay in config.evses.items()}
        safe = config.failsafe
        return StationHardware(
            bays,
            self._loop.time,
            interval=config.interval,
            fail_safe=FailSafe(limit=safe.amperes, after=safe.after) if safe.after > 0 else None,
            set_clock=self.clock.set if config.clock == "csms" else None,
            slew_clock=self.clock.slew if config.clock == "csms" else None,
        )

    def _driver(self, number: int, bay: Bay) -> Driver:
        if bay.driver == "modbus":
            return self._modbus(number, bay)
        from open63110.apps.station_simulated import SimulatedDriver  # noqa: PLC0415 - a station with hardware does without
        from open63110.simulator.meter import MILLI, Meter  # noqa: PLC0415 - as just said

        meter = Meter(f"{self.id}-M{number}", counted=round((self._shown(number) or 0.0) * MILLI))
        driver = self.simulated[number] = SimulatedDriver(meter, self.clock, phases=bay.phases)
        return driver

    def _modbus(self, number: int, bay: Bay) -> Driver:
        # a station without Modbus does without its library
        from open63110.station.drivers.modbus import Device, ModbusDriver  # noqa: PLC0415
        from open63110.station.drivers.modbus_bus import Bus  # noqa: PLC0415

        def device(of: Any) -> Device:
            bus = self._buses.setdefault(of.bus, None) or Bus(of.bus)
            self._buses[of.bus] = bus
            return Device(bus, of.unit, registers(of), self._loop.time)

        return ModbusDriver(device(bay.meter), device(bay.board), self.clock, self._loop.time, last=self._shown(number))

    def _shown(self, number: int) -> Any:
        """Return what the register of an EVSE stood at when this program ran last [Wh]; None: nobody knows."""
        noun = self.engine.stations.get(self.id)
        evse = noun.evses.get(EvseNumber(number)) if noun else None
        shown = [one.value for one in evse.readings if one.measurand == "energy.import.register"] if evse else []
        return shown[0] if shown else None

    def _identity(self) -> Identity:
        config = self.config
        firmware = config.firmware or version("open63110")
        return Identity(vendor=config.vendor, model=config.model, serial=config.serial, firmware=firmware)

    # -- life --

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Station"]:
        """Work until the block is left; then open every contactor and make durable what is pending."""
        waiting = await self.told.recover(self.id, self.parties, self.store)
        log.info("station starts", station=self.id, waiting=waiting, journal=self.parties.count)
        writer = asyncio.create_task(self.engine.commit.run())  # it outlives the others, whatever ends them
        try:
            async with self._door(), asyncio.TaskGroup() as tasks:
                own = [tasks.create_task(part) for part in self._parts()]
                await self._begin()
                try:
                    yield self
                finally:
                    self.controller.power_down()
                    for task in own:
                        task.cancel()
        finally:
            await self.engine.commit.drain()
            writer.cancel()
            await asyncio.wait([writer])
            self._mark_told()
            for bus in self._buses.values():
                bus.close()
            if self._outbox is not None:
                self._outbox.close()
            self.store.close()

    async def wiped(self) -> None:
        """Wait until it was wiped, and its CSMS has heard so (8.3.13)."""
        await self.forgetting.gone(lambda: self.controller.linked, self.clock.real)

    def _parts(self) -> list[Any]:
        parts = [self.engine.timers.run(), self.client.run(), self.hardware.run(), self.told.run(self.id, self.parties)]
        parts.append(self.senders.run())
        parts.append(self.workshop.run())
        if self.config.reader.device:
            hands = Hands(self.controller, self.simulated, self.config.reader.evse)
            parts.append(hands.run(Path(self.config.reader.device)))
        if self.carriers is not None:
            parts.append(self.carriers.run())
        if self.streams is not None:
            parts.append(self.streams.run())
        if isinstance(self.frames, DailyFrames):
            parts.append(self.frames.run())
        if self.config.display.file:
            parts.append(PanelFile(self.engine, self.id, Path(self.config.display.file)).run())
        return parts

    async def _begin(self) -> None:
        """Come up once the meters have been read: what was open when the last run ended ends with what they show."""
        await asyncio.sleep(0)  # all parts have begun before anybody hears that it is up
        noun = self.engine.stations.get(self.id)
        if noun is not None and noun.connected is not None:
            gone = StationDisconnected(station=self.id, at=self.clock.now(), reason="this station was restarted")
            self.engine.hear((gone,))
        if self.config.fault_codes:
            load_catalogue(self.engine, self.id, Path(self.config.fault_codes))
        if not await self.hardware.all_seen(FIRST_LOOK):
            log.error("hardware does not answer", station=self.id, evses=self.hardware.silent())
        self.controller.power_up("ApplicationReset" if self.told.same_boot else "PowerUp")


def _prepare(journal: Path) -> None:
    """Make or upgrade the journal in a process of its own: what that takes in memory is not needed afterwards."""
    if revision(journal) == HEAD:
        return
    code = "import sys; from pathlib import Path; from open63110.store.migrate import upgrade; upgrade(Path(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", code, str(journal)], check=False, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
    if done.returncode:
        upgrade(journal)  # here, for the reason


def _boot() -> str:
    """Return which start of the operating system this is; empty where it does not say."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _rating(bay: Bay) -> Rating:
    return Rating(amperes=bay.amperes, phases=bay.phases)


def _fitting(bay: Bay) -> Fitting:
    return Fitting(socket=bay.socket, lock=bay.lock, ventilated=bay.ventilated)


async def serve(config: StationConfig, *, ready: Callable[[Station], None] | None = None) -> None:
    """Run a station until SIGTERM, SIGINT, or until it was wiped (8.3.13): then it is nobody's, and has to be set up anew."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    await finish(config)
    async with watched(), Station(config).running() as station:
        notify("READY=1")
        if ready is not None:
            ready(station)
        ends = [asyncio.ensure_future(one) for one in (stop.wait(), station.wiped())]
        _, left = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in left:
            end.cancel()
        notify("STOPPING=1")
