# SPDX-License-Identifier: Apache-2.0
"""What DSOs demand of places that a level below looks after goes down to it, as it changes and when its link is new (8.2.7).

The level above keeps it, too: it answers to the DSO, and measures what comes of it.
"""

from datetime import datetime
from typing import Final

from open63110.bindings.link.levels.relay import Relay
from open63110.kernel.address import Address
from open63110.kernel.ids import StationId
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Event
from open63110.kernel.units import Seconds
from open63110.model.constraint import Constraint, ConstraintChanged, ConstraintScope
from open63110.model.limit import LimitSource
from open63110.model.order import OPEN, Order, OrderChanged, Outcome
from open63110.model.site import SiteId
from open63110.runtime.engine import Engine, decode_command
from open63110.usecases.energy.arbitrate_constraints import PutConstraint, WithdrawConstraint

_NOBODY = StationId("")
_WITHDRAWAL = WithdrawConstraint.__name__
_OF_INTEREST: Final[frozenset[type[Event]]] = frozenset({ConstraintChanged, OrderChanged})


class Demands:
    """Those of one level."""

    def __init__(self, engine: Engine, relay: Relay) -> None:
        """Listen to what becomes durable."""
        self._engine, self._relay = engine, relay
        self._passed: dict[str, tuple[str, SiteId]] = {}
        """Who was told of which, and where it counts; until it is over and its withdrawal was confirmed."""
        self._present: frozenset[str] = frozenset()
        engine.commit.follow(_OF_INTEREST, self._heard)

    def look(self, present: frozenset[str]) -> None:
        """Tell levels that are there again all that counts now, and what does not any more.

        Args:
            present: levels below that have a link now.
        """
        new, self._present = present - self._present, present
        for one in self._engine.known.every_constraint() if new else ():
            if self._behind(one.scope) in new:
                self._put(one)
        for key, (peer, site) in tuple(self._passed.items()):
            if peer in new and self._engine.known.constraint(key) is None:
                self._withdraw(key, site)

    def _heard(self, entries: list[Entry]) -> None:
        for one in entries if self._relay.below else ():
            fact = one.event if one.kind in _OF_INTEREST else None
            if isinstance(fact, ConstraintChanged):
                self._changed(fact)
            elif isinstance(fact, OrderChanged) and fact.orders.kind == _WITHDRAWAL and fact.orders.outcome not in OPEN:
                self._withdrawn(fact.orders)

    def _changed(self, fact: ConstraintChanged) -> None:
        if fact.constraint is not None:
            self._put(fact.constraint)
        elif fact.id in self._passed:
            self._withdraw(fact.id, self._passed[fact.id][1])

    def _behind(self, scope: ConstraintScope) -> str | None:
        """Return the level below that looks after a place; None: this one does."""
        place = Address((scope.site, scope.zone)) if scope.zone is not None else Address((scope.site,))
        return self._relay.behind(place)

    def _put(self, one: Constraint) -> None:
        peer = self._behind(one.scope) if one.source is LimitSource.DSO else None
        now = self._engine.clock.now()
        if peer is None or one.over(now):
            return
        self._passed[one.id] = peer, one.scope.site
        self._engine.elsewhere(put(one, now))
        self._engine.commit.after(_nobody_waits)

    def _withdraw(self, key: str, site: SiteId) -> None:
        self._engine.elsewhere(WithdrawConstraint(station=_NOBODY, id=key, site=site))
        self._engine.commit.after(_nobody_waits)

    def _withdrawn(self, order: Order) -> None:
        """Let go of what does not count below any more; where nobody knows, it is withdrawn again with the next link."""
        command = decode_command(order.body.encode())
        if not isinstance(command, WithdrawConstraint) or self._engine.known.constraint(command.id) is not None:
            return
        if order.outcome is Outcome.ACCEPTED or order.reason == "UnknownConstraint":
            self._passed.pop(command.id, None)


def put(one: Constraint, now: datetime) -> PutConstraint:
    """Return the order to have a constraint count that is known already."""
    silence = None if one.expires is None else Seconds(max(0.0, (one.expires - now).total_seconds()))
    return PutConstraint(
        station=_NOBODY,
        id=one.id,
        scope=one.scope,
        source=one.source,
        profile=one.profile,
        until=one.until,
        silence=silence,
        fallback=one.fallback,
        critical=one.critical,
        failsafe=one.failsafe,
        failsafe_after=one.failsafe_after,
        weights=one.weights,
    )


def _nobody_waits(_: object) -> None:
    """Wake the writer."""
