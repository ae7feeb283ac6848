# SPDX-License-Identifier: Apache-2.0
"""The linear programme of a site, straight as arrays.

Columns are currents of needs per slot, sums of them per class of points, pieces of energy of uncertain worth, power from and to
the grid, its peak, and a battery. Rows are energies, sums, power balances and, as far as they were needed yet, tangents of rows.
"""

from typing import NamedTuple

import msgspec
import numpy as np

from open63110.planner.grid import Grid
from open63110.planner.network import Bools, Floats, Ints
from open63110.planner.problem import HOUR, Battery, Energy, Peak, Problem
from open63110.planner.tangents import Tangents

KILO = 1000.0
URGENT = 0.1
"""What it is worth more to serve the most urgent at once than who can wait, as a share: decides between plans else equal."""


class Terms(NamedTuple):
    """Entries of the matrix as they are gathered."""

    rows: list[Ints]
    columns: list[Ints]
    values: list[Floats]

    def add(self, rows: Ints, columns: Ints, values: Floats) -> None:
        """Take in some entries; of each the row, the column and the value."""
        self.rows.append(rows)
        self.columns.append(columns)
        self.values.append(values)


class Columns(NamedTuple):
    """Costs and bounds as they are gathered."""

    costs: list[Floats]
    lower: list[Floats]
    upper: list[Floats]

    def add(self, costs: Floats, lower: Floats, upper: Floats) -> Ints:
        """Take in some columns; returns their numbers."""
        first = sum(len(one) for one in self.costs)
        self.costs.append(costs)
        self.lower.append(lower)
        self.upper.append(upper)
        return np.arange(first, first + len(costs))


class Programme(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """What a solver is given, without the tangents; and where in it things stand. M columns, Q rows."""

    costs: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    starts: Ints
    """(M + 1) where the entries of each column begin."""
    indices: Ints
    values: Floats
    need: Ints
    """(r) the need of each current; currents are the first columns."""
    slot: Ints
    """(r) its slot."""
    sums: Ints
    """(C, K) column of the current of a class in a slot [A]; -1: there is none."""
    tight: Bools
    """(H, K) which tangents could bind at all."""
    limits: Floats
    """(H, K) right side of the tangents."""
    bought: Ints
    """(K) or (0) columns of power from the grid [kW]."""
    peak: int
    """Column of the peak [kW]; -1: none."""
    stored: Ints
    """(2, K) or (2, 0) columns of power into and out of the battery [kW]."""


class Bounds(NamedTuple):
    """Currents of needs per slot, (n, K)."""

    low: Floats
    high: Floats
    """[A]"""
    worth: Floats
    """Share of its value that energy in a slot has, by whether the EV is still there."""


def bounds(problem: Problem, grid: Grid, held: Bools) -> Bounds:
    """Return bounds of currents: while an EV may be there, and not below the least of its pilot where it may not stop."""
    needs = problem.needs
    chance = np.zeros((len(needs), len(grid.starts)))
    for rank in range(max((len(need.leaves) for need in needs), default=0)):
        moments = np.array([need.leaves[rank][0] if rank < len(need.leaves) else 0.0 for need in needs])
        weights = np.array([need.leaves[rank][1] if rank < len(need.leaves) else 0.0 for need in needs])
        chance += weights[:, None] * grid.there(moments)
    there = grid.there(np.array([need.departure for need in needs]))
    most = np.array([need.most for need in needs])
    power = problem.watts[problem.points]
    rest = np.array([need.energy for need in needs]) / power
    high = most[:, None] * there
    high[:, 0] = np.minimum(high[:, 0], rest / grid.hours[0])
    least = np.where(held, [need.pilot.least for need in needs], 0.0)
    surely = grid.ends[None, :] <= (rest / np.maximum(most, 1e-9) * HOUR)[:, None]
    surely[:, 0] = True
    low = np.where(surely, np.minimum(least[:, None], high), 0.0)
    return Bounds(low, high, np.divide(chance, there, out=np.zeros_like(chance), where=there > 0.0))


def laxities(problem: Problem) -> Floats:
    """Return how long each need could wait and be served by its first likely departure, (n) [s]; below 0: it is too late."""
    power = problem.watts[problem.points]
    needs = problem.needs
    rest = np.array([need.energy for need in needs]) / (power * np.array([max(need.most, 1e-9) for need in needs]))
    first: Floats = np.array([need.leaves[0][0] for need in needs])
    return np.asarray(first - rest * HOUR)


def programme(problem: Problem, grid: Grid, planes: Tangents, bound: Bounds) -> Programme:
    """Return the programme of a problem.

    Args:
        problem: with n needs.
        grid: of K slots.
        planes: of its network.
        bound: of currents.
    """
    energy, hours = problem.energy, grid.hours
    need, slot = np.nonzero(bound.high > 0.0)
    power = problem.watts[problem.points][need] / KILO
    columns, terms = Columns([], [], []), Terms([], [], [])
    high = bound.high[need, slot]
    costs = -_gains(problem, grid, bound)[need, slot] * power * hours[slot]
    if not energy.flows:
        costs += power * (_price(energy, grid) * hours)[slot]
    sums, tight, limits = _classes(problem, grid, planes, (need, slot, high))
    low = (
        bound.low[need, slot] * _holds(planes, planes.class_of[problem.points[need]], (slot, bound.low[need, slot]), limits)[slot]
    )
    columns.add(costs, low, high)
    rows = _energies(problem, columns, terms, (need, power * hours[slot]))
    first_sum = sum(len(one) for one in columns.costs), len(rows[0])
    rows = _sums(planes.class_of[problem.points[need]], slot, sums, (columns, terms), rows)
    flows = _Flows(problem, grid, (columns, terms), rows)
    flows.add(problem, grid, planes, sums, first_sum)
    total = np.concatenate(columns.costs)
    column, row, value = np.concatenate(terms.columns), np.concatenate(terms.rows), np.concatenate(terms.values)
    order = np.argsort(column, kind="stable")
    return Programme(
        costs=total,
        lower=np.concatenate(columns.lower),
        upper=np.concatenate(columns.upper),
        row_lower=flows.rows[0],
        row_upper=flows.rows[1],
        starts=np.searchsorted(column[order], np.arange(len(total) + 1)),
        indices=row[order],
        values=value[order],
        need=need,
        slot=slot,
        sums=sums,
        tight=tight,
        limits=limits,
        bought=flows.bought,
        peak=flows.peak,
        stored=flows.stored,
    )


def _holds(planes: Tangents, kind: Ints, low: tuple[Ints, Floats], limits: Floats) -> Bools:
    """Return in which slots all may go on that may not stop, (K): where rows are too narrow for that, none has to."""
    loads = np.zeros((len(planes.watts), limits.shape[1]))
    np.add.at(loads, (kind, low[0]), low[1])
    return np.asarray((np.maximum(planes.weights, 0.0) @ loads <= limits).all(axis=0))


def _price(energy: Energy, grid: Grid) -> Floats:
    """Return what energy from the grid costs per slot, (K) [currency/kWh]."""
    return grid.mean(energy.price) + energy.carbon_price * grid.mean(energy.carbon)


def _gains(problem: Problem, grid: Grid, bound: Bounds) -> Floats:
    """Return what energy is worth to each need per slot, (n, K) [currency/kWh]."""
    priority = np.array([need.priority for need in problem.needs])
    urgency = 1.0 / (1.0 + np.maximum(laxities(problem), 0.0) / HOUR)
    early = problem.quick * np.exp(-(grid.starts + grid.lengths / 2) / problem.patience)
    value = problem.energy.value * priority
    return value[:, None] * (bound.worth + early * (1.0 + URGENT * urgency[:, None]))


def _energies(problem: Problem, columns: Columns, terms: Terms, flow: tuple[Ints, Floats]) -> tuple[Floats, Floats]:
    """Let each need have its energy at most [kWh]; where pieces are of different worth, each has a column."""
    need, kilowatthours = flow
    count = len(problem.needs)
    terms.add(need, np.arange(len(need)), kilowatthours)
    upper = np.array([one.energy / KILO for one in problem.needs])
    lower = np.full(count, -np.inf)
    pieces = [
        (at, size / KILO, (1.0 - chance) * one.priority * problem.energy.value)
        for at, one in enumerate(problem.needs)
        if min(chance for _, chance in one.wanted) < 1.0
        for size, chance in one.wanted
    ]
    if pieces:
        rows = np.array([row for row, _, _ in pieces])
        sizes = np.array([size for _, size, _ in pieces])
        added = columns.add(np.array([cost for _, _, cost in pieces]), np.zeros(len(rows)), sizes)
        terms.add(rows, added, np.full(len(rows), -1.0))
        lower[rows] = upper[rows] = 0.0
    return lower, upper


def _classes(problem: Problem, grid: Grid, planes: Tangents, current: tuple[Ints, Ints, Floats]) -> tuple[Ints, Bools, Floats]:
    """Return which sums of currents are needed, (C, K) counted up from 0, which tangents can bind, and their limits, (H, K)."""
    need, slot, high = current
    most = np.zeros((len(planes.watts), len(grid.starts)))
    np.add.at(most, (planes.class_of[problem.points[need]], slot), high)
    battery = problem.energy.battery
    least = np.zeros_like(most)
    if battery is not None and battery.point >= 0:
        most[planes.class_of[battery.point]] += battery.charge / problem.watts[battery.point]
        least[planes.class_of[battery.point]] = -battery.discharge / problem.watts[battery.point]
    limits = np.full((len(planes.row), len(grid.starts)), np.inf)
    for at, (since, room) in enumerate(problem.rooms):
        until = problem.rooms[at + 1][0] if at + 1 < len(problem.rooms) else np.inf
        some = grid.overlaps(since, until)
        # where other loads alone exceed a row nobody draws there: the programme stays one that can be solved
        right = np.maximum(room.limits[planes.row] - (planes.turn * room.base[planes.row]).real, 0.0)
        limits[:, some] = np.minimum(limits[:, some], right[:, None])
    tight = np.maximum(planes.weights, 0.0) @ most + np.minimum(planes.weights, 0.0) @ least > limits + 1e-9
    wanted = most > 0.0
    if not problem.energy.flows and problem.energy.peak is None:
        wanted &= (planes.weights != 0.0).T.astype(np.float64) @ tight > 0.0
    sums = np.full(wanted.shape, -1, dtype=np.intp)
    sums[wanted] = np.arange(int(wanted.sum()))
    return sums, tight, limits


def _sums(kind: Ints, slot: Ints, sums: Ints, parts: tuple[Columns, Terms], rows: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Add sums of currents as columns, each with the row of the same order that makes it one; ``sums`` becomes the columns."""
    columns, terms = parts
    count, first = int((sums >= 0).sum()), len(rows[0])
    part = sums[kind, slot]
    some = np.flatnonzero(part >= 0)
    terms.add(first + part[some], some, np.ones(len(some)))
    added = columns.add(np.zeros(count), np.full(count, -np.inf), np.full(count, np.inf))
    terms.add(first + np.arange(count), added, np.full(count, -1.0))
    sums[sums >= 0] = added
    nothing = np.zeros(count)
    return np.concatenate((rows[0], nothing)), np.concatenate((rows[1], nothing))


class _Flows:
    """Power from and to the grid, its peak and the battery, added to a programme."""

    def __init__(self, problem: Problem, grid: Grid, parts: tuple[Columns, Terms], rows: tuple[Floats, Floats]) -> None:
        self.energy, self.hours = problem.energy, grid.hours
        self.columns, self.terms = parts
        self.rows = rows
        self.count = len(grid.starts)
        self.every = np.arange(self.count)
        self.rest = (grid.mean(problem.energy.load) - grid.mean(problem.energy.pv)) / KILO
        self.bought = np.empty(0, dtype=np.intp)
        self.stored = np.empty((2, 0), dtype=np.intp)
        self.peak = -1

    def add_rows(self, lower: Floats, upper: Floats) -> int:
        """Add rows; returns the first."""
        first = len(self.rows[0])
        self.rows = np.concatenate((self.rows[0], lower)), np.concatenate((self.rows[1], upper))
        return first

    def add(self, problem: Problem, grid: Grid, planes: Tangents, sums: Ints, first_sum: tuple[int, int]) -> None:
        """Add what the problem has of these."""
        kind, slot = np.nonzero(sums >= 0)
        drawn = (slot, sums[kind, slot], planes.watts[kind] / KILO)
        if self.energy.flows:
            balance = self._balance(_price(self.energy, grid), grid)
            self.terms.add(balance + drawn[0], drawn[1], drawn[2])
            if self.energy.battery is not None:
                at = planes.class_of[self.energy.battery.point] if self.energy.battery.point >= 0 else -1
                parts = sums[at] - first_sum[0] + first_sum[1] if at >= 0 else balance + self.every
                scale = KILO / problem.watts[self.energy.battery.point] if at >= 0 else 1.0
                self._battery(self.energy.battery, parts, scale)
        if self.energy.peak is not None:
            self._peak(self.energy.peak, drawn)

    def _balance(self, price: Floats, grid: Grid) -> int:
        """Add what is bought and given, and a row per slot: what the sun gives may be left."""
        nothing, free = np.zeros(self.count), np.full(self.count, np.inf)
        self.bought = self.columns.add(price * self.hours, nothing, free)
        balance = self.add_rows(-free, -self.rest)
        self.terms.add(balance + self.every, self.bought, -np.ones(self.count))
        if self.energy.feed_in is not None:
            power = 0.0 if self.energy.battery is None else self.energy.battery.discharge
            most = (np.maximum(grid.mean(self.energy.pv), 0.0) + power) / KILO
            given = self.columns.add(-grid.mean(self.energy.feed_in) * self.hours, nothing, most)
            self.terms.add(balance + self.every, given, np.ones(self.count))
        return balance

    def _battery(self, battery: Battery, parts: Ints, scale: float) -> None:
        """Add a battery: power in, power out, and the level after each slot.

        Args:
            battery: of the site.
            parts: (K) rows into which its power goes.
            scale: of a kilowatt there.
        """
        one, nothing = np.ones(self.count), np.zeros(self.count)
        into = self.columns.add(battery.wear * self.hours, nothing, one * battery.charge / KILO)
        out = self.columns.add(nothing, nothing, one * battery.discharge / KILO)
        floor, ceiling = min(battery.reserve, battery.level), max(battery.capacity, battery.level)
        level = self.columns.add(nothing, one * floor / KILO, one * ceiling / KILO)
        begin = nothing.copy()
        begin[0] = battery.level / KILO
        first = self.add_rows(begin, begin)
        self.terms.add(parts, into, one * scale)
        self.terms.add(parts, out, -one * scale)
        self.terms.add(first + self.every, level, one)
        self.terms.add(first + self.every[1:], level[:-1], -one[1:])
        self.terms.add(first + self.every, into, -battery.efficiency * self.hours)
        self.terms.add(first + self.every, out, self.hours / battery.efficiency)
        self.stored = np.stack((into, out))

    def _peak(self, peak: Peak, drawn: tuple[Ints, Ints, Floats]) -> None:
        """Add the peak, and a row per slot that keeps it above what comes from the grid."""
        top = self.columns.add(np.array([peak.price]), np.array([peak.paid / KILO]), np.array([np.inf]))
        first = self.add_rows(np.full(self.count, -np.inf), np.zeros(self.count) if self.energy.flows else -self.rest)
        if self.energy.flows:
            self.terms.add(first + self.every, self.bought, np.ones(self.count))
        else:
            self.terms.add(first + drawn[0], drawn[1], drawn[2])
        self.terms.add(first + self.every, np.repeat(top, self.count), -np.ones(self.count))
        self.peak = int(top[0])
