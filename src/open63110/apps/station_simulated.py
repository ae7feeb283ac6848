# SPDX-License-Identifier: Apache-2.0
"""An EVSE without hardware: a simulated EV that follows the pilot, a contactor and a meter that do what they should."""

import asyncio

from open63110.kernel.units import Amperes, Watts
from open63110.model.limit import PHASE
from open63110.model.reading import Reading
from open63110.ports import Clock
from open63110.simulator.ev import Ev
from open63110.simulator.evse import SimulatedEvse
from open63110.simulator.meter import Meter
from open63110.station.evse import Drive, PilotState, Seen
from open63110.station.limits import power_of

CABLE = Amperes(32.0)
"""What a usual cable carries."""


class SimulatedDriver:
    """One EVSE; whoever plays the driver of the EV calls ``plug`` and ``unplug``."""

    def __init__(self, meter: Meter, clock: Clock, *, phases: int = 3, cable: Amperes = CABLE) -> None:
        """Stand free.

        Args:
            meter: goes on from where it stands.
            clock: by which energy flows.
            phases: how many the EVSE has.
            cable: what the cables that are plugged in can carry.
        """
        self._evse, self._clock = SimulatedEvse(1, meter), clock
        self._phases, self._cable = phases, cable
        self._drive = Drive()
        self.emergency = False
        """Somebody has pushed the button."""

    async def run(self) -> None:
        """Have nothing to do."""
        try:
            await asyncio.Event().wait()
        finally:
            self.drive(Drive())

    def plug(self, ev: Ev) -> None:
        """Let an EV come."""
        self._evse.ev = ev

    def unplug(self) -> None:
        """Let it go, if one is there."""
        self._evse.advance(self._clock.now())
        self._evse.ev = None

    def seen(self) -> Seen:
        """Look at it."""
        self._evse.advance(self._clock.now())
        ev = self._evse.ev
        phases = ev.make.phases if ev else self._phases
        return Seen(
            pilot=self._pilot(ev),
            proximity=self._cable if ev else None,
            closed=self._evse.closed,
            locked=self._drive.locked,
            emergency=self.emergency,
            current=Amperes(self._evse.power / PHASE / min(phases, self._phases)),
        )

    def _pilot(self, ev: Ev | None) -> PilotState:
        if not self._drive.available:
            return "F"
        if ev is None:
            return "A"
        return "C" if ev.power(self._offered) > 0 else "B"

    @property
    def _offered(self) -> Watts:
        phases = min(self._phases, self._evse.ev.make.phases) if self._evse.ev else self._phases
        return power_of(self._drive.amperes, phases, PHASE)

    def readings(self) -> tuple[Reading, ...]:
        """Read the meter."""
        return self._evse.readings(self._clock.now())

    def drive(self, drive: Drive) -> None:
        """Move the contactor, and let the EV see the pilot."""
        now = self._clock.now()
        self._evse.advance(now)
        self._drive = drive
        if drive.closed:
            self._evse.close(now, self._offered)
        else:
            self._evse.open()
