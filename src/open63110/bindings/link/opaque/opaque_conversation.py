# SPDX-License-Identifier: Apache-2.0
"""A CSMS's side of a link to a station that may speak OCPP in it: HELLO says so, and a gate of OCPP decides as for any socket."""

from typing import Any, Final, Protocol, cast
from urllib.parse import quote

from open63110.bindings.link.conversation import FIRST_SERVICE, UNSTORED, Conversation
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.happenings import Arrived, Welcomed
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.marks import Marks
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.registry import OcppFrame
from open63110.bindings.link.opaque.opaque_socket import (
    CUT,
    GONE,
    OCPP,
    VERSIONS,
    OpaqueSocket,
    Ranking,
    closed,
    framed,
)
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId
from open63110.wire.ports import Accept, Gate, Upgrade

PAUSE: Final = 30.0
"""How long a cut may be that OCPP does not see [s of the clock]."""

OPAQUE: Final = "(link)"
"""Name of the listener that a gate of OCPP is told."""


class Shared(Protocol):
    """What such conversations share beside the rest."""

    gate: Gate | None
    """Decides about conversations of OCPP; None: none is enclosed here."""
    ranking: Ranking
    longest_frame: int
    """[bytes]"""


class OpaqueConversation(Conversation):
    """One station over all its links; in them its own messages, or OCPP."""

    __slots__ = ("_fresh", "_inner", "_offered")

    def __init__(self, office: Any, station: StationId, marks: Marks) -> None:
        """Wait for a link."""
        super().__init__(office, station, marks)
        self._inner: OpaqueSocket | None = None
        self._offered: tuple[str, ...] = ()
        self._fresh = False
        """The conversation began on this carrier, and nothing was heard in it yet."""

    @property
    def _shared(self) -> Shared:
        return cast("Shared", self._office)

    @property
    def admitted(self) -> bool:
        """The station may be given orders in the link's own messages."""
        return not self._offered and super().admitted

    # -- the link --

    def up(self, welcomed: Welcomed) -> None:
        """Take the station over, in the way that it speaks."""
        said = welcomed.hello
        self._offered = tuple(one for one in VERSIONS if one in said.capabilities)
        inner = self._inner
        if inner is not None and not (self._offered and welcomed.resumed and inner.open and inner.other == said.outbox):
            self._end(GONE, "the station has begun anew")
        if not self._offered:
            super().up(welcomed)
            return
        socket = self.lines.socket
        self.remote = f"{socket.remote[0]}:{socket.remote[1]}" if socket is not None else ""
        self.opened, self.told = self.lines.time(), None
        self._office.arrived(self)
        if self._inner is None:
            self._begin(said.outbox)
        else:
            self._inner.go_on()

    def tell_connected(self) -> None:
        """Let the use cases know of the link, unless OCPP does."""
        if not self._offered:
            super().tell_connected()

    def down(self, reason: str, *, was: bool) -> None:
        """Let go of the station; a conversation of OCPP waits a while."""
        self._fresh = False
        if not self._offered:
            super().down(reason, was=was)
            return
        self._office.gone(self)
        if self._inner is None:
            return
        if reason.startswith(CUT):
            self._inner.pause(self._office.engine.clock.real(PAUSE), reason)
        else:
            self._end(*closed(reason))

    # -- OCPP --

    def _begin(self, outbox: bytes) -> None:
        """Ask the gate, and say which version is spoken."""
        socket, gate = self.lines.socket, self._shared.gate
        if socket is None:
            return
        upgrade = Upgrade(
            path=f"/{quote(self.station, safe='')}",
            query="",
            headers={},
            subprotocols=self._offered,
            remote=socket.remote,
            secure=True,
            certificate=socket.certificate,
            listener=OPAQUE,
        )
        found = gate(upgrade) if gate is not None else None
        if not isinstance(found, Accept):
            words = found.reason if found is not None else "no OCPP is spoken in links here"
            self.lines.end(ErrorCode.REVOKED if found is not None else ErrorCode.UNSUPPORTED_VERSION, words)
            return
        if found.subprotocol is None:
            self.lines.end(ErrorCode.UNSUPPORTED_VERSION, f"none of {', '.join(self._offered)} is spoken here")
            return
        ranking, closing = self._shared.ranking, self.lines.hang_up
        self._inner = OpaqueSocket(self.lines, self.station, found.subprotocol, outbox, ranking, closing)
        self._fresh = True
        header = Header(type=OCPP, kind=Kind.EVENT, priority=Priority.CONTROL, about="ocpp-begins")
        self.lines.send(header, framed(self.station, found.subprotocol, b""), durable=False)
        self._inner.begin(found.peer)

    def _end(self, code: int, reason: str) -> None:
        inner, self._inner = self._inner, None
        if inner is not None:
            inner.end(code, reason)

    def judge(self, header: Header) -> tuple[ErrorCode, str] | None:
        """Look at a header: in one link there are either frames of OCPP or the link's own messages."""
        refusal = super().judge(header)
        if refusal is not None or header.type >= FIRST_SERVICE:
            return refusal
        if self._offered and header.type != OCPP:
            return ErrorCode.NOT_SUPPORTED, "this station speaks OCPP in its link, as its HELLO says"
        if not self._offered and header.type == OCPP:
            return ErrorCode.NOT_SUPPORTED, "HELLO did not say that OCPP is spoken in this link"
        return None

    def take(self, message: Arrived) -> None:
        """Take a frame, or whatever else."""
        if message.header.type != OCPP:
            super().take(message)
            return
        if self._postponed(message):
            return
        try:
            said: OcppFrame = CODEC.decode(OCPP, message.body, station=self.station, subjects=self._office.engine.known)
        except Trouble as fault:
            self._garbage(message, fault)
            return
        self._framed(message, said)

    def _framed(self, message: Arrived, said: OcppFrame) -> None:
        if not said.frame:
            self.lines.delivered(message)
            self._anew()
            return
        inner = self._inner
        if inner is None or not inner.open:
            self.lines.refuse(message, ErrorCode.PROTOCOL, "no conversation of OCPP has begun")
        elif said.wire != inner.wire:
            self.lines.refuse(message, ErrorCode.UNSUPPORTED_VERSION, f"{inner.wire} is spoken in this conversation")
        elif len(said.frame) > self._shared.longest_frame:
            self.lines.refuse(message, ErrorCode.TOO_LARGE, f"a frame has at most {self._shared.longest_frame} bytes")
        else:
            self._fresh = False
            self.lines.delivered(message)
            inner.received(said.frame)

    def _anew(self) -> None:
        """Begin another conversation: the station has lost the one before."""
        if self._fresh and self._inner is not None:
            return  # it asks for the one that has just begun
        other = self._inner.other if self._inner is not None else b""
        hello = self.lines.session.hello
        self._end(GONE, "the station has begun anew")
        self._begin(hello.outbox if hello is not None else other)

    def _garbage(self, message: Arrived, fault: Trouble) -> None:
        """Keep a few specimens; nobody waits for an answer, so the station is told that it is not taken."""
        office = self._office
        office.malformed += 1

        def refuse(durable: bool) -> None:  # noqa: FBT001 - the shape of Done
            if durable:
                self.lines.refuse(message, ErrorCode.MALFORMED, fault.message)
            else:
                self.lines.refuse(message, ErrorCode.OVERLOADED, "it cannot be stored now", retry_after=UNSTORED)

        if office.curious(self.station):
            office.quarantine(self.station, OcppFrame.__name__, fault, message.body, refuse)
        else:
            refuse(True)  # noqa: FBT003 - the shape of Done
