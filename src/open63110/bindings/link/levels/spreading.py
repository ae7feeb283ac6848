# SPDX-License-Identifier: Apache-2.0
"""Commands to groups at one level: an order for each member here, one message for each level below, one answer (B.11)."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import msgspec

from open63110.bindings.link.enclosing import AsItCame, Enclosed
from open63110.bindings.link.framing.header import LONGEST_NAME, Asker, Header
from open63110.bindings.link.levels.branches import Branches
from open63110.bindings.link.levels.relay import Relay, Spread
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.patterns.groups import NO_ANSWER, Aggregate, Fanout, inner_deadline
from open63110.kernel.address import Address
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.model.order import OPEN, Order, Outcome
from open63110.model.principal import Principal
from open63110.runtime.engine import Engine
from open63110.runtime.orders import Asked, Orders

ANYBODY = frozenset({Role.ADMIN})
"""Roles for commands without a door: administrators, and the level above, which is one here."""

Told = Callable[[Aggregate], None]


class Spreading:
    """Whoever wants something of a group asks here."""

    def __init__(self, engine: Engine, orders: Orders, relay: Relay, branches: Branches) -> None:
        """Get ready.

        Args:
            engine: of this level.
            orders: of this level.
            relay: knows who belongs to a group, and what is behind whom.
            branches: links to levels below.
        """
        self._engine, self._orders, self._relay, self._branches = engine, orders, relay, branches

    def ask(
        self,
        command: Command,
        group: Address,
        by: Principal,
        deadline: datetime,
        told: Told,
        *,
        came: Header | None = None,
        came_from: str = "",
        whole: AsItCame | None = None,
    ) -> None:
        """Ask a command of all members of a group.

        Args:
            command: its station is nobody.
            group: a group, or a place above stations.
            by: who asks.
            deadline: the answer is told then at the latest.
            told: with the one answer, once.
            came: the header of the message that asked for it; None: it began here.
            came_from: over which link.
            whole: that message, where something in it is not known here.

        Raises:
            Trouble: nothing was asked of anybody: that is no group, or the message has passed here before.
        """
        asker = Asker(str(by.id)[:LONGEST_NAME], by.role, self._relay.name)
        header = came or Header(dst=str(group), type=CODEC.number(command), group=True, by=asker)
        step = self._relay.route(header, came_from)
        if not isinstance(step, Spread):
            raise Malformed(f"{group} is no group", code="BadAddress", where=str(group))
        _Round(self._engine, told, whole).begin(self._orders, self._branches, step, command, by, deadline)


class _Round:
    """One command on its way to a group and back."""

    def __init__(self, engine: Engine, told: Told, whole: AsItCame | None) -> None:
        self._engine, self._told, self._along = engine, told, Enclosed(came=whole)
        self._fan: Fanout
        self._timer: asyncio.TimerHandle | None = None
        self._over = False

    def begin(
        self, orders: Orders, branches: Branches, step: Spread, command: Command, by: Principal, deadline: datetime
    ) -> None:
        """Send it to everybody."""
        now = self._engine.clock.now()
        inner = inner_deadline(deadline, now)
        self._fan = Fanout([address for _, address in step.leaves], step.branches, deadline)
        seconds = self._engine.clock.real(max(0.0, (deadline - now).total_seconds()))
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)
        for peer in step.branches:
            self._onward(branches, peer, command, step.header, inner)
        for station, address in step.leaves:
            if orders.link.connected(station):
                self._ask(orders, msgspec.structs.replace(command, station=station), address, by, inner)
            else:
                self._fan.unreachable(address)
        self._look()

    def _onward(self, branches: Branches, peer: str, command: Command, header: Header, deadline: datetime) -> None:
        branch = branches.branch(peer)

        def told(answer: Aggregate | None) -> None:
            if answer is None:
                self._fan.branch_lost(peer)
            else:
                self._fan.branch(peer, answer)
            self._look()

        if branch is None:
            self._fan.branch_lost(peer)
        else:
            branch.spread(command, header, deadline, told, self._along)

    def _ask(self, orders: Orders, command: Command, address: Address, by: Principal, deadline: datetime) -> None:
        def asked(future: "asyncio.Future[Asked]") -> None:
            if future.cancelled():
                self._fan.failed(address, "Unavailable")
                self._look()
            elif future.result().order.outcome in OPEN:
                orders.watch(future.result().order.id, ended)
            else:
                ended(future.result().order)

        def ended(order: Order) -> None:
            self._note(order, address)
            self._look()

        orders.ask(command, by, deadline=deadline, roles=ANYBODY).add_done_callback(asked)

    def _note(self, order: Order, address: Address) -> None:
        if order.outcome is Outcome.ACCEPTED:
            self._fan.done(address)
        elif order.outcome is Outcome.EXPIRED:
            self._fan.failed(address, NO_ANSWER)
        else:
            self._fan.failed(address, order.reason or str(order.outcome))

    def _look(self) -> None:
        """Give the answer if it is complete, or if it is time."""
        if self._over:
            return
        answer = self._fan.answer(self._engine.clock.now())
        late = self._timer is not None and self._timer.when() <= asyncio.get_running_loop().time()
        if answer is None and late:
            answer = self._fan.answer(self._fan.deadline)
        if answer is not None:
            self._over = True
            if self._timer is not None:
                self._timer.cancel()
            self._told(answer)


def parts_of(stations: dict[StationId, Address], limit: object) -> Aggregate:
    """Return how far the limit of a zone has come, as an answer for its stations; those that wait have not answered."""
    ok: tuple[StationId, ...] = getattr(limit, "ok", ())
    failed: tuple[StationId, ...] = getattr(limit, "failed", ())
    gone: tuple[StationId, ...] = getattr(limit, "unreachable", ())
    waiting: tuple[StationId, ...] = getattr(limit, "waiting", ())

    def path(station: StationId) -> str:
        return str(stations.get(station, station))

    refused = [(path(one), "Refused") for one in failed] + [(path(one), NO_ANSWER) for one in waiting]
    return Aggregate(ok=len(ok), failed=tuple(refused), unreachable=tuple(map(path, gone)))
