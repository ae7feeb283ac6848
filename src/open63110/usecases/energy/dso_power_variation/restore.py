# SPDX-License-Identifier: Apache-2.0
"""When stations get more again once an order is over: one after another, in an order nobody can foresee (AT-8.2.7-4)."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from open63110.kernel.ids import StationId
from open63110.kernel.units import Seconds

APART: Final = Seconds(2.0)
"""At least between two moments at which stations get more: what is sent within a second may arrive in the same one [s]."""

PART: Final = 10
"""At most the tenth part of the others gets more together with one of them."""

_MASK: Final = (1 << 64) - 1


def restored(stations: Sequence[StationId], begin: datetime, window: Seconds, seed: int) -> dict[StationId, datetime]:
    """Return when each gets more.

    Args:
        stations: those that wait.
        begin: when the order was over.
        window: over how long they are spread; longer where that is too short for them.
        seed: decides who is first.
    """
    if not stations:
        return {}
    together = 1 + (len(stations) - 1) // PART
    steps = math.ceil(len(stations) / together)
    every = max(APART, window / steps)
    noise = _noise(seed)
    shuffled = sorted(sorted(stations), key=lambda _: next(noise))
    moments = [begin + timedelta(seconds=step * every + (every - APART) * next(noise) / _MASK) for step in range(steps)]
    return {station: moments[place // together] for place, station in enumerate(shuffled)}


def _noise(seed: int) -> Iterator[int]:
    """Yield numbers of 64 bits without a pattern (SplitMix64): the inside has no chance of its own."""
    state = seed & _MASK
    while True:
        state = (state + 0x9E3779B97F4A7C15) & _MASK
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        yield mixed ^ (mixed >> 31)
