# SPDX-License-Identifier: Apache-2.0
"""What goes along with an order over the link beyond its command: extensions of the message that asked for it, and a lease.

Where elements of that message are protected (B.3), the order goes on in the bytes that it came in.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from weakref import WeakKeyDictionary

import msgspec

from open63110.bindings.link.framing.header import Extension, Header, LeaseShown
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.record import Subjects
from open63110.bindings.link.protection.guard import Guard
from open63110.bindings.link.untouched import rewritten
from open63110.kernel.ids import OrderId
from open63110.kernel.messages import Command
from open63110.model.order import OPEN, Order
from open63110.runtime.orders import Orders


class AsItCame(msgspec.Struct, frozen=True, kw_only=True):
    """A message of which no more must be written anew than this level changes."""

    key: bytes
    """Idempotency key that its protected elements are bound to; empty: none is protected."""
    version: int
    body: bytes
    command: Command
    """What this level has read in it; an order of another kind, or one whose elements were protected and that says something
    else, is this level's own, and written anew."""


class Enclosed(msgspec.Struct, kw_only=True):
    """Of one order, from when it is made until it ends. A restart before it is sent leaves it out."""

    extensions: Mapping[str, Extension] = {}
    """Passed on as they are (B.14)."""
    lease: LeaseShown | None = None
    """Who has the say of power, where a level says so."""
    came: AsItCame | None = None
    """The message that asked for it, where elements of it are protected or not known here; an order that is written anew after
    a restart is without them, and refused by whoever insists on protected ones."""


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
def enclosing(
    orders: Orders, extensions: Mapping[str, Extension] | None = None, came: AsItCame | None = None
) -> Iterator[list[OrderId]]:
    """Enclose extensions with every order that is made meanwhile, the shares of a limit for many stations included.

    Args:
        orders: of this level.
        extensions: of the message that asked for them.
        came: that message, where elements of it are protected or not known here.

    Yields:
        Those orders, as they are made.
    """
    made: list[OrderId] = []

    def note(order: Order) -> None:
        made.append(order.id)
        if extensions and order.outcome in OPEN:
            enclose(orders, order.id).extensions = extensions
        if came is not None and order.outcome in OPEN:
            enclose(orders, order.id).came = came

    orders.on_new.append(note)
    try:
        yield made
    finally:
        orders.on_new.remove(note)


def order_written(
    header: Header, command: Any, subjects: Subjects, *, along: Enclosed, guard: Guard | None, towards: str
) -> tuple[Header, bytes]:
    """Write an order as it goes out: as it came from above, or anew with what is to be protected of it.

    Args:
        header: with which it goes.
        command: with the station that its address names.
        subjects: gives the credentials of references to people.
        along: what goes with it.
        guard: says what is to be protected; None: nothing.
        towards: the station's name in its certificate; empty: it is for no station.

    Raises:
        Trouble: the link has no message for it, or nobody to seal for is known.
    """
    came = along.came
    if came is not None and came.key and came.command == command:
        return msgspec.structs.replace(header, key=came.key, version=came.version), came.body
    if came is not None and not came.key and type(came.command) is type(command):
        return msgspec.structs.replace(header, version=came.version), rewritten(came.body, came.command, command, subjects)
    body = CODEC.encode(command, station=command.station, subjects=subjects)
    return (header, body) if guard is None else guard.protected(header, body, towards)
