# SPDX-License-Identifier: Apache-2.0
"""A system's own end of a link to a CSMS: it reads by subscriptions, and asks what its role may ask (B.22, B.27).

What runs the grid, trades flexibility, or manages a site's energy need be no CSMS and keep no journal: this is all of it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from open63110.bindings.link.correspondence import Correspondence, Ending
from open63110.bindings.link.dialler import Dialler
from open63110.bindings.link.dialling import Dialling, Exchange
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.happenings import Arrived, Welcomed
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.framing.hello import TAKES, Hello
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.record import Subjects
from open63110.bindings.link.messages.rights import EVERYWHERE, RIGHTS, Sender
from open63110.bindings.link.patterns.subscriber import Subscriber
from open63110.bindings.link.session import Limits, LocalClock, MemorySeen, Outbox, Session
from open63110.kernel.address import ROOT
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.wire.ports import Socket

log = structlog.get_logger(__name__)

SERVE: frozenset[Role] = frozenset({Role.CSMS, Role.LOCAL_CSMS})
"""Whom it speaks to."""


class Party(Dialler):
    """One system over all its links; implements correspondence.Desk and dialling.Dialled."""

    def __init__(
        self,
        exchange: Exchange,
        identity: str,
        role: Role,
        dialling: Dialling,
        outbox: Outbox,
        *,
        changed: Callable[["Party"], None] | None = None,
        pace: float = 1.0,
    ) -> None:
        """Stay silent until ``dial``.

        Args:
            exchange: dials.
            identity: as its certificate has it.
            role: as its certificate has it.
            dialling: how the CSMS is reached.
            outbox: what is still to be told.
            changed: told when the link comes up or goes down, or ended for a reason.
            pace: seconds of the clock in one of the event loop's.
        """
        super().__init__(exchange, dialling)
        self.identity, self.role, self._changed = identity, role, changed
        self._clock = LocalClock(exchange.clock.now(), 0.0)
        limits = Limits(idle=5.0 * pace, silence=5.0 * pace, greeting=60.0 * pace)
        session = Session(
            Hello(identity=identity, receive=TAKES), outbox, MemorySeen(), limits, clock=self._clock, judge=self.judge
        )
        self.lines = Correspondence(self, session, pace)
        self.subscriber = Subscriber(self.lines)
        self.ended = ""
        """Why the link ended last, in the words of whichever end ended it; empty: it did not."""

    # -- sockets --

    def unreached(self, number: int) -> None:
        """Try again later."""
        if self.wants(number):
            self._tell()
        super().unreached(number)

    def trusts(self, socket: Socket) -> bool:
        """Tell whether the other end of a socket is a CSMS."""
        der = socket.certificate
        try:
            known = self.wanted and der is not None and self._exchange.identify(der)[1] in SERVE
        except Trouble:
            return False
        return known and self._exchange.believes(der or b"")

    def meet(self, socket: Socket) -> None:
        """Begin to speak with a CSMS, and count deadlines by what the clock shows now."""
        del socket
        self._clock.set(self._exchange.clock.now(), self.lines.time(), self._clock.uncertainty)

    # -- correspondence.Desk --

    def up(self, welcomed: Welcomed) -> None:
        """Begin, or go on."""
        self.ended = ""
        self.came_up()
        self.subscriber.met(welcomed.hello.outbox)
        self._tell()

    def down(self, reason: str, *, was: bool) -> None:
        """Dial again."""
        self.ended = self.ended or reason
        self._tell()
        self.went_down(was=was)

    def _tell(self) -> None:
        if self._changed is not None:
            self._changed(self)

    def violated(self, code: int, words: str, *, ours: bool) -> None:
        """Keep why the link ended."""
        self._exchange.malformed += ours
        self.ended = words
        log.warning("the link ended", party=self.identity, code=code, reason=words, ours=ours)

    def note(self, frame: bytes, *, sent: bool) -> None:
        """Remember a raw frame."""
        self._exchange.received += not sent
        self._exchange.frames.note(StationId(self.identity), frame, sent=sent)

    def judge(self, header: Header) -> tuple[ErrorCode, str] | None:
        """Take answers, values, and what a CSMS may say to such a system."""
        if header.kind in {Kind.REPLY, Kind.PROGRESS} or self.subscriber.takes(header):
            return None
        try:
            RIGHTS.check(Sender(role=Role.CSMS, places=EVERYWHERE), self.role, header.type, ROOT, header.priority)
        except NotSupported as trouble:
            return ErrorCode.UNKNOWN_TYPE, trouble.message
        except Trouble as trouble:
            return ErrorCode.NOT_AUTHORIZED, trouble.message
        return None

    def take(self, message: Arrived) -> None:
        """Take a value; what was not asked for is confirmed, and nobody here waits for it."""
        if self.subscriber.takes(message.header):
            self.subscriber.take(message)
        else:
            self.lines.delivered(message)

    # -- asking --

    def ask(
        self,
        command: Command,
        over: Callable[[Ending], None],
        *,
        to: str = "",
        within: float = 30.0,
        priority: Priority | None = None,
        subjects: Subjects | None = None,
    ) -> None:
        """Ask something of the CSMS.

        Args:
            command: of no station.
            over: told what became of it, once.
            to: the place that it is about; empty: the other end finds that in it.
            within: how long it may take [s of the clock].
            priority: class; None: the command's own.
            subjects: give credentials their references; None: it names none.

        Raises:
            Trouble: the link has no message for it, or too much waits.
        """
        header = Header(
            dst=to,
            type=CODEC.number(command),
            kind=Kind.REQUEST,
            priority=Priority(command.priority) if priority is None else priority,
            deadline=self._until(within),
        )
        body = CODEC.encode(command, station=StationId(""), subjects=subjects)
        self.lines.send(header, body, durable=False, over=over, patience=within)

    def _until(self, within: float) -> datetime:
        return self._clock.utc(self.lines.time()) + timedelta(seconds=within)
