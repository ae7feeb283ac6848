# SPDX-License-Identifier: Apache-2.0
"""Planned sites under a common limit do as well together as one site that has them all."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning import ENERGIES, HALVES, PRICES, need, problem, site

from open63110.kernel.errors import Unavailable
from open63110.planner.bidding import PlannedSite
from open63110.planner.check import check
from open63110.planner.grid import Grid, grid
from open63110.planner.network import Floats, Network, Room, room
from open63110.planner.portfolio import Common, Joint, coordinate
from open63110.planner.problem import HOUR, Energy, Need, Pausing, Problem
from open63110.planner.site_plan import Memory
from open63110.planner.tree import Node, Point, compiled

SLOTS = grid(6 * HOUR, HALVES)
PRICED = Energy(value=0.6, price=PRICES)


def both(limits: tuple[float, float], common: float, wirings: tuple[str, ...]) -> tuple[Network, Floats, Room]:
    """The first points on one feeder, the last on another, and a limit of power above both [W]."""
    nodes = [Node(id="grid", watts=common)]
    nodes += [Node(id=f"f{at}", parent="grid", amperes=(limit,) * 3) for at, limit in enumerate(limits)]
    points = [Point(id=str(at), node=f"f{min(at // 2, 1)}", wiring=wiring) for at, wiring in enumerate(wirings)]
    network = compiled(nodes, points)
    return network, np.array([230.0 * (3 if wiring == "L1L2L3" else 1) for wiring in wirings]), room(network)


def joined(problems: list[Problem], limit: float, slots: Grid = SLOTS) -> Joint:
    common = Common(limits=np.full(len(slots.starts), limit / 1000), excess_price=50.0)
    *_, last = coordinate([PlannedSite(one, slots, Memory()) for one in problems], common, gap=1e-6)
    return last


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from([4000.0, 9000.0, math.inf]),
    st.sampled_from([10.0, 25.0]),
    st.lists(st.tuples(st.sampled_from([3000.0, 9000.0]), st.sampled_from([1.2, 3.0, 6.0])), min_size=4, max_size=4),
    st.sampled_from([Energy(), PRICED]),
)
def test_sites_that_are_told_prices_reach_what_one_programme_finds(
    common: float, limit: float, asked: list[tuple[float, float]], energy: Energy
) -> None:
    wirings = ("L1", "L1L2L3", "L2", "L1")
    needs = [need(at, size, hours) for at, (size, hours) in enumerate(asked)]
    moved = [msgspec.structs.replace(one, point=one.point - 2) for one in needs[2:]]
    apart = [
        problem(site(limit, *wirings[:2]), *needs[:2], energy=energy, spans=HALVES),
        problem(site(30.0, *wirings[2:]), *moved, energy=energy, spans=HALVES),
    ]
    whole = problem(both((limit, 30.0), common, wirings), *needs, energy=energy, spans=HALVES)
    expected = PlannedSite(whole, SLOTS, Memory()).bid(np.zeros(len(SLOTS.starts))).least
    last = joined(apart, common)
    assert last.cost == pytest.approx(expected, rel=1e-4, abs=1e-4)
    assert last.least <= expected + 1e-4


@pytest.mark.parametrize("energy", ["quick", "price and carbon", "sun", "battery"])
def test_a_mixture_is_a_plan_within_the_rows_of_each_site(energy: str) -> None:
    asked = [
        problem(site(20.0, "L1", "L1L2L3"), need(0, 9000.0, 5.0), need(1, 12_000.0, 3.0), energy=ENERGIES[energy]),
        problem(site(30.0, "L1-L2", "L2-L3", winding=True), need(0, 9000.0, 6.0), need(1, 9000.0, 4.0), energy=ENERGIES[energy]),
    ]
    sites = [PlannedSite(one, SLOTS, Memory()) for one in asked]
    common = Common(limits=np.full(len(SLOTS.starts), 9.0), excess_price=50.0)
    *_, last = coordinate(sites, common, gap=1e-4)
    assert last.gap <= 1e-4
    assert (last.use.sum(axis=0) <= 9.0 + 1e-6).all()
    for one, made, plan, use in zip(asked, sites, last.plans, last.use, strict=True):
        currents = made.currents(plan)
        given_ = one.rooms[0][1]
        loose = Room(limits=given_.limits * 1.002, base=given_.base)  # tangents are that near to a circle
        for slot in range(len(SLOTS.starts)):
            assert check(one.network, loose, currents[:, slot], np.full(2, 32.0)) is None
        if not one.energy.flows:
            drawn = one.watts @ currents / 1000 + SLOTS.mean(one.energy.load) / 1000
            assert drawn == pytest.approx(use, abs=1e-6)


def test_other_loads_of_a_site_count_for_the_common_limit() -> None:
    energy = msgspec.structs.replace(PRICED, load=msgspec.structs.replace(ENERGIES["peak"]).load)
    asked = problem(site(40.0, "L1L2L3"), need(0, 20_000.0, 4.0), energy=energy)
    last = joined([asked], 10_000.0)
    assert last.use.max() == pytest.approx(10.0)  # 3 kW of them are other loads
    assert PlannedSite(asked, SLOTS, Memory()).currents(last.plans[0]).max() == pytest.approx(7000 / 690)


def test_who_may_not_stop_goes_on_whatever_it_costs() -> None:
    runs: Need = need(0, 9000.0, 4.0, drawing=10.0, pilot=msgspec.structs.replace(need(0, 1.0, 1.0).pilot, least=6.0))
    asked = problem(site(40.0, "L1"), runs, energy=PRICED, pausing=Pausing(most=0))
    bid = PlannedSite(asked, SLOTS, Memory()).bid(np.full(len(SLOTS.starts), 50.0))
    assert bid.use[0] == pytest.approx(6 * 0.23)


def test_a_solver_that_is_late_makes_no_bid() -> None:
    asked = problem(site(20.0, *["L1"] * 40), *(need(at, 9000.0, 5.0) for at in range(40)), energy=PRICED, deadline=0.0)
    with pytest.raises(Unavailable):
        PlannedSite(asked, SLOTS, Memory()).bid(np.zeros(len(SLOTS.starts)))
