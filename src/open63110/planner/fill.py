# SPDX-License-Identifier: Apache-2.0
"""Weighted water-filling: what a site has is shared so that nobody could get more without somebody who has less getting less.

Higher classes are served before lower ones, but the low bounds of all come first. Where not even these fit, the lowest classes
lose theirs: whatever comes out keeps to every row.
"""

import msgspec
import numpy as np

from open63110.planner.levels import Entries, fill_class
from open63110.planner.network import Bools, Floats, Ints, Network, Room
from open63110.planner.phasors import raise_in_turn, refill

DENSE = 1 << 20
"""Up to so many rows times points phasors are looked at as a full matrix; above, angles count only in what is left over."""
NOTHING = 1e-9
"""Share of a bound that does not count as missing."""


class Demand(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """What the points of a network ask for, (N) each."""

    low: Floats
    """What each gets before anybody gets more [A]; at least 0."""
    high: Floats
    """What each gets at most [A]; at least ``low``."""
    share: Floats
    """Of what is left, in relation to the others; above 0."""
    rank: Ints
    """Its class; a higher one goes first."""


class Filled(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """What the points of a network get, (N) each."""

    currents: Floats
    """[A]"""
    binding: Ints
    """The row that stopped each; -1: its own high bound."""
    short: Bools
    """Whether it got less than its low bound."""


def demand(high: Floats, low: Floats | None = None, share: Floats | None = None, rank: Ints | None = None) -> Demand:
    """Return a demand: from 0, with equal shares and of one class, unless said otherwise."""
    size = len(high)
    return Demand(
        low=np.zeros(size) if low is None else low,
        high=high,
        share=np.ones(size) if share is None else share,
        rank=np.zeros(size, dtype=np.intp) if rank is None else rank,
    )


def fill(network: Network, given: Room, asked: Demand, rounds: int | None = None) -> Filled:
    """Share what the rows allow.

    Args:
        network: of N points and R rows.
        given: what the rows allow.
        asked: by the points.
        rounds: of water-filling, at least 1; any number is feasible, three are within a third of a per cent of all; None: exact.
            Where rows of phasors bind there are no rounds.
    """
    free = free_of(network, given)
    bind = _phasors_bind(network, free, asked.high)
    if bind and len(network.lines) * len(network.points) <= DENSE:
        currents, binding = raise_in_turn(network, given, (asked.low, asked.high, asked.share), asked.rank)
    else:
        currents, binding = _fill_sums(network, free, asked, rounds)
        if bind:
            held = np.flatnonzero(binding >= 0)
            order = held[np.lexsort((currents[held] / asked.share[held], -asked.rank[held]))]
            currents = refill(network, given, currents, asked.high, order)
    return Filled(currents=currents, binding=binding, short=currents < asked.low * (1.0 - NOTHING))


def free_of(network: Network, given: Room) -> Floats:
    """Return what rows have for their points, (R); of rows of phasors, what they have whatever the angles are [A or W]."""
    return np.maximum(given.limits - np.where(network.plain, given.base.real, np.abs(given.base)), 0.0)


def _phasors_bind(network: Network, free: Floats, high: Floats) -> bool:
    if network.all_plain:
        return False
    most = Entries(network.rows, network.columns, network.real).loads(high, len(free))
    return bool((~network.plain & (most > free)).any())


def _fill_sums(network: Network, free: Floats, asked: Demand, rounds: int | None) -> tuple[Floats, Ints]:
    whole = Entries(network.rows, network.columns, network.real)
    count = len(free)
    low = asked.low
    if (whole.loads(low, count) > free).any():
        nothing = np.zeros(len(low))
        low, _ = _by_class(whole, free, Demand(low=nothing, high=low, share=asked.share, rank=asked.rank), None)
    return _by_class(whole, free, msgspec.structs.replace(asked, low=low), rounds)


def _by_class(whole: Entries, free: Floats, asked: Demand, rounds: int | None) -> tuple[Floats, Ints]:
    """Fill one class after the other; the low bounds of those that come later are kept free for them."""
    count = len(free)
    currents, binding = asked.low.copy(), np.full(len(asked.low), -1, dtype=np.intp)
    moving = asked.high > asked.low
    for rank in np.unique(asked.rank[moving])[::-1]:
        turn = moving & (asked.rank == rank)
        inside = turn[whole.columns]
        left = np.maximum(free - whole.take(np.flatnonzero(~inside)).loads(currents, count), 0.0)
        found, stops = fill_class(whole.take(np.flatnonzero(inside)), left, asked.low, asked.high, asked.share, rounds)
        currents[turn], binding[turn] = found[turn], stops[turn]
    return currents, binding
