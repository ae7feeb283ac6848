# SPDX-License-Identifier: Apache-2.0
"""The other end of `upward`: links to local CSMSs, each with stations behind it that are this level's stations, too (B.25)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from open63110.bindings.link import answers
from open63110.bindings.link.conversation import ANSWERS, FIRST_SERVICE, HERE, Conversation
from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.enclosing import Enclosed, enclosed, order_written
from open63110.bindings.link.errors import BadFrame, ErrorCode
from open63110.bindings.link.framing.happenings import Arrived, Welcomed
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.levels.askers import Askers
from open63110.bindings.link.levels.places import put_in_zone
from open63110.bindings.link.levels.relay import Relay, station_id_for
from open63110.bindings.link.marks import Marks
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.rights import RIGHTS, Sender
from open63110.bindings.link.opening import read
from open63110.bindings.link.patterns.groups import Aggregate, read_aggregate
from open63110.bindings.link.patterns.own_messages import AGGREGATE
from open63110.bindings.link.replies import refusal_of, replies_to
from open63110.bindings.link.server import Server
from open63110.bindings.link.untouched import unknown
from open63110.kernel.address import NONE, ROOT, STATION, Address
from open63110.kernel.errors import NotSupported, Refused, Trouble, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Event
from open63110.kernel.roles import Role
from open63110.model.order import Order, Outcome
from open63110.model.site import ZoneKey
from open63110.model.station import StationConnected, StationDisconnected
from open63110.runtime.engine import Replies
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.arbitrate_constraints import KeepConstraints, PutConstraint, WithdrawConstraint
from open63110.usecases.energy.smart_charging import LimitZone, WithdrawZoneLimit
from open63110.usecases.stations.onboard_station import RegisterStation

NOBODY = StationId("")

OF_ZONES = LimitZone | WithdrawZoneLimit
"""Commands to whoever answers for a zone."""

OF_PLACES = PutConstraint | WithdrawConstraint | KeepConstraints
"""What is demanded of places: whoever looks after the site decides it."""


def place_of(command: LimitZone | WithdrawZoneLimit | PutConstraint | WithdrawConstraint | KeepConstraints) -> Address:
    """Return the place that an order about a place is about: a zone, or a site with all that is in it; ROOT: it names none."""
    if isinstance(command, PutConstraint):
        zone = command.scope.zone
        return Address((command.scope.site, zone)) if zone is not None else Address((command.scope.site,))
    if isinstance(command, WithdrawConstraint | KeepConstraints):
        return Address((command.site,)) if command.site is not None else ROOT
    return Address((command.site, command.zone))


class Branch(Conversation):
    """One local CSMS over all its links."""

    __slots__ = ("answers_for", "askers", "looped", "present", "relay")

    def __init__(
        self, office: Server, identity: StationId, marks: Marks, relay: Relay, askers: Askers, answers_for: Address | None
    ) -> None:
        """Wait for a link.

        Args:
            office: of all branches.
            identity: in its certificate.
            marks: what was heard of it.
            relay: of this level.
            askers: who asks from above.
            answers_for: its place: all stations in there may be behind it, and no others; None: none now.
        """
        super().__init__(office, identity, marks)
        self.relay, self.askers, self.answers_for = relay, askers, answers_for
        self.present: set[StationId] = set()
        """Stations that have a link to it now."""
        self.looped = False
        """It was told on this link that messages run in circles."""

    # -- the link --

    def up(self, _: Welcomed) -> None:
        """Begin; it tells by itself which stations are there."""
        socket = self.lines.socket
        self.remote = f"{socket.remote[0]}:{socket.remote[1]}" if socket is not None else ""
        self.opened, self.looped = self.lines.time(), False
        self._office.arrived(self)
        self._office.orders.arrived({self.station})

    def tell_connected(self) -> None:
        """Let the use cases know again of those that are there."""
        now = self._office.engine.clock.now()
        for station in sorted(self.present):
            noun = self._office.engine.stations.get(station)
            if noun is not None:
                fact = StationConnected(station=station, at=now, wire=noun.wire, via=noun.via or (self.station,))
                self._office.engine.hear((fact,))

    def down(self, reason: str, *, was: bool) -> None:
        """Let go of all stations behind it."""
        self._office.gone(self)
        gone, self.present = self.present, set()
        now = self._office.engine.clock.now()
        for station in sorted(gone) if was else ():
            noun = self._office.engine.stations.get(station)
            if noun is not None and noun.via[:1] == (self.station,):
                fact = StationDisconnected(station=station, at=now, reason=f"{self.station} is away: {reason}")
                self._office.engine.hear((fact,))

    # -- it speaks --

    @property
    def sender(self) -> Sender:
        """Who speaks, and of what."""
        return Sender(role=Role.LOCAL_CSMS, places=() if self.answers_for is None else (self.answers_for,))

    @property
    def place(self) -> Address:
        """Its address."""
        return self.answers_for or Address((NONE,))

    def judge(self, header: Header) -> tuple[ErrorCode, str] | None:
        """Look at a header before its message is here: who acts on it has to understand what is critical in it."""
        goes_on = self.goes_on(header)
        strange = header.misunderstood(frozenset())
        if strange is not None and not goes_on:
            return self._refused(ErrorCode.UNSUPPORTED_EXTENSION, f"{strange} is not understood")
        if header.dst not in HERE:
            return ErrorCode.UNKNOWN_ADDRESS, f"nobody here is called {header.dst[:100]}"
        try:
            self.relay.check_hops(header)
            if goes_on:
                return None
            if header.kind in ANSWERS:
                return None
            if header.type >= FIRST_SERVICE:
                return self._judge_service(header)
            RIGHTS.check(self.sender, Role.CSMS, header.type, self._about(header), header.priority)
        except NotSupported as trouble:
            return ErrorCode.UNKNOWN_TYPE, trouble.message
        except Refused as trouble:
            if trouble.code != "LoopDetected":
                return self._refused(ErrorCode.NOT_AUTHORIZED, trouble.message)
            looped, self.looped = self.looped, True
            loop = (ErrorCode.LOOP_DETECTED, trouble.message)
            return loop if looped else self._refused(*loop)
        except Trouble as trouble:
            return ErrorCode.MALFORMED, trouble.message
        return None

    def _judge_service(self, header: Header) -> tuple[ErrorCode, str] | None:
        services = self._office.services
        return services.judge(self, header) if services is not None else (ErrorCode.UNKNOWN_TYPE, "no such service here")

    def take(self, message: Arrived) -> None:
        """Take a fact or a request about a station behind it."""
        header = message.header
        if header.type >= FIRST_SERVICE and self._office.services is not None:
            self._office.services.take(self, message)
            return
        if self._postponed(message):
            return
        try:
            address = self._about(header)
            station = self._named(address)
            place = address.station
            if unknown(header):
                self._meet(station, address)
            said: Any = read(self._office, message, station, named_in(place) if place is not None else "")
            self._meet(station, address)
        except Trouble as fault:
            known = CODEC.registry.by_number.get(header.type)
            self._misunderstood(message, fault, fact=known is not None and issubclass(known.kind, Event))
            return
        if isinstance(said, StationConnected):
            self.present.add(station)
        elif isinstance(said, StationDisconnected):
            if not self._is_behind(station):
                self.lines.delivered(message)
                return
            self.present.discard(station)
        self._hear(message, said)

    def _is_behind(self, station: StationId) -> bool:
        """Tell whether a station was last heard over this branch: one that has come here directly has not gone."""
        noun = self._office.engine.stations.get(station)
        return noun is not None and noun.via[:1] == (self.station,)

    def _named(self, address: Address) -> StationId:
        """Return what a station is called here.

        Raises:
            Unknown: that is no address of a station.
        """
        place = address.station
        if place is None:
            return NOBODY
        stations, identity = self._office.engine.stations, self.station

        def elsewhere(station: StationId) -> bool:
            noun = stations.get(station)
            return noun is not None and bool(noun.via) and noun.via[0] != identity and noun.zone is not None

        return station_id_for(place, self.relay.directory, elsewhere)

    def _meet(self, station: StationId, address: Address) -> None:
        """Know a station from now on that the level below has admitted, and where it stands."""
        place = address.station
        if place is None:
            return
        engine = self._office.engine
        if station not in engine.stations:
            engine.hear((RegisterStation(station=station, note=f"behind {self.station}"),))
        if self.relay.directory.path(station) != place:
            self.relay.directory.place(station, place)
        site, zone, _ = place.segments
        noun = engine.stations.get(station)
        key = ZoneKey(f"{site}:{zone}")
        if noun is not None and noun.zone != key and zone != NONE:
            put_in_zone(engine, station, key)

    def whose(self, header: Header) -> StationId:
        """Return the station that a message is about, as it is called here; this level where that cannot be read."""
        try:
            return self._named(self._about(header)) or self.station
        except Trouble:
            return self.station

    def reply(self, message: Arrived, replies: Sequence[Any]) -> None:
        """Answer a question of a station behind it."""
        place = self._about(message.header)
        station, towards = self._named(place), named_in(place) if place.station is not None else ""
        known, guard = self._office.engine.known, self._office.guard
        for header, body in replies_to(message, replies, station, known, guard=guard, towards=towards):
            self.lines.send(msgspec.structs.replace(header, dst=message.header.src), body, durable=False)

    def _say_no(self, message: Arrived, trouble: Trouble) -> None:
        self.lines.delivered(message)
        header, body = refusal_of(message, trouble)
        self.lines.send(msgspec.structs.replace(header, dst=message.header.src), body, durable=False)

    def answer(self, message: Arrived, result: Replies | Trouble | None) -> None:
        """Confirm and answer what has become durable; what became of a fact is nothing that the level below waits for."""
        if isinstance(result, Trouble) and message.header.kind is not Kind.REQUEST:
            return  # it is in quarantine by now, and confirmed from there
        super().answer(message, result)

    # -- orders --

    def admits(self, station: StationId) -> bool:
        """Tell whether a station, or this level itself, can be ordered something now."""
        return self.lines.open and (station == self.station or station in self.present)

    def order(self, order: Order, command: Command) -> None:
        """Send an order to a station behind it, or to the level itself.

        Raises:
            Trouble: the link has no message for it, or too much waits.
        """
        about = NOBODY if command.station == self.station else command.station
        dst = self._target(command)
        plain = msgspec.structs.replace(command, station=about)
        header = self._header(plain, dst, order)

        def over(ending: Ending) -> None:
            self._cover.end(order.id)
            self._ended(order, plain, ending)

        self._send(header, plain, order.deadline, over, enclosed(self._office.orders, order.id))
        self._cover.begin(order.id, command)

    def _target(self, command: Command) -> str:
        if isinstance(command, OF_ZONES | OF_PLACES):
            return str(place_of(command))
        if command.station == self.station:
            return str(self.place)
        address = self.relay.directory.path(command.station)
        if address is None:
            raise Unknown(f"nobody knows where {command.station} is", code="UnknownAddress", where="station")
        return str(address)

    def _header(self, command: Command, dst: str, order: Order) -> Header:
        along = enclosed(self._office.orders, order.id)
        return Header(
            src=str(self.relay.place),
            dst=dst,
            type=CODEC.number(command),
            kind=Kind.REQUEST,
            priority=Priority(command.priority),
            deadline=order.deadline,
            key=order.id.encode()[:32],
            group=isinstance(command, OF_ZONES | OF_PLACES),
            path=(self.relay.name,),
            extensions=dict(along.extensions),
            by=self.askers.asker(order, self._office.orders, self.relay.name),
            lease=along.lease,
        )

    def _send(
        self, header: Header, command: Command, deadline: datetime, over: Callable[[Ending], None], along: Enclosed | None = None
    ) -> None:
        engine, guard = self._office.engine, self._office.guard
        path = self.relay.directory.path(command.station) if guard is not None else None
        towards = named_in(path) if path is not None else ""
        header, body = order_written(header, command, engine.known, along=along or Enclosed(), guard=guard, towards=towards)
        left = max(0.0, (deadline - engine.clock.now()).total_seconds())
        self.lines.send(header, body, durable=False, over=over, patience=left)

    def _ended(self, order: Order, command: Command, ending: Ending) -> None:
        orders, engine = self._office.orders, self._office.engine
        if ending.silent:
            verdict = Verdict(outcome=Outcome.FAILED, reason="NoAnswer", detail=f"{self.station} did not answer in time")
        else:
            try:
                verdict = self._verdict(command, ending, engine.clock.now())
            except Trouble as fault:
                verdict = Verdict(outcome=Outcome.FAILED, reason="BrokenAnswer", detail=fault.message)
        orders.ended(order.id, verdict)

    def _verdict(self, command: Command, ending: Ending, now: datetime) -> Verdict:
        joined = next((read_aggregate(body) for number, body in ending.replies if number == AGGREGATE), None)
        if joined is not None:
            whole = joined.ok == joined.members
            text = msgspec.json.encode(joined).decode()
            words = "" if whole else f"{joined.ok} of {joined.members} have"
            return Verdict(outcome=Outcome.ACCEPTED, reason="" if whole else "Partly", detail=words, answer=text)
        subjects = self._office.engine.known
        said = [CODEC.decode(number, body, station=command.station, subjects=subjects) for number, body in ending.replies]
        return answers.verdict(command, ending.status, ending.words, ending.code, said, now)

    def spread(
        self,
        command: Command,
        header: Header,
        deadline: datetime,
        told: Callable[[Aggregate | None], None],
        along: Enclosed | None = None,
    ) -> None:
        """Send one message for all members of a group that are behind it.

        Args:
            command: without a station.
            header: as the relay made it.
            deadline: by when the answer has to be here.
            told: with the answer for all; None: there was none.
            along: what goes with it.
        """
        made = msgspec.structs.replace(header, deadline=deadline, kind=Kind.REQUEST, group=True, type=CODEC.number(command))

        def over(ending: Ending) -> None:
            try:
                told(next((read_aggregate(body) for number, body in ending.replies if number == AGGREGATE), None))
            except BadFrame:
                told(None)

        self._send(made, command, deadline, over, along)


def named_in(place: Address) -> str:
    """Return what the certificate of a station calls it, whatever it is called here."""
    return place.segments[STATION - 1]
