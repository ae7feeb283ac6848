# SPDX-License-Identifier: Apache-2.0
"""A simulated EVSE: contactor, meter, and perhaps an EV. Energy flows when it is asked for, from the last moment to this one."""

from datetime import datetime
from typing import Final

from open63110.kernel.units import Watts
from open63110.model.reading import Reading
from open63110.model.transfer import TransferState
from open63110.simulator.ev import VOLTAGE, Ev
from open63110.simulator.meter import Meter

AMBIENT: Final = 25.0
"""[°C]"""

HEATING: Final = 0.001
"""How much warmer an EVSE gets by each watt that flows [K/W]."""


class SimulatedEvse:
    """One EVSE with one connector."""

    __slots__ = ("_begins", "_until", "closed", "ev", "fault", "halted", "heat", "limit", "meter", "number")

    def __init__(self, number: int, meter: Meter) -> None:
        """Stand free."""
        self.number, self.meter = number, meter
        self.ev: Ev | None = None
        self.closed = False
        self.halted = False
        """The EVSE gives nothing for a while, although the contactor may be closed."""
        self.fault: tuple[str, int] | None = None
        """Code and severity of what is broken."""
        self.heat: float | None = None
        """How hot it is made from outside [°C]; None: by what flows alone."""
        self.limit = Watts(0.0)
        self._until: datetime | None = None
        self._begins = True

    def close(self, now: datetime, limit: Watts) -> None:
        """Let energy flow up to a limit; one that flows already goes on."""
        if self.closed:
            self.advance(now)
        self.closed, self.limit, self._until, self._begins = True, limit, now, False

    def open(self) -> None:
        """Stop energy at the moment of the last reading: a real station reads and stops within one cycle of its control."""
        self.closed, self._until, self._begins = False, None, True

    @property
    def plugged(self) -> bool:
        """An EV is connected."""
        return self.ev is not None

    def clear(self) -> None:
        """Let it go."""
        self.ev = None

    @property
    def offered(self) -> Watts:
        """What may flow now [W]."""
        return self.limit if self.closed and not self.halted else Watts(0.0)

    @property
    def power(self) -> Watts:
        """What flows now [W]."""
        return self.ev.power(self.offered) if self.ev else Watts(0.0)

    def advance(self, now: datetime) -> None:
        """Let energy flow until now."""
        if self.closed and self._until is not None and now > self._until:
            if self.ev is not None:
                self.meter.add(self.ev.charge(self.offered, (now - self._until).total_seconds()))
            self._until = now

    def state(self) -> TransferState | None:
        """Tell what the EV does while the contactor is closed; None while it is open."""
        if not self.closed:
            return None
        if self.power > 0:
            return "charging"
        return "suspended-evse" if self.halted or self.ev is None else "suspended-ev"

    @property
    def temperature(self) -> float:
        """How hot it is inside [°C]."""
        return self.heat if self.heat is not None else round(AMBIENT + HEATING * self.power, 1)

    def values(self, now: datetime) -> dict[str, float]:
        """Return what can be watched of it, by the names that variables of an EVSE have."""
        self.advance(now)
        current = self.power / VOLTAGE / self.ev.make.phases if self.ev is not None else 0.0
        return {
            "Power": round(self.power, 1),
            "ACCurrent": round(current, 2),
            "ACVoltage": VOLTAGE,
            "Temperature": self.temperature,
        }

    def readings(self, now: datetime) -> tuple[Reading, ...]:
        """Read everything there is; a signed register stands beside the plain one."""
        self.advance(now)
        register, power, ev = self.meter.register, self.power, self.ev
        taken = [
            Reading(at=now, measurand="energy.import.register", value=register),
            Reading(at=now, measurand="power.import", value=round(power, 1)),
        ]
        if ev is not None:
            current = power / VOLTAGE / ev.make.phases
            taken += [Reading(at=now, measurand="current.import", value=round(current, 2), phase=p) for p in _phases(ev)]
            if ev.tells_soc:
                taken.append(Reading(at=now, measurand="soc", value=float(round(ev.soc * 100))))
        signed = self.meter.signed(now, begin=self._begins)
        if signed is not None:
            taken.append(Reading(at=now, measurand="energy.import.register", value=register, signed=signed))
        return tuple(taken)


def _phases(ev: Ev) -> tuple[str, ...]:
    return ("L1", "L2", "L3")[: ev.make.phases]
