# SPDX-License-Identifier: Apache-2.0
"""What every CSMS has of the multi-level architecture: its place, its ways, and orders that a level below decides (B.25)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from open63110.apps.bulk import ByNumber, LevelWays
from open63110.bindings.link.levels.branches import Branches
from open63110.bindings.link.levels.guests import Guests
from open63110.bindings.link.levels.places import Places, place_of_scope
from open63110.bindings.link.levels.relay import Relay
from open63110.bindings.link.levels.spreading import Spreading
from open63110.bindings.link.patterns.groups import Membership
from open63110.bindings.link.patterns.publishing import Publishing
from open63110.bindings.link.server import Server
from open63110.kernel.address import NONE, ROOT, Address
from open63110.kernel.errors import NotAuthorized
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.model.order import Order, OrderChanged
from open63110.model.principal import Principal, PrincipalChanged
from open63110.runtime.engine import Engine, Replies, Turn, encode_command
from open63110.runtime.orders import Orders


def _nobody(command: Command) -> StationId | None:
    """Decide everything here."""
    del command
    return None


def _everybody(kind: str, by: Principal, now: datetime) -> None:
    """Let anybody who may ask be obeyed."""
    del kind, by, now


class LevelOrders(Orders):
    """Orders of a CSMS below which others may decide, and above which others may."""

    below: Callable[[Command], StationId | None] = staticmethod(_nobody)
    """Tells which level below decides a command instead of this one; None: this one does."""
    obeyed: Callable[[str, Principal, datetime], None] = staticmethod(_everybody)
    """Sees to it that a principal is the one who has the say of an action, or raises NotAuthorized (I19)."""

    def _check(self, command: Command, by: Principal, order: Order, now: datetime, roles: frozenset[Role] | None) -> None:
        super()._check(command, by, order, now, roles)
        self.obeyed(order.kind, by, now)

    def _decide(self, command: Command, order: Order) -> tuple[Order, Replies]:
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
        self, engine: Engine, orders: LevelOrders, link: Server, *, place: Address = ROOT, upper: str | None = None
    ) -> None:
        """Know the stations and the levels below.

        Args:
            engine: of this level.
            orders: of this level.
            link: the server of the stations' own links.
            place: what this level answers for.
            upper: identity of the level above; None: there is none.
        """
        self.engine = engine
        own = place.segments[0] if place.segments and not place.group else NONE
        self.places = Places(engine, own)
        self.members = Membership(self.places, engine.stations.get)
        self.relay = Relay(link.identity, place, self.places, direct=self._direct, members=self.members.of, upper=upper)
        self.branches = Branches.beside(link, self.relay, self.place_of)
        self.spreading = Spreading(engine, orders, self.relay, self.branches)
        self.guests = Guests.beside(link, self.places.resolve)
        self.publishing = Publishing(engine, self.places)
        self.guests.services = self.publishing
        self.services = ByNumber(self.publishing)
        link.services = self.branches.services = self.services
        self.ways = LevelWays(link, self.branches, self.relay, self.places)
        orders.below = self.branches.below
        for known in engine.known.principals:
            self.branches.answers(known, self.place_of(known))
        engine.commit.on_durable.append(self._look)

    def _direct(self, station: StationId) -> bool:
        """Tell whether a station has a link to this very level: whoever comes over another one says so."""
        noun = self.engine.stations.get(station)
        return noun is not None and noun.connected is not None and not noun.via

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
