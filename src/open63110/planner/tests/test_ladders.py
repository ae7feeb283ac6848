# SPDX-License-Identifier: Apache-2.0
"""What points can offer: rounding down to it, and giving away what that leaves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.garages import currents, networks

from open63110.planner.check import check, check_pilots
from open63110.planner.fill import demand, fill
from open63110.planner.ladders import at_most, in_steps, ladders, next_above, some_of
from open63110.planner.network import Network, room, use
from open63110.planner.tree import Node, Point, compiled

LADDER = (8.0, 16.0, 24.0, 32.0)
SETS: list[tuple[float, ...]] = [(), (8.0, 20.0), LADDER, (10.0,)]


@pytest.mark.parametrize(
    ("current", "found"),
    [
        (5.9, (0.0, 0.0, 0.0, 0.0)),
        (6.0, (6.0, 0.0, 0.0, 0.0)),
        (15.97, (15.97, 15.97, 8.0, 10.0)),
        (40.0, (40.0, 20.0, 32.0, 10.0)),
    ],
)
def test_nothing_above_what_is_allowed_is_offered(current: float, found: tuple[float, ...]) -> None:
    assert at_most(ladders(SETS), np.full(4, current)) == pytest.approx(found)


def test_a_wire_that_says_tenths_gets_tenths() -> None:
    offered = ladders(SETS, 0.1)
    assert at_most(offered, np.full(4, 15.97)) == pytest.approx([15.9, 15.9, 8.0, 10.0])
    assert next_above(offered, np.full(4, 15.9)) == pytest.approx([16.0, 16.0, 16.0, np.inf])
    assert next_above(offered, np.array([16.0, 20.0, 32.0, 0.0])) == pytest.approx([16.1, np.inf, np.inf, 10.0])
    assert at_most(ladders([(6.25, 16.0)], 0.5), np.array([6.3])).tolist() == [6.25]


def test_some_points_offer_what_they_offered() -> None:
    offered = some_of(ladders(SETS), np.array([1, 2]))
    assert at_most(offered, np.full(2, 23.0)).tolist() == [20.0, 16.0]


@settings(max_examples=100)
@given(st.booleans().flatmap(lambda delta: networks(delta=delta)), st.sampled_from([0.0, 0.1, 1.0]), st.data())
def test_rounded_currents_fit_and_nobody_could_have_one_more_step(network: Network, grain: float, data: st.DataObject) -> None:
    size = len(network.points)
    sets = data.draw(st.lists(st.sampled_from(SETS), min_size=size, max_size=size))
    offered, given_ = ladders(sets, grain), room(network)
    high = np.minimum(data.draw(currents(size)), offered.most)
    rank = np.array(data.draw(st.lists(st.integers(0, 2), min_size=size, max_size=size)), dtype=np.intp)
    exact = fill(network, given_, demand(high, None, None, rank)).currents
    found = in_steps(network, given_, offered, exact, high, rank)
    assert check(network, given_, found, high) is None
    assert check_pilots(network, found, sets) is None
    rounded = at_most(offered, exact)
    if network.all_plain or check(network, given_, rounded, high) is None:  # else who was rounded to nothing had relieved others
        assert (found >= rounded - 1e-9).all()
    for point in np.flatnonzero(found > 0):
        step = next_above(offered, found)[point]
        more = np.where(np.arange(size) == point, step, found)
        lost = exact[point] - found[point]
        if step <= high[point] and grain == 0.0:
            assert check(network, given_, more, np.full(size, np.inf)) is not None, lost


def below_a_transformer(amperes: float, points: list[Point]) -> Network:
    return compiled([Node(id="t", amperes=(amperes, np.inf, np.inf), winding="delta-wye")], points)


def test_who_is_rounded_down_does_not_leave_others_too_much_where_he_had_relieved_them() -> None:
    points = [Point(id=one, node="t", wiring=wiring) for one, wiring in (("a", "L1-L2"), ("b", "L2-L3"))]
    exact, high = np.array([20.0, 9.9]), np.full(2, 32.0)
    limit = use(below_a_transformer(np.inf, points), exact)[0]
    network = below_a_transformer(limit, points)
    assert use(network, np.array([20.0, 8.0]))[0] > limit, "so b relieves a"
    found = in_steps(network, room(network), ladders([(), LADDER]), exact, high, np.zeros(2, dtype=np.intp))
    assert check(network, room(network), found, high) is None
    assert found[1] == 8.0
    assert found[0] > 15.0


def test_what_rounding_leaves_goes_to_the_more_important_then_to_who_lost_most() -> None:
    network = compiled([Node(id="grid", amperes=(56.0,) * 3)], [Point(id=n, node="grid") for n in "abc"])
    offered = ladders([LADDER] * 3)
    exact = np.array([19.0, 20.0, 17.0])
    alike = in_steps(network, room(network), offered, exact, np.full(3, 32.0), np.zeros(3, dtype=np.intp))
    assert alike.tolist() == [16.0, 24.0, 16.0]
    ranked = in_steps(network, room(network), offered, exact, np.full(3, 32.0), np.array([0, 0, 1]))
    assert ranked.tolist() == [16.0, 16.0, 24.0]


def test_the_checker_knows_what_points_can_offer() -> None:
    network = compiled([Node(id="grid")], [Point(id=f"p{at}", node="grid") for at in range(4)])
    assert check_pilots(network, np.array([7.0, 12.5, 24.0, 0.0]), SETS) is None
    for point, wrong in enumerate((5.0, 21.0, 12.0, 9.0)):
        breach = check_pilots(network, np.where(np.arange(4) == point, wrong, 0.0), SETS)
        assert breach is not None
        assert (breach.what, breach.point, breach.load) == ("pilot", f"p{point}", wrong)
