# SPDX-License-Identifier: Apache-2.0
"""A station's side of a link in which it speaks OCPP: one socket for a conversation of OCPP, over any number of carriers."""

import asyncio
from typing import Final

import structlog

from open63110.bindings.link.conversation import FIRST_SERVICE, UNSTORED
from open63110.bindings.link.dialling import Dialling, Exchange, NoOwner
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.happenings import Arrived, Welcomed
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.line import Line
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.registry import OcppFrame
from open63110.bindings.link.opaque.opaque_socket import (
    CUT,
    GONE,
    OCPP,
    VERSIONS,
    OpaqueSocket,
    closed,
    framed,
    usual,
)
from open63110.bindings.link.session import Outbox
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId
from open63110.runtime.engine import Engine
from open63110.wire.ports import Peer

log = structlog.get_logger(__name__)

PAUSE: Final = 60.0
"""How long a cut may be that OCPP does not see [s of the clock]; longer than at the CSMS, which knows by then."""

WITHIN: Final = 60.0
"""How long a conversation may take to begin [s of the clock]."""


class OpaqueLine(Line):
    """One station's way to its CSMS, for OCPP."""

    def __init__(
        self,
        exchange: Exchange,
        station: StationId,
        engine: Engine,
        dialling: Dialling,
        outbox: Outbox,
        *,
        versions: tuple[str, ...],
        pace: float = 1.0,
    ) -> None:
        """Stay silent until ``reach``.

        Args:
            exchange: shared by the lines of a process.
            station: whose line it is.
            engine: of the station; it hears of links from the conversation of OCPP.
            dialling: how the CSMS is reached.
            outbox: in memory: what OCPP has not had answered it tells again by itself.
            versions: of OCPP that are spoken.
            pace: seconds of the clock in one of the event loop's.
        """
        self.capabilities = self._versions = versions
        super().__init__(exchange, station, engine, dialling, NoOwner(), outbox, pace=pace)
        self._inner: OpaqueSocket | None = None
        self._begun: str | None = None
        """A version in which a conversation has begun for which nobody has come yet."""
        self._turn = asyncio.Event()
        self.refused = ""
        """Why the last link came to nothing."""

    async def reach(self, peer: Peer) -> str:
        """Open a socket for OCPP; return why there is none, empty if there is one."""
        self.refused = ""
        self._turn.clear()
        if not self.wanted:
            self.dial()
        elif self.lines.open and self._begun is None:
            self._ask()
        try:
            async with asyncio.timeout(self.engine.clock.real(WITHIN)):
                while self._begun is None and not self.refused:
                    await self._turn.wait()
                    self._turn.clear()
        except TimeoutError:
            return "no conversation has begun in time"
        if self._begun is None:
            return self.refused
        self._open(peer, self._begun)
        return ""

    def _open(self, peer: Peer, wire: str) -> None:
        hello = self.lines.session.hello
        other = hello.outbox if hello is not None else b""
        self._begun = None
        self._inner = OpaqueSocket(self.lines, self.station, wire, other, usual, self._bid_goodbye)
        self._inner.begin(peer)

    def _bid_goodbye(self) -> None:
        self._begun = None
        self.hang_up()

    def _ask(self) -> None:
        """Ask for a conversation to begin."""
        header = Header(type=OCPP, kind=Kind.EVENT, priority=Priority.CONTROL, about="ocpp-begins")
        self.lines.send(header, framed(self.station, self._versions[0], b""), durable=False)

    # -- the link --

    def up(self, welcomed: Welcomed) -> None:
        """Go on with the conversation, or ask for another one."""
        said, inner = welcomed.hello, self._inner
        self.subscriber.met(said.outbox)
        self.came_up()
        if not set(said.capabilities) & set(self._versions):
            spoken = ", ".join(one for one in VERSIONS if one in said.capabilities)
            self._refuse_link(f"of OCPP it speaks {spoken}" if spoken else "it speaks no OCPP in links")
        elif inner is not None and inner.open and inner.other == said.outbox and welcomed.resumed:
            inner.go_on()
        else:
            self._begun = None
            self._end(GONE, "the CSMS has begun anew")
            self._ask()

    def _refuse_link(self, words: str) -> None:
        self.refused = words
        self._turn.set()
        log.warning("the CSMS cannot be spoken with", station=self.station, reason=words)
        self.lines.end(ErrorCode.UNSUPPORTED_VERSION, words)

    def down(self, reason: str, *, was: bool) -> None:
        """Dial again; the conversation waits a while."""
        self._begun = None
        if self._inner is not None:
            if reason.startswith(CUT):
                self._inner.pause(self.engine.clock.real(PAUSE), reason)
            else:
                self._end(*closed(reason))
        self.went_down(was=was)

    def _end(self, code: int, reason: str) -> None:
        inner, self._inner = self._inner, None
        if inner is not None:
            inner.end(code, reason)

    # -- frames --

    def judge(self, header: Header) -> tuple[ErrorCode, str] | None:
        """Look at a header: frames and the link's own services are taken, and nothing else."""
        refusal = super().judge(header)
        if refusal is None and header.type < FIRST_SERVICE and header.type != OCPP:
            return ErrorCode.NOT_SUPPORTED, "this station speaks OCPP in its link, as its HELLO says"
        return refusal

    def take(self, message: Arrived) -> None:
        """Take a frame, or something of a service."""
        if message.header.type != OCPP:
            super().take(message)
            return
        try:
            said: OcppFrame = CODEC.decode(OCPP, message.body, station=self.station, subjects=self.engine.known)
        except Trouble as fault:
            self._exchange.malformed += 1
            self.lines.refuse(message, ErrorCode.MALFORMED, fault.message)
            return
        inner = self._inner
        if not said.frame:
            self.lines.delivered(message)
            self._begins(said.wire)
        elif inner is not None and inner.open and said.wire == inner.wire:
            self.lines.delivered(message)
            inner.received(said.frame)
        elif self._begun is not None:  # whoever is to hear it comes in a moment
            self.lines.refuse(message, ErrorCode.OVERLOADED, "one moment", retry_after=UNSTORED / 10)
        else:
            self.lines.refuse(message, ErrorCode.PROTOCOL, "no such conversation is open here")

    def _begins(self, wire: str) -> None:
        if wire not in self._versions:
            self._refuse_link(f"it began to speak {wire}, which is not spoken here")
            return
        self._begun = wire
        self._end(GONE, "the CSMS has begun anew")
        self._turn.set()
