# SPDX-License-Identifier: Apache-2.0
"""Sites made up at random, for properties that must hold of every site."""

import math

import numpy as np
from hypothesis import strategies as st

from open63110.planner.network import Network
from open63110.planner.tree import Group, Node, Point, compiled

WYE = ("L1L2L3", "L2L3L1", "L3L1L2", "L1", "L2", "L3", "L1L2")
DELTA = ("L1-L2", "L2-L3", "L3-L1")
LIMITS = st.sampled_from([0.0, 5.0, 10.0, 16.0, 25.0, 40.0, 63.0, math.inf])


@st.composite
def nodes(draw: st.DrawFn, *, delta: bool = False) -> list[Node]:
    """Draw a tree of up to six nodes, in no particular order."""
    count = draw(st.integers(1, 6))
    amperes = st.tuples(LIMITS, LIMITS, LIMITS)
    made = [Node(id="n0", amperes=draw(amperes), watts=math.inf, volts=277.0 if delta else None)]
    made += [
        Node(
            id=f"n{at}",
            parent=f"n{draw(st.integers(0, at - 1))}",
            amperes=draw(amperes),
            watts=draw(st.sampled_from([None, 3_000.0, 9_000.0])),
            winding="delta-wye" if delta and at == 1 else "",
            volts=120.0 if delta and at == 1 else None,
        )
        for at in range(1, count)
    ]
    return draw(st.permutations(made))


@st.composite
def networks(draw: st.DrawFn, *, delta: bool = False, most: int = 9) -> Network:
    """Draw a site of a few points on a tree, some of them limited together as a group; with phasors if wanted."""
    tree = draw(nodes(delta=delta))
    names = [node.id for node in tree]
    wirings = st.sampled_from(WYE + DELTA * 3 if delta else WYE)
    points = [
        Point(id=f"p{at}", node=draw(st.sampled_from(names)), wiring=draw(wirings)) for at in range(draw(st.integers(1, most)))
    ]
    members = draw(st.sets(st.sampled_from([point.id for point in points])))
    group = [Group(id="zone", points=tuple(sorted(members)), watts=draw(st.sampled_from([0.0, 2_000.0, 8_000.0])))]
    return compiled(tree, points, group if members else [])


def currents(size: int, most: float = 40.0) -> st.SearchStrategy[np.ndarray]:
    """Draw a current for each point, in quarters of an ampere [A]."""
    return st.lists(st.integers(0, int(4 * most)), min_size=size, max_size=size).map(lambda some: np.array(some) / 4.0)
