# SPDX-License-Identifier: Apache-2.0
"""A simulated EV: a battery that takes what it can, less and less as it fills, and nothing below the least current."""

import random
from datetime import datetime
from typing import NamedTuple

from open63110.kernel.units import Amperes, Percent, Volts, WattHours, Watts
from open63110.model.needs import Needs

VOLTAGE = Volts(230.0)
"""Of one phase [V]."""

LEAST = Amperes(6.0)
"""Below this an EV does not charge (I16)."""

TAPER = 0.8
"""State of charge from which on the battery takes less."""

TRICKLE = 0.05
"""Part of its highest power that a battery takes when it is nearly full."""

LOSS = 0.08
"""Part of the energy at the meter that never reaches the battery."""

MODES = {1: "AC_single_phase", 2: "AC_two_phase", 3: "AC_three_phase"}
"""What an EV asks for by its phases."""

STEP = 30.0
"""Longest time over which the power counts as constant [s]."""


class Make(NamedTuple):
    """What is the same for all EVs of one make."""

    name: str
    capacity: WattHours
    most: Watts
    phases: int


MAKES = (
    Make("small", WattHours(17_600.0), Watts(3_680.0), 1),
    Make("compact", WattHours(42_000.0), Watts(11_000.0), 3),
    Make("saloon", WattHours(77_000.0), Watts(11_000.0), 3),
    Make("city", WattHours(52_000.0), Watts(22_000.0), 3),
    Make("hybrid", WattHours(10_400.0), Watts(3_680.0), 1),
    Make("van", WattHours(90_000.0), Watts(11_000.0), 3),
)


class Ev:
    """One EV."""

    __slots__ = ("departure", "make", "paused", "said", "soc", "speaks", "target", "tells_soc")

    def __init__(
        self,
        make: Make,
        soc: float,
        *,
        target: float = 1.0,
        tells_soc: bool = False,
        speaks: bool = False,
        departure: datetime | None = None,
    ) -> None:
        """Come with a battery that is partly full.

        Args:
            make: what it is.
            soc: how full its battery is, 0 to 1.
            target: where it stops by itself.
            tells_soc: the station can read how full it is.
            speaks: it says what it needs before it charges (ISO 15118).
            departure: when it means to leave; None: it does not know.
        """
        self.speaks, self.departure, self.said = speaks, departure, False
        self.make, self.soc, self.target, self.tells_soc = make, soc, target, tells_soc
        self.paused = False
        """It wants nothing for a while."""

    @property
    def least(self) -> Watts:
        """What it takes at the least current [W]."""
        return Watts(LEAST * VOLTAGE * self.make.phases)

    def needs(self, now: datetime) -> Needs:
        """Say what it needs from now on."""
        phases, most = self.make.phases, self.make.most
        return Needs(
            source="ev",
            since=now,
            departure=self.departure,
            e_target=WattHours(max(0.0, self.target - self.soc) * self.make.capacity / (1.0 - LOSS)),
            soc_now=Percent(round(self.soc * 100.0)) if self.tells_soc else None,
            p_max=most,
            p_min=self.least,
            i_max=Amperes(most / VOLTAGE / phases),
            phases=phases,
            modes=(MODES[phases],),
        )

    def power(self, offered: Watts) -> Watts:
        """Return what it takes of an offer at this moment [W]."""
        if self.paused or self.soc >= self.target or offered < self.least:
            return Watts(0.0)
        room = max(0.0, 1.0 - self.soc) / (1.0 - TAPER)
        share = 1.0 if self.soc < TAPER else max(TRICKLE, room)
        return Watts(max(self.least, min(offered, self.make.most * share)))

    def charge(self, offered: Watts, seconds: float) -> WattHours:
        """Take energy for a while; return what the meter saw [Wh]."""
        seen = 0.0
        while seconds > 0:
            step = min(STEP, seconds)
            energy = self.power(offered) * step / 3600
            self.soc = min(1.0, self.soc + energy * (1.0 - LOSS) / self.make.capacity)
            seen += energy
            seconds -= step
        return WattHours(seen)


def some_ev(chance: random.Random, *, fullest: float = 0.7) -> Ev:
    """Return any EV, as it comes in from the road."""
    make = chance.choice(MAKES)
    target = chance.choice((1.0, 1.0, 0.9, 0.8))
    return Ev(make, chance.uniform(0.1, fullest), target=target, tells_soc=chance.random() < 0.5)
