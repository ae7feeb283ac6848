# SPDX-License-Identifier: Apache-2.0
"""Programmes of sites against an independent solver, which is given cones instead of tangents."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning import ENERGIES, HALVES, PRICES, need, oracle, problem, site

from open63110.planner.grid import grid, steady
from open63110.planner.problem import HOUR, Energy, Peak
from open63110.planner.programme import bounds, programme
from open63110.planner.site_plan import Memory, plan
from open63110.planner.solver import Solver
from open63110.planner.tangents import tangents


@pytest.mark.parametrize("name", ENERGIES)
@pytest.mark.parametrize("winding", [False, True])
def test_a_programme_is_worth_what_an_independent_solver_finds(name: str, winding: bool) -> None:
    made = site(30.0, "L1-L2", "L2-L3", "L3-L1", "L1-L2", winding=True) if winding else site(40.0, "L1", "L1L2L3", "L3", "L2L3")
    needs = (need(0, 14_000.0, 2.7), need(1, 22_000.0, 4.0, priority=1.5), need(2, 9000.0, 1.5), need(3, 6000.0, 6.0, most=16.0))
    asked = problem(made, *needs, energy=ENERGIES[name], spans=HALVES)
    expected = oracle(asked)
    found = plan(asked, Memory()).objective
    assert found <= expected + 1e-6 * (1 + abs(expected)), "tangents lie outside the cone, so the programme is never worse"
    assert found == pytest.approx(expected, rel=2e-3, abs=2e-3)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(("L1", "L2", "L3", "L1L2L3")), st.floats(500, 40_000), st.floats(0.3, 9.0)),
        min_size=1,
        max_size=5,
    ),
    st.floats(8.0, 60.0),
)
def test_where_rows_are_sums_it_is_exactly_that(evs: list[tuple[str, float, float]], limit: float) -> None:
    made = site(limit, *[wiring for wiring, _, _ in evs])
    needs = [need(at, energy, hours) for at, (_, energy, hours) in enumerate(evs)]
    asked = problem(made, *needs, energy=Energy(price=PRICES), spans=HALVES)
    assert plan(asked, Memory()).objective == pytest.approx(oracle(asked), rel=1e-5, abs=1e-6)


def test_the_solver_changes_costs_and_bounds_in_place() -> None:
    network, power, given_room = site(30.0, "L1-L2", "L2-L3", "L3-L1", winding=True)
    solver = Solver()
    found = []
    for price in (0.1, 0.11, 0.12):
        energy = Energy(value=0.4, price=steady(price), peak=Peak(price=1.0))
        asked = problem((network, power, given_room), *(need(at, 20_000.0, 4.0) for at in range(3)), energy=energy)
        slots = grid(4 * HOUR)
        planes = tangents(network, power, given_room.base[:, None], np.isfinite(given_room.limits))
        found.append(
            solver.solve(programme(asked, slots, planes, bounds(asked, slots, np.zeros(3, dtype=np.bool_))), planes, 9.0)
        )
    assert found[2].iterations < found[0].iterations / 4
    assert found[2].objective > found[0].objective
