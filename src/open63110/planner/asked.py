# SPDX-License-Identifier: Apache-2.0
"""From what the safety loop saw of a site to what its planner is asked, and back: targets for now, promises, what comes later."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from msgspec.structs import replace

from open63110.kernel.units import WattHours, Watts
from open63110.model.constraint import Constraint, next_change
from open63110.model.limit import Ahead
from open63110.model.power import Promise
from open63110.planner.claimed import claimed
from open63110.planner.expected import Ahead as Coming
from open63110.planner.expected import energy_of, shifted, turns
from open63110.planner.loop import BIG, Given, Key
from open63110.planner.network import Floats, Room, carry, peak
from open63110.planner.picture import Plans
from open63110.planner.pilot import pilot
from open63110.planner.points import Spot
from open63110.planner.problem import Need, Pausing, Problem
from open63110.planner.prospects import Pieces, Prospect, likely, middle
from open63110.planner.site_plan import PointPlan, SitePlan

LONGEST: Final = timedelta(hours=24)
"""How far changes of constraints are looked for."""

MOST_ROOMS: Final = 24

PAUSING: Final = Pausing(most=2, on=900.0, off=300.0)
"""Where a site says nothing of it."""

URGENT: Final = 4.0
"""Worth of the energy of a driver who asked for priority, beside that of others."""

PARTS: Final = 3
"""Parts of what is wanted that are of different worth."""

FAIR: Final = 0.04
"""What each is worth less than the one before, so that of what is too little for all nobody gets nothing while others get all."""

FIRST_STEP: Final = timedelta(seconds=60)
"""What is planned for sooner is for the safety loop."""

TRIED: Final = 5
"""How often those who do not fit are told what is planned, before all are."""

REPLANNED: Final = timedelta(seconds=300)
"""By then there is another plan; what comes sooner comes as this one has it."""

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
    """By need what a limit says in W for one ampere [W/A]."""
    promises: tuple[Promise, ...]
    """By need what is promised before anything is planned: who leaves when, wants how much, and has got how much."""
    at: datetime


class Outlooks(NamedTuple):
    """What is known of the time ahead."""

    constraints: Sequence[Constraint]
    """Of the site; what they become later counts too."""
    ahead: Coming
    prospect: Callable[[Spot], Prospect]
    """Tells what is expected of an EV."""
    delivered: Callable[[Spot], float]
    """Tells what it has got since its needs were stated, or since it came [Wh]."""


def asked(given: Given, outlooks: Outlooks, now: datetime, *, deadline: float) -> Asked | None:
    """Ask for a plan; None: there is nobody to plan for, or nothing that a plan could be better by.

    Args:
        given: what the safety loop saw last.
        outlooks: what is known of the time ahead.
        now: the moment.
        deadline: what the solver may take [s].
    """
    spots = [(at, one) for at, one in enumerate(given.spots) if one.state == "active" and one.usable and given.share[at] > 0.0]
    prospects = [outlooks.prospect(one) for _, one in spots]
    energy, quick = energy_of(outlooks.ahead, now)
    if not spots or not (any(one.basis for one in prospects) or any(one.valid(now) for one in outlooks.ahead.outlooks)):
        return None
    rules = outlooks.ahead.site.rules
    problem = Problem(
        network=given.frame.network,
        watts=np.array([one.factor for one in given.spots]),
        rooms=_rooms(given, outlooks, {at for at, _ in spots}, now),
        needs=tuple(
            _need(given, at, one, said, outlooks.delivered(one)) for (at, one), said in zip(spots, prospects, strict=True)
        ),
        energy=energy,
        quick=quick,
        pausing=PAUSING if rules is None else Pausing(most=rules.pauses, on=float(rules.on), off=float(rules.off)),
        deadline=deadline,
    )
    return Asked(
        problem=problem,
        keys=tuple((one.station, one.evse) for _, one in spots),
        factors=tuple(one.said for _, one in spots),
        promises=tuple(
            _promise(one, said, outlooks.delivered(one), now) for (_, one), said in zip(spots, prospects, strict=True)
        ),
        at=now,
    )


def _promise(spot: Spot, said: Prospect, delivered: float, now: datetime) -> Promise:
    needs, estimated = spot.needs, said.basis in {"estimated", "corrected"}
    departure = needs.departure if needs is not None else None
    wanted = needs.e_target if needs is not None else None
    if departure is None and estimated:
        departure = middle(said.leaves, now)
    if wanted is None and estimated:
        wanted = WattHours(round(delivered + likely(said.wanted), 1))
    return Promise(
        departure=departure,
        energy=WattHours(delivered),
        wanted=None if wanted is None else WattHours(wanted),
        basis=said.basis,
        expected=WattHours(round(delivered + likely(said.wanted), 1)) if estimated else None,
    )


def _need(given: Given, at: int, spot: Spot, said: Prospect, delivered: float) -> Need:
    needs = spot.needs
    drawing = bool(given.turns.on[at])
    return Need(
        id=f"{spot.station}/{spot.evse}/{spot.transfer.reference if spot.transfer is not None else ''}",
        point=at,
        wanted=_parted(said.wanted, delivered),
        leaves=said.leaves,
        most=min(spot.can, spot.rated, BIG if spot.top is None else spot.top),
        pilot=pilot(spot.pilots),
        priority=float(given.share[at]) * (URGENT if needs is not None and needs.priority else 1.0),
        drawing=(spot.wished or 0.0) if drawing else 0.0,
        running=max(0.0, given.seconds - float(given.turns.since[at])),
        pauses=int(given.pauses[at]),
    )


def _parted(wanted: Pieces, delivered: float) -> Pieces:
    """Return what is wanted for certain in parts, each worth a little less, by what the EV has got of all of it."""
    if len(wanted) != 1:  # what is less likely is worth less as it is
        return wanted
    ((rest, chance),) = wanted
    edges = [(rest + delivered) * part / PARTS for part in range(1, PARTS + 1)]
    sizes = [edge - max(delivered, before) for before, edge in pairwise([0.0, *edges])]
    return tuple((size, chance * (1.0 - FAIR * part)) for part, size in enumerate(sizes) if size > 1.0) or wanted


def _rooms(given: Given, outlooks: Outlooks, planned: set[int], now: datetime) -> tuple[tuple[float, Room], ...]:
    """Return what rows allow, now and whenever constraints or loads change, less what others draw that nobody plans for."""
    network, constraints, series = given.frame.network, outlooks.constraints, outlooks.ahead.outlooks
    fixed = np.array([0.0 if at in planned or one.usable else one.most for at, one in enumerate(given.spots)])
    base = given.base + carry(network, fixed)
    rooms = [(0.0, Room(limits=given.limits, base=base))]
    changes = sorted(turns(series, now))
    moment = _next(next_change(constraints, now), changes, now)
    while moment is not None and moment - now <= LONGEST and len(rooms) < MOST_ROOMS:
        later = claimed(given.frame, constraints, given.spots, moment)
        room = Room(limits=later.limits, base=base + shifted(given.frame, given.loads, series, moment))
        rooms.append(((moment - now).total_seconds(), room))
        moment = _next(next_change(constraints, moment), changes, moment)
    return tuple(rooms)


def _next(change: datetime | None, others: Sequence[datetime], now: datetime) -> datetime | None:
    other = next((one for one in others if one > now), None)
    return min((one for one in (change, other) if one is not None), default=None)


class Targets(NamedTuple):
    """What a plan means for the safety loop."""

    caps: dict[Key, float]
    """What EVSEs get now [A]."""
    plans: Plans


def targets(question: Asked, answer: SitePlan, before: Mapping[Key, tuple[Ahead, ...]]) -> Targets:
    """Read a plan; what was planned before is kept where it is nearly the same and still fits, so that nobody is told anew (I18).

    Stations go by what comes later on their own if nobody is there any more: together it is within every row, too.
    """
    caps: dict[Key, float] = {}
    new: dict[Key, tuple[Ahead, ...]] = {}
    promises: dict[Key, Promise] = {}
    for key, factor, promise, one in zip(question.keys, question.factors, question.promises, answer.points, strict=True):
        caps[key] = one.now
        new[key] = _ahead(question.at, answer.starts, one, factor)
        promises[key] = replace(
            promise, energy=WattHours(round(promise.energy + one.energy, 1)), confidence=round(one.confidence, 3)
        )
    kept = {key: _steadied(steps, before.get(key, ()), question.at) for key, steps in new.items()}
    rows = {key: one.binding for key, one in zip(question.keys, answer.points, strict=True) if one.binding is not None}
    return Targets(caps, Plans("on", question.at, promises, new, _fitting(question, answer, new, kept), rows))


def _ahead(at: datetime, starts: Sequence[float], one: PointPlan, factor: float) -> tuple[Ahead, ...]:
    """Return what a plan has for an EV later; where that are too many steps, the lowest of the last ones for all of them."""
    steps: list[Ahead] = []
    last = float(int(one.now * factor / GRAIN)) * GRAIN
    for start, current in list(zip(starts, one.ahead, strict=False))[1:]:
        moment, power = at + timedelta(seconds=start), float(int(current * factor / GRAIN)) * GRAIN
        if moment - at >= FIRST_STEP and abs(power - last) >= GRAIN:
            steps.append(Ahead(since=moment, limit=Watts(power)))
            last = power
    rest = steps[MOST_STEPS - 1 :]
    if len(rest) > 1:
        steps[MOST_STEPS - 1 :] = [replace(rest[0], limit=min(one.limit for one in rest))]
    return tuple(steps)


_Steps = Mapping[Key, tuple[Ahead, ...]]


def _fitting(question: Asked, answer: SitePlan, new: _Steps, kept: _Steps) -> _Steps:
    """Return what was told before, of as many as fit into every row with all the rest; of the others what is planned."""
    told, first = dict(kept), [one.now * factor for one, factor in zip(answer.points, question.factors, strict=True)]
    moments = np.unique([step.since.timestamp() for some in (new, kept) for steps in some.values() for step in steps])
    for _ in range(TRIED if moments.size else 0):
        planned, wanted = (
            np.stack([_powers(some[key], power, moments) for key, power in zip(question.keys, first, strict=True)])
            for some in (new, told)
        )
        more = wanted > planned + GRAIN / 2
        over = [at for at in np.flatnonzero(more.any(axis=0)).tolist() if not _fits(question, float(moments[at]), wanted[:, at])]
        if not over:
            return told
        told.update({question.keys[at]: new[question.keys[at]] for at in np.flatnonzero(more[:, over].any(axis=1)).tolist()})
    return new if moments.size else told


def _fits(question: Asked, moment: float, wanted: Floats) -> bool:
    """Tell whether EVs may draw so much each at a moment, (n) [W]; more than a row carries is nobody's fault here."""
    problem = question.problem
    since = moment - question.at.timestamp()
    room = next(one for begin, one in reversed(problem.rooms) if begin <= max(since, 0.0))
    drawn = np.zeros(len(problem.network.points))
    drawn[problem.points] = wanted / np.array(question.factors)
    most = np.maximum(room.limits, peak(problem.network, np.zeros(len(drawn)), room.base))
    return bool((peak(problem.network, drawn, room.base) <= most * (1.0 + 1e-6)).all())


def _powers(steps: Sequence[Ahead], first: float, moments: Floats) -> Floats:
    """Return what steps are at some moments [s], and before the first of them [W]."""
    since = np.array([one.since.timestamp() for one in steps])
    return np.array([first, *(float(one.limit) for one in steps)])[np.searchsorted(since, moments, side="right")]


def _steadied(new: tuple[Ahead, ...], old: tuple[Ahead, ...], at: datetime) -> tuple[Ahead, ...]:
    """Return what was told before, where it is nearly the same, and no step of it comes before this plan has one.

    A station takes steps by itself: one that came too soon would stop an EV that is to go on until the next plan.
    """
    later = old[len(old) - len(new) :] if len(new) <= len(old) else ()
    if len(later) != len(new) or not new or later[0].since < min(new[0].since, at + REPLANNED):
        return new
    near = all(
        abs(one.limit - other.limit) <= 0.1 * max(one.limit, other.limit)
        and abs(one.since - other.since) <= timedelta(minutes=10)
        for one, other in zip(new, later, strict=True)
    )
    return later if near else new
