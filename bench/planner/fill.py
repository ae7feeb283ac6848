# SPDX-License-Identifier: Apache-2.0
"""Water-filling: what a second of the safety loop costs, and what it gives (energy.md 3.4 has the anchors, of 2026-11-22)."""

from functools import partial

import numpy as np

from bench.figure import Figure
from bench.planner.cpu import cpu_ms
from bench.planner.garage import Garage, garage
from bench.planner.table import Asked
from open63110.planner.check import check
from open63110.planner.fill import Demand, demand, fill
from open63110.planner.network import Floats, Room, part, room, under
from open63110.planner.serve import Served, Turns, Wants, arrived, serve

MANY = 10_000
ROUNDS: dict[str, int | None] = {"K=1": 1, "K=3": 3, "exact": None}
PLAIN_MS, AWARE_MS = 20.0, 40.0
LEAST = 6.0
MOMENTS = (0.0, 60.0, 900.0, 1800.0, 2700.0)
"""When the 6 A aware loop is timed: all have just come, nothing changes, and all may take turns, three times [s]."""
ANCHORS = {100: (0.39, 0.87, 0.24), 1000: (1.2, 2.3, 2.0), MANY: (7.0, 12.6, 55.0), 50_000: (49.0, 89.0, 2147.0)}
"""By stations: CPU of the prototype at K=1, K=3 and exact, the lower end [ms]."""


def measure(asked: Asked) -> list[Figure]:
    """Plain at several sizes, 6 A aware at one, and one zone alone."""
    sizes = (1000, MANY) if asked.short else tuple(ANCHORS)
    figures = [figure for size in sizes for figure in _plain(size)]
    for tight in (0.6, 0.3):
        figures += _aware(tight)
    return [*figures, *_zone()]


def _asked(site: Garage) -> Demand:
    size = len(site.high)
    low = np.where(site.chance.random(size) < 0.02, np.minimum(LEAST, site.high), 0.0)
    return demand(site.high, low, site.chance.choice([1.0, 1.0, 2.0], size))


def _plain(size: int) -> list[Figure]:
    site = garage(size, 0.6)
    given, asked = room(site.network), _asked(site)
    found = {name: fill(site.network, given, asked, rounds).currents for name, rounds in ROUNDS.items()}
    whole = found["exact"].sum()
    calls = {name: partial(fill, site.network, given, asked, rounds) for name, rounds in ROUNDS.items()}
    times = cpu_ms(calls, 3 if size > MANY else 7)
    figures = []
    for (name, spent), anchor in zip(times.items(), ANCHORS[size], strict=True):
        most = PLAIN_MS if size == MANY and name != "exact" else None
        figures += [
            Figure(name=f"{size} stations, {name}: CPU", value=spent, unit="ms", at_most=most),
            Figure(name=f"{size} stations, {name}: CPU of the prototype", value=anchor, unit="ms"),
        ]
        if name != "exact":
            figures.append(
                Figure(name=f"{size} stations, {name}: of the exact total", value=100 * found[name].sum() / whole, unit="%")
            )
    wrong = sum(check(site.network, given, one, site.high) is not None for one in found.values())
    return [*figures, Figure(name=f"{size} stations: vectors that exceed a row", value=wrong, at_most=0)]


def _wants(site: Garage) -> Wants:
    size = len(site.high)
    return Wants(
        least=np.full(size, LEAST),
        high=site.high,
        share=np.ones(size),
        rank=site.chance.integers(0, 2, size),
        keep=site.chance.random(size) < 0.1,
    )


def _aware(tight: float) -> list[Figure]:
    site = garage(MANY, tight)
    given, wants = room(site.network), _wants(site)
    turns, worst, wrong, first = arrived(MANY, 0.0), 0.0, 0, None
    for now in MOMENTS:
        call = partial(serve, site.network, given, wants, turns, now)
        found = call()
        worst, turns, first = max(worst, cpu_ms({"": call}, 3)[""]), found.turns, first or found
        wrong += check(site.network, given, found.currents, site.high) is not None
    return [*_compared(site, given, tight, first or found), *_judged(tight, worst, wrong)]


def _judged(tight: float, worst: float, wrong: int) -> list[Figure]:
    name = f"limits at {100 * tight:.0f} %, 6 A aware"
    return [
        Figure(name=f"{name}, {MANY} stations: CPU, dearest of 5", value=worst, unit="ms", at_most=AWARE_MS),
        Figure(name=f"{name}: CPU of the prototype", value=23.0, unit="ms"),
        Figure(name=f"{name}: vectors that exceed a row", value=wrong, at_most=0),
    ]


def _compared(site: Garage, given: Room, tight: float, found: Served) -> list[Figure]:
    """Beside what is left when a plain result is cut off below 6 A."""
    plain = fill(site.network, given, demand(site.high)).currents
    floored = np.where(plain >= LEAST - 1e-9, plain, 0.0)
    name = f"limits at {100 * tight:.0f} %"
    return [
        Figure(name=f"{name}: EVs that charge, of {int((site.high > 0).sum())}", value=float(_charging(found.currents))),
        Figure(name=f"{name}: EVs that charge with plain, cut off below 6 A", value=float(_charging(floored))),
        Figure(name=f"{name}: all currents", value=float(found.currents.sum()), unit="A"),
        Figure(name=f"{name}: all currents of plain, cut off below 6 A", value=float(floored.sum()), unit="A"),
    ]


def _charging(currents: Floats) -> int:
    return int((currents > 0.0).sum())


def _zone() -> list[Figure]:
    """A limit on one zone of 50: its points alone are planned anew."""
    site = garage(MANY, 0.6)
    given, wants = room(site.network), _wants(site)
    before = serve(site.network, given, wants, arrived(MANY, 0.0), 0.0)
    place = site.network.places.index("zone7")
    points = under(site.network, place)
    limited = Room(limits=np.where(site.network.place_of_row == place, 40.0, given.limits), base=given.base)
    some = Wants(**{name: getattr(wants, name)[points] for name in wants.__struct_fields__})
    then = Turns(**{name: getattr(before.turns, name)[points] for name in before.turns.__struct_fields__})

    def anew() -> Served:
        network, left = part(site.network, limited, before.currents, points)
        return serve(network, left, some, then, 60.0)

    times = cpu_ms({"zone": anew, "check": lambda: check(site.network, given, before.currents, site.high)})
    currents = before.currents.copy()
    currents[points] = anew().currents
    name = f"one zone of {len(points)} out of {MANY} limited anew"
    return [
        Figure(name=f"{name}: CPU", value=times["zone"], unit="ms"),
        Figure(name=f"{name}: CPU of the prototype", value=0.6, unit="ms"),
        Figure(
            name=f"{name}: exceeds a row", value=float(check(site.network, limited, currents, site.high) is not None), at_most=0
        ),
        Figure(name=f"checker, {MANY} stations: CPU", value=times["check"], unit="ms"),
    ]
