# SPDX-License-Identifier: Apache-2.0
"""Orders with protected elements at a level in between (B.3): read as far as that goes, and sent on in the bytes they came in."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from open63110.bindings.link.correspondence import Correspondence, Ending
from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.levels.passing import answers_of, seconds_left
from open63110.bindings.link.levels.relay import Relay
from open63110.bindings.link.levels.upward import Upward
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.opening import ENCLOSED, opened_as_asked, together
from open63110.bindings.link.protection.guard import Guard, opened_by_nobody
from open63110.kernel.errors import Trouble, Unavailable
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.messages import Command
from open63110.model.principal import Principal
from open63110.runtime.engine import Engine
from open63110.runtime.orders import Orders

Say = Callable[[str, PrincipalId, datetime], None]
"""Sees to it that a principal is the one who has the say of an action, or raises NotAuthorized (I19)."""


class Onward:
    """Reads orders for stations of this level and below, and sends on what cannot be read."""

    def __init__(
        self,
        engine: Engine,
        orders: Orders,
        relay: Relay,
        *,
        guard: Guard | None,
        way: Callable[[StationId], Correspondence | None],
        say: Say,
        security: Callable[[str, str, str], None],
    ) -> None:
        """Get ready.

        Args:
            engine: of this level.
            orders: of this level.
            relay: knows its places.
            guard: what is protected and demanded here; None: nothing.
            way: over which link something goes to a station, or on towards it; None: over none that carries it as it came.
            say: checks who has the say of an action.
            security: told of what somebody should look into.
        """
        self._engine, self._orders, self._relay, self._guard = engine, orders, relay, guard
        self._way, self._say, self._security = way, say, security

    def read(self, message: Arrived, station: StationId) -> Command | None:
        """Read an order.

        Args:
            message: as it came.
            station: whom it is for.

        Returns:
            The order; None: only its station can read it.

        Raises:
            Trouble: it is no order, or not protected as this level demands.
        """
        header, guard, subjects = message.header, self._guard, self._engine.known
        command: Command
        if ENCLOSED not in message.body and (guard is None or header.type not in guard.wants):
            command = CODEC.decode(header.type, message.body, station=station, subjects=subjects)
            return command
        opened = opened_by_nobody if guard is None else guard.opened_orders
        found = opened(header.type, header.key, message.body)
        if not found.troubles:
            command = CODEC.decode(header.type, found.body, station=station, subjects=subjects)
            return command
        trouble = together(found.troubles)
        demanded = guard is not None and header.type in guard.wants
        if demanded or any(one.code != "UnknownKey" for one in found.troubles):
            self._tell(station, header.type, trouble)
        if demanded or self._way(station) is None:
            raise trouble
        return None

    def body(self, message: Arrived) -> bytes:
        """Return the body of an order for this level, or for a group, with its elements in their places.

        Raises:
            Trouble: one of them cannot be opened, or is not protected as this level demands.
        """
        header, guard = message.header, self._guard
        if ENCLOSED not in message.body and (guard is None or header.type not in guard.wants):
            return message.body
        try:
            return opened_as_asked(guard, header, message.body, "")
        except Trouble as trouble:
            self._tell(self._relay.name, header.type, trouble)
            raise

    def send(self, above: Upward, message: Arrived, station: StationId, principal: Principal) -> None:
        """Send an order on that only its station can read; what it answers goes up as it came.

        Raises:
            Trouble: its station has no link, or another has the say of this.
        """
        lines, header, now = self._way(station), message.header, self._engine.clock.now()
        known = CODEC.registry.by_number.get(header.type)
        self._say(known.name if known else str(header.type), principal.id, now)
        if lines is None or not lines.open:
            raise Unavailable(f"{station} has no link", code="Unreachable", where=station)

        def over(ending: Ending) -> None:
            if not ending.silent:
                for made, body in answers_of(ending, message):
                    above.lines.send(msgspec.structs.replace(made, src=header.dst), body, durable=False)

        onward = self._relay.passed(header, str(self._relay.upper))
        lines.send(onward, message.body, durable=False, over=over, patience=seconds_left(header, now))
        above.confirm(message)

    def _tell(self, who: str, number: int, trouble: Trouble) -> None:
        self._security(who, f"Link{trouble.code}", f"{CODEC.definition(number).name}: {trouble.message}"[:300])
