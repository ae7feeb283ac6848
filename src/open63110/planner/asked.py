# SPDX-License-Identifier: Apache-2.0
"""From what the safety loop saw of a site to what its planner is asked, and back: targets for now, promises, what comes later."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import numpy as np

from open63110.kernel.units import WattHours, Watts
from open63110.model.constraint import Constraint, next_change
from open63110.model.limit import Ahead
from open63110.model.power import Promise
from open63110.planner.claimed import claimed
from open63110.planner.loop import Given, Key
from open63110.planner.network import Room, carry
from open63110.planner.picture import Plans
from open63110.planner.pilot import pilot
from open63110.planner.points import Spot
from open63110.planner.problem import Need, Pausing, Problem
from open63110.planner.site_plan import PointPlan, SitePlan

UNKNOWN_ENERGY: Final = ((8_000.0, 1.0), (12_000.0, 0.6), (20_000.0, 0.3))
"""What an EV wants of which nobody said anything, piece by piece [Wh], and how likely."""

UNKNOWN_STAY: Final = ((2 * 3600.0, 0.3), (4 * 3600.0, 0.3), (8 * 3600.0, 0.4))
"""When it leaves [s from now], and how likely."""

LONGEST: Final = timedelta(hours=24)
"""How far changes of constraints are looked for."""

MOST_ROOMS: Final = 24

URGENT: Final = 4.0
"""Worth of the energy of a driver who asked for priority, beside that of others."""

FIRST_STEP: Final = timedelta(seconds=60)
"""What is planned for sooner is for the safety loop."""

MOST_STEPS: Final = 12
"""Of what a limit becomes later."""

GRAIN: Final = 100.0
"""What comes later is said in steps of so much, rounded down [W]."""


class Asked(NamedTuple):
    """What a planner is asked, and for whom."""

    problem: Problem
    keys: tuple[Key, ...]
    """By need the EVSE."""
    factors: tuple[float, ...]
    """By need the power of an ampere [W/A]."""
    departures: tuple[datetime | None, ...]
    wanted: tuple[float | None, ...]
    at: datetime


def asked(
    given: Given, constraints: Sequence[Constraint], delivered: Callable[[Spot], float], now: datetime, *, deadline: float
) -> Asked | None:
    """Ask for a plan; None: there is nobody to plan for.

    Args:
        given: what the safety loop saw last.
        constraints: of the site; what they become later counts too.
        delivered: what an EV has got since its needs were stated [Wh].
        now: the moment.
        deadline: what the solver may take [s].
    """
    spots = [(at, one) for at, one in enumerate(given.spots) if one.state == "active" and one.usable and given.share[at] > 0.0]
    if not any(one.needs is not None and (one.needs.departure or one.needs.e_target) for _, one in spots):
        return None
    needs = tuple(_need(given, at, one, delivered(one), now) for at, one in spots)
    problem = Problem(
        network=given.frame.network,
        watts=np.array([one.factor for one in given.spots]),
        rooms=_rooms(given, constraints, {at for at, _ in spots}, now),
        needs=needs,
        pausing=Pausing(most=2, on=900.0, off=300.0),
        deadline=deadline,
    )
    return Asked(
        problem=problem,
        keys=tuple((one.station, one.evse) for _, one in spots),
        factors=tuple(one.said for _, one in spots),
        departures=tuple(one.needs.departure if one.needs is not None else None for _, one in spots),
        wanted=tuple(one.needs.e_target if one.needs is not None else None for _, one in spots),
        at=now,
    )


def _need(given: Given, at: int, spot: Spot, delivered: float, now: datetime) -> Need:
    needs = spot.needs
    wanted: tuple[tuple[float, float], ...] = UNKNOWN_ENERGY
    leaves: tuple[tuple[float, float], ...] = UNKNOWN_STAY
    if needs is not None and needs.e_target is not None:
        wanted = ((max(100.0, needs.e_target - delivered), 1.0),)
    if needs is not None and needs.departure is not None:
        leaves = ((max(300.0, (needs.departure - now).total_seconds()), 1.0),)
    drawing = bool(given.turns.on[at])
    return Need(
        id=f"{spot.station}/{spot.evse}/{spot.transfer.reference if spot.transfer is not None else ''}",
        point=at,
        wanted=wanted,
        leaves=leaves,
        most=min(spot.can, spot.rated),
        pilot=pilot(spot.pilots),
        priority=float(given.share[at]) * (URGENT if needs is not None and needs.priority else 1.0),
        drawing=(spot.wished or 0.0) if drawing else 0.0,
        running=max(0.0, given.seconds - float(given.turns.since[at])),
        pauses=0,
    )


def _rooms(given: Given, constraints: Sequence[Constraint], planned: set[int], now: datetime) -> tuple[tuple[float, Room], ...]:
    """Return what rows allow, now and whenever constraints change, less what others draw that nobody plans for."""
    network = given.frame.network
    fixed = np.array([0.0 if at in planned or one.usable else one.most for at, one in enumerate(given.spots)])
    base = given.base + carry(network, fixed)
    rooms = [(0.0, Room(limits=given.limits, base=base))]
    moment = next_change(constraints, now)
    while moment is not None and moment - now <= LONGEST and len(rooms) < MOST_ROOMS:
        later = claimed(given.frame, constraints, given.spots, moment)
        rooms.append(((moment - now).total_seconds(), Room(limits=later.limits, base=base)))
        moment = next_change(constraints, moment)
    return tuple(rooms)


class Targets(NamedTuple):
    """What a plan means for the safety loop."""

    caps: dict[Key, float]
    """What EVSEs get now [A]."""
    plans: Plans


def targets(question: Asked, answer: SitePlan, before: Mapping[Key, tuple[Ahead, ...]]) -> Targets:
    """Read a plan; what was planned before is kept where it is nearly the same, so that nobody is told anew (I18)."""
    caps: dict[Key, float] = {}
    ahead: dict[Key, tuple[Ahead, ...]] = {}
    promises: dict[Key, Promise] = {}
    rows = zip(question.keys, question.factors, question.departures, question.wanted, answer.points, strict=True)
    for key, factor, departure, wanted, one in rows:
        caps[key] = one.now
        ahead[key] = _steadied(_ahead(question.at, answer.starts, one, factor), before.get(key, ()))
        promises[key] = Promise(
            departure=departure,
            energy=WattHours(round(one.energy, 1)),
            wanted=None if wanted is None else WattHours(wanted),
            confidence=round(one.confidence, 3),
        )
    return Targets(caps, Plans("on", question.at, promises, ahead))


def _ahead(at: datetime, starts: Sequence[float], one: PointPlan, factor: float) -> tuple[Ahead, ...]:
    steps: list[Ahead] = []
    last = float(int(one.now * factor / GRAIN)) * GRAIN
    for start, current in list(zip(starts, one.ahead, strict=False))[1:]:
        moment, power = at + timedelta(seconds=start), float(int(current * factor / GRAIN)) * GRAIN
        if moment - at >= FIRST_STEP and abs(power - last) >= GRAIN and len(steps) < MOST_STEPS:
            steps.append(Ahead(since=moment, limit=Watts(power)))
            last = power
    return tuple(steps)


def _steadied(new: tuple[Ahead, ...], old: tuple[Ahead, ...]) -> tuple[Ahead, ...]:
    later = old[len(old) - len(new) :] if len(new) <= len(old) else ()
    if len(later) != len(new) or not new:
        return new
    near = all(
        abs(one.limit - other.limit) <= 0.1 * max(one.limit, other.limit)
        and abs(one.since - other.since) <= timedelta(minutes=10)
        for one, other in zip(new, later, strict=True)
    )
    return later if near else new
