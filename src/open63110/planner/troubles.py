# SPDX-License-Identifier: Apache-2.0
"""What the operator of a site has to know: what is above a limit, or could be; what is not believed, not heard, not obeyed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import numpy as np

from open63110.model.constraint import Constraint
from open63110.model.station import CLOCK, Station
from open63110.planner.loop import Given, Step
from open63110.planner.meters import Metered
from open63110.planner.points import Spot

UNHEARD: Final = timedelta(seconds=60)
"""After how long of silence of a station its operator is told: a start takes less."""


class Trouble(NamedTuple):
    """What the operator has to know."""

    kind: str
    place: str
    detail: str


def of_meters(read: Metered, withheld: Mapping[str, str]) -> Iterator[Trouble]:
    """Yield what is wrong with meters, and what they show above limits.

    Args:
        read: what they say.
        withheld: by place what is told of what was taken back there.
    """
    for asset, words in read.doubts.items():
        yield Trouble("MeterDoubted", asset, words)
    for asset, words in read.crossed.items():
        yield Trouble("WiringDoubted", asset, words)
    for place, words in withheld.items():
        yield Trouble("OverUse", place, words)


def of_spots(spots: Iterable[Spot]) -> Iterator[Trouble]:
    """Yield what EVSEs do that they should not."""
    for one in spots:
        if one.over:
            yield Trouble("OverUse", f"{one.station}/{one.evse}", "it draws more than it was told it may")
        if one.refused:
            yield Trouble("Refused", f"{one.station}/{one.at}", f"it does not take limits: {one.refused}")


def of_places(given: Given, taken: Step) -> Iterator[Trouble]:
    """Yield a trouble for each place of which more may be drawn than is allowed whatever is done, the first row of it."""
    over = taken.planned > given.claimed.limits * (1.0 + 1e-6) + 1e-3
    told: set[str] = set()
    for row in np.flatnonzero(over).tolist():
        place, phase = given.frame.network.lines[row]
        unit = "W" if phase == "W" else f"A on {phase}"
        if place not in told:
            told.add(place)
            words = f"{taken.planned[row]:.0f} {unit} may be drawn of {given.claimed.limits[row]:.0f}, and no less can be reached"
            yield Trouble("Excess", place, words)


def unheard_from(station: Station, begun: datetime) -> datetime | None:
    """Return from when on its operator is to know that a station is not heard; None: it is.

    Args:
        station: which.
        begun: since when anybody listens.
    """
    return None if station.connected is not None else (station.limits.silent_since or begun) + UNHEARD


def of_silence(given: Given, taken: Step, stations: Iterable[Station], begun: datetime, now: datetime) -> Iterator[Trouble]:
    """Yield stations that are not heard, with what they are reckoned with, where that takes it from others."""
    reckoned: dict[str, float] = {}
    for at, one in enumerate(given.spots):
        if taken.controlled[at] and one.most > 0.0:
            reckoned[one.station] = reckoned.get(one.station, 0.0) + one.most * one.factor
    for station in stations:
        since = unheard_from(station, begun)
        if since is not None and now >= since and station.id in reckoned:
            words = f"it is not heard; until it is, it counts with {reckoned[station.id]:.0f} W that others do not get"
            yield Trouble("Unreachable", station.id, words)


def of_clocks(stations: Iterable[Station]) -> Iterator[Trouble]:
    """Yield stations whose clocks are so far off that they would understand moments wrongly."""
    for one in stations:
        if CLOCK in one.flags:
            yield Trouble(
                "ClockDoubted", one.id, f"{_off(one.clock_ahead)}; it is told what counts as it does, and nothing ahead"
            )


def _off(ahead: float) -> str:
    if not ahead:
        return "its clock is wrong"
    return f"its clock is {abs(ahead):.0f} s {'ahead' if ahead > 0 else 'slow'}"


def of_demands(demands: Iterable[Constraint], now: datetime) -> Iterator[Trouble]:
    """Yield demands whose actor is not heard any more, and those that contradict themselves."""
    for one in demands:
        if one.silent(now):
            yield Trouble("ActorSilent", one.id, f"{one.actor} is not heard any more")
        step = one.step(now)
        if step is None or step.import_max is None:
            continue
        if one.failsafe is not None and one.failsafe > step.import_max:
            words = f"stations that hear nobody are to fall back to {one.failsafe:.0f} W, more than the {step.import_max:.0f} W"
            yield Trouble("Contradiction", one.id, f"{words} that it allows; they keep to what it allows")
