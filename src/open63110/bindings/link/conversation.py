# SPDX-License-Identifier: Apache-2.0
"""A CSMS's side of a link to a station: what it says goes to the engine and is confirmed once durable; orders go out."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import structlog

from open63110.bindings.link import answers
from open63110.bindings.link.answer import find
from open63110.bindings.link.correspondence import ANSWERS, Correspondence, Ending
from open63110.bindings.link.cover import Cover
from open63110.bindings.link.enclosing import enclosed, order_written
from open63110.bindings.link.errors import HARMLESS, ErrorCode, camel
from open63110.bindings.link.framing.happenings import Arrived, Welcomed
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.marks import Marks
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.rights import RIGHTS, Sender
from open63110.bindings.link.opening import Passing, passed_on, read, with_credential
from open63110.bindings.link.pace import RATES, Pace
from open63110.bindings.link.protection.guard import Guard
from open63110.bindings.link.replies import refusal_of, replies_to
from open63110.bindings.link.untouched import goes_up, unknown
from open63110.kernel.address import NONE, Address, parse
from open63110.kernel.errors import NotAuthorized, NotSupported, Trouble
from open63110.kernel.ids import OrderId, StationId
from open63110.kernel.messages import Command, Event
from open63110.kernel.roles import Role
from open63110.model.order import Order, Outcome
from open63110.model.station import Registration, Station, StationBooted, StationConnected, StationDisconnected
from open63110.ports import FrameLog
from open63110.runtime.engine import Engine, Replies
from open63110.runtime.orders import Orders, Verdict
from open63110.usecases.stations.onboard_station import RegistrationAnswer, may_speak

__all__ = ["ANSWERS", "FIRST_SERVICE", "HERE", "RATES", "UNSTORED", "WIRE", "Conversation", "Office", "Services"]
__all__ += ["refusal_of", "replies_to"]

log = structlog.get_logger(__name__)

WIRE = "iec63110.link.v1"
"""What facts and quarantine call this wire: the WebSocket subprotocol."""

UNSTORED = 5.0
"""When to tell again what could not be stored [s]."""

UNACCEPTED = 60.0
"""When a station that is not accepted may tell its facts again [s]."""

_NOT_YET = "the station is not accepted; it says first that it has booted"

FIRST_SERVICE = 1000
"""Message numbers from here on are the link's own services."""

HERE = frozenset({"", "/"})
"""What the uppermost level is called."""


class Services(Protocol):
    """Takes the link's own services: subscriptions, groups, streams."""

    def judge(self, speaker: Any, header: Header, /) -> tuple[ErrorCode, str] | None:
        """Look at a header of a conversation, or a line: None to take the message, else why not."""

    def take(self, speaker: Any, message: Arrived, /) -> None:
        """Take a message, and confirm or refuse it."""

    def forget(self, reader: str) -> None:
        """Drop what was promised to somebody who does not come back."""


class Office(Protocol):
    """What all conversations of a node share."""

    engine: Engine
    orders: Orders
    frames: FrameLog
    security: Callable[[str, str, str], None]
    services: Services | None
    guard: Guard | None
    """What is protected and demanded here; None: nothing."""
    passing: Passing | None
    """Passes on what is protected; None: this is the last level."""
    received: int
    malformed: int

    def arrived(self, conversation: "Conversation") -> None:
        """A conversation has a link."""

    def gone(self, conversation: "Conversation") -> None:
        """A conversation has no link any more."""

    def curious(self, station: StationId) -> bool:
        """Tell whether another specimen of what is answered with an error is wanted."""

    def quarantine(
        self, station: StationId, action: str, fault: Trouble, raw: bytes, done: Callable[[bool], None], *, key: bytes = b""
    ) -> None:
        """Keep what could not be understood."""


class _Due:
    """What waits for a commit to be confirmed and answered."""

    __slots__ = ("_conversation", "_fact", "message")

    def __init__(self, conversation: "Conversation", message: Arrived, *, fact: bool) -> None:
        self._conversation, self.message, self._fact = conversation, message, fact

    def __call__(self, result: Replies | Trouble | None) -> None:
        if not (self._fact and isinstance(result, Trouble)):  # a fact that is refused is quarantined, and answered after that
            self._conversation.answer(self.message, result)


class Conversation:
    """One station over all its links; implements correspondence.Desk."""

    __slots__ = ("_admitted", "_cover", "_office", "_orders", "_pace", "lines", "marks", "opened", "remote", "station", "told")

    def __init__(self, office: Office, station: StationId, marks: Marks) -> None:
        """Wait for a link; ``lines`` is set before there is one."""
        self._office, self.station, self.marks = office, station, marks
        self.lines: Correspondence
        self.remote = ""
        self.opened = 0.0
        """When the present link was welcomed, in the session's time [s]."""
        self.told: Registration | None = None
        """What the last boot over the present link was answered; None: it only reconnected."""
        self._admitted: tuple[Header, str] | None = None
        """The header that was admitted last, and the zone that the station was in then: mostly the next message has it, too."""
        self._pace = Pace()
        self._orders: dict[int, OrderId] = {}
        self._cover = Cover()

    @property
    def noun(self) -> Station | None:
        """The station as the engine has it."""
        return self._office.engine.stations.get(self.station)

    @property
    def admitted(self) -> bool:
        """The station may be given orders."""
        return self.lines.there and may_speak(self.noun, self.told)

    # -- the link --

    def up(self, _: Welcomed) -> None:
        """Take the station over."""
        socket = self.lines.socket
        self.remote = f"{socket.remote[0]}:{socket.remote[1]}" if socket is not None else ""
        self.opened, self.told = self.lines.time(), None
        self._office.arrived(self)
        self.tell_connected()

    def tell_connected(self) -> None:
        """Let the use cases know of the link."""
        engine = self._office.engine
        now = engine.clock.now()
        engine.hear((StationConnected(station=self.station, at=now, wire=WIRE, remote=self.remote, secure=True, lacks=()),))

    def down(self, reason: str, *, was: bool) -> None:
        """Let go of the station; what it was ordered waits until it is too late."""
        self._office.gone(self)
        engine, noun = self._office.engine, self.noun
        if was and not (noun is not None and noun.via):  # one that is here over a level below by now has not gone (I2)
            engine.hear((StationDisconnected(station=self.station, at=engine.clock.now(), reason=reason),))

    def violated(self, code: int, words: str, *, ours: bool) -> None:
        """Tell whoever watches over security, unless the link merely ended."""
        if code not in HARMLESS:
            self._office.malformed += 1
            who = "" if ours else "the other end says: "
            self._office.security(self.station, f"Link{camel(code)}", f"{who}{words}")

    def note(self, frame: bytes, *, sent: bool) -> None:
        """Remember a raw frame."""
        self._office.received += not sent
        self._office.frames.note(self.station, self._cover.shown(frame, sent=sent), sent=sent)

    # -- the station speaks --

    def judge(self, header: Header) -> tuple[ErrorCode, str] | None:
        """Look at a header before its message is here: extensions, address, and whether the station may say this at all."""
        admitted = self._admitted
        if admitted is not None and admitted[0] is header and admitted[1] == self._zone:
            return None
        goes_on = self.goes_on(header)
        strange = header.misunderstood(frozenset())
        if strange is not None and not goes_on:
            return self._refused(ErrorCode.UNSUPPORTED_EXTENSION, f"{strange} is not understood")
        if header.dst not in HERE:
            return ErrorCode.UNKNOWN_ADDRESS, f"nobody here is called {header.dst[:100]}"
        if goes_on:
            return None
        services = self._office.services
        if header.type >= FIRST_SERVICE and services is not None:
            return services.judge(self, header)
        if header.kind in ANSWERS and header.priority is not Priority.EMERGENCY:
            return None  # it is taken as the answer to an order of ours, or not at all
        try:
            RIGHTS.check(self.sender, Role.CSMS, header.type, self._about(header), header.priority)
        except NotSupported as trouble:
            return ErrorCode.UNKNOWN_TYPE, trouble.message
        except NotAuthorized as trouble:
            return self._refused(ErrorCode.NOT_AUTHORIZED, f"{trouble.code}: {trouble.message}")
        except Trouble as trouble:
            return ErrorCode.MALFORMED, trouble.message
        self._admitted = header, self._zone
        return None

    @property
    def _zone(self) -> str:
        noun = self._office.engine.stations.get(self.station)
        return (noun.zone if noun is not None else None) or ""

    def goes_on(self, header: Header) -> bool:
        """Tell whether a message of a type that is not known here goes on to the level above (B.15); an emergency never does."""
        return self._office.passing is not None and header.type < FIRST_SERVICE and goes_up(header, self._about, self.sender)

    @property
    def sender(self) -> Sender:
        """Who speaks, and of what."""
        return Sender(role=Role.STATION, places=(self.place,))

    @property
    def place(self) -> Address:
        """The station's address."""
        site, _, zone = self._zone.partition(":")
        return Address((site or NONE, zone or NONE, self.station))

    def _about(self, header: Header) -> Address:
        return parse(header.src) if header.src else self.place

    def _refused(self, code: ErrorCode, words: str) -> tuple[ErrorCode, str]:
        self._office.security(self.station, f"Link{camel(code)}", words)
        return code, words

    def take(self, message: Arrived) -> None:
        """Take a fact or a request."""
        header = message.header
        if header.type >= FIRST_SERVICE and self._office.services is not None:
            self._office.services.take(self, message)
            return
        if self._postponed(message):
            return
        if unknown(header) and not may_speak(self.noun, self.told):
            self.lines.refuse(message, ErrorCode.NOT_AUTHORIZED, _NOT_YET, retry_after=UNACCEPTED)
            return
        try:
            said = read(self._office, message, self.station, self.station)
        except Trouble as fault:
            known = CODEC.registry.by_number.get(header.type)
            self._misunderstood(message, fault, fact=known is not None and issubclass(known.kind, Event))
            return
        if not isinstance(said, StationBooted) and not may_speak(self.noun, self.told):
            self.lines.refuse(message, ErrorCode.NOT_AUTHORIZED, _NOT_YET, retry_after=UNACCEPTED)
            return
        self._hear(message, said)

    def _postponed(self, message: Arrived) -> bool:
        """Put a message off that is one too many of its class; tell whether it was."""
        wait = self._pace.wait(message.header.priority, self.lines.time())
        if wait > 0:
            self.lines.refuse(message, ErrorCode.RATE_LIMITED, "too many of this class", retry_after=wait)
        return wait > 0

    def _hear(self, message: Arrived, said: Any) -> None:
        """Let use cases hear it; its mark is written with what comes of it."""
        engine = self._office.engine
        fact = isinstance(said, Event)
        if fact:
            self.marks.stage(message.outbox, message.id)
            if self._office.passing is not None and self._office.passing.wants(message, said):
                said = self._office.passing.keep(message, said.station, said)
        trouble: Trouble | None
        try:
            trouble = engine.hear(with_credential(said), _Due(self, message, fact=fact))
        except Exception as bug:  # I11: a bug of ours must not make a station repeat itself for ever
            log.exception("a message could not be decided", station=self.station, message=type(said).__name__)
            self._misunderstood(message, Trouble(type(bug).__name__, code="InternalError"), fact=fact)
            return
        if trouble is not None and fact:
            self._misunderstood(message, trouble, fact=True)

    def answer(self, message: Arrived, result: Replies | Trouble | None) -> None:
        """Confirm and answer what has become durable, or was refused."""
        if result is None:
            self.lines.refuse(message, ErrorCode.OVERLOADED, "it cannot be stored now", retry_after=UNSTORED)
        elif not isinstance(result, Trouble):
            self._confirm(message, result)
        elif message.header.kind is Kind.REQUEST:
            self._say_no(message, result)

    def _confirm(self, message: Arrived, replies: Replies) -> None:
        booted = find(replies, RegistrationAnswer) if replies else None
        if booted is not None:
            self.told = booted.registration
        self.lines.delivered(message)
        if message.header.kind is Kind.REQUEST:
            self.reply(message, replies)

    def reply(self, message: Arrived, replies: Sequence[Any]) -> None:
        """Answer a request."""
        guard, known = self._office.guard, self._office.engine.known
        for header, body in replies_to(message, replies, self.station, known, guard=guard, towards=self.station):
            self.lines.send(header, body, durable=False)

    def _say_no(self, message: Arrived, trouble: Trouble) -> None:
        self.lines.delivered(message)
        self.lines.send(*refusal_of(message, trouble), durable=False)

    def _misunderstood(self, message: Arrived, fault: Trouble, *, fact: bool = False) -> None:
        """Keep it raw and confirm it, so that it is not told for ever (I11); a request is answered with no.

        What has happened is kept in any case, for it is the sole copy; of requests a few specimens.
        """
        wanted = message.header.kind is Kind.REQUEST
        if self._office.passing is not None and passed_on(self._office.passing, self, message, fact=fact):
            return

        def confirm(durable: bool) -> None:  # noqa: FBT001 - the shape of Done
            if not durable:
                self.lines.refuse(message, ErrorCode.OVERLOADED, "it cannot be stored now", retry_after=UNSTORED)
            elif wanted:
                self._say_no(message, fault)
            else:
                self.lines.delivered(message)

        self._office.malformed += 1
        if wanted and not fact and not self._office.curious(self.station):
            self._office.engine.commit.after(confirm)
            return
        self.marks.stage(message.outbox, message.id)
        known = CODEC.registry.by_number.get(message.header.type)
        action = known.name if known else str(message.header.type)
        self._office.quarantine(self.whose(message.header), action, fault, message.body, confirm, key=message.header.key)

    def whose(self, header: Header) -> StationId:
        """Return the station that a message is about, as it is called here."""
        del header
        return self.station

    # -- orders --

    def order(self, order: Order, command: Command) -> None:
        """Send an order; it waits in the session until its deadline, over any number of links.

        Raises:
            Trouble: the link has no message for it, or too much waits.
        """
        engine = self._office.engine
        now, along = engine.clock.now(), enclosed(self._office.orders, order.id)
        header = Header(
            type=CODEC.number(command),
            kind=Kind.REQUEST,
            priority=Priority(command.priority),
            deadline=order.deadline,
            key=order.id.encode()[:32],
            extensions=dict(along.extensions),
            lease=along.lease,
        )
        guard = self._office.guard
        header, body = order_written(header, command, engine.known, along=along, guard=guard, towards=self.station)
        left = max(0.0, (order.deadline - now).total_seconds())
        number = self.lines.send(
            header, body, durable=False, over=lambda ending: self._over(order, command, ending), patience=left
        )
        self._orders[number] = order.id
        self._cover.begin(order.id, command)

    def take_back(self, order: Order) -> bool:
        """Take an order back; False if it was given up already, then the station is asked to stop."""
        number = next((number for number, one in self._orders.items() if one == order.id), None)
        return number is not None and self.lines.cancel(number)

    def _over(self, order: Order, command: Command, ending: Ending) -> None:
        engine = self._office.engine
        self._orders = {number: one for number, one in self._orders.items() if one != order.id}
        self._cover.end(order.id)
        if ending.silent:
            verdict = Verdict(outcome=Outcome.FAILED, reason="NoAnswer", detail="the station did not answer in time")
        else:
            try:
                said = [
                    CODEC.decode(number, body, station=self.station, subjects=engine.known) for number, body in ending.replies
                ]
            except Trouble as fault:
                verdict = Verdict(outcome=Outcome.FAILED, reason="BrokenAnswer", detail=fault.message)
            else:
                now = engine.clock.now()
                verdict = answers.verdict(command, ending.status, ending.words, ending.code, said, now)
        self._office.orders.ended(order.id, verdict)
