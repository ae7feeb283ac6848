# SPDX-License-Identifier: Apache-2.0
"""A site made up for measuring: feeders of 10 points (63 A), zones of 50 (200 A), half of the points on three phases."""

from typing import NamedTuple

import numpy as np

from open63110.planner.network import Floats, Network
from open63110.planner.tree import Node, Point, compiled

SINGLE, TRIPLE = ("L1", "L2", "L3"), ("L1L2L3", "L2L3L1", "L3L1L2")
PLUGGED = 0.8


class Garage(NamedTuple):
    """A site and what its EVs take."""

    network: Network
    high: Floats
    """(N) 16 A on three phases, 32 A on one; 0 where no EV is [A]."""
    chance: np.random.Generator


def garage(stations: int, tight: float, seed: int = 1) -> Garage:
    """Return a site.

    Args:
        stations: how many points; a multiple of 10.
        tight: share of their ratings that rows have.
        seed: for what is left to chance.
    """
    chance = np.random.default_rng(seed)
    single = chance.random(stations) < 0.5
    wirings = [(SINGLE if one else TRIPLE)[phase] for one, phase in zip(single, chance.integers(0, 3, stations), strict=True)]
    nodes = [Node(id="root", amperes=(3.0 * stations * tight,) * 3)]
    nodes += [Node(id=f"zone{at}", parent="root", amperes=(200.0 * tight,) * 3) for at in range(-(-stations // 50))]
    nodes += [Node(id=f"feeder{at}", parent=f"zone{at // 5}", amperes=(63.0 * tight,) * 3) for at in range(stations // 10)]
    points = [Point(id=f"{at}", node=f"feeder{at // 10}", wiring=wiring) for at, wiring in enumerate(wirings)]
    high = np.where(chance.random(stations) < PLUGGED, np.where(single, 32.0, 16.0), 0.0)
    return Garage(compiled(nodes, points), high, chance)
