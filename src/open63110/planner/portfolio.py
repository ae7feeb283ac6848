# SPDX-License-Identifier: Apache-2.0
"""Many sites under limits they have in common: prices bring them together, each keeps its own model.

Every round the common limits have prices per slot, every site says what it would draw at these and what that costs it, and the
best mixture of all that was said so far keeps to the limits and makes new prices (Dantzig-Wolfe decomposition). A mixture of
plans of a site is a plan of that site, so whatever round is the last leaves a plan that can be carried out; and what sites say at
any prices proves how much better no plan can be.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

import msgspec
import numpy as np

from open63110.planner.mixture import Bid, Mixture
from open63110.planner.network import Floats

LEAST_GAP = 1e-9
"""Below this nothing is left to be found."""
CAUTION, TRUST = 0.5, 0.7
"""How much of the best prices so far goes into those that are asked next, as a share; and where the first ones were good."""

MANY, FEW = 40, 10
"""From so many sites on, so many of them are asked first, for prices to start from."""


class Bidder(Protocol):
    """A site: an optimisation whose mixtures of plans are plans."""

    def bid(self, prices: Floats) -> Bid:
        """Return the plan that is best for the site at prices of its use, (K)."""
        ...


class Common(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """What sites have in common, per slot; K of them, in any one unit of power."""

    limits: Floats
    """(K) what all together may draw."""
    excess_price: float
    """What a unit above a limit in a slot costs: more than any site would pay. Asked that much, sites draw the least they can;
    where even that is above a limit, so much more is allowed, and no more."""
    base: Floats | None = None
    """(K) what is drawn beside the sites where the peak counts; None: nothing."""
    peak_price: float = 0.0
    """What a unit of the highest sum of use and ``base`` costs."""
    peak_paid: float = 0.0
    """What of that costs nothing more."""


class Prices(NamedTuple):
    """Of use in each slot, (K) each: for the sake of the limits, and of the peak."""

    limit: Floats
    peak: Floats

    @property
    def total(self) -> Floats:
        """Both, (K)."""
        return self.limit + self.peak

    def of_limits(self, common: Common, excess: Floats) -> float:
        """Return what the limits are worth, and what may be above them, (K)."""
        priced = self.limit > 0.0
        above = np.maximum(self.limit - common.excess_price, 0.0) @ excess
        return float(self.limit[priced] @ common.limits[priced] + above)

    def for_peak(self, common: Common) -> float:
        """Return what the peak prices bring beside the sites: base that is drawn anyway, and the peak that is paid."""
        base = np.zeros(len(self.peak)) if common.base is None else common.base
        return float(self.peak @ (base - common.peak_paid))

    def towards(self, other: "Prices", stay: float) -> "Prices":
        """Return prices between these and others."""
        return Prices(stay * self.limit + (1 - stay) * other.limit, stay * self.peak + (1 - stay) * other.peak)


class Joint(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """The best that is known after a round."""

    plans: tuple[Floats, ...]
    """Of each site, in its own terms."""
    use: Floats
    """(S, K) of each site per slot."""
    prices: Prices
    """The best so far."""
    excess: Floats
    """(K) above the common limits; 0 unless sites cannot do less."""
    cost: float
    """Of all this."""
    least: float
    """What no plan can cost less than."""

    @property
    def gap(self) -> float:
        """How much of its cost the best plan could save at most, as a share."""
        return max(self.cost - self.least, 0.0) / max(abs(self.cost), 1e-12)


def coordinate(
    sites: Sequence[Bidder], common: Common, *, gap: float = 0.002, prices: Prices | None = None, rounds: int = 1000
) -> Iterator[Joint]:
    """Yield a better joint plan after every round; whoever has no more time stops asking.

    Args:
        sites: S of them; each is asked once a round, and two times at the beginning.
        common: limits and peak of K slots.
        gap: ends when no plan can save more than this share of the cost.
        prices: where to start, the best of the last time; None: at those of a few sites, or at nothing.
        rounds: how many at most.
    """
    prices = prices or _prices_of_few(sites, common, gap)
    slots = len(common.limits)
    base = np.zeros(slots) if common.base is None else common.base
    modest = [site.bid(np.full(slots, common.excess_price)) for site in sites]
    excess = np.maximum(np.sum([bid.use for bid in modest], axis=0) - common.limits, 0.0)
    mixture = Mixture((common.limits, excess, base), (common.excess_price, common.peak_price, common.peak_paid), len(sites))
    mixture.add(modest)
    asked = prices or Prices(np.zeros(slots), np.zeros(slots))
    best, least = asked, -np.inf
    for _ in range(rounds):
        bids = [site.bid(asked.total) for site in sites]
        mixture.add(bids)
        bound = sum(bid.least for bid in bids) - asked.of_limits(common, excess) + asked.for_peak(common)
        if bound > least:
            best, least = asked, bound
        mixed = mixture.solve()
        found = Joint(
            plans=mixed.plans,
            use=mixed.use,
            prices=best,
            excess=mixed.excess,
            cost=mixed.cost,
            least=least,
        )
        yield found
        if found.gap <= max(gap, LEAST_GAP):
            return
        asked = best.towards(Prices(mixed.limit_prices, mixed.peak_prices), CAUTION if prices is None else TRUST)


def _prices_of_few(sites: Sequence[Bidder], common: Common, gap: float) -> Prices | None:
    """Return prices of some of many sites under their part of what they have in common; None: there are not so many."""
    if len(sites) < MANY:
        return None
    few = sites[:: len(sites) // FEW]
    part = len(few) / len(sites)
    theirs = msgspec.structs.replace(
        common,
        limits=common.limits * part,
        base=None if common.base is None else common.base * part,
        peak_paid=common.peak_paid * part,
    )
    *_, last = coordinate(few, theirs, gap=gap)
    return last.prices
