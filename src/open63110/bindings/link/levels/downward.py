# SPDX-License-Identifier: Apache-2.0
"""What a level above orders, carried out at this one: from then on it is this level's own order, journalled and audited."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec
import structlog

from open63110.bindings.link.enclosing import AsItCame, enclosing
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.levels.askers import Askers
from open63110.bindings.link.levels.onward import Onward
from open63110.bindings.link.levels.relay import Here, Relay, Spread
from open63110.bindings.link.levels.spreading import ANYBODY, Spreading, parts_of
from open63110.bindings.link.levels.upward import Upward
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.opening import ENCLOSED
from open63110.bindings.link.patterns.groups import Aggregate, aggregate_in, write_aggregate
from open63110.bindings.link.patterns.own_messages import AGGREGATE
from open63110.bindings.link.untouched import plain, unknown
from open63110.kernel.address import Address
from open63110.kernel.errors import Expired, NotAuthorized, NotSupported, Refused, Trouble, Unavailable, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Command
from open63110.model.order import OPEN, Order, Outcome
from open63110.model.site import Zone, ZoneChanged, ZoneKey, zone_key
from open63110.runtime.engine import Engine, Replies
from open63110.runtime.orders import Asked, Orders
from open63110.usecases.energy.arbitrate_constraints import KeepConstraints, PutConstraint, WithdrawConstraint
from open63110.usecases.energy.smart_charging import AskLimit, LimitAnswer, LimitPower, LimitZone, WithdrawZoneLimit
from open63110.usecases.services.authorize_externally import StartRemotely
from open63110.usecases.services.authorize_locally import AskLocalListVersion, LocalListVersionAnswer, SendLocalList
from open63110.usecases.stations.update_firmware import PublishFirmware, UnpublishFirmware

log = structlog.get_logger(__name__)

NOBODY = StationId("")

WITHIN = timedelta(seconds=30)
"""For what bears no deadline."""

_TROUBLES: dict[Outcome, type[Trouble]] = {
    Outcome.EXPIRED: Expired,
    Outcome.NOT_AUTHORIZED: NotAuthorized,
    Outcome.NOT_SUPPORTED: NotSupported,
    Outcome.FAILED: Unavailable,
}


class Wallet(Protocol):
    """What this level learns of credentials from the level above."""

    def vouched(self, command: StartRemotely) -> None:
        """The level above starts something on a credential: it is good."""

    def listed(self, command: SendLocalList) -> None:
        """The level above says which credentials are good at a station."""

    def version(self, station: StationId) -> int:
        """Return the version of the list that was said last for a station; 0: none since this program runs."""


class Downward:
    """Implements upward.Desk."""

    def __init__(
        self,
        engine: Engine,
        orders: Orders,
        relay: Relay,
        spreading: Spreading,
        wallet: Wallet,
        askers: Askers,
        *,
        onward: Onward,
        changed: Callable[[bool], None],
    ) -> None:
        """Get ready.

        Args:
            engine: of this level.
            orders: of this level.
            relay: knows its places.
            spreading: for groups.
            wallet: learns credentials.
            askers: as whom those above are met here.
            onward: reads orders for stations, and sends on what cannot be read here.
            changed: told whether the level above hears.
        """
        self._engine, self._orders, self._relay, self._spreading, self._wallet = engine, orders, relay, spreading, wallet
        self._askers, self._changed, self.onward = askers, changed, onward
        self._zones: dict[ZoneKey, list[Callable[[Zone | None], None]]] = {}
        engine.commit.follow((ZoneChanged,), self._look)

    def changed(self, above: Upward) -> None:
        """The link came up, or went down."""
        self._changed(above.open)

    # -- orders --

    def ordered(self, above: Upward, message: Arrived) -> None:
        """Decide what becomes of a message: if this level acts on it, it has to understand all that is critical in it."""
        strange = message.header.misunderstood(frozenset())
        if strange is not None and not unknown(message.header):
            above.lines.refuse(message, ErrorCode.UNSUPPORTED_EXTENSION, f"{strange} is not understood")
            return
        try:
            self._take(above, message)
        except Trouble as trouble:
            above.confirm(message)
            above.say_no(message, trouble)

    def _take(self, above: Upward, message: Arrived) -> None:
        header = message.header
        if unknown(header):
            self._of_others(above, message)
            return
        kind = CODEC.registry.by_number[header.type].kind
        if kind in {LimitZone, WithdrawZoneLimit}:
            self._of_zone(above, message)
            return
        if kind in {PutConstraint, WithdrawConstraint, KeepConstraints} or self._serves(kind, header.dst):
            self._of_site(above, message)
            return
        step = self._relay.route(header, str(self._relay.upper))
        if isinstance(step, Spread):
            self._of_group(above, message)
            return
        address = step.address if isinstance(step, Here) else self._relay.directory.resolve(header.dst)
        station = self._relay.directory.station(address)
        if station is None:
            raise Unknown(f"{address} is no station", code="UnknownAddress", where=str(address))
        command = self.onward.read(message, station)
        if command is None or self._left_to_it(message, command):
            self.onward.send(above, message, station, self._askers.meet(header))
        else:
            self._of_station(above, message, command)

    def _serves(self, kind: type[Any], dst: str) -> bool:
        """Tell whether an image is to be served by this very level, and not by a station that is a local controller."""
        if kind not in {PublishFirmware, UnpublishFirmware}:
            return False
        return self._relay.directory.station(self._relay.directory.resolve(dst)) is None

    def _of_others(self, above: Upward, message: Arrived) -> None:
        """Send a message on, as it came, that only its station may know."""
        header = message.header
        step = self._relay.route(header, str(self._relay.upper))
        if isinstance(step, Spread):
            raise NotSupported(f"no message has the number {header.type}", code="UnknownType")
        station = self._relay.directory.station(
            step.address if isinstance(step, Here) else self._relay.directory.resolve(header.dst)
        )
        if station is None:
            raise NotSupported(f"no message has the number {header.type}", code="UnknownType")
        self.onward.send(above, message, station, self._askers.meet(header))

    def _came(self, message: Arrived, command: Command) -> AsItCame | None:
        """Return a message that may not be written anew as a whole; None: this level would write the same."""
        header = message.header
        if ENCLOSED in message.body:
            return AsItCame(key=header.key, version=header.version, body=message.body, command=command)
        if plain(msgspec.structs.replace(header, extensions={}), message.body, command, self._engine.known):
            return None
        return AsItCame(key=b"", version=header.version, body=message.body, command=command)

    def _left_to_it(self, message: Arrived, command: Command) -> bool:
        """Tell whether a list that is signed goes to its station as it came, though this level learns from it, too."""
        if ENCLOSED not in message.body or not isinstance(command, SendLocalList | AskLocalListVersion):
            return False
        if isinstance(command, SendLocalList):
            self._wallet.listed(command)
        return True

    def _of_station(self, above: Upward, message: Arrived, command: Command) -> None:
        if isinstance(command, SendLocalList):  # its stations get lists from here (I19), of what is known by then
            self._wallet.listed(command)
            self._engine.commit.after(lambda durable: self._yes(above, message, (), command.station) if durable else None)
            return
        if isinstance(command, AskLocalListVersion):
            version = LocalListVersionAnswer(version=self._wallet.version(command.station))
            self._yes(above, message, (version,), command.station)
            return
        if isinstance(command, StartRemotely):
            self._wallet.vouched(command)
        self._ask(message, command, lambda order, replies: self._over(above, message, command, order, replies), above)

    def _ask(self, message: Arrived, command: Command, done: Callable[[Order, Replies], None], above: Upward) -> None:
        """Make it an order of this level; the message is confirmed once the order is durable."""

        def asked(future: "asyncio.Future[Asked]") -> None:
            if future.cancelled():
                above.lines.refuse(message, ErrorCode.OVERLOADED, "it cannot be stored now", retry_after=5.0)
                return
            above.confirm(message)
            said = future.result()
            if said.order.outcome in OPEN:
                self._orders.watch(said.order.id, lambda order: done(order, said.replies))
            else:
                done(said.order, said.replies)

        header = message.header
        with enclosing(self._orders, header.extensions, self._came(message, command)):
            future = self._orders.ask(command, self._askers.meet(header), deadline=header.deadline, roles=ANYBODY)
        future.add_done_callback(asked)

    def _yes(self, above: Upward, message: Arrived, replies: Sequence[Any], station: StationId) -> None:
        above.confirm(message)
        above.answer(message, replies, station)

    def _over(self, above: Upward, message: Arrived, command: Command, order: Order, replies: Replies) -> None:
        if order.outcome is not Outcome.ACCEPTED:
            above.say_no(message, _trouble(order))
            return
        above.answer(message, tuple(self._known(command)) or replies, command.station)

    def _known(self, command: Command) -> Sequence[Any]:
        """Return what is known by now of what was asked."""
        noun = self._engine.stations.get(command.station)
        if noun is None or not isinstance(command, LimitPower | AskLimit):
            return ()
        kept = noun.limits.in_force.get(command.evse)
        return (LimitAnswer(evse=command.evse, limit=kept.limit, by=kept.by, until=kept.asked.until),) if kept else ()

    # -- groups --

    def _of_group(self, above: Upward, message: Arrived) -> None:
        header = message.header
        command: Command = CODEC.decode(header.type, self.onward.body(message), station=NOBODY, subjects=self._engine.known)
        deadline = header.deadline or self._engine.clock.now() + WITHIN

        def told(answer: Aggregate) -> None:
            above.answer_raw(message, AGGREGATE, write_aggregate(answer))

        group = self._relay.directory.resolve(header.dst)
        came = msgspec.structs.replace(header, group=True)
        by = self._askers.meet(header)
        whole = self._came(message, command) if ENCLOSED not in message.body else None
        with enclosing(self._orders, header.extensions, whole):
            self._spreading.ask(command, group, by, deadline, told, came=came, came_from=str(self._relay.upper), whole=whole)
        self._engine.commit.after(lambda durable: above.confirm(message) if durable else None)

    def _of_zone(self, above: Upward, message: Arrived) -> None:
        """Limit a zone of this level; the answer waits until its stations have answered."""
        header = message.header
        command: Any = CODEC.decode(header.type, self.onward.body(message), station=NOBODY, subjects=self._engine.known)
        deadline = header.deadline or self._engine.clock.now() + WITHIN
        key = zone_key(command.site, command.zone)

        def done(order: Order, replies: Replies) -> None:
            if order.outcome is not Outcome.ACCEPTED:
                above.say_no(message, _trouble(order))
            elif order.station != NOBODY:  # a level below has decided it
                above.answer_raw(message, AGGREGATE, write_aggregate(aggregate_in(order.answer)))
            elif isinstance(command, LimitZone):
                self._when_settled(key, deadline, answer)
            else:
                above.answer(message, replies, NOBODY)

        def answer(zone: Zone | None) -> None:
            places = dict(self._members(command))
            said = parts_of(places, zone.limit if zone else None)
            above.answer_raw(message, AGGREGATE, write_aggregate(said))

        self._ask(message, command, done, above)

    def _of_site(self, above: Upward, message: Arrived) -> None:
        """Decide what is demanded of places here as if it were asked here, by whoever asks above."""
        command: Command = CODEC.decode(
            message.header.type, self.onward.body(message), station=NOBODY, subjects=self._engine.known
        )
        self._ask(message, command, lambda order, replies: self._over(above, message, command, order, replies), above)

    def _members(self, command: Any) -> Sequence[tuple[StationId, Address]]:
        return list(self._relay.directory.members(Address((command.site, command.zone))))

    def _when_settled(self, key: ZoneKey, deadline: datetime, told: Callable[[Zone | None], None]) -> None:
        """Tell how a zone stands once none of its stations has yet to answer, or it is time."""
        waiting = [told]
        here = self._zones.setdefault(key, [])

        def once(zone: Zone | None) -> None:
            if waiting:
                here.remove(look)
                timer.cancel()
                waiting.pop()(zone)

        def look(zone: Zone | None) -> None:
            if zone is None or zone.limit is None or not zone.limit.waiting:
                once(zone)

        here.append(look)
        left = self._engine.clock.real(max(0.0, (deadline - self._engine.clock.now()).total_seconds()) * 0.9)
        timer = asyncio.get_running_loop().call_later(left, lambda: once(self._zone(key)))
        look(self._zone(key))

    def _zone(self, key: ZoneKey) -> Zone | None:
        return self._engine.store.get(Zone, key)

    def _look(self, entries: list[Entry]) -> None:
        for one in entries if self._zones else ():
            if one.kind is ZoneChanged:
                fact: Any = one.event
                for look in tuple(self._zones.get(fact.key, ())):
                    look(fact.zone)


def _trouble(order: Order) -> Trouble:
    kind = _TROUBLES.get(order.outcome, Refused)
    return kind(order.detail or f"{order.kind} was answered with {order.reason or order.outcome}", code=order.reason or None)
