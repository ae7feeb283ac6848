# SPDX-License-Identifier: Apache-2.0
"""Water-filling where rows are magnitudes of sums of phasors: |Σ c x| ≤ L.

Such rows are convex, but an ampere more at one point may leave less, or more, for another. So all points rise together until the
first row is full, in closed form; those that would fill it further stop, and the others go on. Each step is feasible, for rows
are convex and the way is straight. What then is left is given to one after the other.
"""

import numpy as np

from open63110.planner.network import Bools, Floats, Ints, Network, Phasors, Room, carry

FULL = 1e-9
"""Share of a limit that counts as nothing."""
NOTHING = 1e-9
"""Amperes that are not worth looking for."""


def stretch(loads: Phasors, growth: Phasors, limits: Floats, plain: Bools) -> Floats:
    """Return how far rows go along a straight way until they are full, in closed form.

    Args:
        loads: (R) where the way begins.
        growth: (R) along a way of 1.
        limits: (R)
        plain: (R) whether a row is a sum.

    Returns:
        (R) at least 0; inf: for ever.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        sums = np.where(growth.real > 0.0, np.maximum(limits - loads.real, 0.0) / growth.real, np.inf)
        along = (loads.conjugate() * growth).real
        square = np.abs(growth) ** 2
        left = np.maximum(limits**2 - np.abs(loads) ** 2, 0.0)
        root = np.sqrt(along**2 + square * left)
        far = np.where(along > 0.0, left / (along + root), (root - along) / square)
    return np.where(plain, sums, np.where((square > 0.0) & np.isfinite(limits), far, np.inf))


def shrink(network: Network, given: Room, start: Floats, currents: Floats) -> Floats:
    """Return the last vector that fits on the straight way from one that fits to another, (N) [A].

    Args:
        network: of N points and R rows.
        given: what rows allow.
        start: (N) fits [A].
        currents: (N) wanted [A].
    """
    loads = carry(network, start) + given.base
    growth = carry(network, currents - start)
    far = stretch(loads, growth, given.limits, network.plain).min(initial=1.0)
    return np.asarray(start + far * (currents - start))


def refill(network: Network, given: Room, currents: Floats, high: Floats, order: Ints) -> Floats:
    """Give one point after the other all that its rows have left.

    Args:
        network: of N points and R rows.
        given: what rows allow.
        currents: (N) fits [A].
        high: (N) at most [A].
        order: points, the first to be served first.

    Returns:
        (N) at least ``currents``; fits [A].
    """
    found = currents.copy()
    loads = carry(network, currents) + given.base
    far = stretch(loads[network.rows], network.weights, given.limits[network.rows], network.plain[network.rows])
    most = high - currents
    np.minimum.at(most, network.columns, far)
    if not (most[order] > NOTHING).any():
        return found
    by_point = np.argsort(network.columns, kind="stable")
    firsts = np.concatenate(([0], np.cumsum(np.bincount(network.columns, minlength=len(found)))))
    for point in order.tolist():
        entries = by_point[firsts[point] : firsts[point + 1]]
        rows, weights = network.rows[entries], network.weights[entries]
        more = stretch(loads[rows], weights, given.limits[rows], network.plain[rows]).min(initial=high[point] - found[point])
        if more > 0.0:
            found[point] += more
            loads[rows] += more * weights
    return found


def raise_in_turn(network: Network, given: Room, bounds: tuple[Floats, Floats, Floats], rank: Ints) -> tuple[Floats, Ints]:
    """Raise points class by class, fairly by their share, from their low bounds; where these do not fit, from 0.

    Args:
        network: of N points and R rows.
        given: what rows allow.
        bounds: low, high [A] and share, (N) each.
        rank: (N) higher classes go first.

    Returns:
        (N) currents [A], and (N) the row that stopped each point, -1 for its own bound.
    """
    low, high, share = bounds
    ascent = _Ascent(network, given, high, share)
    loads = carry(network, low) + given.base
    heavy = np.where(network.plain, loads.real, np.abs(loads)) > given.limits * (1.0 + FULL)
    if heavy.any():
        ascent.climb(np.zeros(len(low)), low, rank)
        low = ascent.currents
    ascent.climb(low, high, rank)
    order = np.lexsort((ascent.currents / share, -rank))
    currents = refill(network, given, ascent.currents, high, order[(ascent.currents < high)[order]])
    return currents, np.where(currents < high, ascent.binding, -1)


class _Ascent:
    """Points on their way, and the rows they load; rows that cannot be full are left out."""

    def __init__(self, network: Network, given: Room, high: Floats, share: Floats) -> None:
        most = np.bincount(network.rows, network.real * high[network.columns], len(given.limits)) + np.abs(given.base)
        rows = np.flatnonzero((most > given.limits) & (np.diff(network.starts) > 0))
        place = np.full(len(given.limits), -1)
        place[rows] = np.arange(len(rows))
        kept = place[network.rows] >= 0
        self.matrix = np.zeros((len(rows), len(share)), dtype=np.complex128)
        self.matrix[place[network.rows[kept]], network.columns[kept]] = network.weights[kept]
        self.rows, self.plain = rows, network.plain[rows]
        self.limits, self.base, self.share = given.limits[rows], given.base[rows], share
        self.currents = np.zeros(len(share))
        self.binding = np.full(len(share), -1, dtype=np.intp)

    def climb(self, low: Floats, high: Floats, rank: Ints) -> None:
        """Raise class by class, from ``low`` towards ``high``, (N) each [A]."""
        self.currents = low.copy()
        moving = high > low
        for turn in np.unique(rank[moving])[::-1]:
            self._climb(moving & (rank == turn), low / self.share, high / self.share)
        self.currents = np.minimum(self.currents, high)

    def _climb(self, free: Bools, begin: Floats, end: Floats) -> None:
        """Raise one class: ``free`` says who may rise still, and is used up; each rises between two levels."""
        loads = self.matrix @ self.currents + self.base
        level = float(begin[free].min())
        while free.any():
            rising = free & (begin <= level)
            growth = self.matrix @ np.where(rising, self.share, 0.0)
            bends = np.concatenate((begin[free & ~rising], end[rising]))
            bend = float(bends.min())
            far = stretch(loads, growth, self.limits, self.plain)
            row = int(np.argmin(far)) if len(far) else -1
            stopped = row >= 0 and float(far[row]) < bend - level
            step = float(far[row]) if stopped else bend - level
            self.currents[rising] += step * self.share[rising]
            loads = loads + step * growth
            level = level + step if stopped else bend
            free &= ~(rising & (end <= level))
            if stopped:
                self._stop(free, rising, loads, row)

    def _stop(self, free: Bools, rising: Bools, loads: Phasors, row: int) -> None:
        """Take out who would fill a full row further; if nobody would by himself, then all who load it."""
        push = (np.conj(loads[row]) * self.matrix[row]).real if not self.plain[row] else self.matrix[row].real
        out = free & (push > 0.0)
        if not (out & rising).any():
            out = free & (self.matrix[row] != 0.0)
        self.binding[out] = self.rows[row]
        free &= ~out
