# SPDX-License-Identifier: Apache-2.0
"""B1: the whole month at the Caltech garage with pilots that are continuous (energy.md 9)."""

import numpy as np

from bench.figure import Figure
from bench.planner.anchors import Kept, kept, simulate
from bench.planner.caltech import ANY, Sessions, garage
from bench.planner.made import DAY, made, real
from bench.planner.ours import Ours
from bench.planner.replay import Replayed, replay
from bench.planner.rivals import laxity, sorted_policy
from bench.planner.table import Asked

CAPACITIES = (20.0, 30.0, 50.0, 80.0)
MONTH = 954
"""Sessions of the file that the fixture is of."""
BELOW, CHEAPER = 0.1, 7.0
"""How far below ASA-QC it may be [pp], and how much less CPU it takes at least."""
ALWAYS, AT_30 = ("LLF",), ("LLF", "EDF", "FCFS", "RR")
"""Algorithms of acnportal by capacity."""
FULL = 1.0 + 1e-6


def measure(asked: Asked) -> list[Figure]:
    """Every capacity of the month; in the short form, a few days of it and made ones."""
    network, _ = garage(30.0)
    sessions = real(asked, network)
    figures = _days("2 made days, 30 kW", made(network, 2), 30.0)
    if sessions is None:
        return [*figures, Figure(name="../shared/data/caltech_2019-03.csv is not there: B1 not measured", value=0.0)]
    if asked.short:
        return [*figures, *_days("3 real days, 30 kW", sessions.before(3 * DAY), 30.0)]
    for kilowatts in CAPACITIES:
        figures += _month(sessions, kilowatts)
    return figures


def run(sessions: Sessions, kilowatts: float) -> tuple[Replayed, Replayed]:
    """Return what our planner and least laxity first make of sessions."""
    network, given = garage(kilowatts)
    least = np.full(len(sessions), 6.0)
    ours = replay(network, given, sessions, least, Ours(network, given, (ANY,) * len(network.points)))
    return ours, replay(network, given, sessions, least, sorted_policy(network, given, laxity))


def _days(name: str, sessions: Sessions, kilowatts: float) -> list[Figure]:
    ours, llf = run(sessions, kilowatts)
    return [
        Figure(name=f"{name}: energy", value=ours.energy, unit="%", at_least=round(llf.energy, 3)),
        Figure(name=f"{name}: energy, LLF", value=llf.energy, unit="%"),
        *_safe(name, ours),
        Figure(name=f"{name}: CPU per plan, p99", value=ours.p99_ms, unit="ms"),
    ]


def _safe(name: str, ours: Replayed) -> list[Figure]:
    return [Figure(name=f"{name}: fullest row, share of its limit", value=ours.worst, at_most=FULL)]


def _month(sessions: Sessions, kilowatts: float) -> list[Figure]:
    name = f"{kilowatts:.0f} kW"
    ours, llf = run(sessions, kilowatts)
    anchor = kept("B1", kilowatts) if len(sessions) == MONTH else None
    figures = [
        Figure(
            name=f"{name}: energy, ours",
            value=ours.energy,
            unit="%",
            at_least=round(anchor.energy_pct - BELOW, 2) if anchor else round(llf.energy, 2),
        ),
        *_asa(name, anchor, ours),
        Figure(name=f"{name}: energy, LLF (replay)", value=llf.energy, unit="%"),
        *_safe(name, ours),
        Figure(name=f"{name}: sessions that got all", value=ours.met, unit="%"),
        Figure(name=f"{name}: highest power", value=ours.peak, unit="kW"),
        Figure(name=f"{name}: pauses per session", value=ours.pauses),
        Figure(name=f"{name}: CPU, ours, the checker in it", value=ours.cpu, unit="s"),
        Figure(name=f"{name}: plans", value=ours.steps),
        Figure(name=f"{name}: CPU per plan, median", value=ours.median_ms, unit="ms"),
        Figure(name=f"{name}: CPU per plan, p99", value=ours.p99_ms, unit="ms"),
    ]
    for algorithm in AT_30 if kilowatts == 30.0 else ALWAYS:
        found = simulate(garage(kilowatts)[0], sessions, algorithm, kilowatts, quantised=False)
        figures += [
            Figure(name=f"{name}: energy, {algorithm} (ACN-Sim)", value=found.energy, unit="%"),
            Figure(name=f"{name}: CPU, {algorithm} (ACN-Sim)", value=found.cpu, unit="s"),
        ]
    return figures


def _asa(name: str, anchor: Kept | None, ours: Replayed) -> list[Figure]:
    if anchor is None:
        return [Figure(name=f"{name}: adacharge ASA-QC was not run on these", value=0.0)]
    return [
        Figure(name=f"{name}: energy, ASA-QC (fixture)", value=anchor.energy_pct, unit="%"),
        Figure(name=f"{name}: fullest row, ASA-QC", value=anchor.worst_use_of_limit),
        Figure(name=f"{name}: highest power, ASA-QC", value=anchor.peak_kw, unit="kW"),
        Figure(name=f"{name}: CPU, ASA-QC, at {anchor.solves} events", value=anchor.cpu_seconds, unit="s"),
        Figure(name=f"{name}: CPU, ASA-QC / ours", value=anchor.cpu_seconds / ours.cpu, unit="x", at_least=CHEAPER),
    ]
