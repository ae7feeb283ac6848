# SPDX-License-Identifier: Apache-2.0
"""The line of one station: what outlives its sockets, and the conversation over the one that is open."""

import base64
import ssl
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from open63110.bindings.ocpp import tolerance
from open63110.bindings.ocpp.calling import Ticket, Unusable, failed, understood, written
from open63110.bindings.ocpp.errors import code_of
from open63110.bindings.ocpp.exchange import Exchange, Owner
from open63110.bindings.ocpp.rpc import peer as rpc
from open63110.bindings.ocpp.rpc.errors import ErrorCode, MalformedFrame, SchemaFault
from open63110.bindings.ocpp.rpc.frames import Call, Error, Result, Send
from open63110.bindings.ocpp.rpc.version import NEWEST_FIRST, Version
from open63110.bindings.ocpp.secrets import shown
from open63110.bindings.ocpp.translation import Door, Translation, Wire
from open63110.bindings.ocpp.v201.get_transaction_status import WAITING
from open63110.bindings.ocpp.ways import Ways
from open63110.kernel.errors import Trouble, Unavailable
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Event
from open63110.kernel.roles import Role
from open63110.model.network import NetworkProfile
from open63110.model.order import Outcome
from open63110.model.station import StationConnected, StationDisconnected
from open63110.runtime.engine import Engine, Replies
from open63110.runtime.orders import Verdict
from open63110.wire.limits import Limits
from open63110.wire.ports import Socket


class Dialling(msgspec.Struct, frozen=True, kw_only=True):
    """How stations reach their CSMS."""

    url: str
    """ws:// or wss://, without the identity: that is appended."""
    versions: tuple[Version, ...] = NEWEST_FIRST
    """Offered in this order."""
    identity: str = ""
    """What stations are called there; empty: what they are called here."""
    password: str = ""
    """HTTP Basic, with the identity as user; empty: none is sent."""
    tls: ssl.SSLContext | None = None
    """For wss://, with the client certificate of profile 3 in it; None believes the system's authorities."""
    server_name: str | None = None
    first_pause: float = 1.0
    """Before dialling again after the first failure [s of the clock]; doubles each time, and half of it is chance."""
    longest_pause: float = 300.0
    patience: float = 30.0
    """How long the answer to a call is awaited [s of the clock]."""
    compress: bool = False
    limits: Limits = Limits()

    def address(self, station: StationId) -> str:
        """Return the URL of one station."""
        return f"{self.url.rstrip('/')}/{quote(self.identity or station, safe='')}"

    def headers(self, station: StationId) -> tuple[tuple[str, str], ...]:
        """Return what a station shows of itself."""
        if not self.password:
            return ()
        shown = base64.b64encode(f"{self.identity or station}:{self.password}".encode()).decode()
        return (("Authorization", f"Basic {shown}"),)


class Line:
    """One station's way to its CSMS. It dials until it is told not to."""

    __slots__ = (
        "_attempt",
        "_built_in",
        "_client",
        "_number",
        "_talk",
        "_ways",
        "dialling",
        "engine",
        "names",
        "owner",
        "station",
        "wanted",
    )

    def __init__(self, client: Exchange, station: StationId, engine: Engine, dialling: Dialling, owner: Owner) -> None:
        """Stay silent until ``dial``."""
        self._client, self.station, self.engine, self.dialling, self.owner = client, station, engine, dialling, owner
        self.names: dict[str, Any] = {WAITING: owner.waiting}
        """What the wire calls things; transaction ids of 1.6 outlive a connection."""
        self._built_in = dialling
        self._ways = Ways((None,), 1)
        self._talk: Talk | None = None
        self._attempt = self._number = 0
        self.wanted = False
        """It is to be open."""

    @property
    def open(self) -> bool:
        """There is a connection."""
        return self._talk is not None

    @property
    def version(self) -> str:
        """The version agreed on; empty without a connection."""
        return self._talk.version if self._talk else ""

    def dial(self) -> None:
        """Connect, and connect again whenever the connection is lost."""
        self.wanted, self._attempt = True, 0
        self.resume()

    def go_by(self, ways: Sequence[NetworkProfile | None], attempts: int) -> None:
        """Dial these in turn from the next time on, each so often; None is the way it was set up with."""
        self._ways = Ways(ways, attempts)
        self.dialling = self._ways.dialling(self._built_in)

    def judged(self, *, accepted: bool) -> None:
        """Hear whether the CSMS takes the station; one that has said no so often is left for the next way (8.3.14)."""
        if accepted:
            self._ways.taken()
        elif self._ways.refused():
            self.dialling = self._ways.dialling(self._built_in)
            if self._talk is not None:
                self._talk.close(1000, "the station is not wanted here")

    def resume(self) -> None:
        """Go on dialling, if anybody wants that."""
        if self.wanted and self._talk is None:
            self._number += 1
            self._client.dial(self, self._attempt, self._number)

    def wants(self, number: int) -> bool:
        """Tell whether a dial of this number is still wanted."""
        return self.wanted and self._talk is None and number == self._number

    def unreached(self, number: int) -> None:
        """Try again later."""
        if self.wants(number):
            self._attempt += 1
            if self._ways.failed():
                self.dialling, self._attempt = self._ways.dialling(self._built_in), 1
            self.resume()

    def hang_up(self) -> None:
        """Close, and stay silent."""
        self.wanted = False
        if self._talk is not None:
            self._talk.close(1000, "going down")

    def bear(self, seconds: float) -> None:
        """Await answers so long, from the next connection on [s]."""
        self._built_in = msgspec.structs.replace(self._built_in, patience=seconds)
        self.dialling = msgspec.structs.replace(self.dialling, patience=seconds)

    def show(self, secret: str) -> None:
        """Show that password from now on, in a new connection if there is one (OCPP A01)."""
        if secret in {"", self._built_in.password}:
            return
        self._built_in = msgspec.structs.replace(self._built_in, password=secret)
        self.dialling = self._ways.dialling(self._built_in)
        if self._talk is not None:
            self._talk.close(1000, "the password is another")

    def cut(self) -> None:
        """Lose the connection without a word, as when a cable breaks, and stay silent."""
        self.wanted = False
        if self._talk is not None:
            self._talk.abort()

    def talk(self) -> "Talk":
        """Make the conversation for a socket that is being opened."""
        return Talk(self, self._client)

    def tick(self, now: float) -> None:
        """Give up what has waited too long."""
        if self._talk is not None:
            self._talk.tick(now)

    def call(self, key: Any, message: Command | Event, seconds: float) -> None:
        """Tell the CSMS something; the owner hears how that ended.

        Args:
            key: what the owner knows it by.
            message: a fact or a request.
            seconds: how long it may wait for its turn [s of the clock].

        Raises:
            Trouble: there is no connection, or this wire cannot carry it.
        """
        if self._talk is None:
            raise Unavailable("there is no connection")
        self._talk.call(key, message, seconds)

    # -- what its conversation tells --

    def opened(self, talk: "Talk") -> None:
        """Tell the station that it has a link."""
        self._talk, self._attempt = talk, 0
        self._ways.reached()
        now = self.engine.clock.now()
        self.engine.hear((StationConnected(station=self.station, at=now, wire=talk.version),))
        self.owner.link_changed()

    def closed(self, talk: "Talk", reason: str) -> None:
        """Tell the station that it has no link any more, and dial again."""
        if self._talk is not talk:
            self.unreached(self._number)
            return
        self._talk = None
        now = self.engine.clock.now()
        self.engine.hear((StationDisconnected(station=self.station, at=now, reason=reason),))
        self.owner.link_changed()
        self._attempt += 1
        self.resume()


class Talk:
    """The conversation over one socket, seen from the station; implements wire.Peer."""

    __slots__ = ("_client", "_door", "_line", "_rpc", "_socket", "_wire")

    def __init__(self, line: Line, client: Exchange) -> None:
        """Wait for the socket to open."""
        self._line, self._client = line, client
        self._socket: Socket | None = None
        self._rpc: rpc.Peer
        self._wire: Wire
        self._door: Door | None = None

    @property
    def version(self) -> str:
        """What is spoken."""
        return self._wire.version

    # -- the socket --

    def opened(self, socket: Socket) -> None:
        """Begin, if the CSMS chose a version that is spoken here."""
        self._socket = socket
        if not self._line.wanted:
            socket.abort()
            return
        chosen = socket.subprotocol
        if chosen is None or chosen not in self._line.dialling.versions:
            socket.close(1002, "no version of OCPP was agreed on")
            return
        self._wire = self._client.wires[Version(chosen)]
        patience = self._client.clock.real(self._line.dialling.patience)
        self._rpc = rpc.Peer(self._wire.version, self._client.prefix(), patience=patience)
        self._line.opened(self)

    def received(self, message: bytes, binary: bool) -> None:  # noqa: FBT001 - the shape of wire.Peer
        """Take one frame."""
        if not hasattr(self, "_rpc"):
            return
        client = self._client
        client.frames.note(self._line.station, shown(message), sent=False)
        client.received += 1
        if binary:
            client.malformed += 1
        else:
            self._happened(self._rpc.received(message, client.time()))

    def closed(self, code: int, reason: str) -> None:
        """End what was under way."""
        if hasattr(self, "_rpc"):
            for left in self._rpc.close():
                self._end(left.ticket, failed("ConnectionLost", "sent" if left.sent else "not sent"))
        self._line.closed(self, f"{code} {reason}".strip())

    def close(self, code: int, reason: str) -> None:
        """Say goodbye."""
        if self._socket is not None:
            self._socket.close(code, reason)

    def abort(self) -> None:
        """Vanish."""
        if self._socket is not None:
            self._socket.abort()

    def tick(self, now: float) -> None:
        """Give up what has waited too long."""
        self._happened(self._rpc.tick(now))

    def _send(self, frame: bytes) -> None:
        if self._socket is not None:
            self._client.frames.note(self._line.station, frame, sent=True)
            self._socket.send(frame)

    def _happened(self, happenings: Sequence[Any]) -> None:
        for one in happenings:
            match one:
                case rpc.Transmit():
                    self._send(one.frame)
                case Call():
                    self._called(one)
                case rpc.Answered():
                    self._answered(one.ticket, one.action, one.answer)
                case rpc.Garbled():
                    self._end(one.ticket, failed("BrokenAnswer", one.fault.message))
                case rpc.TimedOut():
                    self._end(one.ticket, failed("NoAnswer"))
                case rpc.Expired():
                    self._end(one.ticket, Verdict(outcome=Outcome.EXPIRED, reason="Deadline"))
                case rpc.Unreadable():
                    self._client.malformed += 1
                case rpc.Stray() | rpc.Repeated() | rpc.ResultRefused() | Send() | rpc.Flooded():
                    self._client.strays += 1

    def _door_now(self, raw: bytes = b"") -> Door:
        line = self._line
        now, door = line.engine.clock.now(), self._door
        if door is None:
            door = self._door = Door(
                station=line.station,
                version=self._wire.version,
                subjects=line.engine.known,
                now=now,
                end=Role.STATION,
                names=line.names,
            )
        door.now, door.noun, door.raw = now, line.engine.stations.get(line.station), raw
        return door

    # -- the CSMS calls --

    def _called(self, call: Call) -> None:
        translation = self._wire.by_action.get(call.action)
        if translation is None or translation.sender is Role.STATION:
            known = call.action in self._wire.types
            code = ErrorCode.NOT_SUPPORTED if known else ErrorCode.NOT_IMPLEMENTED
            self._happened(self._rpc.fail(call.id, code, f"{call.action[:50]} is not done here"))
            return
        raw = bytes(call.payload)
        try:
            request: Any
            request, deviations = tolerance.decode(self._wire.types[call.action][0], raw)
            self._client.deviate(deviations)
            messages = translation.from_wire(request, self._door_now(raw))
        except (SchemaFault, MalformedFrame, Trouble) as fault:
            self._refuse(call.id, translation, fault)
            return
        self._line.owner.before(messages)
        self._line.engine.hear(messages, lambda result: self._answer(call.id, translation, result))

    def _answer(self, answer_to: str, translation: Translation, result: Replies | Trouble | None) -> None:
        if result is None:
            self._happened(self._rpc.drop(answer_to))
        elif isinstance(result, Trouble):
            self._refuse(answer_to, translation, result)
        else:
            self._happened(self._rpc.answer(answer_to, translation.answer(result, self._door_now())))

    def _refuse(self, answer_to: str, translation: Translation, fault: Trouble) -> None:
        if translation.refuse is not None and not isinstance(fault, SchemaFault | MalformedFrame):
            self._happened(self._rpc.answer(answer_to, translation.refuse(fault, self._door_now())))
            return
        code = fault.error if isinstance(fault, SchemaFault | MalformedFrame) else code_of(fault)
        self._happened(self._rpc.fail(answer_to, code, fault.message))

    # -- the station calls --

    def call(self, key: Any, message: Command | Event, seconds: float) -> None:
        """Send a call, or queue it behind the one under way."""
        translation, payload = written(self._wire, Role.STATION, message, self._door_now())
        if translation.unconfirmed:
            self._send(self._rpc.send(translation.action, payload))
            self._line.owner.over(key, Verdict(outcome=Outcome.ACCEPTED))
            return
        ticket, now = Ticket(key, message, translation), self._client.time()
        priority = int(message.priority) if isinstance(message, Command) else 2
        deadline = now + max(0.1, self._client.clock.real(seconds))
        for frame in self._rpc.call(ticket, translation.action, payload, priority, deadline, now):
            self._send(frame)

    def _answered(self, ticket: Any, action: str, answer: Result | Error) -> None:
        raw = b"" if isinstance(answer, Error) else bytes(answer.payload)
        verdict = understood(self._wire, ticket, action, answer, self._door_now(raw), self._client.deviate)
        if isinstance(verdict, Unusable):
            for frame in self._rpc.refuse_result(answer.id, verdict.code, verdict.words):
                self._send(frame)
            verdict = failed("BrokenAnswer", verdict.words)
        self._end(ticket, verdict)

    def _end(self, ticket: Any, verdict: Verdict) -> None:
        owner, engine = self._line.owner, self._line.engine
        if verdict.messages:
            owner.before(verdict.messages)
            engine.hear(verdict.messages)
        owner.over(ticket.key, verdict)
