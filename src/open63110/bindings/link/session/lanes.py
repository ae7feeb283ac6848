# SPDX-License-Identifier: Apache-2.0
"""Whose turn it is: strictly by priority, a small share for the others, in turns between objects, in order within one (B.8)."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator

import msgspec

from open63110.bindings.link.header import Priority

SHARE = 18
"""A lower class that waits is owed one byte for so many bytes of others: more than 5 %."""


class Outgoing(msgspec.Struct, kw_only=True, eq=False):
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

    def add(self, message: Outgoing) -> None:
        """Queue a message behind those of its object that were sent before it."""
        queue = self._lanes[message.priority].setdefault(message.order, deque())
        queue.append(message)
        if len(queue) > 1 and queue[-2].id > message.id:  # told again on demand: back to its place
            ordered = sorted(queue, key=lambda one: one.id)
            queue.clear()
            queue.extend(ordered)

    def remove(self, message: Outgoing) -> None:
        """Forget a message, if it is here."""
        lane = self._lanes[message.priority]
        queue = lane.get(message.order, deque())
        if message in queue:
            queue.remove(message)
            if not queue:
                del lane[message.order]

    def ready(self, may: Callable[[Outgoing], bool]) -> Outgoing | None:
        """Return whose turn it is among the heads that may go; None: nobody's."""
        heads = [next(filter(may, self._heads(lane)), None) for lane in self._lanes]
        waiting = [one for one in heads if one is not None]
        if not waiting or waiting[0].priority is Priority.EMERGENCY:
            return waiting[0] if waiting else None
        owed = max(waiting[1:], key=lambda one: self._owed[one.priority], default=None)
        if owed is not None and self._owed[owed.priority] >= 1024:
            return owed
        return waiting[0]

    def sent(self, message: Outgoing, size: int) -> None:
        """Count what went out of a message, and let the next object of its lane have its turn."""
        lane = self._lanes[message.priority]
        for lower in list(Priority)[message.priority + 1 :]:
            self._owed[lower] = self._owed[lower] + size / SHARE if self._lanes[lower] else 0.0
        self._owed[message.priority] = max(-8192.0, self._owed[message.priority] - size)
        if message.sent >= message.total:
            self.remove(message)
        if message.order in lane:
            lane.move_to_end(message.order)

    @staticmethod
    def _heads(lane: OrderedDict[str, deque[Outgoing]]) -> Iterator[Outgoing]:
        return (queue[0] for queue in lane.values())
