# SPDX-License-Identifier: Apache-2.0
"""An EVSE behind Modbus: a meter, and a board with contactor, pilot and lock, each at an address of its own.

Outputs are written anew in every round, so that a board with a watchdog of its own opens the contactor when this program
dies. What was not heard for too long is no knowledge: it becomes a fault, and a fault opens the contactor.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from open63110.kernel.errors import Unavailable
from open63110.kernel.units import Amperes, WattHours, Watts
from open63110.model.reading import Measurand, Reading
from open63110.ports import Clock
from open63110.station.drivers.modbus_bus import Bus
from open63110.station.drivers.port import DRIVER_FAILURE, METER_FAILURE
from open63110.station.drivers.registers import WRITTEN, Counter, Register, Still, Stretch, stretches, values
from open63110.station.evse import Drive, PilotState, Seen

LETTERS: Final[tuple[PilotState, ...]] = ("A", "B", "C", "D", "E", "F")

STALE = 3.0
"""After how long without a good answer nothing is known any more [s]."""

MOVES_WITHIN = 0.2
"""How long contactor and mirror contact take on their way [s]."""

STILL = WattHours(100.0)
"""How much may flow by the power that a meter shows before its register has to have moved [Wh]."""

MEASURANDS: Final[Mapping[str, tuple[Measurand, str]]] = {
    "energy": ("energy.import.register", ""),
    "export": ("energy.export.register", ""),
    "power": ("power.import", ""),
    "current_l1": ("current.import", "L1"),
    "current_l2": ("current.import", "L2"),
    "current_l3": ("current.import", "L3"),
    "voltage_l1": ("voltage", "L1"),
    "voltage_l2": ("voltage", "L2"),
    "voltage_l3": ("voltage", "L3"),
    "frequency": ("frequency", ""),
}


class Device:
    """Registers of one device, and when they were heard."""

    def __init__(self, bus: Bus, unit: int, registers: Mapping[str, Register], time: Callable[[], float]) -> None:
        """Know nothing yet."""
        self.bus, self.unit, self.registers, self._time = bus, unit, registers, time
        readable = {name: one for name, one in registers.items() if name not in WRITTEN}
        self._readable, self._stretches = readable, tuple(stretches(readable))
        self.shown: dict[str, float] = {}
        self.heard: float | None = None
        """When it answered last [s, monotonic]; None: never."""

    async def look(self) -> bool:
        """Read everything; tell whether there was an answer to all of it."""
        read: dict[Stretch, object] = {}
        try:
            for one in self._stretches:
                read[one] = await self.bus.read(one, self.unit)
        except Unavailable:
            return False
        found = values(self._readable, read)  # type: ignore[arg-type]  # words of each stretch
        if len(found) < len(self._readable):
            return False
        self.shown, self.heard = found, self._time()
        return True

    async def write(self, name: str, value: float) -> None:
        """Write one value, where the device has a place for it.

        Raises:
            Unavailable: it did not take it.
        """
        place = self.registers.get(name)
        if place is None:
            return
        if place.table == "coil":
            await self.bus.write_bit(place.address, bool(value), self.unit)
        else:
            await self.bus.write(place.address, place.written(value), self.unit)

    def silent(self, seconds: float) -> bool:
        """Tell whether it was not heard for so long."""
        return self.heard is None or self._time() - self.heard > seconds


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How often what is done."""

    every: float = 0.25
    """Between two rounds over the board [s]."""
    meter_every: float = 1.0
    """Between two readings of the meter [s]."""
    stale: float = STALE
    still: WattHours = STILL


class ModbusDriver:
    """One EVSE."""

    def __init__(
        self,
        meter: Device,
        board: Device,
        clock: Clock,
        time: Callable[[], float],
        *,
        last: WattHours | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Know nothing yet.

        Args:
            meter: what measures.
            board: what moves.
            clock: stamps readings.
            time: monotonic seconds.
            last: what the import register stood at before this program started; None: nobody knows.
            pace: None: the usual one.
        """
        self._meter, self._board, self._clock, self._time = meter, board, clock, time
        self._pace = pace or Pace()
        self._counter = Counter(meter.registers["energy"].span, last)
        self._still = Still(self._pace.still)
        self._stands = False
        self._readings: tuple[Reading, ...] = ()
        self._drive = Drive()
        self._moved = asyncio.Event()
        self._written: float | None = None
        self._switched: float | None = None
        """When the contactor was last written as it is to be now; None: it has not been yet."""
        self._read_at: float | None = None

    # -- the port --

    def seen(self) -> Seen | None:
        """Return what board and meter showed last; None until both have."""
        if self._board.heard is None or self._meter.heard is None or self._written is None:
            return None
        board = self._board.shown
        return Seen(
            pilot=_letter(board["pilot"]),
            proximity=Amperes(board["proximity"]) if board.get("proximity", 0.0) > 0 else None,
            closed=self._mirror(),
            locked=bool(board["locked"]) if "locked" in board else self._drive.locked,
            emergency=bool(board.get("emergency", 0.0)),
            current=self._current(),
            trouble=self._trouble(),
        )

    def _mirror(self) -> bool | None:
        """Return what the mirror contact shows; None while what was read may be from before the contactor moved."""
        mirror, heard = self._board.shown.get("mirror"), self._board.heard
        if mirror is None or heard is None or self._switched is None or heard < self._switched + MOVES_WITHIN:
            return None
        return bool(mirror)

    def _current(self) -> Amperes:
        """Return the highest of all phases; what a silent meter showed last says nothing of an open contactor."""
        shown = {} if self._meter.silent(self._pace.stale) else self._meter.shown
        return Amperes(max((abs(value) for name, value in shown.items() if name.startswith("current")), default=0.0))

    def _trouble(self) -> str:
        limit = self._pace.stale
        if self._board.silent(limit) or self._written is None or self._time() - self._written > limit:
            return DRIVER_FAILURE
        return METER_FAILURE if self._meter.silent(limit) or self._stands else ""

    def readings(self) -> tuple[Reading, ...]:
        """Return what the meter showed last."""
        return self._readings

    def drive(self, drive: Drive) -> None:
        """Write the outputs at once, whatever round is under way next."""
        if drive.closed != self._drive.closed:
            self._switched = None
        self._drive = drive
        self._moved.set()

    # -- the rounds --

    async def run(self) -> None:
        """Go round until cancelled; the last deed is to open the contactor."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._metering())
                await self._moving()
        finally:
            self._drive = Drive()
            with contextlib.suppress(Unavailable):
                await asyncio.shield(self._write())

    async def _moving(self) -> None:
        while True:
            self._moved.clear()
            with contextlib.suppress(Unavailable):
                await self._write()
            await self._board.look()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pace.every):
                    await self._moved.wait()

    async def _write(self) -> None:
        """Open before anything else; close after everything else."""
        drive, board = self._drive, self._board
        if not drive.closed:
            await board.write("contactor", 0.0)
        await board.write("available", float(drive.available))
        await board.write("offered", drive.amperes)
        await board.write("lock", float(drive.locked))
        if drive.closed:
            await board.write("contactor", 1.0)
        self._written = self._time()
        if self._switched is None and drive.closed == self._drive.closed:
            self._switched = self._written

    async def _metering(self) -> None:
        while True:
            if await self._meter.look():
                self._measured(self._meter.shown)
            silent = self._meter.silent(self._pace.stale)  # it is asked less often then: others may be on the same line
            await asyncio.sleep(self._pace.stale if silent else self._pace.meter_every)

    def _measured(self, shown: dict[str, float]) -> None:
        at, now = self._clock.now(), self._time()
        energy = self._counter.take(shown["energy"])
        since = now - self._read_at if self._read_at is not None else 0.0
        self._stands = self._still.take(energy, Watts(shown.get("power", 0.0)), since)
        self._read_at = now
        taken = {**shown, "energy": energy}
        self._readings = tuple(_reading(name, value, at) for name, value in taken.items())


def _reading(name: str, value: float, at: datetime) -> Reading:
    measurand, phase = MEASURANDS[name]
    if name == "power" and value < 0:
        measurand, value = "power.export", -value
    return Reading(at=at, measurand=measurand, phase=phase, value=round(value, 3))


def _letter(value: float) -> PilotState:
    """Read the state of the pilot: 0 to 5, 0xA to 0xF, or the letter itself."""
    number = int(value)
    for first in (0, 0xA, ord("A")):
        if 0 <= number - first < len(LETTERS):
            return LETTERS[number - first]
    return "E"
