# SPDX-License-Identifier: Apache-2.0
"""Remote starts that were accepted and then released unused: it stands in their orders afterwards (AT-8.4.5-2)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from open63110.model.order import Order, OrderChanged, Outcome
from open63110.model.station import AuthorizationReleased
from open63110.ports import Where
from open63110.runtime.engine import Engine, Turn, decode_command

NOBODY_CAME: Final = "EVConnectionTimeOut"
"""Reason code of a remote start that was accepted and then released unused."""

LATELY: Final = timedelta(days=1)
"""How far back such an order may lie."""


class UnusedStarts:
    """Those of a node."""

    def __init__(self, engine: Engine, audit: Callable[[Order], None]) -> None:
        """Find orders in the store: they have ended.

        Args:
            engine: of the node.
            audit: writes down what became of an order.
        """
        self._engine, self._audit = engine, audit

    def released(self, fact: AuthorizationReleased) -> bool:
        """Tell whoever ordered a start that nobody plugged in; return whether there is anything to be stored for it."""
        if fact.reason != "timeout" or fact.remote_start is None:
            return False
        here, lately = Where("station", "=", fact.station), Where("asked", ">=", fact.at - LATELY)
        meant = [
            one
            for one in self._engine.store.load(Order, here, lately)
            if one.outcome is Outcome.ACCEPTED and _remote_start(one) == fact.remote_start
        ]
        for order in meant:
            words = "nobody plugged in in time; the EVSE is free again"
            released = replace(order, reason=NOBODY_CAME, detail=words)
            turn = Turn(self._engine, order.station, self._engine.clock.now())
            turn.fact(OrderChanged(station=order.station, at=turn.now, orders=released))
            turn.keep()
            self._audit(replace(released, ended=turn.now))
        return bool(meant)


def _remote_start(order: Order) -> int | None:
    number: int | None = getattr(decode_command(order.body.encode()), "remote_start", None)
    return number
