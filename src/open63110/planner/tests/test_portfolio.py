# SPDX-License-Identifier: Apache-2.0
"""Sites brought together by prices: feasible after every round, and never further from the best than was proven."""

import itertools
from typing import NamedTuple

import cvxpy as cp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from open63110.kernel.errors import Unavailable
from open63110.planner.linear import LinearProgramme, LinearSite
from open63110.planner.mixture import Bid
from open63110.planner.network import Floats
from open63110.planner.portfolio import Bidder, Common, Joint, coordinate

SLOTS = 4


class Small(NamedTuple):
    """A site of some EVs, each with a current per slot and a rest that is not delivered."""

    worth: Floats
    """(n) of what is not delivered."""
    energy: Floats
    """(n)"""
    high: Floats
    """(n, K)"""
    price: Floats
    """(K)"""
    feed: float
    """What all draw at most in a slot."""

    @property
    def programme(self) -> LinearProgramme:
        count = len(self.energy)
        matrix = np.zeros((count + SLOTS, count * SLOTS + count))
        for ev in range(count):
            matrix[ev, ev * SLOTS : (ev + 1) * SLOTS] = 1.0
            matrix[ev, count * SLOTS + ev] = 1.0
            matrix[count + np.arange(SLOTS), ev * SLOTS + np.arange(SLOTS)] = 1.0
        column, row = np.nonzero(matrix.T)
        return LinearProgramme(
            costs=np.concatenate((np.tile(self.price, count), self.worth)),
            lower=np.zeros(matrix.shape[1]),
            upper=np.concatenate((self.high.ravel(), self.energy)),
            row_lower=np.concatenate((self.energy, np.full(SLOTS, -np.inf))),
            row_upper=np.concatenate((self.energy, np.full(SLOTS, self.feed))),
            starts=np.searchsorted(column, np.arange(matrix.shape[1] + 1)),
            indices=row,
            values=matrix[row, column],
        )

    def site(self) -> LinearSite:
        count = len(self.energy)
        slot = np.concatenate((np.tile(np.arange(SLOTS), count), np.zeros(count, dtype=np.intp)))
        return LinearSite(self.programme, slot, np.repeat([1.0, 0.0], [count * SLOTS, count]), SLOTS)


@st.composite
def smalls(draw: st.DrawFn) -> Small:
    count = draw(st.integers(1, 3))
    some = st.sampled_from([0.0, 1.0, 2.0, 3.0])
    high = np.array(draw(st.lists(some, min_size=count * SLOTS, max_size=count * SLOTS))).reshape(count, SLOTS)
    return Small(
        worth=np.array(draw(st.lists(st.sampled_from([3.0, 5.0]), min_size=count, max_size=count))),
        energy=np.array(draw(st.lists(st.sampled_from([0.5, 2.0, 6.0]), min_size=count, max_size=count))),
        high=high,
        price=np.array(draw(st.lists(st.sampled_from([0.5, 1.0, 2.5]), min_size=SLOTS, max_size=SLOTS))),
        feed=draw(st.sampled_from([2.0, 5.0])),
    )


@st.composite
def commons(draw: st.DrawFn) -> Common:
    some = st.sampled_from([0.0, 1.0, 3.0, 6.0, np.inf])
    base = st.none() | st.lists(st.sampled_from([-1.0, 0.0, 2.0]), min_size=SLOTS, max_size=SLOTS).map(np.array)
    return Common(
        limits=np.array(draw(st.lists(some, min_size=SLOTS, max_size=SLOTS))),
        excess_price=20.0,
        base=draw(base),
        peak_price=draw(st.sampled_from([0.0, 0.7, 4.0])),
        peak_paid=draw(st.sampled_from([0.0, 1.0])),
    )


def best(sites: list[Small], common: Common) -> float:
    """What all sites together cost at least, as one programme by CVXPY."""
    peak = cp.Variable()
    cost: cp.Expression = common.peak_price * (peak - common.peak_paid)
    base = np.zeros(SLOTS) if common.base is None else common.base
    total: cp.Expression = cp.Constant(np.zeros(SLOTS))
    within: list[cp.Constraint] = [peak >= common.peak_paid]
    for one in sites:
        count = len(one.energy)
        drawn, rest = cp.Variable((count, SLOTS), nonneg=True), cp.Variable(count, nonneg=True)
        use = cp.Constant(np.ones(count)) @ drawn
        within += [drawn <= one.high, drawn @ np.ones(SLOTS) + rest == one.energy, use <= one.feed]
        cost, total = cost + use @ one.price + one.worth @ rest, total + use
    some = np.flatnonzero(np.isfinite(common.limits))
    within += [total + base <= peak, cp.Constant(common.limits[some]) >= total[some]]
    problem = cp.Problem(cp.Minimize(cost), within)
    problem.solve(solver=cp.CLARABEL)  # type: ignore[no-untyped-call]  # CVXPY types only a part of itself
    return float(np.asarray(problem.value))


@settings(max_examples=60, deadline=None)
@given(st.lists(smalls(), min_size=1, max_size=4), commons())
def test_every_round_leaves_plans_that_keep_to_all_limits_and_a_bound_that_is_true(sites: list[Small], common: Common) -> None:
    truth, found = best(sites, common), list(coordinate([one.site() for one in sites], common, gap=0.0, rounds=60))
    for joint in found:
        assert joint.least <= truth + 1e-4
        assert joint.cost >= truth - 1e-4
        assert joint.excess == pytest.approx(np.zeros(SLOTS), abs=1e-6)
        assert (joint.use.sum(axis=0) <= common.limits + 1e-6).all()
        _carried_out(sites, joint)
    assert all(after.cost <= before.cost + 1e-7 for before, after in itertools.pairwise(found))
    assert all(after.least >= before.least for before, after in itertools.pairwise(found))
    assert found[-1].cost == pytest.approx(truth, abs=1e-4)
    assert found[-1].gap <= 1e-6


def _carried_out(sites: list[Small], joint: Joint) -> None:
    """Each site can do what its plan says, and draws what it is said to draw."""
    for one, plan, use in zip(sites, joint.plans, joint.use, strict=True):
        count = len(one.energy)
        drawn = plan[: count * SLOTS].reshape(count, SLOTS)
        assert (drawn <= one.high + 1e-6).all()
        assert drawn.sum(axis=1) + plan[count * SLOTS :] == pytest.approx(one.energy)
        assert (drawn.sum(axis=0) <= one.feed + 1e-6).all()
        assert drawn.sum(axis=0) == pytest.approx(use, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.lists(smalls(), min_size=2, max_size=4), commons())
def test_it_ends_where_the_gap_asked_for_is_proven(sites: list[Small], common: Common) -> None:
    *_, last = coordinate([one.site() for one in sites], common, gap=0.05)
    assert last.gap <= 0.05
    assert last.cost <= best(sites, common) * 1.06 + 1e-6


@settings(max_examples=20, deadline=None)
@given(st.lists(smalls(), min_size=2, max_size=4), commons())
def test_good_prices_of_the_last_time_prove_as_much_at_once(sites: list[Small], common: Common) -> None:
    *_, last = coordinate([one.site() for one in sites], common, gap=0.0)
    first = next(coordinate([one.site() for one in sites], common, prices=last.prices))
    assert first.least == pytest.approx(last.least, abs=1e-5)


def test_who_cannot_do_less_exceeds_a_common_limit_and_it_is_told() -> None:
    class Stubborn:
        def bid(self, prices: Floats) -> Bid:
            return Bid(use=np.full(SLOTS, 5.0), cost=1.0, least=1.0 + float(prices.sum()) * 5.0, plan=np.ones(1))

    sites: list[Bidder] = [Stubborn(), Stubborn()]
    *_, last = coordinate(sites, Common(limits=np.array([12.0, 8.0, 10.0, np.inf]), excess_price=3.0), gap=0.0)
    assert last.excess == pytest.approx([0.0, 2.0, 0.0, 0.0])
    assert last.cost == pytest.approx(2.0 + 6.0)
    assert last.least == pytest.approx(8.0)


def test_a_site_without_any_plan_says_so() -> None:
    impossible = Small(np.ones(1), np.array([-1.0]), np.ones((1, SLOTS)), np.zeros(SLOTS), 1.0)
    with pytest.raises(Unavailable):
        impossible.site().bid(np.zeros(SLOTS))
