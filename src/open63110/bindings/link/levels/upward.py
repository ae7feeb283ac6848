# SPDX-License-Identifier: Apache-2.0
"""A local CSMS's link to the level above: facts of its stations go up, orders come down, and questions are asked (B.25).

What goes up is read from the journal, so that it is durable here before anybody else hears of it, and nothing is left out
after a crash: a mark says how far it has been put into the outbox of the link.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import msgspec
import structlog

from open63110.bindings.link.answer import find
from open63110.bindings.link.conversation import ANSWERS, FIRST_SERVICE, HERE
from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.dialling import Dialling, NoOwner
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.happenings import Arrived, Welcomed
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.levels.relay import Relay
from open63110.bindings.link.levels.told_above import COMINGS, UPWARDS, class_of, late
from open63110.bindings.link.line import Exchange, Line, fitting
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.registry import REGISTRY
from open63110.bindings.link.messages.rights import RIGHTS
from open63110.bindings.link.patterns.own_messages import STREAM
from open63110.bindings.link.patterns.subscriber import Subscriber
from open63110.bindings.link.replies import refusal_of, replies_to
from open63110.bindings.link.session import Outbox
from open63110.kernel.errors import Trouble, Unavailable
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.kernel.roles import Role
from open63110.model.station import (
    Registration,
    RegistrationDecided,
    Station,
    StationBooted,
    StationConnected,
)
from open63110.model.transfer import ESTIMATED, EnergyTransferEnded
from open63110.ports import StoredFact
from open63110.runtime.engine import Engine
from open63110.usecases.services.authorize_locally import (
    AuthorizationAnswer,
    AuthorizeCredential,
)

log = structlog.get_logger(__name__)

PAGE: Final = 500
"""Facts read from the journal at a time."""

AGAIN: Final = 2.0
"""When the outbox took nothing [s, real]."""


class Desk(Protocol):
    """Takes what the level above says."""

    def ordered(self, above: "Upward", message: Arrived) -> None:
        """Take a message that has not passed here before; confirm and answer it."""

    def changed(self, above: "Upward") -> None:
        """The link came up, or went down."""


class Mark(Protocol):
    """How far the journal has been told."""

    value: int
    """Number of the last fact in the outbox of the link."""

    def moving(self, value: int) -> AbstractContextManager[None]:
        """Write a new one in the transaction of what is put into the outbox meanwhile: a crash leaves both, or neither."""


class Passing(Protocol):
    """Has facts that go up as they came."""

    def told(self, one: StoredFact, *, heard: bool) -> list[tuple[Header, bytes]] | None:
        """Return what goes up instead of a fact of this level; None: it goes up as this level has it."""

    def over(self) -> None:
        """Forget what the outbox of the link has by now."""


class Upward(Line):
    """The way up; implements correspondence.Desk."""

    def __init__(  # noqa: PLR0913 - the parts of a line, and those of a level
        self,
        exchange: Exchange,
        identity: str,
        engine: Engine,
        dialling: Dialling,
        outbox: Outbox,
        *,
        relay: Relay,
        desk: Desk,
        mark: Mark,
        pace: float = 1.0,
    ) -> None:
        """Stay silent until ``dial``.

        Args:
            exchange: dials.
            identity: of this level, as its certificate has it.
            engine: of this level.
            dialling: how the level above is reached.
            outbox: on the disk.
            relay: knows the places of stations.
            desk: takes what is ordered.
            mark: how far the journal has been put into the outbox.
            pace: seconds of the clock in one of the event loop's.
        """
        super().__init__(exchange, StationId(identity), engine, dialling, NoOwner(), outbox, lasting=True, pace=pace)
        self.relay, self._desk, self.mark = relay, desk, mark
        self.passing: Passing | None = None
        self._looped = False
        """It has been told on this link that messages run in circles."""
        self.since: datetime | None = None
        """Since when the level above hears; None: it does not."""
        self.told = 0
        self.subscriber = Subscriber(self.lines, (identity,))
        self._before = 0
        """Number of the last fact of the run before this one: the level above did not hear it when it happened."""
        self._news = asyncio.Event()
        self._news.set()
        engine.commit.on_durable.append(lambda _: self._news.set())

    # -- the link --

    def up(self, welcomed: Welcomed) -> None:
        """Tell how things are now; what happened meanwhile is in the outbox already."""
        self.subscriber.met(welcomed.hello.outbox)
        self.came_up()
        if self.tariffs is not None:
            self.tariffs.ask()
        self._looped = False
        self.since = self.engine.clock.now()
        for noun in self.engine.stations.values():
            if noun.connected is not None and noun.registration is Registration.ACCEPTED:
                self._say(self._coming(noun, self.since), durable=False)
        self._desk.changed(self)

    def down(self, reason: str, *, was: bool) -> None:
        """Dial again."""
        self.since = None
        self.set_clock()
        self.went_down(was=was)
        if was:
            log.warning("the level above is away", reason=reason)
            self._desk.changed(self)

    # -- facts go up --

    async def run(self) -> None:
        """Put what the journal has into the outbox, for ever."""
        self._before = max((one.id for one in await self.engine.store.facts(newest=True, limit=1)), default=0)
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                while page := await self.engine.store.facts(after=self.mark.value, limit=PAGE):
                    with self.mark.moving(page[-1].id):
                        self._tell(page)
            except Unavailable as trouble:
                log.error("facts cannot be told upwards now", reason=trouble.message)  # noqa: TRY400 - the reason says all
                await asyncio.sleep(AGAIN)
                self._news.set()

    def _tell(self, page: Any) -> None:
        lasting: list[tuple[Header, bytes]] = []
        for one in page:
            try:
                lasting += self._said(one)
            except Unavailable:
                raise
            except Trouble as fault:  # the link has no way to say it: the others must not wait for it
                log.error("a fact cannot be told upwards", fact=type(one.event).__name__, number=one.id, reason=fault.message)  # noqa: TRY400
        if lasting:
            self.lines.session.send_all(lasting, self.lines.time(), durable=True)
            self.told += len(lasting)
            self.lines.soon()
            if self.passing is not None:
                self.passing.over()

    def _said(self, one: StoredFact) -> list[tuple[Header, bytes]]:
        """Return what goes up, whatever may happen, because of a fact."""
        fact = one.event
        noun = self.engine.stations.get(fact.station)
        if noun is None or noun.registration is not Registration.ACCEPTED:
            return []
        heard = self.since is not None and one.heard >= self.since and one.id > self._before
        as_it_came = self.passing.told(one, heard=heard) if self.passing is not None else None
        if as_it_came is not None:
            return as_it_came
        if isinstance(fact, COMINGS):
            if self.since is not None and one.heard >= self.since:
                self._say(self._coming(noun, fact.at) if isinstance(fact, StationConnected) else fact, durable=False)
            return []
        if isinstance(fact, RegistrationDecided):
            return self._accepted(fact, noun)
        if type(fact) not in UPWARDS or (isinstance(fact, EnergyTransferEnded) and ESTIMATED in fact.flags):
            return []
        return [self._written(fact if heard else late(fact))]

    def _accepted(self, fact: RegistrationDecided, noun: Station) -> list[tuple[Header, bytes]]:
        """Tell of a boot once it is clear that the station works here."""
        if fact.registration is not Registration.ACCEPTED or noun.booted is None:
            return []
        boot = StationBooted(station=noun.id, at=noun.booted, identity=noun.identity, reason=noun.boot_reason)
        return [self._written(self._coming(noun, fact.at)), self._written(boot)]

    def _coming(self, noun: Station, at: datetime) -> StationConnected:
        return StationConnected(station=noun.id, at=at, wire=noun.wire, secure=True, via=(str(self.station), *noun.via), lacks=())

    def _say(self, fact: Event, *, durable: bool) -> None:
        header, body = self._written(fact)
        self.lines.send(header, body, durable=durable)

    def _written(self, fact: Event) -> tuple[Header, bytes]:
        src, path = self.way(fact.station)
        body = CODEC.encode(fact, station=fact.station, subjects=self.engine.known)
        header = Header(src=src, type=CODEC.number(fact), kind=Kind.EVENT, priority=class_of(fact), path=path, about=src)
        if self.guard is not None:
            header, body = self.guard.protected(header, body, "")
        return msgspec.structs.replace(header, priority=fitting(header.priority, body)), body

    def way(self, station: StationId) -> tuple[str, tuple[str, ...]]:
        """Return the path of a station, and the levels that what it says has passed."""
        noun = self.engine.stations.get(station)
        via = reversed(noun.via) if noun is not None else ()
        return str(self.relay.directory.path(station) or self.relay.place), (*via, str(self.station))

    # -- questions --

    def authorize(
        self,
        command: AuthorizeCredential,
        within: float,
        told: Callable[[AuthorizationAnswer | None], None],
        came: Arrived | None = None,
    ) -> None:
        """Ask whether a credential is good.

        Args:
            command: of a station.
            within: how long the answer is awaited [s of the clock].
            told: with the answer, or None where there is none in time.
            came: the message that asked, if it was asked over a link: what is more in it goes up as it came (B.14).
        """
        deadline = self.engine.clock.now() + timedelta(seconds=within)
        src, path = self.way(command.station)
        header = Header(
            src=src,
            type=CODEC.number(command),
            kind=Kind.REQUEST,
            priority=Priority.CONTROL,
            deadline=deadline,
            path=path,
            version=came.header.version if came else 1,
            key=came.header.key if came else b"",
            extensions=came.header.extensions if came else {},
        )
        subjects = self.engine.known

        def over(ending: Ending) -> None:
            try:
                said = [CODEC.decode(number, body, station=command.station, subjects=subjects) for number, body in ending.replies]
            except Trouble:
                said = []
            answered.cancel()
            once(find(said, AuthorizationAnswer))

        waiting = [told]

        def once(answer: AuthorizationAnswer | None) -> None:
            if waiting:
                waiting.pop()(answer)

        loop = asyncio.get_running_loop()
        answered = loop.call_later(self.engine.clock.real(within), once, None)
        body = came.body if came else CODEC.encode(command, station=command.station, subjects=subjects)
        try:
            self.lines.send(header, body, durable=False, over=over, patience=within)
        except Trouble:
            answered.cancel()
            once(None)

    # -- orders come down --

    def judge(self, header: Header) -> tuple[ErrorCode, str] | None:
        """Look at a header before its message is here: whether it has passed here before, and whether it may be said at all.

        What is critical in it is for the last receiver to understand.
        """
        try:
            self.relay.check_hops(header)
        except Trouble as trouble:
            looped, self._looped = self._looped, True
            loop = (ErrorCode.LOOP_DETECTED, trouble.message)
            return loop if looped else self.denied(*loop)
        if header.kind in ANSWERS or header.type >= FIRST_SERVICE:
            return None
        if not self.fence.passes(header.lease, self.engine.clock.now()):
            return self.denied(
                ErrorCode.NOT_AUTHORIZED, f"{header.lease and header.lease.holder} has no authority over power any more"
            )
        known = REGISTRY.by_number.get(header.type)
        if known is None:
            return None  # for somebody below, perhaps
        if not RIGHTS.classes(Role.CSMS, Role.LOCAL_CSMS, header.type):
            return self.denied(ErrorCode.NOT_AUTHORIZED, f"a level above may not say {known.name}")
        return None

    def take(self, message: Arrived) -> None:
        """Hand it to whoever decides, or whoever subscribed."""
        if self.subscriber.takes(message.header):
            self.subscriber.take(message)
        elif message.header.type == STREAM and self.services is not None:
            self.services.take(self, message)
        else:
            self._desk.ordered(self, message)

    def confirm(self, message: Arrived) -> None:
        """It is in the journal of this level."""
        self.lines.delivered(message)

    def answer(self, message: Arrived, replies: Any, station: StationId) -> None:
        """Say what came of it."""
        for header, body in replies_to(message, replies, station, self.engine.known):
            self.lines.send(msgspec.structs.replace(header, src=message.header.dst), body, durable=False)

    def answer_raw(self, message: Arrived, number: int, body: bytes) -> None:
        """Say what came of it in a body of the link's own services, or of somebody else's."""
        asked = message.header
        header = Header(
            src=asked.dst,
            type=number,
            kind=Kind.REPLY,
            reply_to=message.id,
            priority=max(asked.priority, Priority.CONTROL),
            about=f"r{message.id}",
        )
        self.lines.send(header, body, durable=False)

    def say_no(self, message: Arrived, trouble: Trouble) -> None:
        """Say why nothing came of it."""
        header, body = refusal_of(message, trouble)
        status = CODES.get(trouble.code, ErrorCode(header.status))
        self.lines.send(msgspec.structs.replace(header, src=message.header.dst, status=status), body, durable=False)


CODES: Final[Mapping[str, ErrorCode]] = {
    "UnknownAddress": ErrorCode.UNKNOWN_ADDRESS,
    "LoopDetected": ErrorCode.LOOP_DETECTED,
    "Unreachable": ErrorCode.UNREACHABLE,
}
"""Troubles of the way itself."""


def here(header: Header) -> bool:
    """Tell whether a message names no place: it is for the level at the other end of the link."""
    return header.dst in HERE
