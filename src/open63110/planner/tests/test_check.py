# SPDX-License-Identifier: Apache-2.0
"""The checker finds what is wrong with a vector of currents, and says where and by how much."""

import math

import numpy as np
import pytest

from open63110.planner.check import Breach, check
from open63110.planner.network import Network, carry, room
from open63110.planner.tree import Group, Node, Point, compiled

HIGH = np.array([32.0, 32.0, 32.0])


@pytest.fixture
def network() -> Network:
    nodes = [Node(id="grid", amperes=(50.0, 50.0, math.inf), watts=30_000.0), Node(id="bar", parent="grid", amperes=(40.0,) * 3)]
    points = [Point(id="p", node="bar"), Point(id="q", node="bar", wiring="L1-L2"), Point(id="r", node="grid", wiring="L1")]
    return compiled(nodes, points, [Group(id="zone", points=("p", "r"), watts=12_000.0)])


def found(network: Network, *currents: float) -> Breach:
    breach = check(network, room(network), np.array(currents), HIGH)
    assert breach is not None
    return breach


def test_what_fits_may_be_sent(network: Network) -> None:
    assert check(network, room(network), np.array([10.0, 10.0, 6.0]), HIGH) is None
    assert check(network, room(network), np.array([40 / 3, 0.0, 10.0]), HIGH, np.array([13.0, 0.0, 10.0])) is None


def test_the_first_row_that_is_exceeded_is_named_with_its_load(network: Network) -> None:
    breach = found(network, 30.0, 0.0, 30.0)
    assert breach.line is not None
    assert (breach.what, *breach.line) == ("row", "grid", "L1")
    assert (breach.load, breach.limit, breach.amount) == pytest.approx((60.0, 50.0, 10.0))


def test_a_row_of_phasors_counts_with_its_magnitude(network: Network) -> None:
    assert check(network, room(network), np.array([16.0, 26.0, 0.0]), HIGH) is not None  # |16 + 26 at 30 degrees| = 40.7
    assert check(network, room(network), np.array([16.0, 24.0, 0.0]), HIGH) is None
    assert check(network, room(network), np.array([17.0, 24.0, 0.0]), HIGH) is None  # a sum would be 41


def test_a_group_is_a_row_like_any_other(network: Network) -> None:
    breach = found(network, 16.0, 0.0, 6.0)
    assert breach.line is not None
    assert breach.line.place == "zone"
    assert breach.load == pytest.approx(230 * 54.0)


def test_what_is_drawn_beside_the_points_counts(network: Network) -> None:
    base = carry(network, np.array([0.0, 0.0, 45.0]))
    breach = check(network, room(network, base=base), np.array([6.0, 0.0, 0.0]), HIGH)
    assert breach is not None
    assert breach.load == pytest.approx(51.0)


@pytest.mark.parametrize(
    ("currents", "what"), [((33.0, 0.0, 0.0), "high"), ((0.0, -1.0, 0.0), "low"), ((0.0, 0.0, math.nan), "high")]
)
def test_a_bound_is_kept(network: Network, currents: tuple[float, ...], what: str) -> None:
    breach = found(network, *currents)
    assert (breach.what, breach.line) == (what, None)
    assert breach.point == network.points[[bool(one) for one in currents].index(True)]


def test_a_vector_of_another_network_does_not_pass(network: Network) -> None:
    assert found(network, 1.0, 2.0).what == "shape"


def test_a_limit_that_is_no_number_lets_nothing_pass(network: Network) -> None:
    given = room(network, np.array([math.nan] * len(network.lines)))
    breach = check(network, given, np.zeros(3), HIGH)
    assert breach is not None
    assert math.isnan(breach.amount)
