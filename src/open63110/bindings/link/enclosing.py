# SPDX-License-Identifier: Apache-2.0
"""What goes along with an order over the link beyond its command: extensions of the message that asked for it, and a lease."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from weakref import WeakKeyDictionary

import msgspec

from open63110.bindings.link.framing.header import Extension, LeaseShown
from open63110.kernel.ids import OrderId
from open63110.model.order import OPEN, Order
from open63110.runtime.orders import Orders


class Enclosed(msgspec.Struct, kw_only=True):
    """Of one order, from when it is made until it ends. A restart before it is sent leaves it out."""

    extensions: Mapping[str, Extension] = {}
    """Passed on as they are (B.14)."""
    lease: LeaseShown | None = None
    """Who has the say of power, where a level says so."""


_KEPT: Final[WeakKeyDictionary[Orders, dict[OrderId, Enclosed]]] = WeakKeyDictionary()


def enclosed(orders: Orders, order: OrderId) -> Enclosed:
    """Return what goes along with an order."""
    return _KEPT.get(orders, {}).get(order) or Enclosed()


def enclose(orders: Orders, order: OrderId) -> Enclosed:
    """Return the same, to be added to."""
    kept = _KEPT.setdefault(orders, {})
    if order not in kept:
        kept[order] = Enclosed()

        def over(_: Order) -> None:
            kept.pop(order, None)

        orders.watch(order, over)
    return kept[order]


@contextmanager
def enclosing(orders: Orders, extensions: Mapping[str, Extension] | None = None) -> Iterator[list[OrderId]]:
    """Enclose extensions with every order that is made meanwhile, the shares of a limit for many stations included.

    Yields:
        Those orders, as they are made.
    """
    made: list[OrderId] = []

    def note(order: Order) -> None:
        made.append(order.id)
        if extensions and order.outcome in OPEN:
            enclose(orders, order.id).extensions = extensions

    orders.on_new.append(note)
    try:
        yield made
    finally:
        orders.on_new.remove(note)
