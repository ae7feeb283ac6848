# SPDX-License-Identifier: Apache-2.0
"""Sessions one slot of 5 minutes after the other: EVs that take what they are offered until they have what they came for."""

import time
from collections.abc import Callable
from typing import NamedTuple

import msgspec
import numpy as np

from bench.planner.caltech import SLOT, VOLTS, Sessions
from open63110.planner.network import Floats, Ints, Network, Room, use

SLOT_WH = VOLTS * SLOT / 3600
"""Of an ampere in a slot [Wh]."""
DRAWS = 1e-3
"""[A]; below it an EV does not charge."""


class Moment(NamedTuple):
    """What a planner sees in a slot: n EVs that still want energy."""

    slot: int
    visit: Ints
    """(n) number of the session."""
    point: Ints
    """(n)"""
    wanted: Floats
    """(n) still [Wh]."""
    left: Ints
    """(n) slots until it leaves."""
    most: Floats
    """(n) [A]"""
    drawing: Floats
    """(n) in the slot before [A]."""


Policy = Callable[[Moment], Floats]
"""What each EV of a moment is told, (n) [A]."""


class Replayed(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What became of the sessions."""

    delivered: Floats
    """(sessions) [Wh]"""
    energy: float
    """Share of what was wanted [%]."""
    met: float
    """Share of sessions that got all but a hundredth of a kilowatt-hour [%]."""
    pauses: float
    """Per session: stops with at least a slot at the least current still wanted."""
    worst: float
    """The fullest row, as a share of its limit, by what EVs were told."""
    power: Floats
    """(slots) [W]"""
    steps: int
    """Slots in which the policy was asked."""
    cpu: float
    """All that the policy took [s]."""
    median_ms: float
    p99_ms: float
    """[ms] CPU per step."""

    @property
    def peak(self) -> float:
        """The highest mean power of a slot [kW]."""
        return float(self.power.max()) / 1000


def replay(network: Network, given: Room, sessions: Sessions, least: Floats, policy: Policy) -> Replayed:
    """Let a policy charge sessions.

    Args:
        network: of the garage.
        given: its limits.
        sessions: of EVs.
        least: (sessions) the least current of the EVSE, by which pauses are counted [A].
        policy: what is judged.
    """
    wanted, told_before = sessions.energy.copy(), np.zeros(len(sessions))
    pauses, worst, spent = 0, 0.0, []
    end = int(sessions.departure.max())
    power = np.zeros(end)
    for slot in range(int(sessions.arrival.min()), end):
        present = (sessions.arrival <= slot) & (sessions.departure > slot)
        visit = np.flatnonzero(present & (wanted > 1e-3))
        drawn = np.zeros(len(sessions))
        if len(visit):
            point, most = sessions.point[visit], sessions.most[visit]
            moment = Moment(slot, visit, point, wanted[visit], sessions.departure[visit] - slot, most, told_before[visit])
            begun = time.process_time()
            told = policy(moment)
            spent.append(time.process_time() - begun)
            whole = np.zeros(len(network.points))
            whole[point] = told
            finite = np.isfinite(given.limits)
            worst = max(worst, float((use(network, whole, given.base)[finite] / given.limits[finite]).max()))
            drawn[visit] = np.minimum(np.minimum(told, most), wanted[visit] / SLOT_WH)
        wanted -= drawn * SLOT_WH
        stopped = present & (told_before > DRAWS) & (drawn <= DRAWS) & (wanted >= least * SLOT_WH)
        pauses += int(stopped.sum())
        told_before = drawn
        power[slot] = drawn.sum() * VOLTS
    times = np.array(spent)
    return Replayed(
        delivered=sessions.energy - wanted,
        energy=100 * (1 - wanted.sum() / sessions.energy.sum()),
        met=100 * float((wanted <= 10.0).mean()),
        pauses=pauses / len(sessions),
        worst=worst,
        power=power,
        steps=len(times),
        cpu=float(times.sum()),
        median_ms=1000 * float(np.median(times)),
        p99_ms=1000 * float(np.percentile(times, 99)),
    )
