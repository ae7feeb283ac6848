# SPDX-License-Identifier: Apache-2.0
"""What every CSMS has of the multi-level architecture: its place, its ways, and orders that a level below decides (B.25)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from open63110.apps.bulk import ByNumber, LevelWays
from open63110.bindings.link.enclosing import enclose, enclosing
from open63110.bindings.link.levels.askers import Askers
from open63110.bindings.link.levels.branches import Branches
from open63110.bindings.link.levels.demands import Demands
from open63110.bindings.link.levels.guests import GUESTS, Guests, Pseudonym
from open63110.bindings.link.levels.lease import Lease, shown
from open63110.bindings.link.levels.places import Places, place_of_scope, places_of_scope
from open63110.bindings.link.levels.relay import Relay
from open63110.bindings.link.levels.spreading import Spreading
from open63110.bindings.link.patterns.groups import Membership
from open63110.bindings.link.patterns.publishing import Publishing
from open63110.bindings.link.server import Server
from open63110.kernel.address import NONE, ROOT, Address
from open63110.kernel.errors import NotAuthorized
from open63110.kernel.ids import OrderId, PrincipalId, StationId
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.model.order import OPEN, Order, OrderChanged
from open63110.model.principal import Principal, PrincipalChanged
from open63110.ports import Ids
from open63110.runtime.engine import Engine, Replies, Turn, encode_command
from open63110.runtime.orders import Orders
from open63110.runtime.ways import Lookout, Way, Ways


def _nobody(command: Command) -> StationId | None:
    """Decide everything here."""
    del command
    return None


class Say(Protocol):
    """Whose word counts at one level."""

    def check(self, action: str, by: PrincipalId, now: datetime) -> None:
        """See to it that somebody is the one who has the say of an action.

        Raises:
            NotAuthorized: he is not.
        """

    def claim(self, action: str, by: PrincipalId, now: datetime) -> Lease | None:
        """Give the say to whoever asked for what has just been decided; None: nobody has it alone."""

    def ended(self, order: Order, lease: Lease) -> None:
        """Take note of what became of an order under a lease."""


class _Everybody:
    """Lets anybody who may ask be obeyed."""

    def check(self, action: str, by: PrincipalId, now: datetime) -> None:
        """Let it pass."""

    def claim(self, action: str, by: PrincipalId, now: datetime) -> Lease | None:
        """Give it to nobody."""

    def ended(self, order: Order, lease: Lease) -> None:
        """Nobody has to know."""


class LevelOrders(Orders):
    """Orders of a CSMS below which others may decide, and above which others may."""

    below: Callable[[Command], StationId | None] = staticmethod(_nobody)
    """Tells which level below decides a command instead of this one; None: this one does."""
    say: Say = _Everybody()
    """Knows whose word counts (I19)."""

    def __init__(self, engine: Engine, ids: Ids) -> None:
        """Take over what the last run left open."""
        self.askers = Askers()
        """Who asks from above."""
        self._asked = OrderId("")
        """What somebody, and no use case, has asked for last."""
        super().__init__(engine, ids)

    def asker(self, order: Order) -> Principal | None:
        """Return who asked for an order, here or above; None: nobody who is still known."""
        return self.askers.get(order.by) or super().asker(order)

    def _check(self, command: Command, by: Principal, order: Order, now: datetime, roles: frozenset[Role] | None) -> None:
        super()._check(command, self.askers.judged(by, command), order, now, roles)
        self.say.check(order.kind, by.id, now)
        self._asked = order.id

    def _decide(self, command: Command, order: Order) -> tuple[Order, Replies]:
        if order.id != self._asked:
            return self._decide_somewhere(command, order)
        with enclosing(self) as made:
            order, replies = self._decide_somewhere(command, order)
        lease = self.say.claim(order.kind, order.by, order.asked)
        if lease is not None:
            for one in (order.id, *made):
                enclose(self, one).lease = shown(lease)
            if order.outcome in OPEN:
                self.watch(order.id, lambda ended: self.say.ended(ended, lease))
        return order, replies

    def _decide_somewhere(self, command: Command, order: Order) -> tuple[Order, Replies]:
        peer = self.below(command)
        if peer is None:
            return super()._decide(command, order)
        onward = msgspec.structs.replace(command, station=peer)
        order = msgspec.structs.replace(order, station=peer, body=encode_command(onward.kept()).decode())
        turn = Turn(self._engine, peer, order.asked)
        turn.fact(OrderChanged(station=peer, at=order.asked, orders=order))
        turn.keep()
        self._send_when_durable(order)
        return order, ()


class Level:
    """The ways of one CSMS."""

    def __init__(
        self,
        engine: Engine,
        orders: LevelOrders,
        link: Server,
        *,
        pseudonym: Pseudonym,
        place: Address = ROOT,
        upper: str | None = None,
    ) -> None:
        """Know the stations and the levels below.

        Args:
            engine: of this level.
            orders: of this level.
            link: the server of the stations' own links.
            pseudonym: what stations are called to a DSO.
            place: what this level answers for.
            upper: identity of the level above; None: there is none.
        """
        self.engine = engine
        own = place.segments[0] if place.segments and not place.group else NONE
        self.places = Places(engine, own)
        self.members = Membership(self.places, engine.stations.get)
        self.relay = Relay(link.identity, place, self.places, direct=self._direct, members=self.members.of, upper=upper)
        self.branches = Branches.beside(link, self.relay, orders.askers, self.place_of)
        self.spreading = Spreading(engine, orders, self.relay, self.branches)
        self.guests = Guests.beside(link, self.places.resolve, pseudonym)
        self.publishing = Publishing(engine, self.places)
        self.lookout = Lookout(self.links)
        self.demands = Demands(engine, self.relay)
        self.guests.on_change = self.lookout.changed
        self.branches.on_change = self._changed
        self.guests.services = self.publishing
        self.services = ByNumber(self.publishing)
        link.services = self.branches.services = self.services
        self.ways = LevelWays(link, self.branches, self.relay, self.places)
        orders.below = self.branches.below
        for known in engine.known.principals:
            self.branches.answers(known, self.place_of(known))
        engine.commit.follow((PrincipalChanged,), self._look)

    def _changed(self) -> None:
        """Follow which levels below have a link."""
        self.lookout.changed()
        self.demands.look(frozenset(one for one in self.relay.below if self.branches.branch(one) is not None))

    def _direct(self, station: StationId) -> bool:
        """Tell whether a station has a link to this very level: whoever comes over another one says so."""
        noun = self.engine.stations.get(station)
        return noun is not None and noun.connected is not None and not noun.via

    def links(self) -> Ways:
        """Return the links to levels below and other systems, for the page."""
        below = tuple(
            self._way(self.branches, one, Role.LOCAL_CSMS, str(place)) for one, place in sorted(self.relay.below.items())
        )
        beside = tuple(
            self._way(self.guests, one.id, one.role, " ".join(map(str, places_of_scope(one.scope))))
            for one in sorted(self.engine.known.principals.values(), key=lambda one: one.id)
            if one.role in GUESTS and not one.disabled
        )
        return Ways(place=str(self.relay.place), below=below, beside=beside)

    def _way(self, server: Server, identity: str, role: Role, place: str) -> Way:
        found = server.conversations.get(StationId(identity))
        if found is None:
            return Way(name=identity, role=role, place=place)
        since = None
        if found.lines.open:
            since = self.engine.clock.now() - timedelta(seconds=found.lines.time() - found.opened)
        return Way(name=identity, role=role, place=place, open=found.lines.open, since=since, waiting=found.lines.session.waiting)

    def place_of(self, identity: str) -> Address | None:
        """Return what a level below answers for, as its principal says; None: nobody admitted it."""
        found = self.engine.known.principals.get(PrincipalId(identity))
        if found is None or found.disabled or found.role is not Role.LOCAL_CSMS:
            return None
        return place_of_scope(found.scope)

    def _look(self, entries: list[Entry]) -> None:
        """Follow what the operator says of levels below and other systems: who may not come any more, or elsewhere, is cut."""
        for one in entries:
            if one.kind is not PrincipalChanged:
                continue
            self.publishing.recheck()
            fact: Any = one.event
            self.branches.answers(fact.id, self.place_of(fact.id))
            self.guests.look(fact.id)


def refused(kind: str, who: str) -> NotAuthorized:
    """Return what somebody is told who has not the say of an action here."""
    return NotAuthorized(f"{who} has the say of {kind} here", code="OtherAuthority", where=kind)
