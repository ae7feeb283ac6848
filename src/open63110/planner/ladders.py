# SPDX-License-Identifier: Apache-2.0
"""The currents that points can offer: from a minimum on, in steps or anything; below the minimum an EV stops (I16)."""

from collections.abc import Sequence

import msgspec
import numpy as np

from open63110.planner.admission import admit
from open63110.planner.network import Floats, Ints, Network, Room, carry
from open63110.planner.pilot import pilot

NEAR = 1e-9
"""What is so much below a step counts as the step [A]."""
PASSES = 8
STEP = 0.01
"""By how much who has to give way gives way at least [A]."""


class Ladders(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """What each of N points can offer beside 0."""

    least: Floats
    """(N) [A]"""
    most: Floats
    """(N) [A]; inf: nobody said."""
    grain: Floats
    """(N) in what steps from 0 on [A]; 0: anything, or as its ladder says."""
    ladder: Ints
    """(N) which of the ladders is its; -1: none."""
    ladders: tuple[Floats, ...] = ()
    """Currents, rising [A]."""


def ladders(sets: Sequence[tuple[float, ...]], grain: float = 0.0) -> Ladders:
    """Return what points can offer.

    Args:
        sets: of each point, as EvsePlan.pilots [A]: a list; two, and anything between them; or none, and anything from 6 A on.
        grain: in what steps a wire says currents, of points without a list [A]; 0: in any.
    """
    pilots = [pilot(one) for one in sets]
    known = {levels: at for at, levels in enumerate(dict.fromkeys(one.levels for one in pilots if one.levels))}
    ladder = np.array([known.get(one.levels, -1) for one in pilots], dtype=np.intp)
    return Ladders(
        least=np.array([one.least for one in pilots], dtype=np.float64),
        most=np.array([one[-1] if one else np.inf for one in sets], dtype=np.float64),
        grain=np.where(ladder < 0, grain, 0.0),
        ladder=ladder,
        ladders=tuple(np.array(one, dtype=np.float64) for one in known),
    )


def some_of(given: Ladders, points: Ints) -> Ladders:
    """Return what some of the points can offer."""
    return Ladders(
        least=given.least[points],
        most=given.most[points],
        grain=given.grain[points],
        ladder=given.ladder[points],
        ladders=given.ladders,
    )


def at_most(given: Ladders, currents: Floats) -> Floats:
    """Return the highest current that each can offer and that is not above a given one, (N) [A]; 0 below its least."""
    capped = np.minimum(currents, given.most)
    grained = given.grain > 0.0
    found = capped.copy()
    found[grained] = np.floor((capped[grained] + NEAR) / given.grain[grained]) * given.grain[grained]
    found = np.maximum(found, given.least)
    for which, ladder in enumerate(given.ladders):
        mine = given.ladder == which
        step = np.searchsorted(ladder, capped[mine] + NEAR, side="right") - 1
        found[mine] = np.where(step >= 0, ladder[np.maximum(step, 0)], 0.0)
    return np.where(capped >= given.least - NEAR, found, 0.0)


def next_above(given: Ladders, currents: Floats) -> Floats:
    """Return the next higher current that each can offer, (N) [A]; inf: none, or anything above."""
    found = np.full(len(currents), np.inf)
    grained = given.grain > 0.0
    found[grained] = np.floor(currents[grained] / given.grain[grained] + 1.0 + NEAR) * given.grain[grained]
    for which, ladder in enumerate(given.ladders):
        mine = given.ladder == which
        step = np.searchsorted(ladder, currents[mine] + NEAR, side="right")
        found[mine] = np.append(ladder, np.inf)[step]
    return np.where(found <= given.most, found, np.inf)


def in_steps(network: Network, given: Room, offered: Ladders, currents: Floats, high: Floats, rank: Ints) -> Floats:
    """Round down to what points can offer, and give what that leaves to those who lost most by it, the higher classes first.

    Args:
        network: of N points and R rows.
        given: what rows allow.
        offered: by the points.
        currents: (N) fits; 0 or at least the least of each [A].
        high: (N) at most [A].
        rank: (N) class of each.

    Returns:
        (N) fits [A].
    """
    found = _fitted(network, given, offered, at_most(offered, currents))
    for _ in range(PASSES):
        step = next_above(offered, found)
        order = np.lexsort((found - currents, -rank))
        able = (found > 0.0) & (step <= high + NEAR)
        order = order[able[order]]
        if not order.size:
            break
        base = given.base + carry(network, found)
        rise = np.where(able, step - found, 0.0)
        inside = admit(network, Room(limits=given.limits, base=base), rise, order).inside
        if not inside.any():
            break
        found = np.where(inside, step, found)
    return found


def _fitted(network: Network, given: Room, offered: Ladders, found: Floats) -> Floats:
    """Lower those who push a row of phasors beyond what it allows, since others who were rounded down had relieved it, (N) [A].

    It ends at the latest where everybody has his least, which fits.
    """
    if network.all_plain:
        return found
    found, loads = found.copy(), carry(network, found) + given.base
    while True:
        over = np.where(network.plain, 0.0, np.abs(loads) - given.limits * (1.0 + NEAR))
        row = int(np.argmax(over))
        if not over[row] > 0.0:
            return found
        entries = slice(int(network.starts[row]), int(network.starts[row + 1]))
        columns = network.columns[entries]
        push = (np.conj(loads[row]) * network.weights[entries]).real / abs(loads[row])
        able = np.flatnonzero((push > NEAR) & (found[columns] > offered.least[columns] + NEAR))
        if not able.size:
            return found
        point = columns[able[np.argmax((found[columns] * push)[able])]]
        lower = found.copy()
        lower[point] -= max(over[row] / push[columns == point][0], STEP)
        found[point] = max(at_most(offered, lower)[point], offered.least[point])
        loads = carry(network, found) + given.base
