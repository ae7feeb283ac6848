# SPDX-License-Identifier: Apache-2.0
"""What is max-min fair, found slowly: one convex programme after the other, by CVXPY. For small sites only."""

import warnings

import cvxpy as cp
import numpy as np

from open63110.planner.fill import Demand
from open63110.planner.network import Floats, Network, Room

CLOSE = 1e-6


class Unsure(Exception):
    """The solver does not answer for what it found."""


def fair(network: Network, given: Room, asked: Demand) -> Floats:
    """Return the max-min fair currents of points of one class, (N) [A].

    The least level is made as high as it can be; who then cannot have more is settled; the others go on.

    Raises:
        Unsure: there is no answer that is exact enough to compare with.
    """
    size = len(asked.high)
    drawn, level = cp.Variable(size), cp.Variable()
    within = [*_rows(network, given, drawn), drawn >= asked.low, drawn <= asked.high]
    settled: dict[int, float] = {}
    while len(settled) < size:
        rest = [point for point in range(size) if point not in settled]
        held = [drawn[point] >= least for point, least in settled.items()]
        found = _most(level, [*within, *held, drawn[rest] >= asked.share[rest] * level])
        held += [drawn[rest] >= asked.share[rest] * (found - CLOSE)]
        for point in rest:
            most = _most(drawn[point], [*within, *held])
            if most <= asked.share[point] * found + 20 * CLOSE * (1 + found):
                settled[point] = min(max(asked.share[point] * found, float(asked.low[point])), float(asked.high[point])) - CLOSE
        if len(settled) == size - len(rest):
            raise AssertionError("nobody is settled at the least level")
    return np.array([settled[point] for point in range(size)])


def _rows(network: Network, given: Room, drawn: cp.Variable) -> list[cp.Constraint]:
    made: list[cp.Constraint] = []
    for row in range(len(network.lines)):
        entries = slice(network.starts[row], network.starts[row + 1])
        if not np.isfinite(given.limits[row]) or network.starts[row] == network.starts[row + 1]:
            continue
        base, limit = given.base[row], float(given.limits[row])
        parts = np.array([network.weights[entries].real, network.weights[entries].imag])
        scale = float(np.abs(parts).max()) or 1.0  # watts and amperes side by side are hard for a solver
        parts, base, limit = parts / scale, base / scale, limit / scale
        load = parts @ drawn[network.columns[entries]] + np.array([base.real, base.imag])
        made.append(load[0] <= limit if network.plain[row] else cp.SOC(cp.Constant(limit), load))
    return made


def _most(of: cp.Expression, within: list[cp.Constraint]) -> float:
    problem = cp.Problem(cp.Maximize(of), within)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of what the status says as well
        problem.solve(solver=cp.CLARABEL)  # type: ignore[no-untyped-call]  # CVXPY types only a part of itself
    if problem.status == cp.OPTIMAL_INACCURATE:
        raise Unsure
    if problem.status != cp.OPTIMAL:
        raise AssertionError(problem.status)
    return float(np.asarray(of.value))
