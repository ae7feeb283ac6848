# SPDX-License-Identifier: Apache-2.0
"""A portfolio made up for measuring: sites of 50 EVs for a day, as linear programmes, and what they have in common.

The setting is that of the experiment (energy.md 3): feeders of 10 (63 A), one connection of 200 A per site, 3 A per EV and phase
for all together, 40 % of EVs on three phases; day-ahead-like prices, a charge for the peak, other loads, sun.
"""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np

from open63110.planner.grid import Profile, grid
from open63110.planner.linear import LinearProgramme
from open63110.planner.network import Floats, Ints, room
from open63110.planner.portfolio import Common
from open63110.planner.problem import HOUR, Energy, Need, Problem
from open63110.planner.tree import Node, Point, compiled

GRID = np.concatenate((np.full(8, 0.25), np.full(8, 0.5), np.full(18, 1.0)))
"""Lengths of 34 slots, 24 hours [h]."""
ENDS = np.cumsum(GRID)
STARTS = ENDS - GRID
PRICE = np.interp((STARTS + GRID / 2), [0, 2, 5, 9, 12, 15, 19, 24], [0.22, 0.34, 0.20, 0.12, 0.20, 0.38, 0.26, 0.16])
"""Of energy per slot, from 6 o'clock on [1/kWh]."""
UNMET, PEAK = 1.0, 0.5
"""What energy costs that is not delivered [1/kWh], and what the highest power costs [1/kW]."""
VOLTS, FEEDER, SITE, EACH = 230.0, 63.0, 200.0, 3.0
"""[V], and amperes of a phase of a feeder, of a site, and of all together per EV."""


class Evs(NamedTuple):
    """EVs of a portfolio, (n) each."""

    arrival: Floats
    """[h] after 6 o'clock."""
    departure: Floats
    """[h]"""
    energy: Floats
    """[kWh]"""
    phases: Ints
    """1 or 3"""
    first: Ints
    """The phase of those on one, 0 for L1."""


class Part(NamedTuple):
    """One site: its programme, and which column draws how much in which slot."""

    programme: LinearProgramme
    slot: Ints
    drawn: Floats
    """[kW/A]"""


def evs(count: int, sessions: Path | None, seed: int = 3) -> Evs:
    """Return EVs: drawn from real sessions, or made up in their likeness."""
    chance = np.random.default_rng(seed)
    if sessions is None:
        arrival = np.clip(chance.normal(3.0, 2.5, count), 0.0, 20.0)
        stay, energy = chance.gamma(4.0, 1.6, count), chance.gamma(1.6, 6.0, count)
    else:
        with sessions.open() as file:
            rows = [(int(r["arrival_slot"]), int(r["departure_slot"]), float(r["energy_kwh"])) for r in csv.DictReader(file)]
        drawn = np.array(rows)[chance.integers(0, len(rows), count)]
        arrival = np.clip(drawn[:, 0] % 288 / 12.0 - 6.0 + chance.uniform(-0.5, 0.5, count), 0.0, 20.0)
        stay, energy = (drawn[:, 1] - drawn[:, 0]) / 12.0, drawn[:, 2]
    triple = chance.random(count) < 0.4
    most = np.where(triple, 3 * 16, 32) * VOLTS / 1000
    stay = np.clip(stay, 0.5, 16.0)
    return Evs(
        arrival=arrival,
        departure=np.minimum(arrival + stay, 24.0),
        energy=np.minimum(energy, 0.95 * most * np.minimum(stay, 24.0 - arrival)),
        phases=np.where(triple, 3, 1),
        first=chance.integers(0, 3, count),
    )


def some_of(all_evs: Evs, first: int, last: int) -> Evs:
    """Return EVs from one number up to another."""
    return Evs(
        arrival=all_evs.arrival[first:last],
        departure=all_evs.departure[first:last],
        energy=all_evs.energy[first:last],
        phases=all_evs.phases[first:last],
        first=all_evs.first[first:last],
    )


def park(some: Evs, tight: float) -> Part:
    """Return the programme of one site: currents of EVs per slot, then what each does not get."""
    there = np.clip((np.minimum(some.departure[:, None], ENDS) - np.maximum(some.arrival[:, None], STARTS)) / GRID, 0.0, 1.0)
    ev, slot = np.nonzero(there > 0.0)
    high = np.where(some.phases == 3, 16.0, 32.0)[ev] * there[ev, slot]
    drawn = some.phases[ev] * VOLTS / 1000
    count, size = len(some.energy), len(ev)
    rows, columns, values = [ev], [np.arange(size)], [drawn * GRID[slot]]
    lower, upper = [some.energy], [some.energy]
    row = count
    for inside, limit in _conductors(count, tight):
        for phase in range(3):
            uses = inside[ev] & ((some.phases[ev] == 3) | (some.first[ev] == phase))
            most = np.bincount(slot[uses], high[uses], len(GRID))
            tights = np.flatnonzero(most > limit)
            place = np.full(len(GRID), -1)
            place[tights] = row + np.arange(len(tights))
            some_columns = np.flatnonzero(uses & (place[slot] >= 0))
            rows.append(place[slot[some_columns]])
            columns.append(some_columns)
            values.append(np.ones(len(some_columns)))
            lower.append(np.full(len(tights), -np.inf))
            upper.append(np.full(len(tights), limit))
            row += len(tights)
    rows.append(np.arange(count))
    columns.append(size + np.arange(count))
    values.append(np.ones(count))
    order = np.argsort(np.concatenate(columns), kind="stable")
    programme = LinearProgramme(
        costs=np.concatenate((drawn * (PRICE * GRID)[slot], np.full(count, UNMET))),
        lower=np.zeros(size + count),
        upper=np.concatenate((high, some.energy)),
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
        starts=np.searchsorted(np.concatenate(columns)[order], np.arange(size + count + 1)),
        indices=np.concatenate(rows)[order],
        values=np.concatenate(values)[order],
    )
    nothing = np.zeros(count)
    return Part(programme, np.concatenate((slot, nothing.astype(np.intp))), np.concatenate((drawn, nothing)))


def _conductors(count: int, tight: float) -> list[tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], float]]:
    """Return which EVs each conductor feeds, and what it carries on a phase [A]."""
    which = np.arange(count) // 10
    feeders = [(which == one, FEEDER * tight) for one in range(-(-count // 10))]
    return [*feeders, (np.ones(count, dtype=np.bool_), SITE * tight)]


def portfolio(count: int, tight: float, sessions: Path | None = None, per_site: int = 50) -> tuple[list[Part], Common]:
    """Return the sites of so many EVs, and what they have in common [kW]."""
    all_evs = evs(count, sessions)
    parts = [park(some_of(all_evs, at, at + per_site), tight) for at in range(0, count, per_site)]
    hour = STARTS + GRID / 2 + 6.0
    load = count * (0.15 + 0.1 * np.exp(-(((hour - 19.0) / 3.0) ** 2)))
    sun = count * 0.3 * np.clip(np.cos((hour - 13.0) / 6.5 * np.pi / 2), 0.0, 1.0)
    limits = 3 * EACH * VOLTS / 1000 * count * tight - load + sun
    return parts, Common(limits=limits, excess_price=2.0, base=load - sun, peak_price=PEAK)


def together(parts: list[Part], common: Common) -> LinearProgramme:
    """Return the same as one programme: the columns of all sites, then the peak."""
    base = np.zeros(len(GRID)) if common.base is None else common.base
    rows, columns, values = [], [], []
    row, column, slots = 2 * len(GRID), 0, len(GRID)
    for part in parts:
        one = part.programme
        size = len(one.costs)
        owner = np.repeat(np.arange(size), np.diff(one.starts))
        draws = np.flatnonzero(part.drawn)
        rows += [one.indices + row, part.slot[draws], slots + part.slot[draws]]
        columns += [owner + column, draws + column, draws + column]
        values += [one.values, part.drawn[draws], part.drawn[draws]]
        row, column = row + len(one.row_lower), column + size
    rows.append(slots + np.arange(slots))
    columns.append(np.full(slots, column))
    values.append(np.full(slots, -1.0))
    every = [part.programme for part in parts]
    order = np.argsort(np.concatenate(columns), kind="stable")
    return LinearProgramme(
        costs=np.concatenate([*(one.costs for one in every), [common.peak_price]]),
        lower=np.concatenate([*(one.lower for one in every), [common.peak_paid]]),
        upper=np.concatenate([*(one.upper for one in every), [np.inf]]),
        row_lower=np.concatenate([np.full(2 * slots, -np.inf), *(one.row_lower for one in every)]),
        row_upper=np.concatenate([common.limits, -base, *(one.row_upper for one in every)]),
        starts=np.searchsorted(np.concatenate(columns)[order], np.arange(column + 2)),
        indices=np.concatenate(rows)[order],
        values=np.concatenate(values)[order],
    )


SLOTS = grid(24 * HOUR, ((0.25 * HOUR, 8), (0.5 * HOUR, 8), (HOUR, 18)))
"""The same 34 slots for the planner of sites."""


def planned(some: Evs, tight: float, prices: Floats = PRICE) -> Problem:
    """Return the problem of one site whose EVs are all there now, for the planner of sites itself.

    Args:
        some: EVs; those that come later come now, and stay as long.
        tight: share of the ratings.
        prices: of energy per slot, (34) [1/kWh].
    """
    count = len(some.energy)
    nodes = [Node(id="site", amperes=(SITE * tight,) * 3)]
    nodes += [Node(id=f"feeder{at}", parent="site", amperes=(FEEDER * tight,) * 3) for at in range(-(-count // 10))]
    wirings = ["L1L2L3" if phases == 3 else f"L{first + 1}" for phases, first in zip(some.phases, some.first, strict=True)]
    network = compiled(nodes, [Point(id=f"{at}", node=f"feeder{at // 10}", wiring=one) for at, one in enumerate(wirings)])
    stay = np.maximum(some.departure - some.arrival, 0.25) * HOUR
    needs = [
        Need(
            id=f"{at}",
            point=at,
            wanted=((1000.0 * float(some.energy[at]), 1.0),),
            leaves=((float(stay[at]), 1.0),),
            most=16.0 if some.phases[at] == 3 else 32.0,
        )
        for at in range(count)
    ]
    return Problem(
        network=network,
        watts=np.asarray(some.phases * VOLTS, dtype=np.float64),
        rooms=((0.0, room(network)),),
        needs=tuple(needs),
        energy=Energy(value=UNMET, price=Profile(STARTS * HOUR, prices)),
        spans=((0.25 * HOUR, 8), (0.5 * HOUR, 8), (HOUR, 18)),
        horizon=24 * HOUR,
    )
