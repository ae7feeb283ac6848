# SPDX-License-Identifier: Apache-2.0
"""What was delivered from a peer, so that nothing is given up twice: one mark per outbox, and what lies beyond it."""

import bisect
from collections.abc import Callable, Iterable
from typing import Protocol

import cbor2

from open63110.bindings.link.strict import Ranges, flat, mapping, ranges, whole

OUTBOXES = 4
"""Of one peer that are remembered: a new one appears when its disk was lost."""


class IdSet:
    """A set of message ids that grows from 1 on, kept as stretches."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, stretches: Iterable[tuple[int, int]] = ()) -> None:
        """Start with stretches that rise and do not touch."""
        pairs = list(stretches)
        self._firsts, self._lasts = [first for first, _ in pairs], [last for _, last in pairs]

    def __contains__(self, number: int) -> bool:
        """Tell whether an id is in it."""
        place = bisect.bisect_right(self._firsts, number) - 1
        return place >= 0 and number <= self._lasts[place]

    def add(self, first: int, last: int | None = None) -> None:
        """Add one id, or all from first to last."""
        last = first if last is None else last
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


class Seen(Protocol):
    """Remembers what one peer has delivered, by its outboxes; as durable as the journal that holds the messages."""

    def has(self, outbox: bytes, number: int) -> bool:
        """Tell whether a message was delivered, expired or taken back."""
        ...

    def add(self, outbox: bytes, stretches: Ranges) -> None:
        """Remember messages; returns when they would survive what the journal survives."""
        ...

    def known(self) -> dict[bytes, IdSet]:
        """Return everything, the outbox used last at the end."""
        ...


class MemorySeen:
    """Seen in memory, with what it takes to keep it elsewhere."""

    def __init__(self, stored: bytes | None = None, keep: Callable[[bytes], None] | None = None) -> None:
        """Go on from what `export` gave.

        Args:
            stored: None: nothing was seen yet.
            keep: called with a new export after each change, before it counts.
        """
        self._seen: dict[bytes, IdSet] = {}
        self._keep = keep
        for outbox, numbers in mapping(whole(stored), "what was seen").items() if stored else ():
            self._seen[outbox] = IdSet(ranges(numbers))

    def has(self, outbox: bytes, number: int) -> bool:
        """Tell whether a message was delivered, expired or taken back."""
        return outbox in self._seen and number in self._seen[outbox]

    def add(self, outbox: bytes, stretches: Ranges) -> None:
        """Remember messages."""
        numbers = self._seen.pop(outbox, None) or IdSet()
        for first, last in stretches:
            numbers.add(first, last)
        self._seen[outbox] = numbers
        while len(self._seen) > OUTBOXES:
            del self._seen[next(iter(self._seen))]
        if self._keep:
            self._keep(self.export())

    def known(self) -> dict[bytes, IdSet]:
        """Return everything, the outbox used last at the end."""
        return self._seen

    def export(self) -> bytes:
        """Write it down for storage with the journal."""
        return cbor2.dumps({outbox: flat(numbers.stretches()) for outbox, numbers in self._seen.items()})
