# SPDX-License-Identifier: Apache-2.0
"""The firmware of all stations of a process: what they are ordered is done, and what a restart left is gone on with (8.3.6)."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from open63110.apps.folder import usable
from open63110.apps.station_config import StationConfig
from open63110.apps.station_firmware import FOLDER, Bench, StationFirmware
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Event
from open63110.model.firmware import (
    FirmwarePublication,
    FirmwarePublicationChanged,
    FirmwareState,
    FirmwareUpdate,
    FirmwareUpdateChanged,
    PublicationState,
)
from open63110.model.station import StationBooted
from open63110.ports import Where
from open63110.runtime.engine import Engine
from open63110.station.controller import Controller
from open63110.station.firmware import Slots

if TYPE_CHECKING:  # stations on OCPP have no link, nor the megabytes that come with one
    from open63110.bindings.link.patterns.bulk import Streams


class Workshop:
    """The firmware of all stations of a process: follows their facts, and owns what goes on."""

    def __init__(self) -> None:
        """Know no station yet."""
        self.stations: dict[StationId, StationFirmware] = {}
        self._engines: set[Engine] = set()
        self._tasks: asyncio.TaskGroup | None = None
        self._working: dict[StationId, tuple[str, asyncio.Task[None]]] = {}
        self._open: dict[StationId, FirmwareUpdate] = {}
        """The update of each station that is not over: thousands of stations may boot at once."""
        self._serving: dict[str, asyncio.Task[None]] = {}
        """Publications, by their keys."""

    def add(self, one: StationFirmware) -> None:
        """Take a station in."""
        self.stations[one.station] = one
        if one.engine not in self._engines:
            self._engines.add(one.engine)
            one.engine.commit.follow(_KINDS, self._look)
            left = one.engine.known.under_way.load(FirmwareUpdate, (Where("ended", "null"),), {})
            self._open |= {update.station: update for update in sorted(left, key=lambda update: update.request)}

    def _look(self, entries: list[Entry]) -> None:
        for entry in entries:
            if entry.kind not in _KINDS or entry.station not in self.stations:
                continue
            one, fact = self.stations[entry.station], entry.event
            if isinstance(fact, FirmwareUpdateChanged) and fact.firmware_update is not None:
                self._changed(one, fact.firmware_update)
            elif isinstance(fact, FirmwarePublicationChanged) and fact.firmware_publication is not None:
                self._publication(one, fact.firmware_publication)
            elif isinstance(fact, StationBooted):
                self._booted(one)

    def _changed(self, one: StationFirmware, update: FirmwareUpdate) -> None:
        if update.ended is None:
            self._open[one.station] = update
        elif one.station in self._open and self._open[one.station].key == update.key:
            del self._open[one.station]
        if update.state is FirmwareState.CANCELLED:
            self._give_up(one.station, update.key)
        if update.ended is not None:
            one.clear(update)
        elif update.state is FirmwareState.INSTALL_REBOOTING:
            one.restart(update)
        else:
            self._begin(one, update)

    def _give_up(self, station: StationId, key: str) -> None:
        found = self._working.get(station)
        if found is not None and found[0].startswith(f"{key} "):
            found[1].cancel()
            del self._working[station]  # an order of the same number may be begun before it has ended

    def _booted(self, one: StationFirmware) -> None:
        """Go on after a start: test what was written, or write it anew where the power went meanwhile."""
        update = self._open.get(one.station)
        if update is None:
            return
        if update.state is FirmwareState.INSTALL_REBOOTING:
            self._start(one, f"{update.key} testing", one.test(update))
        else:
            self._begin(one, update)

    def _begin(self, one: StationFirmware, update: FirmwareUpdate) -> None:
        what = f"{update.key} {update.state}"
        found = self._working.get(one.station)
        if found is not None and found[0] == what and not found[1].done():
            return
        work = one.work(update)
        if work is not None:
            self._start(one, what, work)

    def _publication(self, one: StationFirmware, known: FirmwarePublication) -> None:
        if known.state is PublicationState.DOWNLOADING:
            found = self._serving.get(known.key)
            if self._tasks is not None and (found is None or found.done()):
                self._serving[known.key] = self._tasks.create_task(one.publish(known))
        elif known.state is PublicationState.UNPUBLISHED:
            one.withdraw(known)

    def _start(self, one: StationFirmware, what: str, work: Coroutine[Any, Any, None]) -> None:
        if self._tasks is None:  # it is begun when this one runs
            work.close()
            return
        self._working[one.station] = (what, self._tasks.create_task(work))

    def own(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on beside."""
        if self._tasks is not None:
            self._tasks.create_task(work)
        else:
            work.close()

    def _go_on(self) -> None:
        """Go on with what the last run has left; what was served then is served at a new address."""
        for station, update in self._open.items():
            if station in self.stations:
                self._begin(self.stations[station], update)
        for engine in self._engines:
            for known in engine.known.under_way.load(FirmwarePublication, (), {}):
                if known.station in self.stations and known.state in _LEFT:
                    self._publication(self.stations[known.station], replace(known, state=PublicationState.DOWNLOADING))

    async def run(self) -> None:
        """Do what is ordered, and go on with what the last run has left, for ever."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                self._go_on()
                await asyncio.Event().wait()
            finally:
                self._tasks = None
                for one in self.stations.values():
                    one.close()


_KINDS: frozenset[type[Event]] = frozenset({FirmwareUpdateChanged, FirmwarePublicationChanged, StationBooted})

_LEFT = frozenset(
    {
        PublicationState.DOWNLOADING,
        PublicationState.DOWNLOADED,
        PublicationState.CHECKSUM_VERIFIED,
        PublicationState.PUBLISHED,
    }
)
"""Publications with which the next run goes on."""


def workshop_of(
    config: StationConfig, controller: Controller, engine: Engine, streams: "Callable[[], Streams | None]"
) -> Workshop:
    """Make what updates the firmware of a real station.

    Raises:
        Unavailable: its folder cannot be used.
        Malformed: a certificate is not what it should be.
    """
    folder, given = Path(config.data) / FOLDER, config.updates
    if given.roots:
        from open63110.pki.firmware_signature import Manufacturers  # noqa: PLC0415 - megabytes, for who names makers

        engine.signers = Manufacturers(_file(given.roots), _file(given.revoked))
    try:
        secure = ssl.create_default_context(cafile=config.csms.authorities) if config.csms.authorities else None
    except (OSError, ssl.SSLError) as fault:
        raise Malformed(f"csms.authorities cannot be used: {fault}", where="csms.authorities") from fault
    bench = Bench(folder=lambda _: folder, tls=secure, install=given.install, largest=config.bulk.largest)
    with usable(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
    made = Workshop()
    made.add(StationFirmware(controller, engine, bench, streams=streams, slots=Slots(folder / "running.json")))
    return made


def _file(name: str) -> Path | None:
    return Path(name) if name else None
