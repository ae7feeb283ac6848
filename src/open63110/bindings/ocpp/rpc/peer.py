# SPDX-License-Identifier: Apache-2.0
"""The conversation of one connection, both directions on their own: at most one call outstanding each way.

Nothing here waits, reads a clock or writes: bytes and the time come in as arguments, what happened goes out as a list.
"""

from __future__ import annotations

import math
from heapq import heapify, heappop, heappush
from types import MappingProxyType
from typing import Final, NamedTuple

from msgspec import Struct

from open63110.bindings.ocpp.rpc.errors import UNREAD_ID, Closed, ErrorCode, MalformedFrame, QueueFull, spelled
from open63110.bindings.ocpp.rpc.frames import (
    Call,
    Error,
    Outgoing,
    Read,
    Readers,
    Result,
    ResultError,
    Send,
    decode,
    encode_call,
    encode_error,
    encode_result,
    encode_result_error,
    encode_send,
    read,
)
from open63110.bindings.ocpp.rpc.happenings import (
    Answered,
    Expired,
    Flooded,
    Garbled,
    Happening,
    IncomingCall,
    IncomingSend,
    Repeated,
    ResultRefused,
    Stray,
    TimedOut,
    Transmit,
    Unfinished,
    Unreadable,
)
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.errors import Expired as DeadlinePassed
from open63110.kernel.errors import NotSupported, Unknown

__all__ = [
    "Answered",
    "Expired",
    "Flooded",
    "Garbled",
    "Happening",
    "IncomingCall",
    "IncomingSend",
    "Peer",
    "Repeated",
    "ResultRefused",
    "Stray",
    "TimedOut",
    "Transmit",
    "Unfinished",
    "Unreadable",
]

OVERRUN: Final = 32
"""Calls still taken after `saturated` was raised: what the edge had already read when it stopped reading."""

PENDING_BYTES: Final = 1 << 17
"""Bytes of waiting calls of the peer at which `saturated` is raised, however few they are."""

OVERRUN_BYTES: Final = 1 << 22
"""Bytes of waiting calls beyond which the next is dropped."""

REMEMBERED: Final = 4
"""Timed-out calls whose late answer is still recognised."""

_NOT_WAITING: Final = "No call with this message id waits for an answer"

MAX_PREFIX: Final = 24
"""Characters of a prefix, which leave twelve of 36 for the count."""


class _Waiting(NamedTuple):
    """A call in the queue, ordered by its first two fields."""

    priority: int
    order: int
    ticket: object
    action: str
    frame: bytes
    deadline: float


class _Outstanding(Struct, frozen=True, gc=False):
    id: str
    ticket: object
    action: str
    until: float


class Peer:
    """One connection. Times are seconds of one monotonic clock."""

    __slots__ = (
        "_answering",
        "_count",
        "_late",
        "_outstanding",
        "_pending",
        "_prefix",
        "_queue",
        "_readers",
        "closed",
        "patience",
        "pending_limit",
        "queue_limit",
        "version",
    )

    def __init__(
        self,
        version: Version,
        prefix: str,
        *,
        patience: float | None = None,
        queue_limit: int = 64,
        pending_limit: int = 8,
        readers: Readers = MappingProxyType({}),
    ) -> None:
        """Start a conversation.

        Args:
            version: decides which messages exist and how errors are spelled.
            prefix: of message ids, never used before by this node, at most MAX_PREFIX characters.
            patience: seconds an answer is awaited after sending, whatever the call's deadline, which then only limits
                the wait in the queue; None: the deadline limits both.
            queue_limit: calls of ours that may wait.
            pending_limit: calls of the peer that may wait before `saturated`.
            readers: of calls that are to be understood together with their frames; they come in as Read, unless they have to
                wait for their turn: what waits is kept as bytes alone, which are counted.
        """
        if len(prefix) > MAX_PREFIX:
            raise ValueError(f"a prefix has at most {MAX_PREFIX} characters")
        self.version = version
        self.patience = patience
        self.queue_limit = queue_limit
        self.pending_limit = pending_limit
        self.closed = False
        self._prefix = prefix
        self._count = 0
        self._queue: list[_Waiting] = []
        self._outstanding: _Outstanding | None = None
        self._late: tuple[_Outstanding, ...] = ()
        self._readers = readers
        self._answering: Call | Read | None = None
        self._pending: list[Call] | None = None

    # what we ask of the peer

    def call(self, ticket: object, action: str, payload: Outgoing, priority: int, deadline: float, now: float) -> list[bytes]:
        """Queue a call and return the frames to write now; lower priorities go first, equal ones in order.

        Raises:
            Closed: the connection has ended.
            DeadlinePassed: `deadline` is not after `now`.
            QueueFull: `queue_limit` calls wait already.
        """
        if self.closed:
            raise Closed("The connection has ended")
        if deadline <= now:
            raise DeadlinePassed("The deadline had passed before the call was queued")
        if len(self._queue) >= self.queue_limit:
            raise QueueFull(f"{self.queue_limit} calls wait already")
        self._count += 1
        frame = encode_call(self._id(self._count), action, payload)
        waiting = _Waiting(priority, self._count, ticket, action, frame, deadline)
        if self._outstanding is None:
            return [self._begin(waiting, now)]
        heappush(self._queue, waiting)
        return []

    def send(self, action: str, payload: Outgoing) -> bytes:
        """Return the frame of an unconfirmed message (2.1).

        Raises:
            Closed: the connection has ended.
            NotSupported: before 2.1 there is no such thing.
        """
        if self.closed:
            raise Closed("The connection has ended")
        if self.version is not Version.V21:
            raise NotSupported(f"{self.version} has no unconfirmed messages")
        self._count += 1
        return encode_send(self._id(self._count), action, payload)

    def refuse_result(self, id: str, code: ErrorCode, description: str = "") -> list[bytes]:
        """Return the frames that tell the peer its answer was unusable; none before 2.1."""
        if self.version is not Version.V21 or self.closed:
            return []
        return [encode_result_error(id, code, description)]

    # what the peer asks of us

    def answer(self, id: str, payload: Outgoing) -> list[Happening]:
        """Answer the incoming call `id` and go on with the next; after the connection has ended this does nothing.

        Raises:
            Unknown: this call is not the one being answered, or has its answer.
        """
        frame = self.result(id, payload)
        return [] if frame is None else [Transmit(frame), *self.go_on()]

    def result(self, id: str, payload: Outgoing) -> bytes | None:
        """Return the frame that answers the incoming call `id`, to be written before `go_on`; None: the connection has ended.

        For whoever answers thousands at a time: `answer` does both, and says it in happenings.

        Raises:
            Unknown: as `answer`.
        """
        if self.closed:
            return None
        answering = self._answering
        if answering is None or answering.id != id:
            raise Unknown(_NOT_WAITING)
        return encode_result(id, payload)

    def go_on(self) -> list[Happening]:
        """Turn to the next call of the peer, once the one before has its answer."""
        self._answering = None
        if not self._pending:
            return []
        call = self._pending.pop(0)
        self._pending = self._pending or None
        self._answering = call
        return [call]

    def fail(self, id: str, code: ErrorCode, description: str = "", details: Outgoing = b"{}") -> list[Happening]:
        """Refuse the incoming call `id` and go on with the next; after the connection has ended this does nothing."""
        if self.closed:
            return []
        self._must_be_answering(id)
        frame = encode_error(id, spelled(code, self.version), description, details)
        return [Transmit(frame), *self.go_on()]

    def drop(self, id: str) -> list[Happening]:
        """Leave the incoming call `id` unanswered, so that the peer asks again, and go on with the next."""
        if self.closed:
            return []
        self._must_be_answering(id)
        return self.go_on()

    @property
    def saturated(self) -> bool:
        """True while so many calls of the peer wait that reading should pause."""
        if self._pending is None:
            return False
        return len(self._pending) >= self.pending_limit or _size(self._pending) >= PENDING_BYTES

    # what came in, and time

    def received(self, raw: bytes, now: float) -> list[Happening]:
        """Take one text frame; nothing is ever raised for what is in it."""
        if self.closed:
            return []
        if self._answering is None and (call := read(raw, self._readers)) is not None:
            self._answering = call
            return [call]
        try:
            frame = decode(raw)
        except MalformedFrame as fault:
            return self._unreadable(raw, fault.alone(), now)
        if isinstance(frame, Call):
            return self._called(frame)
        if isinstance(frame, Result | Error):
            return self._answered(frame, now)
        if self.version is Version.V21:
            return [frame] if isinstance(frame, Send) else [ResultRefused(frame)]
        return self._unreadable(raw, _not_before_21(frame), now)

    def tick(self, now: float) -> list[Happening]:
        """Give up what has waited too long, and go on with the next call."""
        due = self.next_deadline
        if due is None or now < due:
            return []
        happenings: list[Happening] = [Expired(waiting.ticket) for waiting in self._queue if waiting.deadline <= now]
        self._queue = [waiting for waiting in self._queue if waiting.deadline > now]
        heapify(self._queue)
        outstanding = self._outstanding
        if outstanding is not None and outstanding.until <= now:
            self._late = (*self._late[-REMEMBERED + 1 :], outstanding)
            happenings += [TimedOut(outstanding.ticket, outstanding.action), *self._next_outgoing(now)]
        return happenings

    @property
    def next_deadline(self) -> float | None:
        """When `tick` has something to do; None: never."""
        if self._outstanding is None:
            return None
        return min(self._outstanding.until, *(waiting.deadline for waiting in self._queue), math.inf)

    def close(self) -> list[Unfinished]:
        """End the conversation and return what is left of our calls, the sent one first."""
        self.closed = True
        left = [] if self._outstanding is None else [Unfinished(self._outstanding.ticket, sent=True)]
        left += [Unfinished(waiting.ticket, sent=False) for waiting in sorted(self._queue)]
        self._outstanding, self._queue, self._late = None, [], ()
        self._answering, self._pending = None, None
        return left

    # inside

    def _id(self, count: int) -> str:
        return f"{self._prefix}{count:x}"

    def _begin(self, waiting: _Waiting, now: float) -> bytes:
        until = waiting.deadline if self.patience is None else now + self.patience
        self._outstanding = _Outstanding(self._id(waiting.order), waiting.ticket, waiting.action, until)
        return waiting.frame

    def _next_outgoing(self, now: float) -> list[Happening]:
        self._outstanding = None
        happenings: list[Happening] = []
        while self._queue and self._outstanding is None:
            waiting = heappop(self._queue)
            expired = waiting.deadline <= now
            happenings.append(Expired(waiting.ticket) if expired else Transmit(self._begin(waiting, now)))
        return happenings

    def _answered(self, frame: Result | Error, now: float) -> list[Happening]:
        outstanding = self._outstanding
        if outstanding is None or outstanding.id != frame.id:
            late = next((call.ticket for call in self._late if call.id == frame.id), None)
            return [Stray(frame, late)]
        return [Answered(outstanding.ticket, outstanding.action, frame), *self._next_outgoing(now)]

    def _called(self, call: Call) -> list[Happening]:
        if self._answering is None:
            self._answering = call
            return [call]
        pending = self._pending or []
        if any(_same(call, other) for other in (self._answering, *pending)):
            return [Repeated(call.id)]
        if len(pending) >= self.pending_limit + OVERRUN or _size(pending) >= OVERRUN_BYTES:
            return [Flooded(call)]
        self._pending = [*pending, call]
        return []

    def _must_be_answering(self, id: str) -> None:
        if self._answering is None or self._answering.id != id:
            raise Unknown(_NOT_WAITING)

    def _unreadable(self, raw: bytes, fault: MalformedFrame, now: float) -> list[Happening]:
        happenings: list[Happening] = [Unreadable(raw, fault)]
        outstanding = self._outstanding
        if fault.message_type in {3, 4} and outstanding is not None and outstanding.id == fault.id:
            refusal = self.refuse_result(fault.id, fault.error, fault.message) if fault.message_type == 3 else []
            happenings += map(Transmit, refusal)
            happenings += [Garbled(outstanding.ticket, outstanding.action, fault), *self._next_outgoing(now)]
        elif self._wants_error(fault):
            happenings.append(Transmit(encode_error(fault.id, spelled(fault.error, self.version), fault.message)))
        return happenings

    def _wants_error(self, fault: MalformedFrame) -> bool:
        """Never answer an answer; 1.6 only knows errors to calls whose id was read."""
        if self.version is Version.V16:
            return fault.message_type == 2 and fault.id != UNREAD_ID
        return fault.message_type not in {3, 4, 5} and (fault.message_type != 6 or self.version is not Version.V21)


def _not_before_21(frame: Send | ResultError) -> MalformedFrame:
    kind = 6 if isinstance(frame, Send) else 5
    code = ErrorCode.MESSAGE_TYPE_NOT_SUPPORTED
    return MalformedFrame("A message type of 2.1", code, id=frame.id, message_type=kind)


def _same(one: Call, other: Call | Read) -> bool:
    return one.id == other.id and one.action == other.action and bytes(one.payload) == bytes(other.payload)


def _size(calls: list[Call]) -> int:
    return sum(memoryview(call.payload).nbytes for call in calls)
