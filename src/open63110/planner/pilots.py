# SPDX-License-Identifier: Apache-2.0
"""From currents of a plan to what EVSEs can be told: nothing, or a level between the least and the most, all within the rows.

First what must go on keeps its least. Then each gets its planned current, rounded down; then those that rounding took most from
go up one level; what is left goes to those that draw, the most urgent first, and at last to those that wait.
"""

import math

import msgspec
import numpy as np

from open63110.planner.network import Bools, Floats, Ints, Network, Room, carry
from open63110.planner.pilot import NEAR, Pilot

SAFE = 1.0 - 1e-9
"""Share of a limit that is used, so that an error of floating point never is above it."""


class Wish(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """What n points shall get."""

    pilots: tuple[Pilot, ...]
    planned: Floats
    """(n) [A]"""
    high: Floats
    """(n) at most [A]."""
    begun: Bools
    """(n) who draws now."""
    held: Bools
    """(n) who may not stop."""
    barred: Bools
    """(n) who may not begin."""
    laxity: Floats
    """(n) how long each could still wait [s]; the least is served first."""
    watts: Floats
    """(n) power of an ampere [W/A]."""
    power: float = math.inf
    """What all together shall draw at most, besides what may not stop [W]."""


class _Loads:
    """Loads of rows as currents of points change."""

    def __init__(self, network: Network, given: Room, points: Ints) -> None:
        self._limits = (given.limits * SAFE).tolist()
        self._plain = network.plain.tolist()
        self._loads: list[complex] = given.base.tolist()
        place = np.full(len(network.points), -1)
        place[points] = np.arange(len(points))
        self._entries: list[list[tuple[int, complex]]] = [[] for _ in points]
        some = np.flatnonzero((place[network.columns] >= 0) & np.isfinite(given.limits)[network.rows])
        found = zip(
            place[network.columns[some]].tolist(), network.rows[some].tolist(), network.weights[some].tolist(), strict=True
        )
        for one, row, weight in found:
            self._entries[one].append((row, weight))

    def add(self, one: int, amperes: float) -> None:
        """Let one draw more, or less."""
        for row, weight in self._entries[one]:
            self._loads[row] += weight * amperes

    def room(self, one: int, most: float) -> float:
        """Return how much more one may draw, up to ``most`` [A]."""
        for row, weight in self._entries[one]:
            load, limit = self._loads[row], self._limits[row]
            if self._plain[row]:
                far = (limit - load.real) / weight.real if weight.real > 0.0 else math.inf
            else:
                along, square = (load.conjugate() * weight).real, abs(weight) ** 2
                left = limit * limit - abs(load) ** 2
                root = math.sqrt(max(along * along + square * left, 0.0))
                far = left / (along + root) if along > 0.0 else (root - along) / square
            most = min(most, far)
        return max(most, 0.0)


def settle(network: Network, given: Room, points: Ints, wish: Wish) -> Floats:
    """Return what n points are told now: levels of theirs that keep to every row.

    Whoever may not stop goes on with at least the least level of its pilot, unless the rows have become too narrow even for
    that: then those stop that can wait longest.

    Args:
        network: of N points and R rows; only ``points`` draw.
        given: what rows allow.
        points: (n) columns.
        wish: of these.

    Returns:
        (n) [A].
    """
    giving = _Giving(_Loads(network, given, points), wish)
    urgent = np.argsort(wish.laxity, kind="stable")
    _go_on(giving, wish, urgent)
    giving.power = wish.power - float(wish.watts @ np.array(giving.told))
    for one in np.lexsort((wish.laxity, ~wish.begun)).tolist():
        giving.to(one, min(float(wish.planned[one]), giving.high[one]))
    lost = wish.planned - np.array(giving.told)
    for one in np.argsort(-lost, kind="stable").tolist():
        if lost[one] > NEAR and math.isfinite(wish.pilots[one].up(giving.told[one])):
            giving.to(one, wish.pilots[one].up(giving.told[one]))
    for waits in (False, True):
        for one in urgent.tolist():
            if waits is (giving.told[one] <= 0.0 and not wish.begun[one]):
                giving.to(one, giving.high[one])
    return np.array(giving.told)


def keep(network: Network, given: Room, points: Ints, wish: Wish) -> Bools:
    """Return which of those that may not stop have room to go on with their least, (n): the most urgent first.

    Args:
        network: of N points and R rows.
        given: what rows allow.
        points: (n) columns.
        wish: of these.
    """
    giving = _Giving(_Loads(network, given, points), wish)
    return _go_on(giving, wish, np.argsort(wish.laxity, kind="stable"))


def _go_on(giving: "_Giving", wish: Wish, urgent: Ints) -> Bools:
    """Give their least to those that may not stop."""
    kept = np.zeros(len(urgent), dtype=np.bool_)
    for one in urgent[wish.held[urgent]].tolist():
        least = wish.pilots[one].cover(NEAR) if wish.pilots[one].least else 0.0
        giving.to(one, least)
        kept[one] = giving.told[one] >= min(least, giving.high[one])
    return kept


class _Giving:
    """Points that are given more, each within its pilot and the rows."""

    def __init__(self, loads: _Loads, wish: Wish) -> None:
        self._loads = loads
        self._pilots, self._barred = wish.pilots, wish.barred.tolist()
        self.high = [pilot.cover(top) for pilot, top in zip(wish.pilots, wish.high.tolist(), strict=True)]
        self.told = [0.0] * len(wish.pilots)
        self._watts = wish.watts.tolist()
        self.power = math.inf
        """What may be given still [W]."""

    def to(self, one: int, current: float) -> None:
        """Raise one to a current, or as near to it as rows and levels let it."""
        told = self.told[one]
        wanted = min(current, self.high[one])
        if self._barred[one] or wanted <= told + NEAR:
            return
        most = min(wanted - told, max(self.power, 0.0) / self._watts[one])
        level = self._pilots[one].down(told + self._loads.room(one, most))
        if level > told:
            self._loads.add(one, level - told)
            self.power -= (level - told) * self._watts[one]
            self.told[one] = level


def fits(network: Network, given: Room, points: Ints, currents: Floats) -> bool:
    """Return whether points may draw some currents at once, and any of them less, (n) [A]."""
    whole = np.zeros(len(network.points))
    whole[points] = currents
    loads = carry(network, whole) + given.base
    some = np.isfinite(given.limits)
    if not (np.where(network.plain, loads.real, np.abs(loads))[some] <= given.limits[some] * SAFE).all():
        return False
    most = np.bincount(network.rows, network.real * whole[network.columns], len(given.limits)) + np.abs(given.base)
    return bool((most[some] <= given.limits[some] * SAFE).all())
