# SPDX-License-Identifier: Apache-2.0
"""Whose turn it is: strictly by priority, a small share for the others, in turns between objects, in order within one (B.8)."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator

import msgspec

from open63110.bindings.link.framing.header import Priority

SHARE = 18
"""A lower class that waits is owed one byte for so many bytes of others: more than 5 %."""

CLASSES = tuple(Priority)

AT_ONCE = 4
"""Long messages of one class that go out in turns; more of them would all end late."""

SHORT = 4096
"""Messages that need not wait for the end of those [bytes]."""


class Outgoing(msgspec.Struct, eq=False):
    """A message of ours that is not confirmed."""

    id: int
    priority: Priority
    order: str
    deadline: float | None
    """[s since 1970]"""
    head: bytes
    body: bytes
    durable: bool
    ever_begun: bool = False
    """A part of it may be at the other end."""
    begun: bool = False
    """On this carrier."""
    sent: int = 0
    """Of the body, on this carrier or kept from an earlier one [bytes]."""
    told: int = 0
    """Progress that the owner knows of."""
    queued: bool = False
    """In a lane: not all of it is sent."""
    cancelled: bool = False
    not_before: float = 0.0
    """The other end asked to wait until then."""

    @property
    def total(self) -> int:
        """Of the body [bytes]."""
        return len(self.body)


class Lanes:
    """Messages that are not completely sent."""

    def __init__(self) -> None:
        """Start empty."""
        self._lanes: tuple[OrderedDict[str, deque[Outgoing]], ...] = tuple(OrderedDict() for _ in Priority)
        self._owed = [0.0] * len(Priority)
        self._begun: tuple[set[str], ...] = tuple(set() for _ in Priority)

    def __bool__(self) -> bool:
        """Tell whether anything waits."""
        return any(self._lanes)

    def add(self, message: Outgoing) -> None:
        """Queue a message behind those of its object that were sent before it."""
        queue = self._lanes[message.priority].setdefault(message.order, deque())
        queue.append(message)
        message.queued = True
        if len(queue) > 1 and queue[-2].id > message.id:  # told again on demand: back to its place
            ordered = sorted(queue, key=lambda one: one.id)
            queue.clear()
            queue.extend(ordered)

    def remove(self, message: Outgoing) -> None:
        """Forget a message, if it is here."""
        if message.queued:
            lane, message.queued = self._lanes[message.priority], False
            lane[message.order].remove(message)
            self._begun[message.priority].discard(message.order)
            if not lane[message.order]:
                del lane[message.order]

    def ready(self, may: Callable[[Outgoing], bool], *, urgent: bool = False) -> Outgoing | None:
        """Return whose turn it is among the heads that may go; None: nobody's. `urgent`: only the first class may."""
        heads = [next(filter(may, self._heads(one)), None) for one in (CLASSES[:1] if urgent else CLASSES)]
        waiting = [one for one in heads if one is not None]
        if not waiting or waiting[0].priority is Priority.EMERGENCY:
            return waiting[0] if waiting else None
        owed = max(waiting[1:], key=lambda one: self._owed[one.priority], default=None)
        return owed if owed is not None and self._owed[owed.priority] >= 1024 else waiting[0]

    def sent(self, message: Outgoing, size: int) -> None:
        """Count what went out of a message, and let the next object of its lane have its turn."""
        lane = self._lanes[message.priority]
        for lower in CLASSES[message.priority + 1 :]:
            self._owed[lower] = self._owed[lower] + size / SHARE if self._lanes[lower] else 0.0
        self._owed[message.priority] = max(-8192.0, self._owed[message.priority] - size)
        if message.sent >= message.total:
            self.remove(message)
        else:
            self._begun[message.priority].add(message.order)
        if message.order in lane:
            lane.move_to_end(message.order)

    def _heads(self, priority: Priority) -> Iterator[Outgoing]:
        heads = (queue[0] for queue in self._lanes[priority].values())
        if len(self._begun[priority]) < AT_ONCE:
            return heads
        return (one for one in heads if one.total <= SHORT or one.order in self._begun[priority])
