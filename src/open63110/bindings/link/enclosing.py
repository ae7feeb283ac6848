# SPDX-License-Identifier: Apache-2.0
"""Extensions on their way through a level: what came with an order goes on with the order that follows from it (B.14)."""

from collections.abc import Mapping
from typing import Final
from weakref import WeakKeyDictionary

from open63110.bindings.link.framing.header import Extension
from open63110.kernel.ids import OrderId
from open63110.model.order import Order
from open63110.runtime.orders import Orders

_ENCLOSED: Final[WeakKeyDictionary[Orders, dict[OrderId, Mapping[str, Extension]]]] = WeakKeyDictionary()


def enclose(orders: Orders, order: OrderId, extensions: Mapping[str, Extension]) -> None:
    """Send extensions with an order that has not been sent yet, as they are (B.14); a restart before that leaves them out."""
    kept = _ENCLOSED.setdefault(orders, {})
    kept[order] = extensions

    def over(_: Order) -> None:
        kept.pop(order, None)

    orders.watch(order, over)


def enclosed(orders: Orders, order: OrderId) -> dict[str, Extension]:
    """Return what goes with an order."""
    return dict(_ENCLOSED.get(orders, {}).get(order, {}))
