# SPDX-License-Identifier: Apache-2.0
"""The plan of a site: what each point is told now, what it will get when, and what stands in its way.

The answer is a pure function of the problem and of what the memory saw before. Whatever the outcome, nothing here waits or falls
back: where there is no plan the caller goes on with the safety loop.
"""

import msgspec
import numpy as np

from open63110.planner.grid import Grid, grid
from open63110.planner.network import Bools, Floats, Line
from open63110.planner.pilots import Wish, fits, keep, settle
from open63110.planner.problem import HOUR, Need, Pausing, Problem
from open63110.planner.programme import KILO, Programme, bounds, laxities, programme
from open63110.planner.solver import Outcome, Solution, Solver
from open63110.planner.tangents import Tangents, tangents


class PointPlan(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one EV gets."""

    need: str
    """Id of the session."""
    point: int
    """Column of the network."""
    now: float
    """What the EVSE is told [A per phase]."""
    ahead: tuple[float, ...]
    """Mean per slot [A per phase]; the first as the programme had it, before it was rounded to a level."""
    energy: float
    """What it will have got when it leaves [Wh]."""
    confidence: float
    """How likely it is there until it has that."""
    price: float
    """What it would be worth if the row had an ampere more for it [currency/h]; 0: nothing stands in its way."""
    binding: Line | None = None
    """That row."""


class SitePlan(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A plan, or why there is none."""

    outcome: Outcome
    points: tuple[PointPlan, ...] = ()
    """In the order of the needs; none unless optimal."""
    starts: tuple[float, ...] = ()
    """Of the slots [s from now]."""
    lengths: tuple[float, ...] = ()
    """[s]"""
    drawn: tuple[float, ...] = ()
    """By all points, per slot [W]."""
    peak: float = 0.0
    """The highest of the power from the grid, or what was paid for [W]; 0 where it costs nothing."""
    battery: tuple[float, ...] = ()
    """Power into the battery per slot, out of it below 0 [W]; none where there is none."""
    objective: float = 0.0
    """[currency]"""
    iterations: int = 0
    """Of the solver."""


class Memory:
    """What is kept from plan to plan of one site: the solver, and the tangents of its network."""

    def __init__(self) -> None:
        self.solver = Solver()
        self._key: tuple[bytes, ...] = ()
        self._planes: Tangents | None = None

    def tangents(self, problem: Problem) -> Tangents:
        """Return the tangents of a problem's network, as long as it stays the same."""
        base = np.stack([room.base for _, room in problem.rooms], axis=1)
        limited = np.any([np.isfinite(room.limits) for _, room in problem.rooms], axis=0)
        battery = problem.energy.battery
        signed = battery is not None and battery.point >= 0
        network = problem.network  # which comes from another process as a copy each time
        matter = (network.starts, network.columns, network.weights, np.round(np.angle(base), 3), limited, problem.watts)
        key = (*(one.tobytes() for one in matter), bytes([signed]))
        if self._planes is None or self._key != key:
            self._key = key
            self._planes = tangents(problem.network, problem.watts, base, limited, signed=signed)
        return self._planes


def plan(problem: Problem, memory: Memory) -> SitePlan:
    """Return the plan of a site.

    Args:
        problem: all that it depends on.
        memory: of this site, from the plan before; a new one at first.
    """
    if not problem.needs and not problem.energy.flows:
        return SitePlan(outcome="optimal")
    slots = grid(min(max((need.departure for need in problem.needs), default=HOUR), problem.horizon), problem.spans)
    held, barred = holds(problem.needs, problem.pausing)
    high = _high(problem, slots)
    told = np.array([need.pilot.cover(top) for need, top in zip(problem.needs, high.tolist(), strict=True)])
    if _free(problem) and not barred.any() and fits(problem.network, problem.rooms[0][1], problem.points, told):
        return _easy(problem, slots, told)
    planes = memory.tangents(problem)
    kept = keep(problem.network, problem.rooms[0][1], problem.points, _wish(problem, high, high, held, barred))
    asked = programme(problem, slots, planes, bounds(problem, slots, kept))
    solution = memory.solver.solve(asked, planes, problem.deadline)
    if solution.outcome != "optimal":
        return SitePlan(outcome=solution.outcome, iterations=solution.iterations)
    ahead = np.zeros((len(problem.needs), len(slots.starts)))
    ahead[asked.need, asked.slot] = np.maximum(solution.values[: len(asked.need)], 0.0)  # errors of floating point
    wish = _wish(problem, ahead[:, 0], high, held, barred)
    if not _free(problem):  # rounding may move power from one to another, not add to it
        wish = msgspec.structs.replace(wish, power=float(ahead[:, 0] @ wish.watts))
    now = settle(problem.network, problem.rooms[0][1], problem.points, wish)
    return _told(problem, slots, (asked, planes, solution), (now, ahead))


def holds(needs: tuple[Need, ...], pausing: Pausing) -> tuple[Bools, Bools]:
    """Return who may not stop, and who may not begin, (n) each."""
    drawing = np.array([need.drawing > 0.0 for need in needs], dtype=np.bool_)
    spent = np.array([pausing.most is not None and need.pauses >= pausing.most for need in needs], dtype=np.bool_)
    recent = np.array([need.running < pausing.on for need in needs], dtype=np.bool_)
    waits = np.array([need.pauses > 0 and need.running < pausing.off for need in needs], dtype=np.bool_)
    return drawing & (spent | recent), ~drawing & waits


def _high(problem: Problem, slots: Grid) -> Floats:
    """Return what each could make use of now, (n) [A]: with less energy wanted than the slot could bring, less."""
    power = problem.watts[problem.points]
    rest = np.array([need.energy for need in problem.needs]) / (power * slots.hours[0])
    return np.asarray(np.minimum(np.array([need.most for need in problem.needs]), rest))


def _free(problem: Problem) -> bool:
    """Return whether nothing but the rows can speak against charging at once."""
    energy = problem.energy
    steady = len(energy.price.values) == 1 and (energy.carbon_price == 0.0 or len(energy.carbon.values) == 1)
    return steady and not energy.flows and energy.peak is None and energy.value > energy.price.values[0]


def _wish(problem: Problem, planned: Floats, high: Floats, held: Bools, barred: Bools) -> Wish:
    """Return what points shall be told, (n) each."""
    return Wish(
        pilots=tuple([need.pilot for need in problem.needs]),
        planned=planned,
        high=high,
        begun=np.array([need.drawing > 0.0 for need in problem.needs], dtype=np.bool_),
        held=held,
        barred=barred,
        laxity=laxities(problem),
        watts=problem.watts[problem.points],
    )


def _easy(problem: Problem, slots: Grid, now: Floats) -> SitePlan:
    """Return the plan where everybody may have all at once: no programme is needed."""
    most = np.array([need.most for need in problem.needs])
    rest = np.array([need.energy for need in problem.needs]) / problem.watts[problem.points] * HOUR
    done = slots.there(np.minimum(rest / most, [need.departure for need in problem.needs]))
    return _told(problem, slots, None, (now, most[:, None] * done))


def _told(
    problem: Problem, slots: Grid, solved: tuple[Programme, Tangents, Solution] | None, currents: tuple[Floats, Floats]
) -> SitePlan:
    """Return the plan of what was found."""
    now, ahead = currents
    power = problem.watts[problem.points]
    flows = ahead * power[:, None] * slots.hours
    prices, lines = _obstacles(problem, solved, slots)
    points = [
        PointPlan(
            need=need.id,
            point=need.point,
            now=float(now[at]),
            ahead=tuple(ahead[at].tolist()),
            energy=min(float(flows[at].sum()), need.energy),
            confidence=_confidence(need, slots, flows[at]),
            price=prices[at],
            binding=lines[at],
        )
        for at, need in enumerate(problem.needs)
    ]
    found = SitePlan(
        outcome="optimal",
        points=tuple(points),
        starts=tuple(slots.starts.tolist()),
        lengths=tuple(slots.lengths.tolist()),
        drawn=tuple((ahead * power[:, None]).sum(axis=0).tolist()),
    )
    if solved is None:
        return found
    asked, _, solution = solved
    stored = solution.values[asked.stored] * KILO
    return msgspec.structs.replace(
        found,
        peak=float(solution.values[asked.peak]) * KILO if asked.peak >= 0 else 0.0,
        battery=tuple((stored[0] - stored[1]).tolist()),
        objective=solution.objective,
        iterations=solution.iterations,
    )


def _confidence(need: Need, slots: Grid, flow: Floats) -> float:
    """Return how likely an EV is still there when it has got what is planned."""
    last = np.flatnonzero(flow > 1e-6)
    moment = float(slots.starts[last[-1]]) if len(last) else 0.0
    return float(min(1.0, sum(chance for after, chance in need.leaves if after > moment)))


def _obstacles(
    problem: Problem, solved: tuple[Programme, Tangents, Solution] | None, slots: Grid
) -> tuple[list[float], list[Line | None]]:
    """Return, for each need, the row that it feels most now, and its price [currency/h per ampere]."""
    count = len(problem.needs)
    if solved is None:
        return [0.0] * count, [None] * count
    _, planes, solution = solved
    pressure = solution.pressure[:, 0]
    if not pressure.any():
        return [0.0] * count, [None] * count
    felt = pressure[:, None] * np.maximum(planes.weights[:, planes.class_of[problem.points]], 0.0) / slots.hours[0]
    worst = np.argmax(felt, axis=0)
    prices = felt[worst, np.arange(count)]
    lines = [problem.network.lines[row] if price > 0.0 else None for row, price in zip(planes.row[worst], prices, strict=True)]
    return prices.tolist(), lines
