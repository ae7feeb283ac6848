# SPDX-License-Identifier: Apache-2.0
"""Water-filling over sums: every point rises with one level, times its share, until its own bound or a row stops it.

Each round finds for every row the level at which it would be full, all its points rising; a point rises to the lowest level of
its rows. That is feasible after any round. What lies in a row that is full then has found its place; the others go on without it.
When none is left the result is max-min fair: nobody could get more without somebody at the same or a lower level getting less.
"""

from typing import NamedTuple

import numpy as np

from open63110.planner.network import Floats, Ints

FULL = 1e-11
"""Share of what a row could be asked for that counts as nothing."""
PASSES, HALVE_AFTER = 100, 8
"""How often a level is looked for at most, and from when on every other time by halving."""


class Entries(NamedTuple):
    """Entries of a matrix of R rows and N points that are not settled yet, E of them, in order of row."""

    rows: Ints
    """(E)"""
    columns: Ints
    """(E)"""
    weights: Floats
    """(E) load per ampere [A/A or W/A]."""

    def take(self, kept: Ints) -> "Entries":
        """Return some of them."""
        return Entries(self.rows[kept], self.columns[kept], self.weights[kept])

    def loads(self, currents: Floats, count: int) -> Floats:
        """Return the load of each row, (count)."""
        return np.bincount(self.rows, self.weights * currents[self.columns], count).astype(np.float64)


def fill_class(
    entries: Entries, free: Floats, low: Floats, high: Floats, share: Floats, rounds: int | None = None
) -> tuple[Floats, Ints]:
    """Raise points from their low bounds, fairly by their share, as far as rows let them.

    Args:
        entries: of R rows and N points.
        free: (R) what the rows have for these points, at least what their low bounds need [A or W].
        low: (N) where each starts, at least 0 [A].
        high: (N) where each ends, at least ``low`` [A].
        share: (N) amperes per level, above 0.
        rounds: after how many to stop, at least 1; None: when it is exact.

    Returns:
        (N) currents [A], and (N) the row that stopped each point, -1 for its own bound.
    """
    currents, binding = high.copy(), np.full(len(low), -1, dtype=np.intp)
    tops = entries.loads(high, len(free))
    kept = np.flatnonzero((tops > free)[entries.rows])
    entries = entries.take(kept)
    entries = entries._replace(weights=entries.weights / tops[entries.rows])  # so that rounding counts alike in all rows
    free = free / np.where(tops > 0.0, tops, 1.0)
    levels = np.zeros(len(free))
    while entries.rows.size and rounds != 0:
        rounds = None if rounds is None else rounds - 1
        levels = _levels(_Slopes.of(entries, low, high, share), free, levels)
        reached = np.full(len(low), np.nan)
        reached[entries.columns] = np.inf
        np.fmin.at(reached, entries.columns, levels[entries.rows])
        rising = ~np.isnan(reached)
        currents[rising] = np.clip(reached[rising] * share[rising], low[rising], high[rising])
        stops = np.flatnonzero(levels[entries.rows] <= reached[entries.columns])
        binding[entries.columns[stops]] = entries.rows[stops]
        entries, free = _settled(entries, free, levels, currents)
    return currents, np.where(currents < high, binding, -1)


def _settled(entries: Entries, free: Floats, levels: Floats, currents: Floats) -> tuple[Entries, Floats]:
    """Let go of rows that are full with all that lies in them, and of rows that never will be."""
    opened = np.isfinite(levels)
    full = opened & (entries.loads(currents, len(free)) >= free - FULL)
    if opened.any() and not full.any():  # an error of floating point: the lowest is full by its making
        full[np.argmin(levels)] = True
    settled = np.zeros(len(currents), dtype=np.bool_)
    settled[entries.columns[full[entries.rows]]] = True
    gone = settled[entries.columns]
    free = free - entries.take(np.flatnonzero(gone)).loads(currents, len(free))
    return entries.take(np.flatnonzero(~gone & opened[entries.rows])), free


class _Slopes(NamedTuple):
    """What each entry adds to its row as a function of the level, and where rows begin; r rows have entries."""

    rows: Ints
    """(r) which rows."""
    starts: Ints
    """(r) where each begins."""
    counts: Ints
    """(r) how many entries it has."""
    rise: Floats
    """(E) load per level."""
    floor: Floats
    """(E) load at the low bound."""
    ceiling: Floats
    """(E) load at the high bound."""

    @staticmethod
    def of(entries: Entries, low: Floats, high: Floats, share: Floats) -> "_Slopes":
        """Multiply out once what every pass needs."""
        starts = np.flatnonzero(np.diff(entries.rows, prepend=-1))
        columns, weights = entries.columns, entries.weights
        return _Slopes(
            entries.rows[starts],
            starts,
            np.diff(starts, append=len(columns)),
            weights * share[columns],
            weights * low[columns],
            weights * high[columns],
        )

    def take(self, some: Ints) -> "_Slopes":
        """Return some of the rows."""
        chosen = np.zeros(len(self.rows), dtype=np.bool_)
        chosen[some] = True
        kept = np.flatnonzero(np.repeat(chosen, self.counts))
        counts = self.counts[some]
        starts = np.cumsum(counts) - counts
        return _Slopes(self.rows[some], starts, counts, self.rise[kept], self.floor[kept], self.ceiling[kept])

    def at(self, levels: Floats) -> tuple[Floats, Floats]:
        """Return load and slope of each row at its level, (r) each."""
        rising = self.rise * np.repeat(levels, self.counts)
        moving = (rising >= self.floor) & (rising < self.ceiling)
        loads = np.add.reduceat(np.minimum(np.maximum(rising, self.floor), self.ceiling), self.starts)
        return loads, np.add.reduceat(np.where(moving, self.rise, 0.0), self.starts)


def _levels(slopes: _Slopes, free: Floats, known: Floats) -> Floats:
    """Return the level at which each row is full, (R); inf: never.

    Loads are broken lines: Newton's way finds the level at once on the right piece, and from the left never oversteps it while no
    point has a low bound. Otherwise the level is kept between two bounds, and halving ends what Newton's way does not.

    Args:
        slopes: of r rows.
        free: (R) what rows have.
        known: (R) levels that are not too high.
    """
    found = np.full(len(free), np.inf)
    some = np.flatnonzero(np.add.reduceat(slopes.ceiling, slopes.starts) > free[slopes.rows])
    if not some.size:
        return found
    slopes = slopes.take(some)
    upper = np.maximum.reduceat(slopes.ceiling / slopes.rise, slopes.starts)
    lower = np.minimum(known[slopes.rows], upper)
    level = lower
    for halving in range(PASSES):
        loads, steep = slopes.at(level)
        short = free[slopes.rows] - loads
        lower, upper = np.where(short >= -FULL, level, lower), np.where(short < 0.0, level, upper)
        found[slopes.rows] = lower
        left = np.flatnonzero((np.abs(short) > FULL) & (upper > lower))
        if not left.size:
            break
        if left.size < len(short):
            slopes, lower, upper = slopes.take(left), lower[left], upper[left]
            level, short, steep = level[left], short[left], steep[left]
        step = level + np.divide(short, steep, out=np.full(len(short), np.inf), where=steep > 0.0)
        inside = (step > lower) & (step < upper) & ((halving < HALVE_AFTER) | (halving % 2 == 0))
        level = np.where(inside, step, (lower + upper) / 2)
    return found
