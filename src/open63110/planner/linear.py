# SPDX-License-Identifier: Apache-2.0
"""A site that is a linear programme: it answers prices with its best plan, from where the solver was last time."""

import highspy
import msgspec
import numpy as np

from open63110.kernel.errors import Unavailable
from open63110.planner.mixture import Bid
from open63110.planner.network import Floats, Ints
from open63110.planner.quiet import Quiet


class LinearProgramme(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """Least cost within bounds and rows; M columns, Q rows, E entries."""

    costs: Floats
    """(M)"""
    lower: Floats
    """(M)"""
    upper: Floats
    """(M)"""
    row_lower: Floats
    """(Q)"""
    row_upper: Floats
    """(Q)"""
    starts: Ints
    """(M + 1) where the entries of each column begin."""
    indices: Ints
    """(E) the row of each."""
    values: Floats
    """(E)"""


class LinearSite:
    """A programme whose columns draw power in slots."""

    def __init__(self, programme: LinearProgramme, slot: Ints, drawn: Floats, count: int) -> None:
        """Give the solver its programme.

        Args:
            programme: of M columns.
            slot: (M) the slot in which each column draws; any where it draws nothing.
            drawn: (M) how much a unit of the column draws.
            count: of slots.
        """
        self._costs, self._slot, self._drawn, self._count = programme.costs, slot, drawn, count
        self._columns = np.arange(len(programme.costs), dtype=np.int32)
        self._solver = Quiet()
        self._solver.passModel(_model(programme))

    def bid(self, prices: Floats) -> Bid:
        """Return what it would do at prices, (K).

        Raises:
            Unavailable: the solver found nothing.
        """
        self._solver.changeColsCost(len(self._columns), self._columns, self._costs + self._drawn * prices[self._slot])
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise Unavailable(f"no plan: {self._solver.getModelStatus()}", code="NoPlan")
        plan = np.array(self._solver.getSolution().col_value)
        use = np.bincount(self._slot, self._drawn * plan, self._count).astype(np.float64)
        least = float(self._solver.getInfo().objective_function_value)
        return Bid(use=use, cost=float(self._costs @ plan), least=least, plan=plan)


def _model(programme: LinearProgramme) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(programme.costs), len(programme.row_lower)
    model.col_cost_, model.col_lower_, model.col_upper_ = programme.costs, programme.lower, programme.upper
    model.row_lower_, model.row_upper_ = programme.row_lower, programme.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = programme.starts.astype(np.int32)
    model.a_matrix_.index_ = programme.indices.astype(np.int32)
    model.a_matrix_.value_ = programme.values
    return model
