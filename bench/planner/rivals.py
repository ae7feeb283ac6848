# SPDX-License-Identifier: Apache-2.0
"""What else there is, as policies of the replay: sorted scheduling as in ACN-Sim, and a broker of slices like EVerest's."""

from collections.abc import Callable

import numpy as np

from bench.planner.replay import SLOT_WH, Moment, Policy
from open63110.planner.network import Floats, Ints, Network, Room
from open63110.planner.pilot import Pilot

SAFE = 1.0 - 1e-9
Key = Callable[[Moment], Floats]


def laxity(moment: Moment) -> Floats:
    """Slots that each could still wait, (n)."""
    return np.asarray(moment.left - moment.wanted / SLOT_WH / moment.most)


def deadline(moment: Moment) -> Floats:
    """Slots until each leaves, (n)."""
    return moment.left.astype(np.float64)


def arrival(moment: Moment) -> Floats:
    """Who came first, by the number of the visit, (n)."""
    return moment.visit.astype(np.float64)


class Rows:
    """Rows of phasors that are filled."""

    def __init__(self, network: Network, given: Room) -> None:
        finite = np.isfinite(given.limits)
        whole = np.zeros((len(network.lines), len(network.points)), dtype=np.complex128)
        whole[network.rows, network.columns] = network.weights
        self._weights, self._limits = whole[finite], given.limits[finite] * SAFE
        self._loads = np.zeros(len(self._limits), dtype=np.complex128)

    def clear(self) -> None:
        """Begin anew."""
        self._loads[:] = 0.0

    def add(self, point: int, amperes: float) -> None:
        """Let a point draw more."""
        self._loads += self._weights[:, point] * amperes

    def room(self, point: int, most: float) -> float:
        """Return how much more a point may draw, in closed form [A]."""
        weights = self._weights[:, point]
        some = np.abs(weights) > 0.0
        square = np.abs(weights[some]) ** 2
        along = (self._loads[some].conj() * weights[some]).real
        left = self._limits[some] ** 2 - np.abs(self._loads[some]) ** 2
        far = (np.sqrt(np.maximum(along**2 + square * left, 0.0)) - along) / square
        return max(0.0, min(most, float(far.min(initial=most))))


def most_of(moment: Moment) -> Floats:
    """Return what each could make use of in the slot, (n) [A]."""
    return np.minimum(moment.most, moment.wanted / SLOT_WH)


def sorted_policy(network: Network, given: Room, key: Key) -> Policy:
    """Return a policy that gives one after the other as much as there is."""
    rows = Rows(network, given)

    def policy(moment: Moment) -> Floats:
        rows.clear()
        told, high = np.zeros(len(moment.visit)), most_of(moment)
        for one in np.argsort(key(moment), kind="stable").tolist():
            point = int(moment.point[one])
            told[one] = rows.room(point, float(high[one]))
            rows.add(point, told[one])
        return told

    return policy


class Levels:
    """Policies whose currents are levels: first the least of each, then more."""

    def __init__(self, network: Network, given: Room, kinds: tuple[Pilot, ...]) -> None:
        self._rows, self._kinds = Rows(network, given), kinds

    def _begin(self, moment: Moment, order: Ints) -> tuple[Floats, list[Pilot]]:
        self._rows.clear()
        kinds = [self._kinds[point] for point in moment.point.tolist()]
        told = np.zeros(len(kinds))
        for one in order.tolist():
            self._raise(moment, kinds, told, one, kinds[one].least)
        return told, kinds

    def _raise(self, moment: Moment, kinds: list[Pilot], told: Floats, one: int, wanted: float) -> bool:
        """Raise one towards a current; returns whether it rose."""
        point = int(moment.point[one])
        top = kinds[one].cover(float(most_of(moment)[one]))
        level = kinds[one].down(told[one] + self._rows.room(point, min(wanted, top) - told[one]))
        rose = level > told[one]
        if rose:
            self._rows.add(point, level - told[one])
            told[one] = level
        return bool(rose)

    def uninterrupted(self, moment: Moment) -> Floats:
        """Least laxity first as scenario III of ACN-Sim: all begin with the least, the earliest to leave first."""
        told, kinds = self._begin(moment, np.argsort(moment.left, kind="stable"))
        for one in np.argsort(laxity(moment), kind="stable").tolist():
            if told[one] > 0.0:
                self._raise(moment, kinds, told, one, np.inf)
        return told

    def pausing(self, moment: Moment) -> Floats:
        """Least laxity first, each as much as there is."""
        told, kinds = self._begin(moment, np.empty(0, dtype=np.intp))
        for one in np.argsort(laxity(moment), kind="stable").tolist():
            self._raise(moment, kinds, told, one, np.inf)
        return told

    def slices(self, moment: Moment) -> Floats:
        """The least of each in the order they came, then a level more for one after the other, round and round."""
        order = np.argsort(arrival(moment), kind="stable")
        told, kinds = self._begin(moment, order)
        rising = [one for one in order.tolist() if told[one] > 0.0]
        while rising:
            rising = [one for one in rising if self._raise(moment, kinds, told, one, kinds[one].up(told[one]))]
        return told
