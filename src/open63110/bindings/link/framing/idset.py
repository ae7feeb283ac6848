# SPDX-License-Identifier: Apache-2.0
"""Sets of message ids, small while the ids have few gaps."""

import bisect
from collections.abc import Iterable

from open63110.bindings.link.framing.strict import Ranges


class IdSet:
    """A set of message ids that grows from 1 on, kept as stretches."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, stretches: Iterable[tuple[int, int]] = (), numbers: Iterable[int] = ()) -> None:
        """Start with stretches that rise and do not touch, and single numbers."""
        pairs = list(stretches)
        self._firsts, self._lasts = [first for first, _ in pairs], [last for _, last in pairs]
        for number in numbers:
            self.add(number)

    def __contains__(self, number: int) -> bool:
        """Tell whether an id is in it."""
        if not self._lasts or number > self._lasts[-1]:  # as nearly all that come for the first time
            return False
        place = bisect.bisect_right(self._firsts, number) - 1
        return place >= 0 and number <= self._lasts[place]

    def add(self, first: int, last: int | None = None) -> None:
        """Add one id, or all from first to last."""
        last = first if last is None else last
        if self._lasts and first == self._lasts[-1] + 1:  # they mostly come one after another
            self._lasts[-1] = last
            return
        left = bisect.bisect_left(self._lasts, first - 1)
        right = bisect.bisect_right(self._firsts, last + 1)
        if left < right:
            first, last = min(first, self._firsts[left]), max(last, self._lasts[right - 1])
        self._firsts[left:right], self._lasts[left:right] = [first], [last]

    @property
    def contiguous(self) -> int:
        """The last id of the stretch that begins at 1; 0 without one."""
        return self._lasts[0] if self._firsts and self._firsts[0] <= 1 else 0

    @property
    def highest(self) -> int:
        """The greatest id; 0 when empty."""
        return self._lasts[-1] if self._lasts else 0

    @property
    def count(self) -> int:
        """Stretches in it."""
        return len(self._firsts)

    def stretches(self) -> Ranges:
        """Return all of it."""
        return tuple(zip(self._firsts, self._lasts, strict=True))

    def sparse(self) -> Ranges:
        """Return what lies beyond the contiguous mark."""
        return tuple(one for one in self.stretches() if one[0] > 1)
