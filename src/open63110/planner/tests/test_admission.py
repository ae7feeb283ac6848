# SPDX-License-Identifier: Apache-2.0
"""Who fits is let in, in order, as if one after the other had been asked."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.garages import currents, networks

from open63110.planner.admission import admit
from open63110.planner.check import check
from open63110.planner.network import Network, room, slack
from open63110.planner.tree import Node, Point, compiled

EITHER = st.booleans().flatmap(lambda delta: networks(delta=delta, most=14))


@settings(max_examples=150)
@given(EITHER, st.data())
def test_all_at_once_ends_as_one_after_the_other(network: Network, data: st.DataObject) -> None:
    size = len(network.points)
    need = data.draw(currents(size, 16.0))
    order = np.array(data.draw(st.permutations(range(size)))[: data.draw(st.integers(0, size))], dtype=np.intp)
    given_ = room(network)
    found = admit(network, given_, need, order)
    inside = np.zeros(size)
    for point in order.tolist():
        inside[point] = need[point]
        if (slack(network, given_, inside) < -1e-6).any():
            inside[point] = 0.0
            assert not found.inside[point]
        else:
            assert found.inside[point]
    assert not found.inside[np.setdiff1d(np.arange(size), order)].any()


@settings(max_examples=100)
@given(EITHER, st.data())
def test_who_is_not_let_in_is_told_a_row_of_his_that_would_be_exceeded(network: Network, data: st.DataObject) -> None:
    size = len(network.points)
    need = data.draw(currents(size, 16.0))
    given_, order = room(network), np.array(data.draw(st.permutations(range(size))), dtype=np.intp)
    found = admit(network, given_, need, order)
    drawn = np.where(found.inside, need, 0.0)
    assert check(network, given_, drawn, need) is None
    before: list[int] = []
    for point in order.tolist():
        row = found.row[point]
        assert (row >= 0) == (not found.inside[point])
        if row >= 0:
            there = np.zeros(size)
            there[[one for one in before if found.inside[one]] + [point]] = need[
                [one for one in before if found.inside[one]] + [point]
            ]
            assert slack(network, given_, there)[row] < 0
        before.append(point)


def test_who_comes_later_gets_what_is_too_little_for_those_before() -> None:
    points = [
        Point(id="three", node="grid"),
        Point(id="one", node="grid", wiring="L1"),
        Point(id="two", node="grid", wiring="L2"),
    ]
    network = compiled([Node(id="grid", amperes=(16.0, 8.0, 16.0))], points)
    found = admit(network, room(network), np.array([10.0, 10.0, 6.0]), np.array([0, 1, 2]))
    assert found.inside.tolist() == [False, True, True]
    assert network.lines[found.row[0]].phase == "L2"
