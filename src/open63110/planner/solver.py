# SPDX-License-Identifier: Apache-2.0
"""HiGHS, kept alive from plan to plan: tangents are added where a solution crosses them, and known ones are there at once."""

from typing import Literal

import highspy
import msgspec
import numpy as np

from open63110.planner.network import Bools, Floats, Ints
from open63110.planner.programme import Programme
from open63110.planner.quiet import Quiet
from open63110.planner.tangents import Tangents

Outcome = Literal["optimal", "late", "infeasible", "failed"]
"""late: there was no optimum within the deadline; infeasible: rows contradict each other without anybody drawing anything."""

CROSSED = 1.5e-3
"""Share of a limit by which a solution may be beyond a tangent that is not there yet."""
ROUNDS = 30
"""How often tangents are added at most."""
_OUTCOMES: dict[highspy.HighsModelStatus, Outcome] = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kTimeLimit: "late",
    highspy.HighsModelStatus.kIterationLimit: "late",
    highspy.HighsModelStatus.kInterrupt: "late",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
}


class Solution(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """What came out."""

    outcome: Outcome
    objective: float = 0.0
    """[currency]; less is better."""
    values: Floats = msgspec.field(default_factory=lambda: np.empty(0))
    """Of the columns; none unless optimal."""
    pressure: Floats = msgspec.field(default_factory=lambda: np.empty(0))
    """(H, K) what a unit more of the limit of each tangent would be worth, at least 0."""
    iterations: int = 0
    """Of the simplex method."""
    rounds: int = 0
    """In which tangents were added."""


class Solver:
    """A solver and what it knows from the last programme; gives the same answer to the same sequence of programmes."""

    def __init__(self) -> None:
        self._highs = Quiet()
        self._last: Programme | None = None
        self._plane = np.empty(0, dtype=np.intp)
        self._at = np.empty(0, dtype=np.intp)
        self._used: Bools = np.zeros((0, 0), dtype=np.bool_)

    def solve(self, programme: Programme, planes: Tangents, deadline: float) -> Solution:
        """Solve a programme.

        Args:
            programme: to be solved.
            planes: its tangents.
            deadline: [s] of the solver's own clock.
        """
        highs = self._highs
        highs.setOptionValue("time_limit", highs.getRunTime() + deadline)
        if not self._again(programme):
            self._begin(programme, planes)
        iterations = 0
        for rounds in range(ROUNDS):
            highs.run()
            iterations += highs.getInfo().simplex_iteration_count
            outcome = _OUTCOMES.get(highs.getModelStatus(), "failed")
            if outcome != "optimal":
                self._last = None
                return Solution(outcome=outcome, iterations=iterations, rounds=rounds)
            values = np.array(highs.getSolution().col_value)
            if not self._cut(programme, planes, values):
                break
        pressure = np.zeros(programme.limits.shape)
        duals = np.array(highs.getSolution().row_dual)
        pressure[self._plane, self._at] = np.maximum(-duals[len(programme.row_lower) :], 0.0)
        self._used = pressure > 0.0
        found = highs.getInfo().objective_function_value
        return Solution(
            outcome="optimal", objective=found, values=values, pressure=pressure, iterations=iterations, rounds=rounds + 1
        )

    def _again(self, programme: Programme) -> bool:
        """Change costs and bounds of the last programme where it differs from this one by nothing else."""
        last, self._last = self._last, programme
        if last is None or not (
            np.array_equal(last.starts, programme.starts)
            and np.array_equal(last.indices, programme.indices)
            and np.array_equal(last.values, programme.values)
            and np.array_equal(last.sums, programme.sums)
            and programme.limits.shape == last.limits.shape
        ):
            return False
        highs = self._highs
        columns, rows = np.arange(len(programme.costs), dtype=np.int32), np.arange(highs.getNumRow(), dtype=np.int32)
        highs.changeColsCost(len(columns), columns, programme.costs)
        highs.changeColsBounds(len(columns), columns, programme.lower, programme.upper)
        lower = np.concatenate((programme.row_lower, np.full(len(self._plane), -np.inf)))
        upper = np.concatenate((programme.row_upper, programme.limits[self._plane, self._at]))
        highs.changeRowsBounds(len(rows), rows, lower, upper)  # type: ignore[attr-defined]  # its stubs lack it
        return True

    def _begin(self, programme: Programme, planes: Tangents) -> None:
        """Give the solver a new programme, with the tangents that bound in the same slot last time."""
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(programme.costs), len(programme.row_lower)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = programme.costs, programme.lower, programme.upper
        lp.row_lower_, lp.row_upper_ = programme.row_lower, programme.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = programme.starts.astype(np.int32)
        lp.a_matrix_.index_ = programme.indices.astype(np.int32)
        lp.a_matrix_.value_ = programme.values
        self._highs.passModel(lp)
        self._plane, self._at = np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
        known: Bools = np.zeros(programme.tight.shape, dtype=np.bool_)
        if len(self._used) == len(known):
            count = min(len(known.T), len(self._used.T))
            known[:, :count] = self._used[:, :count]
        plain = np.bincount(planes.row, minlength=planes.row.max(initial=0) + 1)[planes.row] == 1
        self._add(programme, planes, *np.nonzero(programme.tight & (known | plain[:, None])))

    def _cut(self, programme: Programme, planes: Tangents, values: Floats) -> bool:
        """Add, for each row and slot, the tangent that a solution crosses farthest; returns whether there was one."""
        if not programme.tight.any():
            return False
        currents = np.where(programme.sums >= 0, values[programme.sums], 0.0)
        beyond = planes.weights @ currents - programme.limits
        allowed = CROSSED * np.abs(programme.limits) + 1e-6
        crossed = programme.tight & (beyond > allowed)
        crossed[self._plane, self._at] = False
        if not crossed.any():
            return False
        beyond[~crossed] = 0.0
        worst = np.maximum.reduceat(beyond, np.flatnonzero(np.diff(planes.row, prepend=-1)), axis=0)
        plane, at = np.nonzero(crossed & (beyond >= worst[np.cumsum(np.diff(planes.row, prepend=planes.row[0]) != 0)]))
        self._add(programme, planes, plane, at)
        return True

    def _add(self, programme: Programme, planes: Tangents, plane: Ints, at: Ints) -> None:
        """Add tangents as rows."""
        if not len(plane):
            return
        weights, columns = planes.weights[plane], programme.sums[:, at].T
        some = (weights != 0.0) & (columns >= 0)
        starts = np.concatenate(([0], np.cumsum(some.sum(axis=1))))[:-1].astype(np.int32)
        self._highs.addRows(
            len(plane),
            np.full(len(plane), -np.inf),
            programme.limits[plane, at],
            int(some.sum()),
            starts,
            columns[some].astype(np.int32),
            weights[some],
        )
        self._plane, self._at = np.concatenate((self._plane, plane)), np.concatenate((self._at, at))
