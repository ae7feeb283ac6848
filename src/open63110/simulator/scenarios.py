# SPDX-License-Identifier: Apache-2.0
"""What happens at simulated stations: people who charge, and everything that goes wrong. Chance decides, by a seed."""

import random
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from open63110.model.token import Credential
from open63110.simulator.ev import Ev, some_ev
from open63110.simulator.hardware import SimulatedStation
from open63110.simulator.schedule import Script

MINUTE: Final = 60.0

WAIT_FOR_START: Final = 90.0
"""How long somebody waits at a station that does not begin [s]."""

WAIT_FOR_END: Final = 60.0
"""How long somebody waits at a station that does not end before he shows his card again, for that might begin anew [s]."""

LOOK: Final = 3.0
"""How often somebody looks at the display [s]."""


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """Who comes to the stations."""

    cards: tuple[Credential, ...]
    """Held by customers."""
    strangers: tuple[Credential, ...] = ()
    """Held by people whom the operator does not know."""
    stay: tuple[float, float] = (10 * MINUTE, 45 * MINUTE)
    """How long somebody charges, at least and at most [s]."""
    between: tuple[float, float] = (2 * MINUTE, 20 * MINUTE)
    """How long an EVSE stands free [s]."""
    strange: float = 0.05
    """Part of the visitors that are strangers."""


def visit(
    station: SimulatedStation,
    evse: int,
    ev: Ev,
    card: Credential,
    stay: float,
    *,
    plug_first: bool = True,
    stop_by_card: bool = True,
    pause: float = 0.0,
) -> Script:
    """Charge: plug in, show the card, stay, perhaps pause, end it by card or by pulling the cable."""
    if plug_first:
        station.arrive(evse, ev)
        yield 4.0
    station.present(evse, card)
    if not plug_first:
        yield 6.0
        station.arrive(evse, ev)
    waited = 0.0
    while waited < WAIT_FOR_START and not station.charging(evse):
        yield LOOK
        waited += LOOK
    if station.charging(evse):
        yield from _charge(station, evse, stay, pause)
        if stop_by_card:
            yield from _end_by_card(station, evse, card)
    yield 5.0
    station.leave(evse)


def _charge(station: SimulatedStation, evse: int, stay: float, pause: float) -> Script:
    if pause:
        yield stay / 3
        station.pause(evse, paused=True)
        yield pause
        station.pause(evse, paused=False)
        yield stay - stay / 3
    else:
        yield stay


def _end_by_card(station: SimulatedStation, evse: int, card: Credential) -> Script:
    for _ in range(5):
        if not station.charging(evse) or not station.present(evse, card):
            return
        waited = 0.0
        while waited < WAIT_FOR_END and station.charging(evse):
            yield LOOK
            waited += LOOK


def people(station: SimulatedStation, evse: int, cast: Cast, chance: random.Random) -> Script:
    """Let one visitor follow the other, for ever."""
    while True:
        yield chance.uniform(*cast.between)
        strange = cast.strangers and chance.random() < cast.strange
        card = chance.choice(cast.strangers if strange else cast.cards)
        stay = chance.uniform(*cast.stay)
        yield from visit(
            station,
            evse,
            some_ev(chance),
            card,
            stay,
            plug_first=chance.random() < 0.7,
            stop_by_card=chance.random() < 0.6,
            pause=chance.uniform(0.1, 0.3) * stay if chance.random() < 0.1 else 0.0,
        )


FAULTS: Final = ("GroundFailure", "HighTemperature", "OverVoltage", "PowerSwitchFailure")

LINK, POWER, CRASH, FAULT, HALT = "link", "power", "crash", "fault", "halt"

Mishap = Callable[[SimulatedStation, random.Random], None]


def _link(station: SimulatedStation, chance: random.Random) -> None:
    station.lose_link(chance.uniform(1, 15) * MINUTE)


def _power(station: SimulatedStation, chance: random.Random) -> None:
    station.lose_power(chance.uniform(0.5, 5) * MINUTE)


def _crash(station: SimulatedStation, chance: random.Random) -> None:
    station.crash()


def _fault(station: SimulatedStation, chance: random.Random) -> None:
    evse = chance.choice(list(station.evses))
    station.break_down(evse, chance.choice(FAULTS), chance.uniform(1, 6) * MINUTE)


def _halt(station: SimulatedStation, chance: random.Random) -> None:
    evse = chance.choice(list(station.evses))
    station.halt(evse, halted=not station.evses[evse].halted)


MISHAPS: Final[dict[str, Mishap]] = {LINK: _link, POWER: _power, CRASH: _crash, FAULT: _fault, HALT: _halt}


def mishaps(station: SimulatedStation, kinds: Sequence[str], every: float, chance: random.Random) -> Script:
    """Let something go wrong now and then, for ever."""
    while True:
        yield chance.expovariate(1.0 / every) + 1.0
        MISHAPS[chance.choice(list(kinds))](station, chance)


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of day."""

    about: str
    busy: float = 1.0
    """How much shorter than usual the time between visitors is."""
    kinds: tuple[str, ...] = ()
    """What goes wrong."""
    every: float = 0.0
    """How often, at each station [s]."""


SCENARIOS: Final[dict[str, Scenario]] = {
    "idle": Scenario(about="stations are there and nobody comes", busy=0.0),
    "calm": Scenario(about="people charge and nothing goes wrong"),
    "busy": Scenario(about="one EV after the other", busy=8.0),
    "rough": Scenario(
        about="links, power and software fail", busy=4.0, kinds=(LINK, POWER, CRASH, FAULT, HALT), every=20 * MINUTE
    ),
    "offline": Scenario(about="links fail all the time", busy=4.0, kinds=(LINK,), every=10 * MINUTE),
}


def begin(scenario: Scenario, station: SimulatedStation, cast: Cast, chance: random.Random) -> list[Script]:
    """Return the scripts of a station; each has a chance of its own, so that one story does not change another."""
    scripts: list[Script] = []
    if scenario.busy:
        between = (cast.between[0] / scenario.busy, cast.between[1] / scenario.busy)
        crowd = msgspec.structs.replace(cast, between=between)
        scripts = [people(station, evse, crowd, random.Random(chance.random())) for evse in station.evses]
    if scenario.kinds:
        scripts.append(mishaps(station, scenario.kinds, scenario.every, random.Random(chance.random())))
    return scripts
