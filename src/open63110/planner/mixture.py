# SPDX-License-Identifier: Apache-2.0
"""The best mixture of what sites said: a small linear programme that grows by a column per bid, solved from where it was."""

from collections.abc import Sequence
from typing import NamedTuple

import highspy
import numpy as np

from open63110.kernel.errors import Unavailable
from open63110.planner.network import Floats, Ints
from open63110.planner.quiet import Quiet


class Bid(NamedTuple):
    """What a site would do at some prices."""

    use: Floats
    """(K) what it draws per slot, in the unit of the common limits."""
    cost: float
    """What that costs it, prices aside; energy that it leaves undelivered is a cost."""
    least: float
    """What cost and prices together can not be below, proven."""
    plan: Floats
    """What it would do, in its own terms; of any length that stays the same. A mixture of these is what it does in the end."""


class Mixed(NamedTuple):
    """A mixture of what was said so far."""

    plans: tuple[Floats, ...]
    use: Floats
    """(S, K)"""
    excess: Floats
    """(K)"""
    limit_prices: Floats
    """(K) at least 0."""
    peak_prices: Floats
    """(K) at least 0."""
    cost: float


class Mixture:
    """Rows: what all draw per slot (K), the limit of each (K), the peak over each (K or none), and one mixture per site (S).

    Columns: all that is drawn per slot, the excess per slot, the peak (or none), then the bids.
    """

    def __init__(self, slots: tuple[Floats, Floats, Floats], prices: tuple[float, float, float], sites: int) -> None:
        """Begin without bids.

        Args:
            slots: (K) each: common limits, inf for none; how far they may be exceeded; what counts for the peak beside the sites.
            prices: of excess, of the peak, and the peak that is paid for already.
            sites: how many there are.
        """
        self._slots, self._sites = len(slots[0]), sites
        self._excess_price, self._peak_price, self._paid = prices
        self._bids: list[list[Bid]] = [[] for _ in range(sites)]
        self._site_of: list[int] = []
        self._first = 2 * self._slots + (self._peak_price > 0.0)
        self._solver = Quiet()
        self._solver.setOptionValue("solver", "simplex")
        self._rows(*slots)

    def _rows(self, limits: Floats, excess: Floats, base: Floats) -> None:
        slots, infinite = self._slots, highspy.kHighsInf
        every, nothing, one = np.arange(slots), np.zeros(slots), np.ones(slots)
        lower, upper = [nothing, nothing - infinite], [nothing, np.minimum(limits, infinite)]
        if self._peak_price > 0.0:
            lower.append(nothing - infinite)
            upper.append(-base)
        lower.append(np.ones(self._sites))
        upper.append(np.ones(self._sites))
        rows = np.concatenate(lower), np.concatenate(upper)
        self._solver.addRows(len(rows[0]), *rows, 0, _whole([0] * len(rows[0])), _whole([]), np.empty(0))
        peaked = self._peak_price > 0.0
        for slot in every.tolist():
            index = [slot, slots + slot, *([2 * slots + slot] if peaked else [])]
            self._column(0.0, -infinite, index, [-1.0, 1.0, *([1.0] if peaked else [])])
        for slot in every.tolist():
            self._column(self._excess_price, 0.0, [slots + slot], [-1.0], float(excess[slot]))
        if peaked:
            self._column(self._peak_price, self._paid, (2 * slots + every).tolist(), (-one).tolist())

    def _column(self, cost: float, lower: float, index: list[int], values: list[float], upper: float = np.inf) -> None:
        self._solver.addCol(cost, lower, min(upper, highspy.kHighsInf), len(index), _whole(index), np.array(values))

    def add(self, bids: Sequence[Bid]) -> None:
        """Take in one bid of each site, in their order."""
        slots = self._slots
        convex = slots * (3 if self._peak_price > 0.0 else 2)
        starts = np.arange(len(bids)) * (slots + 1)
        index = np.tile(np.arange(slots + 1), len(bids))
        index[slots :: slots + 1] = convex + np.arange(len(bids))
        values = np.concatenate([np.append(bid.use, 1.0) for bid in bids])
        costs = np.array([bid.cost for bid in bids])
        nothing, most = np.zeros(len(bids)), np.full(len(bids), highspy.kHighsInf)
        self._solver.addCols(len(bids), costs, nothing, most, len(values), _whole(starts), _whole(index), values)
        for site, bid in enumerate(bids):
            self._bids[site].append(bid)
            self._site_of.append(site)

    def solve(self) -> Mixed:
        """Return the best mixture.

        Raises:
            Unavailable: the solver gave up.
        """
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise Unavailable(f"no mixture: {self._solver.getModelStatus()}", code="NoPlan")
        solution, slots = self._solver.getSolution(), self._slots
        values, duals = np.array(solution.col_value), np.array(solution.row_dual)
        peaked = self._peak_price > 0.0
        plans, use = self._mix(values[self._first :])
        return Mixed(
            plans=plans,
            use=use,
            excess=values[slots : 2 * slots],
            limit_prices=np.maximum(-duals[slots : 2 * slots], 0.0),
            peak_prices=np.maximum(-duals[2 * slots : 3 * slots], 0.0) if peaked else np.zeros(slots),
            cost=float(self._solver.getInfo().objective_function_value) - self._peak_price * self._paid,
        )

    def _mix(self, weights: Floats) -> tuple[tuple[Floats, ...], Floats]:
        parts: list[list[tuple[float, Bid]]] = [[] for _ in range(self._sites)]
        for column in np.flatnonzero(weights > 0.0).tolist():
            site = self._site_of[column]
            parts[site].append((float(weights[column]), self._bids[site][column // self._sites]))
        totals = [sum(weight for weight, _ in mixed) for mixed in parts]
        plans = tuple(
            np.sum([weight * bid.plan for weight, bid in mixed], axis=0) / total
            for mixed, total in zip(parts, totals, strict=True)
        )
        use = np.array(
            [
                np.sum([weight * bid.use for weight, bid in mixed], axis=0) / total
                for mixed, total in zip(parts, totals, strict=True)
            ]
        )
        return plans, use


def _whole(values: object) -> Ints:
    return np.asarray(values, dtype=np.int32)  # HiGHS counts in 32 bits
