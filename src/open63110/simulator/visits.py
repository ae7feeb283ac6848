# SPDX-License-Identifier: Apache-2.0
"""Who comes to a site, when, for how long and for how much: read from a file of real sessions, or made up by a seed."""

import csv
import math
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.kernel.units import Seconds, WattHours, Watts

HOUR: Final = 3600.0
DAY: Final = 86_400.0

SLOT: Final = 300.0
"""What files count arrival and departure in [s]."""

COLUMNS: Final = ("station_id", "arrival_slot", "departure_slot", "energy_kwh", "max_power_kw")

SHORTEST: Final = 600.0
"""Nobody stays for less [s]."""


class Visit(NamedTuple):
    """One EV at one EVSE."""

    place: int
    """Which EVSE of the site, from 0 on."""
    arrival: Seconds
    """After the beginning of the first day [s]."""
    departure: Seconds
    """[s]"""
    need: WattHours
    most: Watts | None = None
    """What the EV takes at most [W]; None: chance decides what EV it is."""


class Crowd(NamedTuple):
    """How people use a garage."""

    about: str
    arrivals: tuple[tuple[float, float, float], ...]
    """Waves: hour of the day, its spread [h], visits at one EVSE in a day."""
    stay: tuple[float, float]
    """Median [h], and by which factor it usually varies."""
    energy: tuple[float, float]
    """Median [Wh], and by which factor it usually varies."""


CROWDS: Final[dict[str, Crowd]] = {
    "office": Crowd("people who work there", ((8.4, 0.9, 0.75), (13.0, 1.5, 0.2)), (7.5, 1.3), (12_000.0, 1.7)),
    "home": Crowd("people who live there", ((18.2, 1.8, 0.8), (12.0, 3.0, 0.15)), (12.0, 1.3), (14_000.0, 1.8)),
    "mall": Crowd("people who shop there", ((11.0, 1.5, 1.4), (16.5, 2.0, 2.2)), (1.4, 1.6), (11_000.0, 1.7)),
}

MIXED: Final = "generated"
"""Of each crowd a third of the EVSEs."""


def generated(crowd: str, places: int, seconds: float, seed: int) -> list[Visit]:
    """Return made-up visits in the order of their arrival; the same seed makes the same ones.

    Args:
        crowd: one of CROWDS, or MIXED.
        places: how many EVSEs there are.
        seconds: for how long [s].
        seed: of chance.

    Raises:
        Malformed: there is no such crowd.
    """
    if crowd != MIXED and crowd not in CROWDS:
        raise Malformed(f"there is no crowd {crowd!r}; there are {', '.join((MIXED, *CROWDS))}", where="sessions")
    names = list(CROWDS) if crowd == MIXED else [crowd]
    found: list[Visit] = []
    for place in range(places):
        chance = random.Random(f"{seed}/{place}")
        found += _at(place, CROWDS[names[place % len(names)]], seconds, chance)
    return sorted(found, key=lambda one: one.arrival)


def _at(place: int, crowd: Crowd, seconds: float, chance: random.Random) -> Iterator[Visit]:
    """Make up who comes to one EVSE; who finds it taken drives on."""
    free = 0.0
    for arrival in sorted(_arrivals(crowd, seconds, chance)):
        departure = arrival + max(SHORTEST, HOUR * _about(crowd.stay, chance))
        if arrival >= free:
            yield Visit(place, Seconds(arrival), Seconds(departure), WattHours(_about(crowd.energy, chance)))
            free = departure + 60.0


def _arrivals(crowd: Crowd, seconds: float, chance: random.Random) -> Iterator[float]:
    for day in range(math.ceil(seconds / DAY)):
        for hour, spread, visits in crowd.arrivals:
            for _ in range(_count(visits, chance)):
                at = day * DAY + HOUR * (chance.gauss(hour, spread) % 24.0)
                if at < seconds:
                    yield at


def _count(mean: float, chance: random.Random) -> int:
    """Return how many come if so many come on average."""
    whole = int(mean)
    return whole + (chance.random() < mean - whole)


def _about(usual: tuple[float, float], chance: random.Random) -> float:
    median, factor = usual
    return median * math.exp(math.log(factor) * chance.gauss(0.0, 1.0))


def read_visits(path: Path, stations: Mapping[StationId, int]) -> list[Visit]:
    """Read sessions, in the order of their arrival. The day of the first one is the first.

    Stations that the file names and the site has not are given the EVSEs that no other was given, in the order in which they
    come; whoever comes once all are given is left out.

    Args:
        path: CSV with a row for each session, as data/caltech_2019-03.csv.
        stations: which EVSE each station of the site has, from 0 on, by its id; more of one count on from there.

    Raises:
        Malformed: it is no such file.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [_row(one) for one in csv.DictReader(file)]
    except (KeyError, TypeError, ValueError) as fault:
        words = f"{path} holds no sessions ({fault}); its columns are {', '.join(COLUMNS)}"
        raise Malformed(words, where="sessions") from fault
    if not rows:
        raise Malformed(f"{path} holds no sessions", where="sessions")
    first = min(begin for _, begin, _, _, _ in rows) // DAY * DAY
    given = _given((name for name, *_ in rows), stations)
    return sorted(
        (
            Visit(given[name], Seconds(begin - first), Seconds(end - first), need, most)
            for name, begin, end, need, most in rows
            if name in given
        ),
        key=lambda one: one.arrival,
    )


def _row(row: dict[str, str]) -> tuple[str, float, float, WattHours, Watts]:
    station, begin, end, energy, most = (row[name] for name in COLUMNS)
    return station, int(begin) * SLOT, int(end) * SLOT, WattHours(float(energy) * 1000), Watts(float(most) * 1000)


def _given(names: Iterator[str], stations: Mapping[StationId, int]) -> dict[str, int]:
    """Return which EVSE each station of a file stands for."""
    wanted = list(dict.fromkeys(names))
    given = {name: stations[StationId(name)] for name in wanted if name in stations}
    free = iter(sorted(set(stations.values()) - set(given.values())))
    for name in wanted:
        if name not in given and (place := next(free, None)) is not None:
            given[name] = place
    return given
