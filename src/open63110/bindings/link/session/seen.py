# SPDX-License-Identifier: Apache-2.0
"""What was delivered from a peer, so that nothing is given up twice: one mark per outbox, and what lies beyond it."""

from collections.abc import Callable
from typing import Protocol

import cbor2

from open63110.bindings.link.framing.idset import IdSet
from open63110.bindings.link.framing.strict import Ranges, flat, mapping, ranges, whole

OUTBOXES = 4
"""Of one peer that are remembered: a new one appears when its disk was lost."""


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
        numbers = self._seen.get(outbox) or IdSet()
        for first, last in stretches:
            numbers.add(first, last)
        if next(reversed(self._seen), None) != outbox:
            self._seen.pop(outbox, None)
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
