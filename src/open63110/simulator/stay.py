# SPDX-License-Identifier: Apache-2.0
"""One EV at one EVSE from its arrival to its departure, and what goes wrong with links and stations meanwhile."""

import random
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from open63110.kernel.units import Seconds, WattHours
from open63110.model.token import Credential
from open63110.simulator.car import Car
from open63110.simulator.hardware import SimulatedStation
from open63110.simulator.outlet import Outlet
from open63110.simulator.scenarios import MINUTE
from open63110.simulator.schedule import Script
from open63110.simulator.service import Served
from open63110.simulator.visits import HOUR, Visit

LOOK: Final = 5.0
"""How often a driver looks whether it begins [s]."""

AGAIN: Final = 180.0
"""After so long without energy a driver holds the card to the reader once more [s]."""

TURN: Final = 10.0
"""How long a driver waits for the end after showing the card [s]."""


def stay(
    station: SimulatedStation, outlet: Outlet, visit: Visit, car: Car, card: Credential, done: Callable[[Served], None]
) -> Script:
    """Plug in, show the card, stay whatever happens, and leave in time.

    Args:
        station: where.
        outlet: at which EVSE.
        visit: for how long, for how much.
        car: comes and goes.
        card: of its driver.
        done: told what the EV got.
    """
    left = visit.departure - visit.arrival
    station.plug_in(outlet, car)
    yield LOOK
    waited = AGAIN
    while (left := left - LOOK) > TURN:
        shown = not station.charging(outlet.number) and waited >= AGAIN and station.present(outlet.number, card)
        waited = 0.0 if shown or station.charging(outlet.number) else waited + LOOK
        yield LOOK
    if station.charging(outlet.number):
        station.present(outlet.number, card)
    yield TURN
    station.leave(outlet.number)
    done(served(visit, car, outlet))


def served(visit: Visit, car: Car, outlet: Outlet) -> Served:
    """Return what an EV got, and what it would have got without any limit but its own and the EVSE's."""
    rating = outlet.rating
    alone = Car(car.need, car.phases, car.most, car.habits)
    alone.offer(rating.most)
    alone.go_on(visit.departure - visit.arrival, rating.volts, min(car.phases, len(rating.windings)))
    return Served(
        need=car.need,
        possible=WattHours(max(alone.taken, car.taken)),
        taken=car.taken,
        pauses=car.pauses,
        asleep=car.asleep,
        waited=None if car.began is None else Seconds(car.began),
    )


class Wire(Protocol):
    """The way of one station to its CSMS, for whoever spoils it."""

    def slow(self, seconds: float) -> None:
        """Let everything come late by so much, both ways [s of the clock]; 0: no more."""

    def half_open(self) -> None:
        """Let nothing through any more, either way, without a word to anybody."""

    def drop(self) -> None:
        """Let it be known that the connection is dead."""


CUT, HALF_OPEN, SLOW, REBOOT, POWER = "cut", "half-open", "slow", "reboot", "power"

KINDS: Final = (CUT, HALF_OPEN, SLOW, REBOOT, POWER)
"""What goes wrong, in the order of how often."""

OFTEN: Final = (5, 2, 2, 1, 1)


def trouble(
    station: SimulatedStation,
    wire: Wire,
    kinds: Sequence[str],
    every: float,
    chance: random.Random,
    note: Callable[[str], None],
) -> Script:
    """Let something go wrong at a station now and then, for ever.

    Args:
        station: which.
        wire: its way to the CSMS.
        kinds: some of KINDS.
        every: how often on average [s].
        chance: decides.
        note: told what went wrong.
    """
    often = [OFTEN[KINDS.index(one)] for one in kinds]
    while True:
        yield chance.expovariate(1.0 / every) + 1.0
        kind = chance.choices(list(kinds), often)[0]
        note(kind)
        if kind == CUT:
            station.lose_link(chance.uniform(0.5, 20) * MINUTE)
        elif kind == HALF_OPEN:
            wire.half_open()
            yield chance.uniform(1, 10) * MINUTE
            wire.drop()
        elif kind == SLOW:
            wire.slow(chance.uniform(0.5, 3.0))
            yield chance.uniform(0.1, 1.0) * HOUR
            wire.slow(0.0)
        elif kind == REBOOT:
            station.crash()
        else:
            station.lose_power(chance.uniform(0.5, 10) * MINUTE)
