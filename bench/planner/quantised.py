# SPDX-License-Identifier: Apache-2.0
"""B2: levels that EVSEs have, and how often EVs are made to wait, at the Caltech garage (energy.md 9).

Energy without pauses means nothing and pauses without energy neither: whoever gives less energy at no fewer pauses is behind.
"""

from typing import NamedTuple

import numpy as np

from bench.figure import Figure
from bench.planner.anchors import kept, simulate
from bench.planner.caltech import Sessions, garage
from bench.planner.made import DAY, made, real
from bench.planner.ours import Ours, pilots
from bench.planner.replay import Replayed, replay
from bench.planner.rivals import Levels
from bench.planner.table import Asked
from open63110.planner.problem import Pausing

CAPACITIES = (20.0, 30.0, 40.0, 50.0)
DAYS, TEN_DAYS = 10, 265
"""And the sessions of these, by which the fixture knows them."""
NEVER, AT_30 = Pausing(most=0), 89.8
MODES = {
    "never": NEVER,
    "once, after 30 min": Pausing(most=1, on=1800.0),
    "twice, after 15 min": Pausing(most=2, on=900.0),
    "freely": Pausing(),
}
MARGIN = {50.0: -0.05}
"""By how much a rival may be ahead where next to everything can be served [pp]; else not at all."""
FULL = 1.0 + 1e-6


class Place(NamedTuple):
    """Where somebody stands."""

    energy: float
    """[%]"""
    pauses: float
    """Per session."""


def measure(asked: Asked) -> list[Figure]:
    """Ten days at every capacity; in the short form a few, and made ones."""
    network, _ = garage(30.0)
    sessions = real(asked, network)
    figures = _front("2 made days, 30 kW", made(network, 2), 30.0, ("never", "once, after 30 min"), anchors=False)
    if sessions is None:
        return [*figures, Figure(name="../shared/data/caltech_2019-03.csv is not there: B2 not measured", value=0.0)]
    if asked.short:
        some = ("never", "once, after 30 min")
        return [*figures, *_front("3 real days, 30 kW", sessions.before(3 * DAY), 30.0, some, anchors=False)]
    for kilowatts in CAPACITIES:
        figures += _front(f"{kilowatts:.0f} kW", sessions.before(DAYS * DAY), kilowatts, tuple(MODES), anchors=True)
    return figures


def _front(name: str, sessions: Sessions, kilowatts: float, modes: tuple[str, ...], *, anchors: bool) -> list[Figure]:
    network, given = garage(kilowatts)
    kinds = pilots(network, quantised=True)
    least = np.array([kind.least for kind in kinds])[sessions.point]
    ours = {mode: replay(network, given, sessions, least, Ours(network, given, kinds, MODES[mode])) for mode in modes}
    figures = [figure for mode, found in ours.items() for figure in _ours(name, mode, found)]
    never = ours["never"]
    figures.append(Figure(name=f"{name}: pauses, EVs never made to wait", value=never.pauses, at_most=0))
    if anchors and kilowatts == 30.0:
        figures.append(Figure(name=f"{name}: energy, EVs never made to wait", value=never.energy, unit="%", at_least=AT_30))
    places = [Place(found.energy, found.pauses) for found in ours.values()]
    rivals = _rivals(sessions, kilowatts, least, anchors=anchors)
    for rival, place in rivals.items():
        figures += _behind(f"{name}, {rival}", place, places, MARGIN.get(kilowatts, 0.0))
    if anchors and "adacharge ASA-QC (fixture)" not in rivals:
        figures.append(Figure(name=f"{name}: adacharge ASA-QC was not run on these", value=0.0))
    return figures


def _ours(name: str, mode: str, found: Replayed) -> list[Figure]:
    return [
        Figure(name=f"{name}, waiting {mode}: energy", value=found.energy, unit="%"),
        Figure(name=f"{name}, waiting {mode}: pauses per session", value=found.pauses),
        Figure(name=f"{name}, waiting {mode}: fullest row, share of its limit", value=found.worst, at_most=FULL),
        Figure(name=f"{name}, waiting {mode}: CPU", value=found.cpu, unit="s"),
    ]


def _rivals(
    sessions: Sessions, kilowatts: float, least: np.ndarray[tuple[int], np.dtype[np.float64]], *, anchors: bool
) -> dict[str, Place]:
    network, given = garage(kilowatts)
    levels = Levels(network, given, pilots(network, quantised=True))
    found = {}
    policies = (
        ("LLF uninterrupted", levels.uninterrupted),
        ("LLF pausing", levels.pausing),
        ("EVerest-like slices", levels.slices),
    )
    for name, policy in policies:
        one = replay(network, given, sessions, least, policy)
        found[name] = Place(one.energy, one.pauses)
    if anchors:
        found_there = simulate(network, sessions, "LLF", kilowatts, quantised=True)
        found["LLF uninterrupted (ACN-Sim)"] = Place(found_there.energy, found_there.pauses)
        asa = kept("B2", kilowatts) if len(sessions) == TEN_DAYS else None
        if asa is not None:
            found["adacharge ASA-QC (fixture)"] = Place(asa.energy_pct, asa.pauses_per_session)
    return found


def _behind(name: str, rival: Place, ours: list[Place], margin: float) -> list[Figure]:
    """Show where a rival stands, and judge what we give with no more pauses than he."""
    best = max((place.energy for place in ours if place.pauses <= rival.pauses + 1e-9), default=0.0)
    return [
        Figure(name=f"{name}: energy", value=rival.energy, unit="%"),
        Figure(name=f"{name}: pauses per session", value=rival.pauses),
        Figure(name=f"{name}: our lead at no more pauses", value=best - rival.energy, unit="pp", at_least=margin),
    ]
