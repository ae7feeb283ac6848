# SPDX-License-Identifier: Apache-2.0
"""B5: linear programmes of 50, 500 and 5,000 EVs on a grid of 34 slots: as one, and as sites brought together by prices.

Anchors are those of energy.md 3.3, of 2026-11-22, of a portfolio of the same kind.
"""

import time
from functools import partial
from itertools import cycle
from pathlib import Path

import msgspec
import numpy as np

from bench.figure import Figure
from bench.planner.cpu import cpu_ms
from bench.planner.fleet import GRID, PRICE, SLOTS, UNMET, Part, evs, planned, portfolio, some_of, together
from bench.planner.table import Asked
from open63110.planner.bidding import PlannedSite
from open63110.planner.linear import LinearSite
from open63110.planner.portfolio import Common, Joint, coordinate
from open63110.planner.site_plan import Memory, plan

ROOT = Path(__file__).parents[2]
SESSIONS = "caltech_2019-03.csv"
MILD, CONGESTED = 1.0, 0.3
MOST_S, MOST_GAP, WARM_MS = 7.0, 0.2, 10.0
NAMES = {MILD: "mild", CONGESTED: "congested"}
ANCHORS = {MILD: (1.82, 1.16), CONGESTED: (5.56, 34.9)}
"""5,000 EVs: CPU of the prototype of price coordination, and of HiGHS on all as one [s]."""


def measure(asked: Asked) -> list[Figure]:
    """One site warm, then portfolios."""
    sessions = asked.sessions or next((one / SESSIONS for one in _places() if (one / SESSIONS).is_file()), None)
    figures = [Figure(name=f"EVs like {sessions.name if sessions else 'made-up sessions'}", value=34, unit="slots")]
    figures += [*_one_site(sessions), *_planner(sessions)]
    for tight in (MILD, CONGESTED):
        figures += _together(500, tight, sessions, whole=True)
    for tight in (CONGESTED,) if asked.short else (MILD, CONGESTED):
        figures += _together(5000, tight, sessions, whole=not asked.short)
    return figures if asked.short else [*figures, *_planners(5000, sessions)]


def _planners(count: int, sessions: Path | None) -> list[Figure]:
    """Sites with the planner's own programmes, all EVs there at once, under two thirds of what they could draw."""
    every = evs(count, sessions)
    begun = time.process_time()
    sites = [PlannedSite(planned(some_of(every, at, at + 50), MILD), SLOTS, Memory()) for at in range(0, count, 50)]
    *_, last = coordinate(sites, Common(limits=np.full(len(GRID), 0.69 * count), excess_price=3.0, peak_price=0.3))
    return [
        Figure(name=f"{count} EVs, by the planners of 100 sites: CPU", value=time.process_time() - begun, unit="s"),
        Figure(name=f"{count} EVs, by the planners of 100 sites: gap", value=100 * last.gap, unit="%", at_most=MOST_GAP),
    ]


def _places() -> list[Path]:
    return [one / "shared" / "data" for one in (ROOT, *ROOT.parents)]


def _one_site(sessions: Path | None) -> list[Figure]:
    parts, _ = portfolio(50, CONGESTED, sessions)
    chance, prices = np.random.default_rng(5), 0.3 * PRICE
    kept = _site(parts[0])
    kept.bid(prices)
    calls = {
        "cold": lambda: _site(parts[0]).bid(prices),
        "warm": lambda: kept.bid(prices * chance.uniform(0.95, 1.05, len(GRID))),
    }
    times = cpu_ms(calls, 15)
    return [
        Figure(name="50 EVs, congested, built and solved from nothing: CPU", value=times["cold"], unit="ms"),
        Figure(name="50 EVs, congested, prices up to 5 % off, warm: CPU", value=times["warm"], unit="ms", at_most=WARM_MS),
        Figure(name="50 EVs, warm: CPU of the prototype", value=0.87, unit="ms"),
    ]


def _planner(sessions: Path | None) -> list[Figure]:
    """The planner of sites itself, from the problem to currents in steps."""
    some = evs(50, sessions)
    chance, memory = np.random.default_rng(5), Memory()
    other = planned(some, CONGESTED, PRICE * chance.uniform(0.95, 1.05, len(GRID)))
    first = msgspec.structs.replace(planned(some, CONGESTED), network=other.network)
    turns = cycle([first, other])  # so that each is another one than the last
    times = cpu_ms({"": lambda: plan(next(turns), memory)}, 16)
    return [Figure(name="50 EVs, site planner, prices up to 5 % off, warm: CPU", value=times[""], unit="ms", at_most=WARM_MS)]


def _site(part: Part) -> LinearSite:
    return LinearSite(part.programme, part.slot, part.drawn, len(GRID))


def _together(count: int, tight: float, sessions: Path | None, *, whole: bool) -> list[Figure]:
    parts, common = portfolio(count, tight, sessions)
    begun = time.process_time()
    found = list(coordinate([_site(part) for part in parts], common))
    spent, last = time.process_time() - begun, found[-1]
    name = f"{count} EVs, {NAMES[tight]}"
    judged = count == 5000
    figures = [
        Figure(name=f"{name}, by prices: CPU", value=spent, unit="s", at_most=MOST_S if judged else None),
        Figure(name=f"{name}, by prices: gap that is proven", value=100 * last.gap, unit="%", at_most=MOST_GAP),
        Figure(name=f"{name}, by prices: rounds", value=len(found)),
        Figure(name=f"{name}: energy that is not delivered", value=100 * _missing(parts, last), unit="%"),
        Figure(name=f"{name}: above a common limit", value=_above(last, common), unit="kW", at_most=1e-6 * count),
    ]
    if judged:
        figures.append(Figure(name=f"{name}: CPU of the prototype, by prices", value=ANCHORS[tight][0], unit="s"))
        figures.append(Figure(name=f"{name}: CPU of the prototype, as one", value=ANCHORS[tight][1], unit="s"))
    return [*figures, *(_as_one(name, parts, common, last) if whole else [])]


def _missing(parts: list[Part], joint: Joint) -> float:
    unmet = sum(float(plan[part.programme.costs == UNMET].sum()) for part, plan in zip(parts, joint.plans, strict=True))
    wanted = sum(float(part.programme.upper[part.programme.costs == UNMET].sum()) for part in parts)
    return unmet / wanted


def _above(joint: Joint, common: Common) -> float:
    return float(np.maximum(joint.use.sum(axis=0) - common.limits, 0.0).max())


def _as_one(name: str, parts: list[Part], common: Common, joint: Joint) -> list[Figure]:
    whole = together(parts, common)
    columns = len(whole.costs)
    site = LinearSite(whole, np.zeros(columns, dtype=np.intp), np.zeros(columns), len(GRID))
    found: list[float] = []
    times = cpu_ms({"": partial(_solve, site, found)}, 1)
    return [
        Figure(name=f"{name}, as one programme, HiGHS: CPU", value=times[""] / 1e3, unit="s"),
        Figure(name=f"{name}, by prices: above the optimum", value=100 * (joint.cost / found[0] - 1), unit="%", at_most=MOST_GAP),
        Figure(name=f"{name}: proof above the optimum", value=100 * max(joint.least / found[0] - 1, 0.0), unit="%", at_most=1e-4),
    ]


def _solve(site: LinearSite, found: list[float]) -> None:
    found.append(site.bid(np.zeros(len(GRID))).least)
