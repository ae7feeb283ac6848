# SPDX-License-Identifier: Apache-2.0
"""A station's side of a link: facts and requests go up, orders come in; it outlives every connection."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import structlog

from open63110.bindings.link import answers
from open63110.bindings.link.answer import find
from open63110.bindings.link.conversation import FIRST_SERVICE, HERE, UNSTORED, WIRE, Services
from open63110.bindings.link.correspondence import Correspondence, Ending
from open63110.bindings.link.dialler import Dialler
from open63110.bindings.link.dialling import Dialling, Exchange, Owner, Waiting
from open63110.bindings.link.endpoints import Walk
from open63110.bindings.link.errors import HARMLESS, ErrorCode, camel
from open63110.bindings.link.fence import Fence
from open63110.bindings.link.framing.happenings import Arrived, Welcomed
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.framing.hello import TAKES, Hello
from open63110.bindings.link.gate import Refusal, Shown
from open63110.bindings.link.marks import Marks
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.rights import EVERYWHERE, RIGHTS, Sender
from open63110.bindings.link.opening import bad_protection, opened_order, opened_reply
from open63110.bindings.link.patterns.subscriber import Subscriber
from open63110.bindings.link.patterns.tariffs import Tariffs
from open63110.bindings.link.protection.guard import Guard, keyed
from open63110.bindings.link.replies import refusal_of, replies_to
from open63110.bindings.link.session import Limits, LocalClock, Outbox, Session
from open63110.bindings.link.session.sending import URGENT
from open63110.kernel.address import Address
from open63110.kernel.errors import NotSupported, Trouble, Unavailable
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Event, Message, Reply
from open63110.kernel.roles import Role
from open63110.model.network import NetworkProfile
from open63110.model.order import Outcome
from open63110.model.peer import Peer as KnownPeer
from open63110.model.station import StationBooted, StationConnected, StationDisconnected
from open63110.model.transfer import TransferFact
from open63110.runtime.engine import Engine, Replies
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import FailSafeEntered
from open63110.usecases.services.validate_vat_number import VatNumberPresented
from open63110.usecases.sessions.energy_transfer import AskTransferStatus, TransferStatusAnswer, TransferStatusReported
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.onboard_station import RegistrationAnswered, TimeTold
from open63110.wire.ports import Peer, Socket

__all__ = ["Dialling", "Exchange", "Line", "Owner", "Waiting", "fitting"]

log = structlog.get_logger(__name__)

BOOT_WITHIN = 60.0
"""How long the answer to a boot is awaited; it is told anew then [s]."""

ASKING = (Command, StationBooted, VatNumberPresented)
"""What a station says and has to have answered."""

ABOVE = frozenset({Role.CSMS, Role.LOCAL_CSMS})
"""Who may order something."""


class Line(Dialler):
    """One station's way to its CSMS; implements station.controller.Line and correspondence.Desk."""

    __slots__ = (
        *("_built_in", "_clock", "_lasting", "_met", "_other", "_patience", "_told", "engine", "guard", "marks"),
        *("fence", "owner", "services", "station", "subscriber", "tariffs"),
    )

    capabilities: tuple[str, ...] = ()
    """That HELLO names."""

    def __init__(
        self,
        exchange: Exchange,
        station: StationId,
        engine: Engine,
        dialling: Dialling,
        owner: Owner,
        outbox: Outbox,
        *,
        lasting: bool = False,
        pace: float = 1.0,
    ) -> None:
        """Stay silent until ``dial``.

        Args:
            exchange: shared by the lines of a process.
            station: whose line it is.
            engine: decides, in the role of the station.
            dialling: how it is reached.
            owner: told how calls ended.
            outbox: what is still to be told.
            lasting: the outbox survives a power cut: what lies in it counts as told.
            pace: seconds of the clock in one of the event loop's.
        """
        super().__init__(exchange, dialling)
        self._built_in = dialling
        self.station, self.engine, self.owner = station, engine, owner
        self._lasting = lasting
        self.guard: Guard | None = None
        """What is protected and demanded here (B.3); None: nothing."""
        peer = engine.store.get(KnownPeer, f"csms/{station}") or KnownPeer(id=f"csms/{station}")
        self.marks = Marks(peer, engine.commit)
        engine.commit.on_restored.append(lambda _: self.marks.restored())
        limits = Limits(idle=5.0 * pace, silence=5.0 * pace, greeting=60.0 * pace)
        me = Hello(identity=station, receive=TAKES, capabilities=self.capabilities)
        self._clock = LocalClock(engine.clock.now(), 0.0)
        session = Session(me, outbox, self.marks, limits, clock=self._clock, judge=self.judge)
        self.lines = Correspondence(self, session, pace)
        self.subscriber = Subscriber(self.lines)
        """For what the CSMS tells of this station and its zone, if somebody here wants to know."""
        self.tariffs: Tariffs | None = None
        """Asks what counts where this station stands; None: nobody wants to know."""
        self.set_clock()
        self.fence = Fence()
        self._told: Counter[str] = Counter()
        self._other, self._met = "", Role.CSMS
        """Who the other end of the present link is, and what."""
        self._patience = math.inf
        """How long an answer is awaited at most [s of the clock]."""
        self.services: Services | None = None
        """Takes the link's own services, streams; None: there are none here."""

    def go_by(self, ways: Sequence[NetworkProfile | None], attempts: int) -> None:
        """Dial these in turn from the next time on; None is the way it was set up with. Each is tried once a round."""
        del attempts
        there = [(one.url,) if one is not None else self._built_in.endpoints for one in ways]
        endpoints = tuple(one for each in there for one in each)
        moved = any(one is not None for one in ways)
        back = 0.0 if moved else self._built_in.return_after
        self.dialling = msgspec.structs.replace(self._built_in, endpoints=endpoints, return_after=back)
        self.walk = Walk(len(endpoints))

    def judged(self, *, accepted: bool) -> None:
        """Hear whether the CSMS takes the station; where it does not, the next way is dialled (8.3.14)."""
        if not accepted and any(one not in self._built_in.endpoints for one in self.dialling.endpoints):
            self.walk.shun()
            self.lines.hang_up()

    def show(self, secret: str) -> None:
        """Change nothing: a certificate is shown here."""

    # -- sockets --

    def trusts(self, socket: Socket) -> bool:
        """Tell whether the other end of a socket is a CSMS; a station's certificate may not order anything."""
        return self.wanted and self._role(socket) in ABOVE and self._exchange.believes(socket.certificate or b"")

    def _role(self, socket: Socket) -> Role | None:
        try:
            return self._exchange.identify(socket.certificate or b"")[1]
        except Trouble:
            return None

    def meet(self, socket: Socket) -> None:
        """Begin to speak with a CSMS."""
        self._other, self._met = self._exchange.identify(socket.certificate or b"")
        self.set_clock()

    def admit(self, shown: Shown) -> Peer | Refusal:
        """Return the peer of a socket that a CSMS opens to this station, which listens."""
        if shown.role not in ABOVE:
            return Refusal(kind="RoleNotAdmitted", words=f"a {shown.role} orders nothing here")
        return self.strand() if self.wanted else Refusal(kind="", words="this station is not ready", status=503)

    def set_clock(self) -> None:
        """Let deadlines count by what the station's clock shows now.

        While a link is up they go on as they were, whoever sets that clock: the other end judges them by what it was told.
        """
        self._clock.set(self.engine.clock.now(), self.lines.time(), self._clock.uncertainty)

    # -- correspondence.Desk --

    def up(self, welcomed: Welcomed) -> None:
        """Tell the station that it has a link."""
        self.subscriber.met(welcomed.hello.outbox)
        self.came_up()
        if self.tariffs is not None:
            self.tariffs.ask()
        now = self.engine.clock.now()
        self.engine.hear((StationConnected(station=self.station, at=now, wire=WIRE, secure=True),))
        self.owner.link_changed()

    def down(self, reason: str, *, was: bool) -> None:
        """Tell the station that it has no link any more, and dial again."""
        if was:
            now = self.engine.clock.now()
            self.engine.hear((StationDisconnected(station=self.station, at=now, reason=reason),))
            self.owner.link_changed()
        self.went_down(was=was)

    def violated(self, code: int, words: str, *, ours: bool) -> None:
        """Count it, and tell whoever watches over security, unless the link merely ended."""
        self._exchange.malformed += ours
        if code in HARMLESS:
            log.warning("the link ended", station=self.station, code=code, reason=words, ours=ours)
        else:
            who = "" if ours else "the other end says: "
            self._exchange.security(self._other, f"Link{camel(code)}", f"{who}{words}")

    def note(self, frame: bytes, *, sent: bool) -> None:
        """Remember a raw frame."""
        self._exchange.received += not sent
        self._exchange.frames.note(self.station, frame, sent=sent)

    def judge(self, header: Header) -> tuple[ErrorCode, str] | None:
        """Look at a header before its message is here."""
        strange = header.misunderstood(frozenset())
        if strange is not None:
            return self.denied(ErrorCode.UNSUPPORTED_EXTENSION, f"{strange} is not understood")
        if header.kind in {Kind.REPLY, Kind.PROGRESS} or self.subscriber.takes(header):
            return None
        if header.type >= FIRST_SERVICE and self.services is not None:
            return self.services.judge(self, header)
        if not self.fence.passes(header.lease, self.engine.clock.now()):
            return self.denied(
                ErrorCode.NOT_AUTHORIZED, f"{header.lease and header.lease.holder} has no authority over power any more"
            )
        sender = Sender(role=self._met, places=EVERYWHERE)
        try:
            RIGHTS.check(sender, Role.STATION, header.type, Address((self.station,)), header.priority)
        except NotSupported as trouble:
            return ErrorCode.UNKNOWN_TYPE, trouble.message
        except Trouble as trouble:
            return self.denied(ErrorCode.NOT_AUTHORIZED, f"{trouble.code}: {trouble.message}")
        return None

    def denied(self, code: ErrorCode, words: str) -> tuple[ErrorCode, str]:
        """Tell whoever watches over security that the other end has said what it may not."""
        self._exchange.security(self._other, f"Link{camel(code)}", words)
        return code, words

    # -- the CSMS orders --

    def take(self, message: Arrived) -> None:
        """Do what is ordered, and answer; give values to whoever subscribed."""
        header = message.header
        if self.subscriber.takes(header):
            self.subscriber.take(message)
            return
        if header.type >= FIRST_SERVICE and self.services is not None:
            self.services.take(self, message)
            return
        if header.dst not in HERE and not header.dst.rstrip("/").endswith(f"/{self.station}"):
            self.lines.refuse(message, ErrorCode.UNKNOWN_ADDRESS, f"this is {self.station}")
            return
        body = opened_order(self.guard, message, self.station, self._unprotected)
        if body is None:
            return
        try:
            said: Any = CODEC.decode(header.type, body, station=self.station, subjects=self.engine.known)
        except Trouble as fault:
            self._refuse(message, fault)
            return
        self.owner.before((said,))
        self.marks.stage(message.outbox, message.id)
        try:
            self.engine.hear((said,), lambda result: self._answer(message, said, result))
        except Exception as bug:  # what is asked again for ever helps nobody
            log.exception("an order could not be decided", station=self.station, message=type(said).__name__)
            self._refuse(message, Trouble(type(bug).__name__, code="InternalError"))

    def _unprotected(self, message: Arrived, trouble: Trouble) -> None:
        """Refuse an order in which something is not signed or sealed as it should be, and tell of it (B.3)."""
        log.warning("an order is not protected as it should be", station=self.station, reason=trouble.message)
        self.engine.hear((bad_protection(self.station, self.engine.clock.now(), trouble),))
        self._refuse(message, trouble)

    def _answer(self, message: Arrived, said: Message, result: Replies | Trouble | None) -> None:
        if result is None:
            self.lines.refuse(message, ErrorCode.OVERLOADED, "it cannot be stored now", retry_after=UNSTORED)
            return
        if isinstance(result, Trouble):
            self._refuse(message, result)
            return
        self.lines.delivered(message)
        if message.header.kind is Kind.REQUEST:
            for header, body in replies_to(message, self._completed(said, result), self.station, self.engine.known):
                self.lines.send(header, body, durable=False)

    def _completed(self, order: Message, replies: Sequence[Reply]) -> Sequence[Any]:
        """Complete an answer with what only the line knows."""
        status = find(replies, TransferStatusAnswer)
        if not isinstance(order, AskTransferStatus):
            return replies
        waiting = self.owner.waiting
        waits = bool(waiting or self._told) if not order.reference else self._waits(order.reference, waiting)
        ongoing = status.ongoing if status is not None else None
        now = self.engine.clock.now()
        said = TransferStatusReported(station=self.station, at=now, reference=order.reference, ongoing=ongoing, waiting=waits)
        return (said,)

    def _waits(self, reference: str, waiting: Waiting) -> bool:
        return reference in waiting or self._told[reference] > 0

    def _refuse(self, message: Arrived, trouble: Trouble) -> None:
        self.lines.delivered(message)
        if message.header.kind is Kind.REQUEST:
            self.lines.send(*refusal_of(message, trouble), durable=False)

    # -- the station says --

    def bear(self, seconds: float) -> None:
        """Await answers at most so long from now on [s]."""
        self._patience = seconds

    def call(self, key: Any, message: Command | Event, seconds: float) -> None:
        """Tell the CSMS something; the owner hears how that ended.

        Args:
            key: what the owner knows it by.
            message: a fact or a request.
            seconds: how long a request may wait for its answer [s of the clock]; a fact is told whenever that may be.

        Raises:
            Trouble: there is no connection, or the link has no message for it.
        """
        if not self.lines.open:
            raise Unavailable("there is no connection")
        asks = isinstance(message, ASKING)
        wants = asks or (isinstance(message, TransferFact) and message.subject is not None)
        patience = min(seconds, BOOT_WITHIN, self._patience) if asks else seconds
        body = CODEC.encode(message, station=self.station, subjects=self.engine.known)
        header = Header(
            type=CODEC.number(message),
            kind=Kind.REQUEST if wants else Kind.EVENT,
            priority=fitting(_priority(message), body),
            deadline=self._clock.utc(self.lines.time()) + timedelta(seconds=patience) if asks else None,
        )
        if self.guard is not None:
            header, body = self.guard.protected(keyed(header) if wants else header, body, "")
            header = msgspec.structs.replace(header, priority=fitting(header.priority, body))
        reference = getattr(message, "reference", None) if not asks else None
        early = self._lasting and not asks

        def over(ending: Ending) -> None:
            self._over(message, ending, None if early else key, reference, header.key)

        self.lines.send(header, body, durable=not asks, over=over, patience=patience if wants else None)
        if reference:
            self._told[reference] += 1
        if early:
            self.lines.later(lambda: self.owner.over(key, Verdict(outcome=Outcome.ACCEPTED)))

    def _over(self, said: Command | Event, ending: Ending, key: Any, reference: str | None, bound: bytes) -> None:
        if reference:
            self._told[reference] -= 1
            self._told += Counter()  # leaves out what has come down to nothing
        verdict = self._verdict(said, ending, bound)
        if verdict.messages:
            self.owner.before(verdict.messages)
            self.engine.hear(verdict.messages)
        if key is not None:
            self.owner.over(key, verdict)

    def _verdict(self, said: Command | Event, ending: Ending, bound: bytes) -> Verdict:
        if ending.silent:
            return Verdict(outcome=Outcome.FAILED, reason="NoAnswer", detail=ending.words)
        subjects, now = self.engine.known, self.engine.clock.now()
        try:
            bodies = [(number, opened_reply(self.guard, number, bound, body)) for number, body in ending.replies]
            found = [CODEC.decode(number, body, station=self.station, subjects=subjects) for number, body in bodies]
        except Trouble as fault:
            return Verdict(outcome=Outcome.FAILED, reason="BrokenAnswer", detail=fault.message)
        messages = tuple(map(self._timed, answers.told(said, found, now)))
        outcome = answers.outcome_of(ending.status)
        return Verdict(outcome=outcome, reason=ending.code, detail=ending.words, messages=messages)

    def _timed(self, told: Event) -> Event:
        """Let a time that the CSMS tells be what its clock shows now, and not when it answered: the way is measured (B.13)."""
        peer = self.lines.session.peer_utc(self.lines.time())
        if peer is None or not isinstance(told, RegistrationAnswered | TimeTold):
            return told
        late = (peer[0] - told.now).total_seconds()
        if not -peer[1] <= late <= BOOT_WITHIN:  # its clock was set since it was measured
            return told
        return msgspec.structs.replace(told, now=peer[0], within=peer[1])


def _priority(message: Command | Event) -> Priority:
    if isinstance(message, Command):
        return Priority(message.priority)
    if isinstance(message, StationBooted):
        return Priority.CONTROL
    grave = isinstance(message, FailSafeEntered) or (isinstance(message, StationEventReported) and message.severity == 0)
    return Priority.EMERGENCY if grave else Priority.NORMAL


def fitting(priority: Priority, body: bytes) -> Priority:
    """Return the class that a body can go in: one that is too long for E is told as control, and not left out."""
    return Priority.CONTROL if priority is Priority.EMERGENCY and len(body) > URGENT else priority
