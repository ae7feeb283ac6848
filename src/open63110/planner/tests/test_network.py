# SPDX-License-Identifier: Apache-2.0
"""Sites as rows and columns: what an ampere at a point is in every conductor and connection above it."""

import cmath
import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.garages import currents, networks

from open63110.kernel.errors import Malformed
from open63110.kernel.units import Amperes, Volts, Watts
from open63110.model.site import Feeder, GridConnection, Site, SiteId
from open63110.planner.check import check
from open63110.planner.network import Floats, Network, Room, above, below, carry, narrow, part, peak, room, slack, under, use
from open63110.planner.tree import UNLIMITED, Group, Node, Point, compiled, nodes_of
from open63110.planner.wiring import used

GRID = Node(id="grid", amperes=(100.0, 100.0, 100.0), watts=60_000.0)
A = Node(id="a", parent="grid", amperes=(63.0, 63.0, 63.0))
B = Node(id="b", parent="grid", amperes=UNLIMITED)


def loads(*wirings: str, node: str = "a") -> list[Point]:
    return [Point(id=f"{node}{at}", node=node, wiring=wiring) for at, wiring in enumerate(wirings)]


def loaded(network: Network, currents: Floats) -> dict[tuple[str, str], float]:
    return {(line.place, line.phase): load for line, load in zip(network.lines, use(network, currents).tolist(), strict=True)}


def test_a_point_loads_its_phases_of_every_node_above_it_and_their_power() -> None:
    network = compiled([A, GRID], loads("L1L2L3", "L2", "L3L1"))
    found = loaded(network, np.array([10.0, 16.0, 6.0]))
    assert network.all_plain
    assert [found["grid", phase] for phase in ("L1", "L2", "L3")] == [16.0, 26.0, 16.0]
    assert [found["a", phase] for phase in ("L1", "L2", "L3")] == [16.0, 26.0, 16.0]
    assert found["grid", "W"] == pytest.approx(230.0 * (30 + 16 + 12))


def test_rows_know_their_ratings_and_what_was_drawn_before() -> None:
    network = compiled([GRID, A], [*loads("L1L2L3"), Point(id="house", node="grid", wiring="L1")])
    house = carry(network, np.array([0.0, 40.0]))
    left = slack(network, room(network, base=house), np.array([10.0, 0.0]))
    assert left[network.row("grid", "L1")] == pytest.approx(50.0)
    assert left[network.row("grid", "L2")] == pytest.approx(90.0)
    assert left[network.row("a", "L1")] == pytest.approx(53.0)
    sunny = carry(network, np.array([0.0, -20.0]))
    assert slack(network, room(network, base=sunny), np.zeros(2))[network.row("grid", "L1")] == pytest.approx(120.0)


def test_no_limit_goes_above_a_rating() -> None:
    network = compiled([GRID], loads("L1", node="grid"))
    found = room(network, np.array([80.0, 120.0, np.inf, 1000.0])).limits
    assert found.tolist() == [80.0, 100.0, 100.0, 1000.0]


def test_between_two_phases_currents_add_as_phasors() -> None:
    network = compiled(
        [Node(id="grid", amperes=(80.0, 80.0, 80.0), watts=1e6, volts=120.0)], loads("L1-L2", "L3-L1", node="grid")
    )
    found = loaded(network, np.array([10.0, 20.0]))
    assert not network.all_plain
    assert found["grid", "L1"] == pytest.approx(math.sqrt(10**2 + 20**2 + 10 * 20))  # 60 degrees apart
    assert (found["grid", "L2"], found["grid", "L3"]) == pytest.approx((10.0, 20.0))
    assert found["grid", "W"] == pytest.approx(math.sqrt(3) * 120.0 * 30)
    assert network.plain.tolist() == [False, True, True, True]


def test_before_a_delta_wye_transformer_lines_carry_what_physics_says() -> None:
    nodes = [
        Node(id="utility", amperes=UNLIMITED, watts=math.inf, volts=480.0 / math.sqrt(3)),
        Node(id="trafo", parent="utility", amperes=UNLIMITED, watts=math.inf, volts=120.0, winding="delta-wye"),
        Node(id="panel", parent="trafo", amperes=UNLIMITED),
    ]
    network = compiled(nodes, loads("L1-L2", "L2-L3", "L3-L1", node="panel"))
    currents = np.array([70.0, 45.0, 110.0])
    ab, bc, ca = (amps * cmath.rect(1, math.radians(angle)) for amps, angle in zip(currents, (30, -90, 150), strict=True))
    behind = {"L1": ab - ca, "L2": bc - ab, "L3": ca - bc}
    before = {"L1": behind["L1"] - behind["L3"], "L2": behind["L2"] - behind["L1"], "L3": behind["L3"] - behind["L2"]}
    found = loaded(network, currents)
    for phase, line in behind.items():
        assert found["panel", phase] == pytest.approx(abs(line))
        assert found["trafo", phase] == pytest.approx(abs(before[phase]) / 4)
        assert found["utility", phase] == pytest.approx(abs(before[phase]) / 4)
    assert found["utility", "W"] == pytest.approx(208 * currents.sum(), rel=1e-3)


def test_balanced_loads_behind_a_transformer_are_a_plain_sum_before_it() -> None:
    nodes = [
        Node(id="utility", amperes=UNLIMITED, watts=math.inf, volts=400.0),
        Node(id="trafo", parent="utility", volts=200.0, amperes=UNLIMITED, winding="delta-wye"),
    ]
    network = compiled(nodes, loads("L1L2L3", "L2L3L1", node="trafo"))
    assert network.all_plain
    found = use(network, np.array([10.0, 6.0]))
    assert found[network.row("utility", "L2")] == pytest.approx(8.0)  # half the current at twice the voltage
    assert found[network.row("utility", "W")] == pytest.approx(200 * 3 * 16.0)


def test_behind_another_voltage_currents_change_and_power_does_not() -> None:
    nodes = [Node(id="mv", amperes=UNLIMITED, watts=math.inf, volts=2300.0), Node(id="lv", parent="mv", volts=230.0)]
    network = compiled(nodes, loads("L1L2L3", node="lv"))
    found = loaded(network, np.array([32.0]))
    assert found["mv", "L1"] == pytest.approx(3.2)
    assert found["mv", "W"] == pytest.approx(3 * 230 * 32.0)


def test_a_group_holds_points_wherever_they_hang() -> None:
    points = [*loads("L1L2L3", "L2"), *loads("L1", node="b")]
    network = compiled([GRID, A, B], points, [Group(id="zone", points=("b0", "a1"), amperes=UNLIMITED, watts=5000.0)])
    found = loaded(network, np.array([1.0, 10.0, 20.0]))
    assert (found["zone", "L1"], found["zone", "L2"], found["zone", "W"]) == (20.0, 10.0, 6900.0)
    assert under(network, network.places.index("zone")).tolist() == [1, 2]


def test_what_lies_above_and_below_a_node_is_found() -> None:
    c = Node(id="c", parent="a", watts=3000.0)
    network = compiled([GRID, A, B, c], [*loads("L1"), *loads("L1", node="c"), *loads("L2", node="b")])
    a = network.places.index("a")
    assert {network.lines[row].place for row in np.flatnonzero(above(network, a))} == {"grid", "a"}
    assert {network.lines[row].place for row in np.flatnonzero(below(network, a))} == {"a", "c"}
    assert under(network, a).tolist() == [0, 1]
    assert under(network, 0).tolist() == [0, 1, 2]


def test_some_points_of_a_network_keep_its_rows() -> None:
    network = compiled([GRID, A, B], [*loads("L1L2L3", "L2-L3"), *loads("L3", node="b")])
    currents = np.array([5.0, 0.0, 7.0])
    part = narrow(network, np.array([0, 2]))
    assert part.points == ("a0", "b0")
    assert part.lines == network.lines
    assert use(part, currents[[0, 2]]) == pytest.approx(use(network, currents))
    assert not network.all_plain
    assert (part.plain == network.plain).all(), "what hung between two phases may still be drawn beside"
    assert part.starts[-1] == len(part.columns) == len(part.rows)


def test_a_sum_that_turns_another_way_stays_one() -> None:
    nodes = [Node(id="n", amperes=UNLIMITED, volts=120.0)]
    network = compiled(nodes, loads("L1-L2", node="n"))
    assert network.all_plain
    assert use(network, np.array([7.0])).tolist() == pytest.approx([7.0, 7.0, 0.0])


@pytest.mark.parametrize(
    ("wiring", "phases", "expected"), [("L2L3L1", 1, "L2"), ("", 2, "L1L2"), ("L1-L2", 1, "L1-L2"), ("L3", 3, "L3")]
)
def test_an_ev_uses_the_first_terminals(wiring: str, phases: int, expected: str) -> None:
    assert used(wiring, phases) == expected


@pytest.mark.parametrize("wiring", ["L4", "L1L1", "L1-L1", "-", "L1-L2L3", "L1-", "x"])
def test_what_is_no_wiring_is_refused(wiring: str) -> None:
    with pytest.raises(Malformed):
        compiled([GRID], loads(wiring, node="grid"))


@pytest.mark.parametrize(
    "make",
    [
        lambda: compiled([A], []),
        lambda: compiled([GRID, GRID], []),
        lambda: compiled([GRID], [*loads("L1", node="grid"), *loads("L2", node="grid")]),
        lambda: compiled([GRID], loads("L1")),
        lambda: compiled([GRID], [], [Group(id="zone", points=("nobody",))]),
        lambda: compiled([Node(id="x", parent="y"), Node(id="y", parent="x")], []),
    ],
)
def test_what_does_not_hang_together_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(Malformed):
        make()


def test_a_row_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="not in"):
        compiled([GRID], []).row("a", "L1")


def test_a_site_becomes_nodes_with_rows_for_whatever_may_be_limited() -> None:
    amps = (Amperes(50.0), Amperes(50.0), Amperes(50.0))
    site = Site(
        id=SiteId("garage"),
        connections=(GridConnection(id="grid", import_max=Watts(60_000.0), amperes=amps),),
        feeders=(
            Feeder(id="up", amperes=amps, volts=Volts(120.0), winding="delta-wye"),
            Feeder(id="row", parent="up", import_max=Watts(9000.0)),
        ),
    )
    network = compiled(nodes_of(site), [Point(id="p", node="row", wiring="L1")])
    assert network.places == ("grid", "up", "row")
    assert network.parents.tolist() == [-1, 0, 1]
    assert network.ratings[network.row("row", "W")] == 9000.0
    assert network.ratings[network.row("row", "L1")] == math.inf
    assert network.ratings[network.row("grid", "L3")] == 50.0
    assert use(network, np.array([10.0]))[network.row("up", "L2")] == pytest.approx(10 * 120 / (230 * math.sqrt(3)))


def test_a_part_of_a_network_has_the_room_that_the_others_leave() -> None:
    network = compiled([GRID, A, B], [*loads("L1L2L3", "L1"), *loads("L1", node="b")])
    currents = np.array([10.0, 20.0, 30.0])
    smaller, left = part(network, room(network), currents, np.array([1]))
    found = slack(smaller, left, np.array([5.0]))
    assert smaller.points == ("a1",)
    assert found[network.row("grid", "L1")] == pytest.approx(100.0 - 10.0 - 30.0 - 5.0)
    assert found[network.row("a", "L1")] == pytest.approx(63.0 - 10.0 - 5.0)


@settings(max_examples=100)
@given(networks(delta=True), st.data())
def test_the_peak_of_a_row_is_what_the_worst_of_all_that_may_be_drawn_makes_of_it(network: Network, data: st.DataObject) -> None:
    size = min(len(network.points), 8)
    network = narrow(network, np.arange(size, dtype=np.intp))
    drawn = data.draw(currents(size))
    base = carry(network, data.draw(currents(size)))
    corners = [use(network, drawn * np.array(one), base) for one in itertools.product((0.0, 1.0), repeat=size)]
    assert peak(network, drawn, base) == pytest.approx(np.where(network.plain, corners[-1], np.max(corners, axis=0)))


@settings(max_examples=100)
@given(networks(delta=True), st.data())
def test_the_checker_finds_the_same_peak(network: Network, data: st.DataObject) -> None:
    drawn = data.draw(currents(len(network.points)))
    high = peak(network, drawn)
    assert check(network, Room(limits=high, base=np.zeros(len(high), dtype=np.complex128)), drawn, drawn, up_to=True) is None
    for row in np.flatnonzero(high > 0.1):
        limits = np.full(len(high), np.inf)
        limits[row] = high[row] * 0.99
        found = check(network, Room(limits=limits, base=np.zeros(len(high), dtype=np.complex128)), drawn, drawn, up_to=True)
        assert found is not None
        assert found.line == network.lines[row]


def test_points_of_one_phase_beside_a_load_between_two_do_not_exceed_a_row_by_what_is_out_of_phase() -> None:
    whole = compiled([GRID], [Point(id="ev", node="grid", wiring="L1"), Point(id="heat", node="grid", wiring="L1-L2")])
    network, beside = narrow(whole, np.array([0])), carry(narrow(whole, np.array([1])), np.array([40.0]))
    drawn, row = np.array([70.0]), network.row("grid", "L1")
    there = abs(carry(whole, np.array([70.0, 40.0]))[row])
    assert use(network, drawn, beside)[row] == pytest.approx(there)
    limits = np.where(np.arange(len(network.lines)) == row, there * 0.99, np.inf)
    assert check(network, Room(limits=limits, base=beside), drawn, drawn) is not None
