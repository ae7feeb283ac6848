# SPDX-License-Identifier: Apache-2.0
"""Links of systems that are neither stations nor levels: each reads, and limits zones, as its role may and where it may.

Who runs the grid, trades flexibility, manages a site's energy, or has contracts with drivers comes with a certificate of its
role, and is admitted by a principal of that name and role, whose scope is where it may (B.22, 8.2.7).
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import msgspec

from open63110.bindings.link.conversation import ANSWERS, FIRST_SERVICE, HERE, Conversation
from open63110.bindings.link.correspondence import Correspondence
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.happenings import Arrived, Welcomed
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.gate import Refusal, Shown
from open63110.bindings.link.levels.places import places_of_scope
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.rights import RIGHTS, Sender
from open63110.bindings.link.patterns.groups import aggregate_in, write_aggregate
from open63110.bindings.link.patterns.own_messages import AGGREGATE
from open63110.bindings.link.replies import replies_to
from open63110.bindings.link.server import Server
from open63110.kernel.address import ROOT, Address
from open63110.kernel.errors import NotAuthorized, NotSupported, Refused, Trouble
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.model.limit import LimitSource
from open63110.model.order import OPEN, Order, Outcome
from open63110.model.principal import Principal
from open63110.runtime.engine import Replies
from open63110.runtime.orders import Asked
from open63110.usecases.energy.dso_power_variation import (
    AskDsoCompliance,
    CancelDsoOrder,
    KeepDsoLink,
    PutDsoForecast,
    PutDsoOrder,
    RemoveDsoForecast,
    tell,
)
from open63110.usecases.energy.smart_charging import LimitZone, WithdrawZoneLimit
from open63110.wire.ports import Peer

GUESTS: Final = (Role.DSO, Role.FO, Role.CSP, Role.RM)
"""Roles that may open such a link; each needs a principal of its name that has the role of its certificate."""

SOURCES: Final = {Role.DSO: LimitSource.DSO, Role.FO: LimitSource.CONTRACT, Role.RM: LimitSource.OPERATOR}
"""As whom each limits: nobody can say that somebody else does."""

FAREWELL: Final = 1.0
"""Between the last word about what is allowed no more and the end of the link [s, real]."""

NOBODY: Final = StationId("")

Pseudonym = Callable[[str, str], str]
"""(DSO, station) → what the station is called to it."""

OF_ZONES = LimitZone | WithdrawZoneLimit
"""What the policy of links says of what places; see ``rights.GRID``."""

OWNED = CancelDsoOrder | PutDsoForecast | RemoveDsoForecast | KeepDsoLink | AskDsoCompliance
"""What belongs to the DSO that says it: the use case refuses the rest."""


class Guest(Conversation):
    """One such system over all its links."""

    __slots__ = ()

    _office: "Guests"

    # -- the link --

    def up(self, _: Welcomed) -> None:
        """Begin."""
        socket = self.lines.socket
        self.remote = f"{socket.remote[0]}:{socket.remote[1]}" if socket is not None else ""
        self.opened = self.lines.time()
        self._office.arrived(self)

    def tell_connected(self) -> None:
        """It is no station: use cases need not know."""

    def down(self, reason: str, *, was: bool) -> None:
        """Let go; what it has subscribed to goes on once it is back, until the lease is over."""
        del reason, was
        self._office.gone(self)

    # -- it speaks --

    @property
    def sender(self) -> Sender:
        """Who speaks, and of what, by what the operator says now; nothing at all once it may not come any more."""
        return self._office.sender(self.station)

    @property
    def place(self) -> Address:
        """What it speaks of unless it says so."""
        return ROOT

    def judge(self, header: Header) -> tuple[ErrorCode, str] | None:
        """Look at a header before its message is here."""
        strange = header.misunderstood(frozenset())
        if strange is not None:
            return self._refused(ErrorCode.UNSUPPORTED_EXTENSION, f"{strange} is not understood")
        if header.kind in ANSWERS:
            return None
        services = self._office.services
        if header.type >= FIRST_SERVICE and services is not None:
            if header.dst not in HERE:
                return ErrorCode.UNKNOWN_ADDRESS, "what there is to read is asked of this end"
            return services.judge(self, header)
        return self._judge_order(header)

    def _judge_order(self, header: Header) -> tuple[ErrorCode, str] | None:
        sender = self.sender
        try:
            about = self._office.resolve(header.dst) if header.dst not in HERE else None
            places = sender.places if about is not None else (ROOT,)  # then the body says of what it speaks
            asker = Sender(role=sender.role, places=places)
            RIGHTS.check(asker, self._office.acts, header.type, about or ROOT, header.priority)
        except NotSupported as trouble:
            return ErrorCode.UNKNOWN_TYPE, trouble.message
        except NotAuthorized as trouble:
            return self._refused(ErrorCode.NOT_AUTHORIZED, f"{trouble.code}: {trouble.message}")
        except Trouble as trouble:
            return ErrorCode.UNKNOWN_ADDRESS, trouble.message
        return None

    def take(self, message: Arrived) -> None:
        """Take a subscription, or an order to a zone."""
        if message.header.type >= FIRST_SERVICE and self._office.services is not None:
            self._office.services.take(self, message)
            return
        if self._postponed(message):
            return
        try:
            said: Any = CODEC.decode(message.header.type, message.body, station=NOBODY, subjects=self._office.engine.known)
            command = self._own(said, urgent=message.header.priority is Priority.EMERGENCY)
        except Trouble as fault:
            self._say_no(message, fault)
            return
        if isinstance(command, AskDsoCompliance):
            self._report(message, command)
        else:
            self._ask(message, command)

    def _own(self, said: Any, *, urgent: bool) -> Command:
        """Return an order as this one may give it.

        Args:
            said: what it wants.
            urgent: it came in the class of emergencies; no other order is one.

        Raises:
            NotAuthorized: it speaks of a place that is not its own.
            NotSupported: that is nothing that such a system is heard with.
        """
        if isinstance(said, PutDsoOrder):
            return msgspec.structs.replace(said, emergency=said.emergency and urgent)
        if isinstance(said, OWNED):
            return said
        if not isinstance(said, OF_ZONES):
            raise NotSupported(f"{type(said).__name__} is not taken here")
        zone, sender = Address((said.site, said.zone)), self.sender
        if not any(zone.within(place) for place in sender.places):
            raise NotAuthorized(f"{sender.role} may not speak of {zone}", code="AddressNotAllowed", where=str(zone))
        if isinstance(said, WithdrawZoneLimit):
            return said
        return msgspec.structs.replace(said, source=SOURCES[sender.role], emergency=said.emergency and urgent)

    def _ask(self, message: Arrived, command: Command) -> None:
        """Make it an order; the message is confirmed once that is durable, and answered once it is over."""
        orders, principal = self._office.orders, self._office.principal(self.station)

        def asked(future: "asyncio.Future[Asked]") -> None:
            if future.cancelled():
                self.lines.refuse(message, ErrorCode.OVERLOADED, "it cannot be stored now", retry_after=5.0)
                return
            self.lines.delivered(message)
            said = future.result()
            if said.order.outcome in OPEN:
                orders.watch(said.order.id, lambda order: self._answered(message, order, said.replies))
            else:
                self._answered(message, said.order, said.replies)

        if principal is None:
            self._say_no(message, NotAuthorized(f"{self.station} may not ask anything any more"))
            return
        self.marks.stage(message.outbox, message.id)
        # Of which zones it may speak, the policy of links has said, and no door says it otherwise; of its groups, the use case.
        judged = msgspec.structs.replace(principal, role=Role.ADMIN, scope=("*",)) if isinstance(command, OF_ZONES) else None
        orders.ask(command, principal, deadline=message.header.deadline, judged=judged).add_done_callback(asked)

    def _report(self, message: Arrived, asked: AskDsoCompliance) -> None:
        """Say what came of an order, with stations by pseudonyms (R-7.4-3); to read is no order."""
        office, who = self._office, str(self.station)
        try:
            (told,) = tell(asked.asked_by(who, self.sender.role), office.engine.known)
        except Trouble as fault:
            self._refused(ErrorCode.NOT_AUTHORIZED, f"{fault.code}: {fault.message}")
            self._say_no(message, fault)
            return
        self.lines.delivered(message)
        if message.header.kind is Kind.REQUEST:
            self.reply(message, (hidden(told, lambda station: office.pseudonym(who, station)),))

    def _answered(self, message: Arrived, order: Order, replies: Replies) -> None:
        if message.header.kind is not Kind.REQUEST:
            return
        if order.outcome is Outcome.NOT_AUTHORIZED:
            self._refused(ErrorCode.NOT_AUTHORIZED, f"{order.reason}: {order.detail}")
        if order.outcome is not Outcome.ACCEPTED:
            words = order.detail or f"{order.kind} was answered with {order.reason or order.outcome}"
            kind = NotAuthorized if order.outcome is Outcome.NOT_AUTHORIZED else Refused
            self._say_no(message, kind(words, code=order.reason or None))
        elif order.station != NOBODY:  # a level below has decided it
            self._answer_raw(message, AGGREGATE, write_aggregate(aggregate_in(order.answer)))
        else:
            self.reply(message, replies)

    def _answer_raw(self, message: Arrived, number: int, body: bytes) -> None:
        header, _ = next(iter(replies_to(message, (), self.station, self._office.engine.known)))
        self.lines.send(msgspec.structs.replace(header, type=number), body, durable=False)


def hidden(told: Any, pseudonym: Callable[[str], str]) -> Any:
    """Return a report with pseudonyms for its stations, in their order."""
    stations = [msgspec.structs.replace(one, station=pseudonym(one.station)) for one in told.stations]
    return msgspec.structs.replace(told, stations=tuple(sorted(stations, key=lambda one: str(one.station))))


class Guests(Server):
    """All links of such systems."""

    acts: Role = Role.CSMS
    """As what this end is met by them."""
    resolve: Callable[[str], Address]
    pseudonym: Pseudonym
    """What stations are called to a DSO."""
    shown: dict[str, Role]

    @classmethod
    def beside(cls, server: Server, resolve: Callable[[str], Address], pseudonym: Pseudonym) -> "Guests":
        """Make it beside the server of the stations' own links.

        Args:
            server: from which it takes what it needs.
            resolve: reads an address as this end knows it.
            pseudonym: what stations are called to a DSO.
        """
        made = server.sibling(cls)
        made.resolve, made.pseudonym, made.shown = resolve, pseudonym, {}
        return made

    def principal(self, identity: str) -> Principal | None:
        """Return as whom a system asks here; None: it may not come in the role that its certificate has, or not any more."""
        found = self.engine.known.principals.get(PrincipalId(identity))
        return found if found is not None and not found.disabled and found.role is self.shown.get(identity) else None

    def sender(self, identity: str) -> Sender:
        """Return what a system may speak and read of now."""
        found = self.principal(identity)
        return Sender(role=found.role, places=places_of_scope(found.scope)) if found is not None else Sender(role=Role.EV)

    def let_in(self, shown: Shown) -> Peer | Refusal:
        """Return the peer of a socket of a system that has shown who it is."""
        self.shown[shown.identity] = shown.role
        if self.principal(shown.identity) is None:
            return Refusal(kind="UnknownParty", words=f"nobody said what {shown.identity} may do here as {shown.role}")
        guest = self.conversation(StationId(shown.identity))
        self._remember(guest, shown)
        return self.await_greeting(guest)

    def conversation(self, station: StationId) -> Conversation:
        """Return the conversation with a system."""
        found = self.conversations.get(station)
        if found is None:
            marks = self.ledger.marks(station)
            found = self.conversations[station] = Guest(self, station, marks)
            found.lines = Correspondence(found, self._session(found), self._pace)
        return found

    def _set_right(self, trouble: Any) -> None:
        """They are no stations: nothing has to be told of them."""

    def look(self, identity: str) -> None:
        """End the link of a system that may not come any more, or comes as something else; a last word goes out before."""
        guest = self.conversations.get(StationId(identity))
        if guest is not None and self.principal(identity) is None:
            loop = asyncio.get_running_loop()
            loop.call_later(FAREWELL, guest.lines.end, ErrorCode.REVOKED, "nobody admits it any more")
