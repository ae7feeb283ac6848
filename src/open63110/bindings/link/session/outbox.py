# SPDX-License-Identifier: Apache-2.0
"""The port to what is still to be told, and an outbox in memory."""

from collections.abc import Iterable
from typing import Protocol


class Outbox(Protocol):
    """Keeps messages until the other end has them in its journal. One per peer; one session at a time uses it."""

    @property
    def id(self) -> bytes:
        """Random, made with the file: ids of messages are unique within it."""
        ...

    @property
    def issued(self) -> int:
        """The highest message id that may ever have been given out, after a crash too; 0 at first."""
        ...

    def next_id(self) -> int:
        """Give out a message id that was never given out before, whatever crashed in between."""
        ...

    def put(self, messages: Iterable[tuple[int, bytes]]) -> None:
        """Keep messages under their ids; returns when they would survive a power cut."""
        ...

    def delivered(self, ids: Iterable[int]) -> None:
        """Forget messages. Those forgotten right before a power cut may come back, and are then told twice."""
        ...

    def waiting(self) -> list[tuple[int, bytes]]:
        """Return what is kept, in the order of the ids."""
        ...


class MemoryOutbox:
    """An outbox that lives as long as its process."""

    def __init__(self, id: bytes) -> None:
        """Start empty, under an id that nobody else uses."""
        self.id = id
        self.issued = 0
        self._kept: dict[int, bytes] = {}

    def next_id(self) -> int:
        """Count on."""
        self.issued += 1
        return self.issued

    def put(self, messages: Iterable[tuple[int, bytes]]) -> None:
        """Keep messages."""
        self._kept.update(messages)

    def delivered(self, ids: Iterable[int]) -> None:
        """Forget messages."""
        for one in ids:
            self._kept.pop(one, None)

    def waiting(self) -> list[tuple[int, bytes]]:
        """Return what is kept."""
        return sorted(self._kept.items())
