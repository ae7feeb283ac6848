# SPDX-License-Identifier: Apache-2.0
"""Plans of sites, against an independent solver and by what they promise (8.2.3)."""

import pickle

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning import ENERGIES, PRICES, need, problem, site

from open63110.planner.check import check
from open63110.planner.grid import Profile
from open63110.planner.network import Floats, Line, Room, room
from open63110.planner.pilot import Pilot
from open63110.planner.problem import HOUR, Battery, Energy, Pausing, Peak, Problem
from open63110.planner.site_plan import Memory, SitePlan, plan
from open63110.planner.tree import Group, Node, Point, compiled

SIX = Pilot(least=6.0)
WHOLE = Pilot(least=6.0, levels=tuple(float(one) for one in range(6, 33)))


def planned(asked: Problem) -> SitePlan:
    return plan(asked, Memory())


# --- what plans are like ----------------------------------------------------------------------------------------------


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    count = draw(st.integers(1, 6))
    delta = draw(st.booleans())
    wirings = draw(
        st.lists(
            st.sampled_from(("L1-L2", "L2-L3", "L3-L1") if delta else ("L1", "L2", "L3", "L1L2L3")),
            min_size=count,
            max_size=count,
        )
    )
    made = site(draw(st.floats(0.0, 90.0)), *wirings, winding=delta)
    needs = []
    for at in range(count):
        first, later = sorted((draw(st.floats(0.0, 8.0)), draw(st.floats(0.01, 30.0))))
        sizes = (draw(st.floats(0.0, 30_000.0)), draw(st.floats(0.0, 9000.0)))
        needs.append(
            need(
                at,
                0.0,
                0.0,
                wanted=((sizes[0], 1.0), (sizes[1], 0.4)),
                leaves=((first * HOUR, 0.3), (later * HOUR, 0.7)),
                pilot=draw(st.sampled_from((Pilot(), SIX, WHOLE))),
                drawing=draw(st.sampled_from((0.0, 6.0, 12.0))),
                pauses=draw(st.integers(0, 2)),
                running=draw(st.sampled_from((300.0, 7200.0))),
            )
        )
    pausing = draw(st.sampled_from((Pausing(), Pausing(most=0), Pausing(most=1, on=1800.0, off=900.0))))
    return problem(made, *needs, energy=draw(st.sampled_from(list(ENERGIES.values()))), pausing=pausing)


def vector(asked: Problem, found: SitePlan) -> Floats:
    told = np.zeros(len(asked.network.points))
    for one in found.points:
        told[one.point] = one.now
    return told


@settings(max_examples=60, deadline=None)
@given(problems())
def test_there_is_always_a_plan_and_it_passes_the_checker(asked: Problem) -> None:
    found = planned(asked)
    assert found.outcome == "optimal"
    high = np.full(len(asked.network.points), 32.0)
    assert check(asked.network, asked.rooms[0][1], vector(asked, found), high) is None
    for one, told in zip(asked.needs, found.points, strict=True):
        assert 0.0 <= told.energy <= one.energy + 1e-6
        assert 0.0 <= told.confidence <= 1.0
        assert told.now == 0.0 or told.now >= one.pilot.least


@settings(max_examples=20, deadline=None)
@given(problems(), problems())
def test_the_same_problems_in_the_same_order_have_the_same_plans(first: Problem, second: Problem) -> None:
    one, other = Memory(), Memory()
    assert [plan(asked, one) for asked in (first, second, first)] == [plan(asked, other) for asked in (first, second, first)]


def test_a_memory_finds_what_a_new_one_finds_when_only_prices_and_limits_change() -> None:
    network, power, given_room = site(30.0, "L1-L2", "L2-L3", "L3-L1", winding=True)
    needs = (need(0, 20_000.0, 5.0), need(1, 9000.0, 2.0), need(2, 16_000.0, 4.0))
    memory = Memory()
    for factor in (1.0, 1.4, 0.6):
        narrower = Room(limits=given_room.limits * factor, base=given_room.base)
        energy = Energy(value=0.4, price=PRICES._replace(values=PRICES.values * factor), peak=Peak(price=factor))
        asked = problem((network, power, narrower), *needs, energy=energy)
        assert plan(asked, memory).objective == pytest.approx(planned(asked).objective, rel=2e-3)


def test_what_cannot_all_be_had_goes_to_whom_it_is_worth_most() -> None:
    made = site(16.0, "L1", "L1")
    found = planned(problem(made, need(0, 9000.0, 2.0), need(1, 9000.0, 2.0, priority=3.0)))
    assert found.points[1].energy == pytest.approx(16 * 230 * 2.0)
    assert found.points[0].energy == pytest.approx(0.0, abs=1.0)


def test_who_leaves_first_is_served_first_where_both_can_be() -> None:
    found = planned(problem(site(16.0, "L1", "L1"), need(0, 3500.0, 6.0), need(1, 3500.0, 1.0)))
    assert [one.energy for one in found.points] == pytest.approx([3500.0, 3500.0])
    assert found.points[1].now == pytest.approx(16.0)


def test_a_late_departure_that_is_unlikely_is_not_waited_for() -> None:
    made = site(32.0, "L1")
    cheap_later = Profile(np.array([0.0, 4 * HOUR]), np.array([0.3, 0.1]))
    sure = need(0, 5000.0, 10.0)
    doubtful = need(0, 5000.0, 0.0, leaves=((2 * HOUR, 0.5), (10 * HOUR, 0.5)))
    energy = Energy(value=0.6, price=cheap_later)
    assert planned(problem(made, sure, energy=energy, quick=0.0)).points[0].now == 0.0
    found = planned(problem(made, doubtful, energy=energy, quick=0.0)).points[0]
    assert sum(found.ahead[:24]) > 0.0
    assert found.confidence == pytest.approx(1.0)


def test_a_promise_that_needs_a_late_departure_says_how_likely_it_is() -> None:
    found = planned(problem(site(10.0, "L1"), need(0, 9000.0, 0.0, leaves=((1 * HOUR, 0.25), (9 * HOUR, 0.75)))))
    assert found.points[0].energy == pytest.approx(9000.0)
    assert found.points[0].confidence == pytest.approx(0.75)


def test_energy_that_is_hardly_wanted_comes_after_energy_that_surely_is() -> None:
    doubtful = need(0, 0.0, 2.0, wanted=((1000.0, 1.0), (9000.0, 0.3)))
    found = planned(problem(site(16.0, "L1", "L1"), doubtful, need(1, 6000.0, 2.0)))
    assert [one.energy for one in found.points] == pytest.approx([16 * 230 * 2 - 6000.0, 6000.0], rel=1e-6)


def test_a_plan_says_which_row_stands_in_the_way_and_what_it_would_be_worth() -> None:
    found = planned(problem(site(16.0, "L1", "L1", "L2"), *(need(at, 9000.0, 2.0) for at in range(3))))
    assert found.points[0].binding == Line("feeder", "L1")
    assert found.points[0].price == pytest.approx(0.230, rel=0.2)
    assert found.points[2].binding == Line("feeder", "L2")
    assert planned(problem(site(90.0, "L1", "L1"), need(0, 9000.0, 2.0), need(1, 9000.0, 2.0))).points[0].binding is None


def test_a_limit_that_comes_later_is_planned_for() -> None:
    network, power, wide = site(32.0, "L1")
    closed = Room(limits=np.zeros_like(wide.limits), base=wide.base)
    asked = problem((network, power, wide), need(0, 9000.0, 4.0))
    asked = msgspec.structs.replace(asked, rooms=((0.0, wide), (HOUR, closed)), energy=Energy(value=1.0, price=PRICES))
    found = planned(asked).points[0]
    assert found.energy == pytest.approx(32 * 230.0)
    assert not any(found.ahead[12:])


def test_other_loads_take_their_part_of_a_row() -> None:
    network, power, given_room = site(32.0, "L1")
    loaded = Room(
        limits=given_room.limits, base=np.where(np.arange(len(network.lines)) == network.row("feeder", "L1"), 20.0 + 0j, 0j)
    )
    assert planned(problem((network, power, loaded), need(0, 9000.0, 1.0))).points[0].now == pytest.approx(12.0)


def test_a_battery_at_a_point_helps_a_feeder_that_is_too_narrow() -> None:
    made = site(16.0, "L1", "L1")
    battery = Battery(capacity=8000.0, level=8000.0, charge=3000.0, discharge=3000.0, efficiency=1.0)
    alone = planned(problem(made, need(0, 9000.0, 2.0), energy=Energy(battery=battery)))
    helped = planned(problem(made, need(0, 9000.0, 2.0), energy=Energy(battery=msgspec.structs.replace(battery, point=1))))
    assert alone.points[0].energy == pytest.approx(16 * 230 * 2.0)
    assert helped.points[0].energy == pytest.approx(9000.0)
    assert min(helped.battery) < 0.0


def test_nobody_who_has_begun_is_made_to_wait_where_pauses_are_spent() -> None:
    made = site(12.0, "L1", "L1", "L1")
    needs = (
        need(0, 9000.0, 9.0, pilot=SIX, drawing=6.0),
        need(1, 9000.0, 9.0, pilot=SIX, drawing=6.0),
        need(2, 2000.0, 1.0, pilot=SIX, priority=5.0),
    )
    never = planned(problem(made, *needs, pausing=Pausing(most=0)))
    assert [one.now for one in never.points] == pytest.approx([6.0, 6.0, 0.0])
    once = planned(problem(made, *needs, pausing=Pausing(most=1)))
    assert once.points[2].now > 0.0
    spent = tuple(msgspec.structs.replace(one, pauses=1) for one in needs)
    assert [one.now for one in planned(problem(made, *spent, pausing=Pausing(most=1))).points] == pytest.approx([6.0, 6.0, 0.0])
    begun = (needs[0], msgspec.structs.replace(needs[1], running=300.0), needs[2])
    assert planned(problem(made, *begun, pausing=Pausing(on=1800.0))).points[1].now >= 6.0


def test_who_was_made_to_wait_stays_so_for_the_least_time() -> None:
    waits = need(0, 9000.0, 2.0, pilot=SIX, pauses=1, running=300.0)
    made = site(32.0, "L1")
    assert planned(problem(made, waits, pausing=Pausing(off=900.0))).points[0].now == 0.0
    assert planned(problem(made, msgspec.structs.replace(waits, running=900.0), pausing=Pausing(off=900.0))).points[
        0
    ].now == pytest.approx(32.0)


def test_a_solver_that_has_no_time_says_that_it_is_late_and_answers_the_next() -> None:
    sides = ("L1-L2", "L2-L3", "L3-L1") * 20
    asked = problem(site(99.0, *sides, winding=True), *(need(at, 30_000.0, 3.0 + at) for at in range(60)))
    memory = Memory()
    late = plan(msgspec.structs.replace(asked, deadline=0.0), memory)
    assert (late.outcome, late.points) == ("late", ())
    assert plan(asked, memory).outcome == "optimal"


def test_where_other_loads_alone_exceed_a_row_nobody_draws_there() -> None:
    network, power, given_room = site(10.0, "L1", "L2")
    over = Room(
        limits=given_room.limits, base=np.where(np.arange(len(network.lines)) == network.row("feeder", "L1"), 12.0 + 0j, 0j)
    )
    found = planned(
        problem(
            (network, power, over), need(0, 9000.0, 2.0, drawing=6.0, pilot=SIX), need(1, 9000.0, 2.0), pausing=Pausing(most=0)
        )
    )
    assert [one.now for one in found.points] == pytest.approx([0.0, 10.0])


def test_problems_and_plans_cross_to_another_process_unchanged() -> None:
    asked = problem(site(16.0, "L1", "L1"), need(0, 9000.0, 2.0), need(1, 3000.0, 1.0), energy=ENERGIES["battery"])
    found = plan(pickle.loads(pickle.dumps(asked)), Memory())
    assert found == planned(asked)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=SitePlan) == found


def test_a_copy_of_a_network_has_the_tangents_of_the_first() -> None:
    asked = problem(site(30.0, "L1-L2", "L2-L3", winding=True), need(0, 9000.0, 2.0))
    memory = Memory()
    first = memory.tangents(asked)
    assert memory.tangents(pickle.loads(pickle.dumps(asked))) is first
    assert memory.tangents(problem(site(30.0, "L1-L2", "L3-L1", winding=True), need(0, 9000.0, 2.0))) is not first


def test_an_empty_site_has_an_empty_plan() -> None:
    assert planned(problem(site(16.0, "L1"))) == SitePlan(outcome="optimal")


def test_a_group_is_named_where_it_stands_in_the_way() -> None:
    network = compiled(
        [Node(id="grid", amperes=(63.0,) * 3)],
        [Point(id="a", node="grid"), Point(id="b", node="grid")],
        [Group(id="zone", points=("a", "b"), watts=4000.0)],
    )
    asked = problem((network, np.full(2, 690.0), room(network)), need(0, 9000.0, 2.0), need(1, 9000.0, 1.0))
    assert planned(asked).points[0].binding == Line("zone", "W")
