# SPDX-License-Identifier: Apache-2.0
"""When stations get more again once an order is over: one after another, in an order nobody can foresee (AT-8.2.7-4).

Who is next, and when, is decided anew each time, from the moment of the last decision on: where a machine stood still, or a
station took long to answer, what was missed is not made up for at once.
"""

import math
from collections.abc import Sequence
from typing import Final

from open63110.kernel.ids import StationId
from open63110.kernel.units import Seconds

APART: Final = Seconds(2.0)
"""At least between two decisions to let stations have more: what is sent within a second may arrive in the same one [s]."""

PART: Final = 10
"""At most the tenth part of the others gets more together with one of them."""

_MASK: Final = (1 << 64) - 1


def together(held: int) -> int:
    """Return how many of those that had to wait may get more at once."""
    return 1 + max(0, held - 1) // PART


def span(held: int, window: Seconds) -> Seconds:
    """Return over how long they are spread [s]: longer than ``window`` where that is too short for them."""
    return max(window, Seconds(APART * _steps(held, held)))


def chosen(waiting: Sequence[StationId], count: int, seed: int) -> tuple[StationId, ...]:
    """Return so many of those that wait, by chance."""
    turns = {one: _noise(seed, place) for place, one in enumerate(sorted(waiting), start=1)}
    return tuple(sorted(turns, key=turns.__getitem__)[:count])


def pause(left: Seconds, waiting: int, held: int, seed: int) -> Seconds:
    """Return how long the next of them have to wait [s].

    Args:
        left: in what time all should have more [s].
        waiting: how many do not yet.
        held: how many did not at first.
        seed: decides by chance, so that on average all steps are equally far apart.
    """
    steps = max(1, _steps(waiting, held))
    spare = max(0.0, left - steps * APART)
    return Seconds(APART + min(2.0 * spare / steps, spare) * _noise(seed, 0) / _MASK)


def _steps(waiting: int, held: int) -> int:
    return math.ceil(waiting / together(held))


def _noise(seed: int, place: int) -> int:
    """Return 64 bits without a pattern (SplitMix64): the inside has no chance of its own."""
    state = (seed + (place + 1) * 0x9E3779B97F4A7C15) & _MASK
    mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return mixed ^ (mixed >> 31)
