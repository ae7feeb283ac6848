# SPDX-License-Identifier: Apache-2.0
"""Orders: commands on their way to a station, from the asker to one of the outcomes of R-7.1-2, each audited."""

import asyncio
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

import msgspec

from open63110.kernel.errors import Expired, Malformed, NotAuthorized, NotSupported, Trouble
from open63110.kernel.ids import OrderId, PrincipalId, StationId
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Command, Event, Message
from open63110.kernel.roles import Role
from open63110.model.deletion import FREED, goes_now
from open63110.model.order import OPEN, Order, OrderChanged, Outcome
from open63110.model.principal import AuditEntry, Principal
from open63110.model.station import AuthorizationReleased, RegistrationDecided, StationConnected
from open63110.ports import Ids, Link
from open63110.runtime.engine import Engine, Replies, Turn, decode_command, encode_command
from open63110.runtime.links import NoLink
from open63110.runtime.passing import Passing, spelled
from open63110.runtime.permissions import may_ask, may_use
from open63110.runtime.unused_starts import UnusedStarts

DONE = "NoError"
"""Reason code of an order that was accepted without any other (OCPP 2.x appendix)."""

OURSELVES = Principal(id=PrincipalId("csms"), role=Role.CSMS, name="this CSMS")
"""Who asks when nobody did: flows, wakeups, reconcile."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How a station answered an order."""

    outcome: Outcome
    reason: str = ""
    """The station's own reason code."""
    detail: str = ""
    messages: tuple[Message, ...] = ()
    """What the answer says beyond yes or no, for use cases."""
    answer: str = ""
    """The answer as JSON."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the asker is told once the order is durable."""

    order: Order
    replies: Replies = ()


Maybe = Principal | None
Roles = frozenset[Role] | None
Told = Callable[[Asked | None], None]
"""Called with None when it could not be stored."""

_ARRIVES = (StationConnected, RegistrationDecided, *FREED)
_OF_INTEREST = frozenset({OrderChanged, AuthorizationReleased, *_ARRIVES})
"""Kinds of facts that end, free or use orders; nearly all commits hold none of them."""


class Orders:
    """Every open order of a node."""

    def __init__(self, engine: Engine, ids: Ids) -> None:
        """Take over what the last run left open: what was sent then will not be answered any more."""
        self._engine, self._ids = engine, ids
        self.link: Link = NoLink()
        self._passing, self._unused = Passing(engine), UnusedStarts(engine, self._audit)
        self._secret: dict[OrderId, Command] = {}
        """Commands that hold what their rows leave out, until they end."""
        self._watchers: dict[OrderId, list[Callable[[Order], None]]] = {}
        self._unstored: list[Callable[[], None]] = []
        """What happened to orders while nothing could be stored: noted again until it can be."""
        self.on_decided: list[Callable[[Sequence[Event]], None]] = []
        """Told the facts of each order that was decided here, within the same commit."""
        self.on_new: list[Callable[[Order], None]] = []
        """Told of each order as it is made, before anything comes of it."""
        engine.send, engine.elsewhere = self._from_use_case, self._elsewhere
        engine.commit.on_durable.append(self._look)
        for order in tuple(engine.known.orders.values()):
            if order.outcome is Outcome.SENT:
                self.ended(order.id, Verdict(outcome=Outcome.FAILED, reason="Restart"))

    # -- asking --

    def ask(
        self, command: Command, by: Principal, *, deadline: datetime | None = None, roles: Roles = None, judged: Maybe = None
    ) -> "asyncio.Future[Asked]":
        """Ask for a command on behalf of a principal.

        Args:
            command: of a use case, or, with roles given, any that the link can carry.
            by: who asks.
            deadline: after it the command is not carried out any more; None: the policy's.
            roles: who may ask this, for commands without a door.
            judged: as whom the doors judge him; None: as himself.

        Returns:
            A future that is done once the order, whatever its outcome so far, is durable; cancelled if it never will be.
        """
        now = self._engine.clock.now()
        command = command.asked_by(by.id, by.role)
        order = self._new(command, by, now, deadline)
        future: asyncio.Future[Asked] = asyncio.get_running_loop().create_future()
        replies: Replies = ()
        try:
            self._check(command, judged or by, order, now, roles)
            order, replies = self._decide(command, order)
        except Trouble as trouble:
            order = self._refused(order, trouble, now)
        self._engine.commit.after(lambda durable: _tell(future, Asked(order=order, replies=replies), durable=durable))
        return future

    def _new(self, command: Command, by: Principal, now: datetime, deadline: datetime | None) -> Order:
        order = Order(
            id=self._ids.order(),
            station=command.station,
            kind=command.named(),
            by=by.id,
            asked=now,
            deadline=deadline or now + timedelta(seconds=self._engine.policy.order_deadline),
            outcome=Outcome.WAITING,
            body="" if by is OURSELVES and command.follows() else encode_command(command.kept()).decode(),
        )
        for told in tuple(self.on_new):
            told(order)
        return order

    def asker(self, order: Order) -> Principal | None:
        """Return who asked for an order; None: nobody who is still known."""
        return OURSELVES if order.by == OURSELVES.id else self._engine.known.principals.get(order.by)

    def _check(self, command: Command, by: Principal, order: Order, now: datetime, roles: frozenset[Role] | None) -> None:
        door = self._engine.table.door(type(command))
        allowed = door.roles if door else roles
        if allowed is None:
            raise NotSupported(f"{order.kind} cannot be asked from outside", code="NoDoor")
        may = may_use(by, door, command.station) if door else may_ask(by, allowed, command.station)
        if not may:
            raise NotAuthorized(f"{by.id} ({by.role}) may not ask {order.kind} of {command.station or 'this CSMS'}")
        if order.deadline <= now:
            raise Expired(f"the deadline {order.deadline:%Y-%m-%dT%H:%M:%SZ} has passed")

    def _decide(self, command: Command, order: Order) -> tuple[Order, Replies]:
        engine = self._engine
        turn = Turn(engine, command.station, order.asked)
        if engine.decides(type(command)):
            _decide_in_time(turn, command)
            passed_on = next((one for one in turn.commands if type(one) is type(command)), None)
        else:
            passed_on = command
        turn.commands = [one for one in turn.commands if one is not passed_on]
        if passed_on is None:
            reason = next((said for one in turn.replies if (said := one.remark())), DONE)
            order = msgspec.structs.replace(order, outcome=Outcome.ACCEPTED, reason=reason, ended=order.asked)
        elif order.body:
            order = msgspec.structs.replace(order, body=encode_command(passed_on.kept()).decode())
            if passed_on.kept() is not passed_on:
                self._secret[order.id] = passed_on
        if order.body:
            turn.fact(OrderChanged(station=order.station, at=order.asked, orders=order))
        turn.keep()
        if passed_on is not None and not order.body:
            self._passing.begin(order, passed_on)
        if passed_on is not None:
            self._send_when_durable(order)
        elif order.body:
            self._audit(order)
        for told in self.on_decided:
            told(turn.facts)
        return order, tuple(turn.replies)

    def _refused(self, order: Order, trouble: Trouble, now: datetime) -> Order:
        order = order.ended_by(trouble, _outcome_of(trouble), now)
        turn = Turn(self._engine, order.station, now)
        turn.fact(OrderChanged(station=order.station, at=now, orders=order))
        turn.keep()
        self._audit(order)
        return order

    def _from_use_case(self, command: Command) -> None:
        """Give an order that a use case, not a person, wants; part of the turn that yields it."""
        now = self._engine.clock.now()
        order = self._new(command, OURSELVES, now, None)
        if order.body:
            if command.kept() is not command:
                self._secret[order.id] = command
            self._engine.known.keep("orders", order.id, order)
            self._engine.commit.batch.note(OrderChanged(station=order.station, at=now, orders=order))
        else:
            self._passing.begin(order, command)
        self._send_when_durable(order)

    def _elsewhere(self, command: Command) -> None:
        """Let a command that one station's turn, or nobody's, has for another be decided there; part of the same commit."""
        now = self._engine.clock.now()
        order = self._new(command, OURSELVES, now, None)
        try:
            self._decide(command, order)
        except Trouble as trouble:
            self._refused(spelled(order, command), trouble, now)

    # -- sending and ending --

    def _send_when_durable(self, order: Order) -> None:
        self._engine.commit.after(lambda durable: self._send(order.id) if durable else None)

    def _send(self, order_id: OrderId) -> None:
        order = self._engine.known.orders.get(order_id)
        if order is None or order.outcome is not Outcome.WAITING or not self.link.connected(order.station):
            return
        try:
            command = self._passing.command(order.id) or self._secret.get(order.id) or decode_command(order.body.encode())
            if goes_now(self._engine.stations.get(order.station), order.kind, command.priority):
                self.link.send(order, command.whole())
        except Trouble as trouble:
            self.ended(order.id, Verdict(outcome=_outcome_of(trouble), reason=trouble.code, detail=trouble.message))

    def sent(self, order_id: OrderId) -> None:
        """Note that an order left for its station: from now on nobody knows whether it was carried out."""
        self._change(order_id, lambda order: msgspec.structs.replace(order, outcome=Outcome.SENT))

    def back(self, order_id: OrderId) -> None:
        """Note that an order was not sent after all (its connection closed first): it waits for the next one."""
        self._change(order_id, lambda order: msgspec.structs.replace(order, outcome=Outcome.WAITING))

    def ended(self, order_id: OrderId, verdict: Verdict) -> None:
        """End an order, and let use cases hear what the answer says. An order ends once."""
        engine = self._engine
        order = engine.known.orders.get(order_id)
        if order is None or order.outcome not in OPEN:
            return
        self._secret.pop(order_id, None)
        now = engine.clock.now()
        reason = verdict.reason or (DONE if verdict.outcome is Outcome.ACCEPTED else "")
        order = msgspec.structs.replace(
            order, outcome=verdict.outcome, reason=reason, detail=verdict.detail, answer=verdict.answer, ended=now
        )
        turn = Turn(engine, order.station, now)
        passing = self._passing.command(order_id)
        carried_out = passing is not None and order.outcome is Outcome.ACCEPTED
        if not carried_out:
            order = spelled(order, passing)
            turn.fact(OrderChanged(station=order.station, at=now, orders=order))
        _hear_all(turn, verdict.messages)
        turn.keep()
        if carried_out:
            self._passing.become(order)
        else:
            self._audit(order)
        self._store_or(lambda: self.ended(order_id, verdict), None if passing is None else lambda: self._passed(order))

    def _passed(self, order: Order) -> None:
        """Let an order go that nobody asked for."""
        self._passing.forget(order.id)
        for watcher in self._watchers.pop(order.id, ()):
            watcher(order)

    def _change(self, order_id: OrderId, change: Callable[[Order], Order]) -> None:
        order = self._engine.known.orders.get(order_id)
        if order is None or order.outcome not in OPEN:
            return
        if order_id in self._passing:
            self._engine.known.orders[order_id] = change(order)
            return
        turn = Turn(self._engine, order.station, self._engine.clock.now())
        turn.fact(OrderChanged(station=order.station, at=turn.now, orders=change(order)))
        turn.keep()
        self._store_or(lambda: self._change(order_id, change))

    def _store_or(self, again: Callable[[], None], stored: Callable[[], None] | None = None) -> None:
        """Note it again later if it could not be stored: a station does not repeat its answers."""

        def done(durable: bool) -> None:  # noqa: FBT001 - the shape of Done
            if not durable:
                self._unstored.append(again)
            elif stored is not None:
                stored()

        self._engine.commit.after(done)

    def expire(self) -> None:
        """End the orders that still wait behind their deadline."""
        now = self._engine.clock.now()
        for order in tuple(self._engine.known.orders.values()):
            if order.outcome is Outcome.WAITING and order.deadline <= now:
                late = Verdict(outcome=Outcome.EXPIRED, reason="Deadline", detail="the station did not come in time")
                self.ended(order.id, late)

    async def run(self) -> None:
        """Look for expired orders once a second, for ever."""
        while True:
            await asyncio.sleep(self._engine.clock.real(1.0))
            self.note_again()
            self.expire()

    def note_again(self) -> None:
        """Note what could not be stored the last time."""
        unstored, self._unstored = self._unstored, []
        for again in unstored:
            again()

    # -- watching --

    def watch(self, order_id: OrderId, watcher: Callable[[Order], None]) -> None:
        """Be told, once, when an order has ended and that is durable."""
        self._watchers.setdefault(order_id, []).append(watcher)

    def _look(self, entries: list[Entry]) -> None:
        facts = [one.event for one in entries if one.kind in _OF_INTEREST]
        if facts:
            self._durable(facts)

    def _durable(self, facts: list[Event]) -> None:
        arrived: set[StationId] = set()
        for fact in facts:
            if isinstance(fact, OrderChanged):
                if fact.orders.outcome not in OPEN:
                    for watcher in self._watchers.pop(fact.orders.id, ()):
                        watcher(fact.orders)
            elif isinstance(fact, _ARRIVES):
                arrived.add(fact.station)
            elif isinstance(fact, AuthorizationReleased):
                self._released(fact)
        if arrived:
            self.arrived(arrived)

    def arrived(self, there: AbstractSet[StationId]) -> None:
        """Send what waits for those that can be reached now: stations, and levels below."""
        for order in tuple(self._engine.known.orders.values()):
            if order.station in there:
                self._send(order.id)

    def _released(self, fact: AuthorizationReleased) -> None:
        if self._unused.released(fact):
            self._store_or(lambda: self._released(fact))

    def _audit(self, order: Order) -> None:
        principal = self.asker(order)
        entry = AuditEntry(
            id=self._ids.row(AuditEntry),
            at=order.ended or order.asked,
            by=order.by,
            role=principal.role if principal else "",
            action=order.kind,
            target=order.station,
            outcome=order.outcome,
            reason=order.reason,
            detail=order.detail,
        )
        self._engine.known.keep("audit", entry.id, entry)


def _hear_all(turn: Turn, messages: Sequence[Message]) -> None:
    for message in messages:
        try:
            turn.decide(message)
        except Trouble:  # the order has ended whatever a use case thinks of its answer; the answer stands in the order
            continue


def _decide_in_time(turn: Turn, command: Command) -> None:
    try:
        turn.decide(command)
    except OverflowError as fault:  # of moments: whatever else is too large is a number like others
        raise Malformed("a time in it is beyond the calendar", code="InvalidValue", remedy="give a shorter one") from fault


def _outcome_of(trouble: Trouble) -> Outcome:
    kinds = ((NotAuthorized, Outcome.NOT_AUTHORIZED), (NotSupported, Outcome.NOT_SUPPORTED), (Expired, Outcome.EXPIRED))
    return next((outcome for kind, outcome in kinds if isinstance(trouble, kind)), Outcome.REJECTED)


def _tell(future: "asyncio.Future[Asked]", asked: Asked, *, durable: bool) -> None:
    if durable and not future.done():
        future.set_result(asked)
    elif not durable:
        future.cancel()
