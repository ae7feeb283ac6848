# SPDX-License-Identifier: Apache-2.0
"""An EV that follows its pilot as real ones do: late, by and by, not below 6 A, less as it fills, and not always again."""

import random
from typing import Final, NamedTuple

from open63110.kernel.units import Amperes, Seconds, Volts, WattHours
from open63110.simulator.ev import LEAST

REACTION: Final = Seconds(5.0)
"""How long an EV may take to follow its pilot (IEC 61851-1) [s]; every EV here takes less."""

SHORTEST: Final = 1.0
"""A current that rises is looked at so often [s]."""

LONGEST: Final = 30.0
"""Over so long the current of a battery that fills counts as constant [s]."""

TRICKLE: Final = 0.1
"""Part of its highest current that a battery takes when it is nearly full."""


class Kind(NamedTuple):
    """What is the same for all EVs of one kind."""

    name: str
    phases: int
    most: Amperes
    """On each phase [A]."""
    part: float
    """Of all EVs, those of this kind."""


KINDS: Final = (
    Kind("hybrid", 1, Amperes(16.0), 0.15),
    Kind("one-phase", 1, Amperes(32.0), 0.2),
    Kind("three-phase", 3, Amperes(16.0), 0.5),
    Kind("fast", 3, Amperes(32.0), 0.15),
)


class Habits(NamedTuple):
    """How an EV behaves beside what its kind says."""

    dead: float = 1.0
    """Until it notices that the pilot has changed [s]."""
    rise: float = 8.0
    """How fast its current rises [A/s]; it falls at once."""
    tail: WattHours = WattHours(0.0)
    """So much before it is full it begins to take less (constant voltage) [Wh]."""
    rests_after: float = 1.0
    """After this part of what it needs it takes nothing for a while by itself; 1: never."""
    rests: float = 0.0
    """For how long [s]."""
    gives_up: float = float("inf")
    """Once it had to wait for so long it never wakes up again [s]."""


def some_habits(chance: random.Random, need: WattHours) -> Habits:
    """Return how any EV behaves: four of ten fill their battery, one of twelve rests, one of forty never wakes up."""
    rests, sleeps = chance.random() < 1 / 12, chance.random() < 1 / 40
    return Habits(
        dead=chance.uniform(0.3, 2.5),
        rise=chance.uniform(2.0, 12.0),
        tail=WattHours(need * chance.uniform(0.1, 0.25)) if chance.random() < 0.4 else WattHours(0.0),
        rests_after=chance.uniform(0.2, 0.8) if rests else 1.0,
        rests=chance.uniform(300.0, 1800.0) if rests else 0.0,
        gives_up=chance.uniform(600.0, 1800.0) if sleeps else float("inf"),
    )


class Car:
    """One EV at a pilot."""

    __slots__ = (
        "_due",
        "_rest",
        "_seen",
        "_waited",
        "age",
        "amperes",
        "began",
        "habits",
        "most",
        "need",
        "pauses",
        "phases",
        "pilot",
        "taken",
    )

    def __init__(self, need: WattHours, phases: int, most: Amperes, habits: Habits | None = None) -> None:
        """Come with a battery that has room.

        Args:
            need: what it takes until it wants no more, at the meter.
            phases: on how many it charges.
            most: what it takes on each at most.
            habits: None: the usual ones.
        """
        self.need, self.phases, self.most, self.habits = need, phases, most, habits or Habits()
        self.taken = WattHours(0.0)
        """So far [Wh]."""
        self.amperes = Amperes(0.0)
        """On each of its phases now [A]."""
        self.pilot = Amperes(0.0)
        """What it is offered now, whether it has noticed that or not [A]."""
        self.pauses = 0
        """How often it had to stop although it was not full."""
        self.age = 0.0
        """For how long it has been here [s]."""
        self.began: float | None = None
        """How old it was when the first energy came [s]; None: none has come."""
        self._seen, self._due = Amperes(0.0), 0.0
        self._waited, self._rest = 0.0, self.habits.rests

    @property
    def full(self) -> bool:
        """It wants no more."""
        return self.taken >= self.need - 1e-6

    @property
    def asleep(self) -> bool:
        """It had to wait too long, and takes nothing until it is plugged in anew."""
        return self._waited >= self.habits.gives_up

    def offer(self, pilot: Amperes) -> None:
        """Let the pilot change; it will notice."""
        if pilot != self.pilot:
            self.pilot, self._due = pilot, self._due or self.habits.dead

    def cut(self) -> None:
        """Lose the supply at once: a contactor has opened."""
        self.amperes = self.pilot = self._seen = Amperes(0.0)
        self._due = 0.0

    def go_on(self, seconds: float, volts: Volts, phases: int) -> WattHours:
        """Take energy for a while; return how much, at the meter.

        Args:
            seconds: how long.
            volts: of each phase.
            phases: on so many it can charge here.
        """
        before, watts = self.taken, volts * phases
        while seconds > 1e-9:
            step = self._step(seconds, watts)
            begin = self.amperes
            self._grow(step)
            energy = (begin + self.amperes) / 2 * watts * step / 3600
            self.taken = WattHours(min(self.need, self.taken + energy))
            self._settle(step)
            seconds -= step
        return WattHours(self.taken - before)

    def _step(self, seconds: float, watts: float) -> float:
        """Return over how long nothing happens that has to be looked at in between [s]; ``watts``: of an ampere."""
        missing = self._wanted() - self.amperes
        step = min(seconds, self._due or seconds, LONGEST)
        if missing > 0:
            step = min(step, SHORTEST, max(1e-3, missing / self.habits.rise))
        if self.amperes:
            step = min(step, max(1e-3, (self.need - self.taken) / (self.amperes * watts) * 3600))
        return step

    def _grow(self, seconds: float) -> None:
        """Let the current rise towards what it wants; what falls, falls at once."""
        self.amperes = Amperes(min(self._wanted(), self.amperes + self.habits.rise * seconds))

    def _settle(self, seconds: float) -> None:
        """Take note of what one step has changed."""
        self.age += seconds
        if self.began is None and self.taken:
            self.began = self.age
        if self._resting:
            self._rest -= seconds
        if self._seen < LEAST and self.taken and not self.full:
            self._waited += seconds
        elif not self.asleep:
            self._waited = 0.0
        self.amperes = Amperes(min(self.amperes, self._wanted()))
        if self._due:
            self._due = max(0.0, self._due - seconds)
            if self._due < 1e-9:
                self._notice()

    def _notice(self) -> None:
        self._due, self._seen = 0.0, self.pilot
        wanted = self._wanted()
        if wanted < self.amperes:
            self.pauses += self._seen < LEAST and not self.full
            self.amperes = wanted

    @property
    def _resting(self) -> bool:
        return self._rest > 0 and self.taken >= self.need * self.habits.rests_after

    def _wanted(self) -> Amperes:
        """Return what it would take of the pilot that it has seen."""
        if self._seen < LEAST or self.full or self._resting or self.asleep:
            return Amperes(0.0)
        tail, left = self.habits.tail, self.need - self.taken
        share = max(TRICKLE, left / tail) if tail and left < tail else 1.0
        return Amperes(min(self._seen, self.most * share))


def some_car(chance: random.Random, need: WattHours, phases: int = 3) -> Car:
    """Return any EV that fits an EVSE of so many phases; it charges on as many as both have."""
    kind = chance.choices(KINDS, [one.part for one in KINDS])[0]
    return Car(need, min(kind.phases, phases), kind.most, some_habits(chance, need))
