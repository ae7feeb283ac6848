# SPDX-License-Identifier: Apache-2.0
"""The safety loop of a site: what every EVSE may draw from now on, always within what the site carries, and never by a solver.

First come EVSEs at which an EV wants energy, each with its minimum or nothing, in turns; what is left is for all, also for those
at which nobody stands, so that who comes charges at once where there is plenty (energy.md 7, L1).
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from open63110.kernel.ids import EvseNumber, StationId
from open63110.planner.admission import admit
from open63110.planner.check import Breach, check
from open63110.planner.claimed import Claimed
from open63110.planner.fill import demand, fill
from open63110.planner.frame import SITE, Frame
from open63110.planner.ladders import ladders
from open63110.planner.network import Bools, Floats, Ints, Network, Phasors, Room, carry, peak, use
from open63110.planner.points import Spot
from open63110.planner.serve import Rhythm, Served, Turns, Wants, serve

Key = tuple[StationId, EvseNumber]

SLACK: Final = 1e-9
"""Share of a limit that is an error of floating point."""

SMALL: Final = 0.05
"""Share of what an EVSE has by which it may differ from what it would have before it is told (I18)."""

SMALL_AMPERES: Final = 0.5

BIG: Final = 1e4
"""More than anything takes [A]."""

TIGHTENED: Final = 4
"""How often rows of phasors are shared anew at most; what then still does not fit is lowered by the checker's verdict."""

ROUNDS_FROM: Final = 2_000
"""From so many EVSEs on, sharing is exact to a tenth of a per cent only."""


class Given(NamedTuple):
    """What a step of the loop starts from."""

    frame: Frame
    spots: Sequence[Spot]
    claimed: Claimed
    limits: Floats
    """(R) of the claims, less what was taken back [A or W]."""
    base: Phasors
    """(R) what is drawn beside the EVSEs [A or W]."""
    share: Floats
    """(N) weights; 0: nothing."""
    rank: Ints
    """(N)"""
    caps: Mapping[Key, float]
    """What a plan lets an EVSE have now [A]."""
    turns: Turns
    seconds: float
    """The moment, in the terms of ``turns``."""
    rhythm: Rhythm
    pauses: Ints
    """(N) how often each had to stop after it had begun."""
    loads: Floats
    """(L) what loads beside the EVSEs draw [A]."""

    def drawn(self) -> float:
        """Return what the site draws in all, as far as anybody knows [W]."""
        row = self.frame.row_of[SITE, "W"]  # which every frame has
        stations = np.array([(one.measured or 0.0) / one.factor for one in self.spots])
        return float(use(self.frame.network, stations, self.base)[row])


class Step(NamedTuple):
    """What EVSEs are to have, and what may be sent of that now."""

    controlled: Bools
    """(N) whether an EVSE is limited together with others at all."""
    target: Floats
    """(N) what each is to have [A]."""
    send: Bools
    """(N) whether it may be told now."""
    waits: Bools
    """(N) it gets more only once others have confirmed less."""
    served: Served
    stops: Ints
    """(N) the row that limits each; −1: none."""
    planned: Floats
    """(R) what will be drawn at most once everybody has confirmed [A or W]."""
    most: Floats
    """(R) what may be drawn at most now [A or W]."""
    limits: Floats
    """(R) [A or W]"""
    breach: Breach | None
    """What the checker found, so that everything was lowered; None: nothing."""


def step(given: Given) -> Step:
    """Look at a site once."""
    network, spots = given.frame.network, given.spots
    most = np.array([one.most for one in spots])
    usable = np.array([one.usable and not one.over for one in spots], dtype=np.bool_)
    controlled = _controlled(given, most)
    fixed = np.where(usable & controlled, 0.0, most)
    room = Room(limits=given.limits, base=given.base + carry(network, fixed))
    target, served, stops, high = _planned(given, room, usable & controlled, fixed)
    theirs = peak(network, fixed, given.base)  # what nobody here can change: of that the operator is told
    lenient = Room(limits=np.maximum(given.limits, theirs), base=given.base)
    breach = check(network, lenient, np.where(usable & controlled, target, fixed), np.maximum(high, fixed), up_to=True)
    if breach is not None:
        target = _lowered(network, np.maximum(given.limits - np.abs(theirs), 0.0), target)
    send, waits = _staged(network, given, target, most, usable & controlled)
    return Step(
        controlled=controlled,
        target=np.where(usable & controlled, target, most),
        send=send,
        waits=waits,
        served=served,
        stops=stops,
        planned=peak(network, np.where(usable & controlled, target, most), given.base),
        most=peak(network, most, given.base),
        limits=given.limits,
        breach=breach,
    )


def _planned(given: Given, room: Room, mine: Bools, fixed: Floats) -> tuple[Floats, Served, Ints, Floats]:
    """Share what rows allow; where others who draw less would make a row of phasors exceed it, share less of that row anew."""
    network = given.frame.network
    for _ in range(TIGHTENED):
        target, served, stops, high = _shared(given, room, mine)
        target = _calm(network, room, given, target, high)
        if network.all_plain:
            break
        highest = peak(network, np.where(mine, target, fixed), given.base)
        allowed = np.maximum(given.limits, peak(network, fixed, given.base))
        over = ~network.plain & (highest > allowed * (1.0 + SLACK))
        if not over.any():
            break
        tight = np.where(over, room.limits * allowed / np.maximum(highest, SLACK) * (1.0 - SLACK), room.limits)
        room = Room(limits=tight, base=room.base)
    return target, served, stops, high


def _controlled(given: Given, most: Floats) -> Bools:
    """Return which EVSEs hang below a row that could be exceeded, or that somebody limits."""
    network = given.frame.network
    bounds = np.array([max(one.bound, one.most) for one in given.spots])
    could = peak(network, np.maximum(bounds, most), given.base) > given.limits * (1.0 + SLACK)
    for row in given.claimed.demanded:
        could[row] = True
    found = np.zeros(len(given.spots), dtype=np.bool_)
    found[network.columns[could[network.rows]]] = True
    for at, one in enumerate(given.spots):
        if _own_cap(given, one) is not None:
            found[at] = True
    return found


def _own_cap(given: Given, spot: Spot) -> float | None:
    """Return what constraints on an EVSE itself, or on its station, leave it [A]; None: there are none."""
    if not (given.claimed.caps or given.claimed.amperes):
        return None
    found = [power / spot.said for key in _keys(spot) if (power := given.claimed.caps.get(key, (None, None))[0]) is not None] + [
        value for key in _keys(spot) if (value := given.claimed.amperes.get(key, (None, None))[0]) is not None
    ]
    return min(found, default=None)


def _keys(spot: Spot) -> tuple[Key, ...]:
    """Return by what constraints on a spot are known; those on a station of several are limits of a place."""
    return ((spot.station, spot.evse), (spot.station, EvseNumber(0)))


def _shared(given: Given, room: Room, mine: Bools) -> tuple[Floats, Served, Ints, Floats]:
    network, spots = given.frame.network, given.spots
    high = np.array([min(one.can, BIG if (cap := _own_cap(given, one)) is None else cap) for one in spots])
    high = np.where(mine & (given.share > 0.0), high, 0.0)
    least = np.array([one.least for one in spots])
    active = np.array([one.state == "active" for one in spots], dtype=np.bool_)
    share = np.where(given.share > 0.0, given.share, 1.0)
    wanted = np.where(active, np.minimum(high, np.array([_drawn(given, one) for one in spots])), 0.0)
    rounds = 3 if len(spots) >= ROUNDS_FROM else None
    wants = Wants(least=least, high=wanted, share=share, rank=given.rank, keep=_spent(given))
    offered = ladders([one.pilots for one in spots])
    served = serve(network, room, wants, given.turns, given.seconds, rhythm=given.rhythm, offered=offered, rounds=rounds)
    waiting = active & (served.currents <= 0.0) & (high > 0.0)
    planned = np.array([key in given.caps for key in ((one.station, one.evse) for one in spots)], dtype=np.bool_)
    top = np.where(waiting, 0.0, np.where(planned & active, served.currents, high))
    rest = fill(network, room, demand(top, np.minimum(served.currents, top), share), rounds)
    stops = np.where(active & (served.rows >= 0), served.rows, rest.binding)
    return rest.currents, served, stops, np.maximum(top, served.currents)


def _spent(given: Given) -> Bools:
    """Return who has had to stop as often as may be, (N)."""
    most = given.rhythm.pauses
    return np.zeros(len(given.spots), dtype=np.bool_) if most is None else given.pauses >= most


def _drawn(given: Given, spot: Spot) -> float:
    """Return what an EV is taken to want [A]: no more than a plan has for it, nor much more than it takes of its offer."""
    cap = given.caps.get((spot.station, spot.evse), BIG)
    return cap if spot.top is None else min(cap, spot.top)


def _calm(network: Network, room: Room, given: Given, target: Floats, high: Floats) -> Floats:
    """Leave those as they are who would have little else, or who may keep more than their share without being in the way."""
    spots = given.spots
    wished = np.array([np.nan if one.wished is None else one.wished for one in spots])
    idle = np.array([one.state != "active" for one in spots], dtype=np.bool_)
    able = ~np.isnan(wished) & (wished <= high + 1e-6) & (high > 0.0)
    wished = np.where(able, wished, target)
    near = np.abs(target - wished) <= np.maximum(SMALL_AMPERES, SMALL * wished)
    crosses = (target >= np.array([one.least for one in spots])) != (wished >= np.array([one.least for one in spots]))
    held = able & ((near & ~(crosses & ~idle)) | (idle & (wished > target)))
    found = np.where(held, wished, target)
    return _cut(network, room, found, target)


def _cut(network: Network, room: Room, found: Floats, target: Floats) -> Floats:
    """Lower towards what fits, no more of them than there must be."""
    for _ in range(len(network.lines) + 1):
        over = use(network, found, room.base) - np.maximum(room.limits, use(network, target, room.base))
        over = np.where(over > SLACK * (1.0 + np.abs(room.limits)), over, 0.0)
        over[~np.isfinite(over)] = 0.0
        if not over.any():
            return found
        row = int(np.argmax(over / np.maximum(room.limits, 1.0)))
        entries = slice(int(network.starts[row]), int(network.starts[row + 1]))
        columns, weights = network.columns[entries], network.real[entries]
        gains = np.maximum(found[columns] - target[columns], 0.0) * weights
        order = np.argsort(-gains, kind="stable")
        enough = int(np.searchsorted(np.cumsum(gains[order]), over[row], side="left")) + 1
        chosen = columns[order[:enough]]
        if not network.plain[row] or not gains.any():
            return target
        found = found.copy()
        found[chosen] = target[chosen]
    return target


def _lowered(network: Network, free: Floats, target: Floats) -> Floats:
    """Scale everything down until each row is kept whatever the angles are: what is sent when the checker found something.

    Args:
        network: of N points and R rows.
        free: (R) what each row has beside what nobody here can change [A or W].
        target: (N) [A].
    """
    load = np.bincount(network.rows, network.real * target[network.columns], len(network.lines))
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(load > 0.0, np.minimum(free / load, 1.0), 1.0)
    factors = np.ones(len(target))
    np.minimum.at(factors, network.columns, scale[network.rows])
    return np.where(np.isfinite(target), target, 0.0) * factors


def _staged(network: Network, given: Given, target: Floats, most: Floats, mine: Bools) -> tuple[Bools, Bools]:
    """Return who may be told now, and who has to wait until others have confirmed less (I15)."""
    wished = np.array([np.nan if one.wished is None else one.wished for one in given.spots])
    fresh = mine & (np.isnan(wished) | (np.abs(wished - target) > 1e-6))
    more = np.where(fresh, np.maximum(target - most, 0.0), 0.0)
    more = np.where(more > SLACK * (1.0 + target), more, 0.0)
    rising = more > 0.0
    if not rising.any():
        return fresh, np.zeros(len(target), dtype=np.bool_)
    active = np.array([one.state == "active" for one in given.spots], dtype=np.bool_)
    order = np.flatnonzero(rising)
    order = order[np.lexsort((more[order], -given.rank[order], ~active[order]))]
    granted = _granted(network, given, most, more, order)
    return fresh & (~rising | granted), rising & ~granted


def _granted(network: Network, given: Given, most: Floats, more: Floats, order: Ints) -> Bools:
    """Return who may have more beside all that may be drawn already, one after the other, (N)."""
    if network.all_plain:
        return admit(network, Room(limits=given.limits, base=given.base + carry(network, most)), more, order).inside
    limits = np.maximum(given.limits, peak(network, most, given.base)) * (1.0 + SLACK)
    inside, worst = np.zeros(len(most), dtype=np.bool_), most + more
    if (peak(network, worst, given.base) <= limits).all():
        return more > 0.0
    worst = most.copy()
    for point in order.tolist():
        worst[point] += more[point]
        inside[point] = bool((peak(network, worst, given.base) <= limits).all())
        worst[point] -= 0.0 if inside[point] else more[point]
    return inside


def after(network: Network, given: Given, found: Step) -> Breach | None:
    """Let the checker look at what could be drawn once what is to be sent is under way: never more than before, or than fits."""
    most = np.array([one.most for one in given.spots])
    worst = np.where(found.send, np.maximum(most, found.target), most)
    limits = np.maximum(given.limits, peak(network, most, given.base))
    return check(network, Room(limits=limits, base=given.base), worst, worst, up_to=True)
