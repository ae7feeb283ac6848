# SPDX-License-Identifier: Apache-2.0
"""What a single EVSE can be told: nothing, or a current from a least one on, in levels or any (I16)."""

import functools
import math
from bisect import bisect_right

import msgspec

NEAR = 1e-6
"""Amperes by which a level may be missed and still be taken."""
LEAST = 6.0
"""What an EV needs at least, where nobody says otherwise [A] (IEC 61851-1)."""


class Pilot(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an EVSE can be told, besides nothing."""

    least: float = 0.0
    """[A]; below it an EV draws nothing (IEC 61851-1: 6 A)."""
    levels: tuple[float, ...] = ()
    """Rising, from the least on [A]; none: any current from the least on."""

    def down(self, current: float) -> float:
        """Return the highest level up to a current; 0: there is none [A]."""
        if not self.levels:
            return current if current >= self.least - NEAR else 0.0
        at = bisect_right(self.levels, current + NEAR)
        return self.levels[at - 1] if at else 0.0

    def up(self, current: float) -> float:
        """Return the next level above a current; inf: there is none, or any would do [A]."""
        if not self.levels:
            return self.least if current < self.least - NEAR else math.inf
        at = bisect_right(self.levels, current + NEAR)
        return self.levels[at] if at < len(self.levels) else math.inf

    def cover(self, current: float) -> float:
        """Return the lowest level that is not below a current; the highest where there is none [A]."""
        if not self.levels:
            return max(current, self.least) if current > 0.0 else 0.0
        at = bisect_right(self.levels, current - NEAR)
        return self.levels[min(at, len(self.levels) - 1)] if current > 0.0 else 0.0


@functools.lru_cache(maxsize=1024)
def pilot(offered: tuple[float, ...]) -> Pilot:
    """Return what can be told to an EVSE that can offer some currents.

    Args:
        offered: as EvsePlan.pilots [A]: a list; two, and anything between them; or none, and anything from 6 A on.
    """
    return Pilot(least=float(offered[0]) if offered else LEAST, levels=() if len(offered) == 2 else offered)
