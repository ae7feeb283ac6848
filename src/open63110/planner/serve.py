# SPDX-License-Identifier: Apache-2.0
"""Who charges now, who waits and why: as many as can have their minimum, in order of importance, and in turns over time.

Below its minimum an EV stops, and some never wake up (I16). So a minimum is given whole or not at all, who has begun keeps it for
a while, who was stopped rests for a while, and who waited longest comes next. What is left then is shared by water-filling.
"""

from enum import IntEnum
from typing import NamedTuple

import msgspec
import numpy as np

from open63110.planner.admission import admit
from open63110.planner.fill import demand, fill
from open63110.planner.ladders import Ladders, at_most, in_steps
from open63110.planner.network import Bools, Floats, Ints, Network, Room, carry

FAR = 1e-6
"""What is more than so much below a bound is below it [A]."""


class Wants(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """What points want, (N) each."""

    least: Floats
    """Below this, nothing [A]."""
    high: Floats
    """At most [A]; below ``least``: nothing."""
    share: Floats
    """Of what is left, in relation to the others; above 0."""
    rank: Ints
    """Its class; a higher one goes first."""
    keep: Bools
    """Whether it is paused only if the limits allow nothing else, once it charges."""


class Turns(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """Whose turn it is, (N) each: what one call leaves for the next."""

    on: Bools
    """Whether it has its minimum."""
    since: Floats
    """When it got or lost it, or came [s]."""
    had: Floats
    """For how long it had it in all, before it got it last [s]."""


class Rhythm(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How turns change [s]."""

    on: float = 1800.0
    """For how long who got his minimum keeps it, if the limits let him."""
    off: float = 300.0
    """For how long who lost it stays without."""
    patience: float = 1800.0
    """After how long of waiting room is kept for somebody until there is enough, so that smaller needs do not always pass him."""
    pauses: int | None = None
    """How often who charges may be made to wait, unless the limits allow nothing else; None: as often as others wait."""


class Reason(IntEnum):
    """Why a point has what it has."""

    SERVED = 0
    """It has all it wants."""
    LIMITED = 1
    """It has its minimum and gets no more because a row is full."""
    ROW = 2
    """It waits: a row has no room for its minimum."""
    TURN = 3
    """It waits: in a row without room others of its class, or of a lower one, have their turn."""
    REST = 4
    """It waits: it was stopped a moment ago."""
    IDLE = 5
    """It wants nothing, or less than its minimum."""


class Served(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """What points get, (N) each."""

    currents: Floats
    """[A]; 0 or at least the minimum."""
    turns: Turns
    reasons: Ints
    """A `Reason` each."""
    rows: Ints
    """Which row limits it; -1: none."""


def arrived(count: int, now: float) -> Turns:
    """Return the turns of points that have all just come."""
    return Turns(on=np.zeros(count, dtype=np.bool_), since=np.full(count, now), had=np.zeros(count))


def serve(
    network: Network,
    given: Room,
    wants: Wants,
    turns: Turns,
    now: float,
    *,
    rhythm: Rhythm | None = None,
    offered: Ladders | None = None,
    rounds: int | None = None,
) -> Served:
    """Share what rows allow among points that need their minimum whole.

    Args:
        network: of N points and R rows.
        given: what rows allow.
        wants: of the points.
        turns: as the last call left them.
        now: the moment, in the terms of ``turns`` [s].
        rhythm: None: half an hour on, 5 minutes off.
        offered: what points can offer; None: anything from their minimum on.
        rounds: of water-filling, as of `fill`.
    """
    rhythm = rhythm or Rhythm()
    if offered is not None:
        wants = msgspec.structs.replace(
            wants, least=np.maximum(wants.least, offered.least), high=np.minimum(wants.high, offered.most)
        )
    asks = (wants.high >= wants.least - FAR) & (wants.high > 0.0)
    resting = asks & ~turns.on & (turns.had > 0.0) & (now - turns.since < rhythm.off)
    stages = _stages(network, wants, turns, asks & ~resting, now - turns.since, rhythm)
    inside, rows = _choose(network, given, wants.least, stages)
    high = np.where(inside, wants.high, 0.0)
    asked = demand(high, np.where(inside, np.minimum(wants.least, high), 0.0), wants.share, wants.rank)
    found = fill(network, given, asked, rounds)
    currents, best = found.currents, wants.high
    if offered is not None:
        currents, best = in_steps(network, given, offered, currents, high, wants.rank), at_most(offered, wants.high)
    limited = inside & (currents < best - FAR)
    reasons = np.where(limited, Reason.LIMITED, Reason.SERVED)
    waits = asks & ~inside
    reasons[waits] = np.where(_has_turns(network, wants, inside, rows), Reason.TURN, Reason.ROW)[waits]
    reasons[resting], reasons[~asks] = Reason.REST, Reason.IDLE
    return Served(
        currents=currents,
        turns=_turned(turns, inside, now),
        reasons=reasons,
        rows=np.where(limited, found.binding, np.where(waits & ~resting, rows, -1)),
    )


def _turned(turns: Turns, inside: Bools, now: float) -> Turns:
    changed = inside != turns.on
    had = turns.had + np.where(changed & turns.on, now - turns.since, 0.0)
    return Turns(on=inside, since=np.where(changed, now, turns.since), had=had)


class _Stage(NamedTuple):
    """Who is asked together, the most urgent first."""

    order: Ints
    kept: bool = False
    """Whether they go before everything that can be kept free for others."""
    late: bool = False
    """Whether room is kept free for those who do not fit."""


def _order(network: Network, wants: Wants, turns: Turns, for_how_long: Floats, rhythm: Rhythm) -> Ints:
    """Return all points, (N): by class, by how long they have waited, or have had their turn.

    Who waited about as long as others comes by what lets more of them in: on few conductors first, and phases by turns.
    """
    urgency = np.where(turns.on, -for_how_long / wants.share, for_how_long * wants.share)
    about = np.floor(urgency / max(rhythm.off, 1.0))
    single = np.lexsort((turns.had / wants.share, -urgency, network.kinds, -about, -wants.rank))
    keys = np.stack((wants.rank, about, network.kinds))[:, single]
    firsts = np.flatnonzero(np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0)))
    place = np.empty(len(single), dtype=np.intp)
    place[single] = np.arange(len(single)) - np.repeat(firsts, np.diff(firsts, append=len(single)))
    return np.lexsort((-urgency, place, network.conductors, -about, -wants.rank))


def _stages(network: Network, wants: Wants, turns: Turns, asks: Bools, for_how_long: Floats, rhythm: Rhythm) -> list[_Stage]:
    """Return who is asked when: who must not be paused, whose turn is not over, then class by class who waited too long first."""
    order = _order(network, wants, turns, for_how_long, rhythm)
    kept = asks & turns.on & wants.keep
    held = asks & turns.on & ~wants.keep & (for_how_long < rhythm.on)
    late = asks & ~turns.on & (for_how_long >= rhythm.patience)
    rest = asks & ~kept & ~held & ~late
    stages = [_Stage(order[kept[order]], kept=True), _Stage(order[held[order]])]
    above = np.iinfo(np.intp).max
    for rank in np.unique(wants.rank[late])[::-1]:
        stages.append(_Stage(order[(rest & (wants.rank > rank) & (wants.rank < above))[order]]))
        stages.append(_Stage(order[(late & (wants.rank == rank))[order]], late=True))
        stages.append(_Stage(order[(rest & (wants.rank == rank))[order]]))
        above = rank
    stages.append(_Stage(order[(rest & (wants.rank < above))[order]]))
    return [stage for stage in stages if stage.order.size]


def _choose(network: Network, given: Room, least: Floats, stages: list[_Stage]) -> tuple[Bools, Ints]:
    """Return who gets his minimum, (N), and which row had no room for the others, (N)."""
    inside, rows = np.zeros(len(least), dtype=np.bool_), np.full(len(least), -1, dtype=np.intp)
    lasting, free = given, given  # without and with what passes: turns, and what is kept free
    for stage in stages:
        found = admit(network, free, least, stage.order)
        inside |= found.inside
        rows[stage.order] = found.row[stage.order]
        drawn = carry(network, np.where(found.inside, least, 0.0))
        free = Room(limits=free.limits, base=free.base + drawn)
        if stage.kept or stage.late:
            lasting = Room(limits=free.limits, base=lasting.base + drawn)
        if stage.late:  # as many of the others as can be served once turns end
            waiting = stage.order[~found.inside[stage.order]]
            waiting = waiting[admit(network, lasting, least, waiting).inside[waiting]]
            awaited = np.zeros(len(least))
            awaited[waiting] = least[waiting]
            free = Room(limits=free.limits, base=free.base + carry(network, awaited))
    return inside, rows


def _has_turns(network: Network, wants: Wants, inside: Bools, rows: Ints) -> Bools:
    """Return for whom the row without room feeds somebody of his class or a lower one who may be paused, (N)."""
    turning = np.flatnonzero((inside & ~wants.keep)[network.columns])
    lowest = np.full(len(network.lines) + 1, np.iinfo(np.intp).max, dtype=np.intp)
    np.minimum.at(lowest, network.rows[turning], wants.rank[network.columns[turning]])
    return lowest[rows] <= wants.rank
