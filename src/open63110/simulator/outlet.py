# SPDX-License-Identifier: Apache-2.0
"""An EVSE of a simulated site: wired to phases of a feeder, with the pilots it knows, and an EV that follows them."""

import math
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from open63110.kernel.units import Amperes, Volts, Watts
from open63110.model.reading import Reading
from open63110.model.transfer import TransferState
from open63110.simulator.car import Car
from open63110.simulator.ev import LEAST
from open63110.simulator.evse import SimulatedEvse
from open63110.simulator.meter import Meter

TERMINALS = ("L1", "L2", "L3")
"""As a station calls its own, whatever phases of the feeder they are wired to."""


class Winding(NamedTuple):
    """What one conductor of an EVSE hangs at."""

    plus: int
    """A phase of the feeder; 0 is L1."""
    minus: int | None = None
    """The other one, where it hangs between two; None: neutral."""


class Rating(NamedTuple):
    """How an EVSE is built and wired."""

    windings: tuple[Winding, ...]
    """One or three, in the order of its terminals."""
    volts: Volts
    """Of each [V]: √3 times the feeder's where it hangs between two phases."""
    most: Amperes
    """What it gives on each at most [A]."""
    pilots: tuple[Amperes, ...] = ()
    """The currents it can offer beside 0, rising [A]; two: anything between them; none: anything from 6 A on."""

    def pilot(self, limit: Watts, by_phase: Amperes | None) -> Amperes:
        """Return what the pilot says under a limit in all [W] and one on each phase [A]; None: there is none of these."""
        room = min(limit / self.volts / len(self.windings), self.most, math.inf if by_phase is None else by_phase)
        if len(self.pilots) > 2:
            return max((one for one in self.pilots if one <= room + 1e-6), default=Amperes(0.0))
        least, top = (self.pilots[0], self.pilots[-1]) if self.pilots else (LEAST, self.most)
        tenths = int(min(room, top) * 10 + 1e-6) / 10
        return Amperes(tenths if tenths >= least else 0.0)


class Outlet(SimulatedEvse):
    """One EVSE with one connector."""

    __slots__ = ("_looked", "car", "lowered", "phase_limit", "pilot", "rating")

    def __init__(self, number: int, meter: Meter, rating: Rating) -> None:
        """Stand free."""
        super().__init__(number, meter)
        self.rating = rating
        self.car: Car | None = None
        self.phase_limit: Callable[[], Amperes | None] = lambda: None
        """Tells what the station was told of each phase [A]; None: nothing."""
        self.pilot = Amperes(0.0)
        """What the EV is offered now [A]."""
        self.lowered: datetime | None = None
        """When it was offered less last."""
        self._looked: datetime | None = None

    @property
    def phases(self) -> int:
        """On how many the EV that is here charges."""
        return min(self.car.phases, len(self.rating.windings)) if self.car else 0

    @property
    def amperes(self) -> Amperes:
        """What flows on each of them now [A]."""
        return self.car.amperes if self.car else Amperes(0.0)

    @property
    def power(self) -> Watts:
        """What flows now [W]."""
        return Watts(self.amperes * self.rating.volts * self.phases)

    def arrive(self, car: Car, now: datetime) -> None:
        """Let an EV be plugged in."""
        self.car, self._looked = car, now

    @property
    def plugged(self) -> bool:
        """An EV is connected."""
        return self.car is not None

    def clear(self) -> None:
        """Let it go."""
        self.car = None

    def close(self, now: datetime, limit: Watts) -> None:
        """Let energy flow up to a limit; one that flows already goes on."""
        self.advance(now)
        super().close(now, limit)
        self._offer(now)

    def open(self) -> None:
        """Stop energy at the moment of the last reading."""
        super().open()
        self.pilot = Amperes(0.0)
        if self.car is not None:
            self.car.cut()

    def advance(self, now: datetime) -> None:
        """Let the EV go on until now, unless it already has."""
        if self._looked is None or now > self._looked:
            if self.car is not None and self._looked is not None:
                passed = (now - self._looked).total_seconds()
                self.meter.add(self.car.go_on(passed, self.rating.volts, self.phases))
            self._looked = now
        self._offer(now)

    def _offer(self, now: datetime) -> None:
        pilot = self.rating.pilot(self.offered, self.phase_limit()) if self.closed else Amperes(0.0)
        if pilot < self.pilot:
            self.lowered = now
        self.pilot = pilot
        if self.car is not None:
            self.car.offer(pilot)

    def state(self) -> TransferState | None:
        """Tell what the EV does while the contactor is closed; None while it is open."""
        if not self.closed:
            return None
        if self.amperes > 0:
            return "charging"
        return "suspended-evse" if not self.pilot or self.car is None else "suspended-ev"

    def readings(self, now: datetime) -> tuple[Reading, ...]:
        """Read what a meter of its own shows: the register, the power, the current of each terminal and what is offered."""
        self.advance(now)
        shown = [
            Reading(at=now, measurand="energy.import.register", value=self.meter.register),
            Reading(at=now, measurand="power.import", value=round(self.power, 1)),
        ]
        for number, name in enumerate(TERMINALS[: len(self.rating.windings)]):
            flows = round(self.amperes, 2) if number < self.phases else 0.0
            shown.append(Reading(at=now, measurand="current.import", value=flows, phase=name))
        return tuple(shown)
