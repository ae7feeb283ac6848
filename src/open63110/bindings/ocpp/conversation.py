# SPDX-License-Identifier: Apache-2.0
"""The conversation with one station: frames in, our messages to the engine; our orders out, their outcomes back."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec
import structlog

from open63110.bindings.ocpp import tolerance
from open63110.bindings.ocpp.calling import Ticket, Unusable, failed, understood
from open63110.bindings.ocpp.errors import code_of
from open63110.bindings.ocpp.raw_call import RawCall
from open63110.bindings.ocpp.rpc import peer as rpc
from open63110.bindings.ocpp.rpc.errors import ErrorCode, MalformedFrame, SchemaFault
from open63110.bindings.ocpp.rpc.frames import Call, Error, Read, Result, Send
from open63110.bindings.ocpp.rpc.happenings import Transmit
from open63110.bindings.ocpp.secrets import CALL, covered, shown
from open63110.bindings.ocpp.series import begin, checked, go_on
from open63110.bindings.ocpp.tolerance import Deviation
from open63110.bindings.ocpp.translation import Door, Translation, Wire, find
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.model.order import Order, Outcome
from open63110.model.station import Registration, StationConnected, StationDisconnected
from open63110.ports import FrameLog
from open63110.runtime.engine import Engine, Replies
from open63110.runtime.orders import Orders, Verdict
from open63110.usecases.stations.onboard_station import RegistrationAnswer, may_speak
from open63110.wire.ports import Restful, Socket

log = structlog.get_logger(__name__)

_CSMS = Role.CSMS  # asking an enumeration for a member costs as much as a call; so where others say so

FIRST = frozenset({"BootNotification"})
"""What a station may say before it is accepted."""


Called = Call | Read | Send
"""What a station says without being asked."""


class Office(Protocol):
    """What all conversations of a node share."""

    engine: Engine
    orders: Orders
    frames: FrameLog
    patience: float
    time: Callable[[], float]
    received: int
    malformed: int
    strays: int

    def take_over(self, newest: "Conversation") -> None:
        """Make a conversation the owner of its station."""

    def let_go(self, conversation: "Conversation") -> bool:
        """Forget a conversation; tell whether it owned its station."""

    def deviate(self, station: StationId, deviations: Sequence[Deviation]) -> None:
        """Count how a station bends the schema."""

    def curious(self, station: StationId) -> bool:
        """Tell whether another specimen of what is answered with an error is wanted."""

    def quarantine(
        self, station: StationId, wire: str, action: str, fault: Trouble, raw: bytes, done: Callable[[bool], None]
    ) -> None:
        """Keep what could not be understood."""


class _Due(msgspec.Struct, gc=False):
    """What waits for a commit to be answered. Thousands do at once, so it holds the call no longer than it may be wanted."""

    conversation: "Conversation"
    call: Called | None
    answer_to: str | None
    translation: Translation

    def __call__(self, result: Replies | Trouble | None) -> None:
        self.conversation.answer(self.call, self.answer_to, self.translation, result)


class Conversation:
    """One socket of one station. Its epoch is its identity: only the newest owns the station (I1, I2)."""

    __slots__ = ("_door", "_server", "remote", "rpc", "secure", "socket", "station", "told", "wire")

    def __init__(self, server: Office, station: StationId, wire: Wire, prefix: str, *, remote: str, secure: bool) -> None:
        """Wait for the socket to open."""
        self._server, self.station, self.wire, self.remote, self.secure = server, station, wire, remote, secure
        self.rpc = rpc.Peer(wire.version, prefix, patience=server.patience, readers=wire.readers)
        self.socket: Socket | None = None
        self._door: Door | None = None
        self.told: Registration | None = None
        """What the last boot over this link was answered; None: it only reconnected."""

    # -- the socket --

    def opened(self, socket: Socket) -> None:
        """Take over the station: the newest socket wins."""
        self.socket = socket
        self._server.take_over(self)
        self.tell_connected()

    def tell_connected(self) -> None:
        """Let the use cases know of the link."""
        now = self._server.engine.clock.now()
        wire = self.wire
        up = StationConnected(
            station=self.station, at=now, wire=wire.version, remote=self.remote, secure=self.secure, lacks=wire.lacks
        )
        self._server.engine.hear((up,))

    def received(self, message: bytes, binary: bool) -> None:  # noqa: FBT001 - the shape of wire.Peer
        """Take one frame."""
        server = self._server
        server.frames.note(self.station, message if message.startswith(CALL) else covered(message), sent=False)
        server.received += 1
        if binary:
            server.malformed += 1
            self._send(b'[4,"-1","RpcFrameworkError","OCPP-J speaks in text frames",{}]')
            return
        happenings = self.rpc.received(message, server.time())
        if happenings:
            self._happened(happenings)
        elif self.rpc.saturated and isinstance(self.socket, Restful):
            self.socket.rest_until(self._has_room)

    def _has_room(self) -> bool:
        return not self.rpc.saturated

    def closed(self, code: int, reason: str) -> None:
        """Let go of the station, if it is still ours."""
        self._end_calls()
        if self._server.let_go(self):
            now = self._server.engine.clock.now()
            why = f"{code} {reason}".strip()
            self._server.engine.hear((StationDisconnected(station=self.station, at=now, reason=why),))

    def give_way(self) -> None:
        """Close, because a newer connection of this station took over: what comes in here from now on is not listened to."""
        self._end_calls()
        if self.socket is not None:
            self.socket.close(1001, "a newer connection of this station took over")

    def _end_calls(self) -> None:
        for left in self.rpc.close():
            self._unfinished(left)

    def tick(self, now: float) -> None:
        """Give up what has waited too long."""
        self._happened(self.rpc.tick(now))

    def _send(self, frame: bytes) -> None:
        if not frame.startswith(CALL):
            self._send_answer(frame)
        elif self.socket is not None:
            self._server.frames.note(self.station, shown(frame), sent=True)
            self.socket.send(frame)

    def _send_answer(self, frame: bytes) -> None:
        """Send what holds no secrets."""
        if self.socket is not None:
            self._server.frames.note(self.station, frame, sent=True)
            self.socket.send(frame)

    # -- what happens --

    def _happened(self, happenings: Sequence[Any]) -> None:
        for one in happenings:
            kind = type(one)
            if kind is Read or kind is Call:
                self._called(one, one.id)
            elif kind is Transmit:
                self._send(one.frame)
            else:
                self._rarely(one)

    def _rarely(self, one: Any) -> None:
        match one:
            case Send():
                self._called(one, None)
            case rpc.Answered():
                self._answered(one.ticket, one.action, one.answer)
            case rpc.Garbled():
                self._end(one.ticket, Outcome.FAILED, "BrokenAnswer", one.fault.message)
            case rpc.TimedOut():
                self._end(one.ticket, Outcome.FAILED, "NoAnswer", "the station did not answer in time")
            case rpc.Expired():
                self._end(one.ticket, Outcome.EXPIRED, "Deadline", "the station was busy until the deadline")
            case rpc.Unreadable():
                self._unreadable(one.raw, one.fault)
            case rpc.Flooded() if self.socket is not None:
                self.socket.close(1008, "too many calls without waiting for answers")
            case rpc.Stray() | rpc.Repeated() | rpc.ResultRefused():
                self._server.strays += 1

    # -- the station calls --

    def door(self, raw: bytes | msgspec.Raw = b"") -> Door:
        """Return what translations may know, as of now."""
        engine = self._server.engine
        now, door = engine.clock.now(), self._door
        if door is None:
            door = self._door = Door(station=self.station, version=self.wire.version, subjects=engine.known, now=now)
        door.now, door.noun, door.raw = now, engine.stations.get(self.station), raw
        return door

    def _called(self, call: Called, answer_to: str | None) -> None:
        translation = self.wire.by_action.get(call.action)
        if translation is None or translation.sender is _CSMS:
            self._not_ours(call, answer_to)
            return
        door = self.door()
        if call.action not in FIRST and not may_speak(door.noun, self.told):
            self._fail(answer_to, ErrorCode.SECURITY_ERROR, "The station is not accepted; send BootNotification first")
            return
        try:
            request = call.taken() if isinstance(call, Read) else self._understood(call, door)
            messages = translation.from_wire(request, door)
        except (SchemaFault, MalformedFrame, Trouble) as fault:
            self._misunderstood(call, answer_to, translation, fault)
            return
        except Exception as bug:  # I11: a bug of ours must not make a station repeat itself for ever
            log.exception("a message could not be translated", station=self.station, action=call.action)
            self._misunderstood(call, answer_to, translation, Trouble(type(bug).__name__, code="InternalError"))
            return
        door.raw = b""
        self._hear(call, answer_to, translation, messages, door.now)

    def _understood(self, call: Call | Send, door: Door) -> Any:
        """Read a payload, and leave it in the door word by word.

        Raises:
            SchemaFault: it breaks the schema beyond repair.
        """
        door.raw = call.payload
        request: Any
        request, deviations = tolerance.decode(self.wire.types[call.action][0], door.raw)
        if deviations:
            self._server.deviate(self.station, deviations)
        return request

    def _hear(
        self, call: Called, answer_to: str | None, translation: Translation, messages: tuple[Any, ...], now: datetime
    ) -> None:
        due = _Due(self, call, answer_to, translation)
        try:
            if self._server.engine.hear(messages, due, now=now) is None:
                due.call = None
        except Exception as bug:  # I11, as above
            log.exception("a message could not be decided", station=self.station, action=call.action)
            self._misunderstood(call, answer_to, translation, Trouble(type(bug).__name__, code="InternalError"))

    def answer(
        self, call: Called | None, answer_to: str | None, translation: Translation, result: Replies | Trouble | None
    ) -> None:
        """Answer what has become durable, or was refused.

        Args:
            call: None where nothing of it can be wanted again.
            answer_to: None where nobody waits.
            translation: of its action.
            result: as engine.Answer.
        """
        if answer_to is None:
            return
        if result is None:
            self._happened(self.rpc.drop(answer_to))
        elif not isinstance(result, Trouble):
            if translation.action in FIRST:
                self._boot_answered(result)
            frame = self.rpc.result(answer_to, translation.answer(result, self._door or self.door()))
            if frame is not None:
                self._send_answer(frame)
                self._happened(self.rpc.go_on())
        elif translation.refuse is not None:
            self._happened(self.rpc.answer(answer_to, translation.refuse(result, self.door())))
        elif translation.blank is not None and call is not None:
            self._misunderstood(call, answer_to, translation, result)
        else:
            self._fail(answer_to, code_of(result), result.message)

    def _boot_answered(self, replies: Replies) -> None:
        reply = find(replies, RegistrationAnswer)
        if reply is not None:
            self.told = reply.registration

    @property
    def admitted(self) -> bool:
        """The station may be spoken to beyond its boot."""
        return may_speak(self._server.engine.stations.get(self.station), self.told)

    def _not_ours(self, call: Called, answer_to: str | None) -> None:
        known = call.action in self.wire.types
        words = "is for stations to answer" if known else "is no action of this version"
        self._fail(answer_to, ErrorCode.NOT_SUPPORTED if known else ErrorCode.NOT_IMPLEMENTED, f"{call.action[:50]} {words}")

    def _misunderstood(self, call: Called, answer_to: str | None, translation: Translation, fault: Trouble) -> None:
        """Keep it raw; acknowledge what would be repeated for ever, refuse the rest."""
        code, words = fault.error if isinstance(fault, SchemaFault) else code_of(fault), fault.message

        def acknowledge(durable: bool) -> None:  # noqa: FBT001 - the shape of Done
            if answer_to is None:
                return
            if not durable:
                self._happened(self.rpc.drop(answer_to))
            elif translation.blank is not None:
                self._happened(self.rpc.answer(answer_to, translation.blank(self.door())))
            else:
                self._fail(answer_to, code, words)

        if translation.blank is None and answer_to is not None and not self._server.curious(self.station):
            self._server.engine.commit.after(acknowledge)
            return
        self._server.quarantine(self.station, self.wire.version, call.action, fault, bytes(call.payload), acknowledge)

    def _unreadable(self, raw: bytes, fault: MalformedFrame) -> None:
        self._server.malformed += 1
        if self._server.curious(self.station):
            self._server.quarantine(self.station, self.wire.version, "", fault, raw[:65536], _nobody_waits)

    def _fail(self, answer_to: str | None, code: ErrorCode, words: str) -> None:
        if answer_to is not None:
            self._happened(self.rpc.fail(answer_to, code, words))

    # -- we call --

    def call(self, order: Order, command: Command) -> None:
        """Send an order, or queue it behind others by priority.

        Raises:
            Trouble: this wire cannot carry it, or the queue is full.
        """
        if isinstance(command, RawCall):
            self.put(order, Ticket(order.id, command, None), command.action, checked(self.wire, command))
            return
        begin(self, order, command)

    def put(self, order: Order, ticket: Ticket, action: str, payload: Any) -> None:
        """Send one call of an order, or queue it."""
        server = self._server
        now = server.time()
        left = (order.deadline - server.engine.clock.now()).total_seconds()
        deadline = now + server.engine.clock.real(left)
        message: Any = ticket.message
        for frame in self.rpc.call(ticket, action, payload, int(message.priority), deadline, now):
            self._send(frame)

    def _answered(self, ticket: Any, action: str, answer: Result | Error) -> None:
        raw = b"" if isinstance(answer, Error) else bytes(answer.payload)
        verdict = understood(self.wire, ticket, action, answer, self.door(raw), self._deviated)
        if isinstance(verdict, Unusable):
            for frame in self.rpc.refuse_result(answer.id, verdict.code, verdict.words):
                self._send(frame)
            verdict = failed("BrokenAnswer", verdict.words)
        self._over(ticket, verdict)

    def _over(self, ticket: Any, verdict: Verdict) -> None:
        """End an order, unless more calls are to be made for it."""
        last = verdict if ticket.series is None else go_on(self, ticket.series, verdict)
        if last is not None:
            self._server.orders.ended(ticket.key, last)

    def _deviated(self, deviations: Sequence[Deviation]) -> None:
        self._server.deviate(self.station, deviations)

    def _end(self, ticket: Any, outcome: Outcome, reason: str, detail: str) -> None:
        self._over(ticket, Verdict(outcome=outcome, reason=reason, detail=detail))

    def _unfinished(self, left: rpc.Unfinished) -> None:
        if left.sent:
            self._end(left.ticket, Outcome.FAILED, "ConnectionLost", "the connection ended before the answer came")
        else:
            self._server.orders.back(left.ticket.key)  # type: ignore[attr-defined]  # tickets are ours


def _nobody_waits(_: bool) -> None:  # noqa: FBT001 - the shape of Done
    """Nothing is answered."""
