# SPDX-License-Identifier: Apache-2.0
"""Time ahead in slots that grow: fine where decisions are near, coarse where they will be taken again anyway [s from now]."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from open63110.planner.network import Floats

MINUTE = 60.0
SPANS = ((5 * MINUTE, 12), (15 * MINUTE, 8), (30 * MINUTE, 18), (60 * MINUTE, 1 << 16))
"""An hour in steps of 5 minutes, two in quarters, nine in halves, hours after that."""


class Profile(NamedTuple):
    """What holds from when on, step by step; before the first step as in it, after the last as in that."""

    starts: Floats
    """(S) [s from now], rising."""
    values: Floats
    """(S)"""


def steady(value: float) -> Profile:
    """Return the profile of what does not change."""
    return Profile(np.zeros(1), np.array([value], dtype=np.float64))


class Grid(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """Slots without gaps, K of them."""

    starts: Floats
    """(K) [s from now]."""
    lengths: Floats
    """(K) [s]"""

    @property
    def ends(self) -> Floats:
        """(K) [s from now]."""
        return self.starts + self.lengths

    @property
    def hours(self) -> Floats:
        """(K) lengths [h]."""
        return self.lengths / 3600.0

    def there(self, until: Floats) -> Floats:
        """Return which share of each slot has passed at some moments, (n, K).

        Args:
            until: (n) [s from now].
        """
        return np.clip((until[:, None] - self.starts) / self.lengths, 0.0, 1.0)

    def mean(self, profile: Profile) -> Floats:
        """Return the mean of a profile over each slot, (K)."""
        edges = np.concatenate((self.starts, self.ends[-1:]))
        steps = np.maximum(profile.starts, 0.0)
        totals = np.concatenate(([0.0], np.cumsum(profile.values[:-1] * np.diff(steps))))
        last = np.maximum(np.searchsorted(steps, edges, side="right") - 1, 0)
        passed: Floats = totals[last] + profile.values[last] * (edges - steps[last])
        return np.diff(passed) / self.lengths

    def overlaps(self, since: float, until: float) -> slice:
        """Return the slots that have any of a time [s from now]."""
        first = int(np.searchsorted(self.ends, since, side="right"))
        return slice(first, int(np.searchsorted(self.starts, until, side="left")))


def grid(horizon: float, spans: Sequence[tuple[float, int]] = SPANS) -> Grid:
    """Return slots up to a horizon: the last may reach beyond it, and there is always one.

    Args:
        horizon: [s from now].
        spans: length [s] and how many of that, one after the other.
    """
    lengths: list[float] = []
    reached = 0.0
    for length, count in spans:
        wanted = max(0, int(np.ceil((horizon - reached) / length - 1e-9)))
        taken = min(count, wanted) if lengths else min(count, max(1, wanted))
        lengths += [length] * taken
        reached += length * taken
    found = np.array(lengths)
    return Grid(starts=np.concatenate(([0.0], np.cumsum(found)[:-1])), lengths=found)
