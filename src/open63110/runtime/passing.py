# SPDX-License-Identifier: Apache-2.0
"""Orders that nobody asked for by itself, such as shares of what limits many stations: in memory until they are carried out.

What they follow from was ordered, and is audited; what they change of their station are facts like all others. So they have
no row, no facts and no audit entry of their own, unless they end in another way.
"""

import msgspec

from open63110.kernel.ids import OrderId
from open63110.kernel.messages import Command
from open63110.model.order import OPEN, Order
from open63110.runtime.commit import MISSING
from open63110.runtime.engine import Engine, encode_command


class Passing:
    """Those of a node that are under way. A restart forgets them: reconcile finds what they were for."""

    def __init__(self, engine: Engine) -> None:
        """Begin without any."""
        self._engine = engine
        self._commands: dict[OrderId, Command] = {}

    def __contains__(self, order: OrderId) -> bool:
        """Tell whether an order is one of them."""
        return order in self._commands

    def command(self, order: OrderId) -> Command | None:
        """Return what one of them asks; None: it is none of them."""
        return self._commands.get(order)

    def begin(self, order: Order, command: Command) -> None:
        """Take one over, together with what it has changed of its station in this turn."""
        self._engine.commit.undoable(self._commands, order.id, MISSING)
        self._commands[order.id] = command
        self.become(order)

    def become(self, order: Order) -> None:
        """Have it be otherwise once the facts of this turn are durable; one that has ended is open no more."""
        orders = self._engine.known.orders
        self._engine.commit.undoable(orders, order.id, orders.get(order.id, MISSING))
        if order.outcome in OPEN:
            orders[order.id] = order
        else:
            orders.pop(order.id, None)

    def forget(self, order: OrderId) -> None:
        """Let one go that has ended."""
        self._commands.pop(order, None)


def spelled(order: Order, command: Command | None) -> Order:
    """Return an order with what it asks, as its row has it; None: it has that already."""
    return (
        order if order.body or command is None else msgspec.structs.replace(order, body=encode_command(command.kept()).decode())
    )
