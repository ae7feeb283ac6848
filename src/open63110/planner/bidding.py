# SPDX-License-Identifier: Apache-2.0
"""A planned site among others: it answers prices of what it draws from the grid with its best plan, from where its solver was."""

import msgspec
import numpy as np

from open63110.kernel.errors import Unavailable
from open63110.planner.grid import Grid
from open63110.planner.mixture import Bid
from open63110.planner.network import Floats
from open63110.planner.problem import Problem
from open63110.planner.programme import KILO, bounds, programme
from open63110.planner.site_plan import Memory, holds


class PlannedSite:
    """The programme of a site on slots that all sites of a portfolio share; K of them. Common limits and peaks are in kW."""

    def __init__(self, problem: Problem, slots: Grid, memory: Memory) -> None:
        """Write down the programme.

        Args:
            problem: of the site.
            slots: of the portfolio.
            memory: of the site; its solver goes on from here.
        """
        held, _ = holds(problem.needs, problem.pausing)
        self._planes, self._solver, self._deadline = memory.tangents(problem), memory.solver, problem.deadline
        self._programme = programme(problem, slots, self._planes, bounds(problem, slots, held))
        self._shape = len(problem.needs), len(slots.starts)
        if problem.energy.flows:
            self._columns, self._slots = self._programme.bought, np.arange(self._shape[1])
            self._drawn, self._always = np.ones(self._shape[1]), np.zeros(self._shape[1])
        else:
            self._columns, self._slots = np.arange(len(self._programme.need)), self._programme.slot
            self._drawn = problem.watts[problem.points][self._programme.need] / KILO
            self._always = slots.mean(problem.energy.load) / KILO

    def bid(self, prices: Floats) -> Bid:
        """Return its plan at prices per slot, (K) [currency/kW]; what it draws counts with its other loads, not less than 0.

        Raises:
            Unavailable: its solver was late or found nothing.
        """
        costs = self._programme.costs.copy()
        costs[self._columns] += self._drawn * prices[self._slots]
        asked = msgspec.structs.replace(self._programme, costs=costs)
        found = self._solver.solve(asked, self._planes, self._deadline)
        if found.outcome != "optimal":
            raise Unavailable(f"no plan: {found.outcome}", code="NoPlan")
        use = np.bincount(self._slots, self._drawn * found.values[self._columns], self._shape[1]) + self._always
        cost = float(self._programme.costs @ found.values)
        return Bid(use=use, cost=cost, least=found.objective + float(prices @ self._always), plan=found.values)

    def currents(self, plan: Floats) -> Floats:
        """Return what a plan or a mixture of plans gives each need per slot, (n, K) [A]."""
        found = np.zeros(self._shape)
        found[self._programme.need, self._programme.slot] = np.maximum(plan[: len(self._programme.need)], 0.0)
        return found
