# SPDX-License-Identifier: Apache-2.0
"""Who can have all of a fixed need: one after the other in a given order, each who fits is let in.

Over sums this is done for all at once. Who fits even if all before him are let in, is in; who does not fit even with only those
who are in for certain, is not; and the question is asked again for the others. That ends as one question after the other would:
who is let in early fits together with all before him, so none of these meets him in a row that matters.
"""

from typing import NamedTuple

import numpy as np

from open63110.planner.fill import free_of
from open63110.planner.levels import Entries
from open63110.planner.network import Bools, Floats, Ints, Network, Room

FITS = 1e-9
"""Share of what a row has that does not count as too much."""


class Admission(NamedTuple):
    """Who was let in, (N) each."""

    inside: Bools
    row: Ints
    """Which row had no room for who was not let in; -1: he was, or was not asked."""


def admit(network: Network, given: Room, need: Floats, order: Ints) -> Admission:
    """Let in those whose need fits, in an order.

    Args:
        network: of N points and R rows.
        given: what rows allow; what others have got already is in its base.
        need: (N) what each needs in all, or nothing at all [A].
        order: (M) points that ask, the first to be asked first.
    """
    most = np.bincount(network.rows, network.real * _only(need, order)[network.columns], len(network.lines))
    free = free_of(network, given)
    if (~network.plain & (most > free)).any():
        return _one_by_one(network, given, need, order)
    position = np.full(len(need), -1, dtype=np.intp)
    position[order] = np.arange(len(order))
    kept = np.flatnonzero((position[network.columns] >= 0) & (most > free)[network.rows])
    rows, columns = network.rows[kept], network.columns[kept]
    asking = Entries(rows, position[columns], network.real[kept] * need[columns] / most[rows])  # rounding counts alike in all
    found, stops = _all_at_once(asking, free * (1.0 + FITS) / np.where(most > 0.0, most, 1.0), len(order))
    inside, row = np.zeros(len(need), dtype=np.bool_), np.full(len(need), -1, dtype=np.intp)
    inside[order], row[order] = found, stops
    return Admission(inside, row)


def _only(need: Floats, order: Ints) -> Floats:
    found = np.zeros(len(need))
    found[order] = need[order]
    return found


def _all_at_once(asking: Entries, free: Floats, count: int) -> tuple[Bools, Ints]:
    """Decide for ``count`` askers; the columns of entries are their places in the order, the weights what they add to rows."""
    asking = asking.take(stable_order(asking.columns, max(count, 1)))
    asking = asking.take(stable_order(asking.rows, max(len(free), 1)))
    inside, row = np.ones(count, dtype=np.bool_), np.full(count, -1, dtype=np.intp)
    while asking.rows.size:
        doubtful, refused = np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
        left = free[asking.rows]
        doubtful[asking.columns[before(asking.rows, asking.weights) + asking.weights > left]] = True
        out = np.flatnonzero(asking.weights > left)
        refused[asking.columns[out]] = True
        row[asking.columns[out]] = asking.rows[out]
        inside[refused] = False
        sure = np.flatnonzero(~doubtful[asking.columns])
        free = free - np.bincount(asking.rows[sure], asking.weights[sure], len(free))
        asking = asking.take(np.flatnonzero(doubtful[asking.columns] & ~refused[asking.columns]))
    return inside, row


def stable_order(keys: Ints, bound: int) -> Ints:
    """Return the stable order of whole numbers from 0 up to a bound; below 65,537 numpy counts instead of comparing."""
    return np.argsort(keys.astype(np.uint16) if bound <= 1 << 16 else keys, kind="stable")


def before(rows: Ints, values: Floats) -> Floats:
    """Return what comes before each entry in its row, in all, (E); rows never fall."""
    sums = np.cumsum(values) - values
    firsts = np.flatnonzero(np.diff(rows, prepend=-1))
    return sums - np.repeat(sums[firsts], np.diff(firsts, append=len(rows)))


def _one_by_one(network: Network, given: Room, need: Floats, order: Ints) -> Admission:
    """Ask one after the other: where angles count, who comes later may make room."""
    inside, row = np.zeros(len(need), dtype=np.bool_), np.full(len(need), -1, dtype=np.intp)
    limits, plain, loads = (given.limits * (1.0 + FITS)).tolist(), network.plain.tolist(), given.base.tolist()
    by_point = np.argsort(network.columns, kind="stable")
    ends = np.cumsum(np.bincount(network.columns, minlength=len(need))).tolist()
    rows = network.rows[by_point].tolist()
    growth = (network.weights * need[network.columns])[by_point].tolist()
    for point in order.tolist():
        some = range(ends[point - 1] if point else 0, ends[point])
        after = [loads[rows[at]] + growth[at] for at in some]
        full = [
            rows[at]
            for at, load in zip(some, after, strict=True)
            if (load.real if plain[rows[at]] else abs(load)) > limits[rows[at]]
        ]
        if full:
            row[point] = full[0]
            continue
        inside[point] = True
        for at, load in zip(some, after, strict=True):
            loads[rows[at]] = load
    return Admission(inside, row)
