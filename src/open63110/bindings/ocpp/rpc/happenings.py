# SPDX-License-Identifier: Apache-2.0
"""What can happen in a conversation: the words in which `peer.Peer` tells its owner."""

from msgspec import Struct

from open63110.bindings.ocpp.rpc.errors import MalformedFrame
from open63110.bindings.ocpp.rpc.frames import Call, Error, Read, Result, ResultError, Send


class Transmit(Struct, frozen=True, gc=False):
    """Write this text frame."""

    frame: bytes


class Answered(Struct, frozen=True, gc=False):
    """Our call has its answer, whose payload is not yet checked."""

    ticket: object
    action: str
    answer: Result | Error


class Garbled(Struct, frozen=True, gc=False):
    """The answer to our call came and could not be read; there will be no other."""

    ticket: object
    action: str
    fault: MalformedFrame


class Expired(Struct, frozen=True, gc=False):
    """Our call was never sent: its deadline passed in the queue."""

    ticket: object


class TimedOut(Struct, frozen=True, gc=False):
    """Our call was sent and not answered in time; whether it was carried out is unknown."""

    ticket: object
    action: str


class Unfinished(Struct, frozen=True, gc=False):
    """Our call ended with the connection; if `sent`, whether it was carried out is unknown."""

    ticket: object
    sent: bool


class Stray(Struct, frozen=True, gc=False):
    """An answer to nothing that is outstanding; `ticket` is that of the timed-out call it is late for, or None."""

    frame: Result | Error
    ticket: object | None


class ResultRefused(Struct, frozen=True, gc=False):
    """The peer could not use an answer of ours (2.1)."""

    error: ResultError


class Repeated(Struct, frozen=True, gc=False):
    """A call came again while it is being answered; it gets one answer."""

    id: str


class Flooded(Struct, frozen=True, gc=False):
    """A call that was dropped unanswered, because the peer keeps sending without waiting; close the connection."""

    call: Call


class Unreadable(Struct, frozen=True, gc=False):
    """Bytes that are no message; already answered if the protocol wants that."""

    raw: bytes
    fault: MalformedFrame


IncomingCall = Call | Read
IncomingSend = Send
Happening = (
    Transmit
    | IncomingCall
    | IncomingSend
    | Answered
    | Garbled
    | Expired
    | TimedOut
    | Stray
    | ResultRefused
    | Repeated
    | Flooded
    | Unreadable
)
"""All but Unfinished, which only the end of a connection brings. A Call here is now to be answered."""
