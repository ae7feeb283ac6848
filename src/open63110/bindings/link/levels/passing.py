# SPDX-License-Identifier: Apache-2.0
"""What a level in between passes on as it came: elements in it are signed or sealed (B.3), or it does not know them (B.14).

Facts wait with those of this level until the link upwards has them, in their place among the others; a crash leaves none out.
Requests that nobody here can read are answered above, orders that nobody here can read by their stations.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

import msgspec
import structlog

from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.framing.header import Header, Kind, Priority, decode_header, encode_header
from open63110.bindings.link.levels.told_above import UPWARDS, late
from open63110.bindings.link.levels.upward import Upward
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.opening import ENCLOSED
from open63110.bindings.link.refusing import written_refusal
from open63110.bindings.link.replies import refusal_of
from open63110.bindings.link.untouched import plain, rewritten
from open63110.kernel.errors import Trouble, Unavailable
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.model.original import MessagePassedOn, Original
from open63110.model.station import Registration
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted
from open63110.ports import StoredFact
from open63110.runtime.engine import Engine, Turn

log = structlog.get_logger(__name__)

WITHIN: Final = 30.0
"""How long an answer is awaited to what bears no deadline [s]."""


UNREAD: Final = "unread-elements"
"""Flag of a transfer whose begin or end had elements that this level could not read."""


class Talks(Protocol):
    """A conversation with a station, or with a level below."""

    lines: Any


class Passing:
    """Implements opening.Passing and upward.Passing."""

    def __init__(self, engine: Engine, above: Upward) -> None:
        """Get ready.

        Args:
            engine: of this level.
            above: the way up.
        """
        self.engine, self._above = engine, above
        self._unread: Sequence[Trouble] = ()
        self._stands: Counter[tuple[StationId, type[Event], datetime, str]] = Counter()
        """Facts of the present commit that are told as they came, and not as this level has them."""
        self._commit: datetime | None = None
        self._told: list[str] = []

    # -- facts --

    def unread(self, troubles: Sequence[Trouble]) -> None:
        """Note what could not be read of the message that is being taken."""
        self._unread = troubles

    def wants(self, message: Arrived, said: Event) -> bool:
        """Tell whether a fact has to go up in the bytes it came in: there is in it what this level would not write."""
        if not self.takes(message, said.station):
            return False
        return ENCLOSED in message.body or not plain(message.header, message.body, said, self.engine.known)

    def keep(self, message: Arrived, station: StationId, said: Event | None) -> Event | None:
        """Keep a fact in the bytes it came in with what the present turn writes.

        Args:
            message: as it came.
            station: whom it is about.
            said: what could be read of it here; None: nothing.

        Returns:
            What this level hears of it: flagged, where something of it could not be read.
        """
        if not self.takes(message, station):
            return said
        header, now = encode_header(message.header), self.engine.clock.now()
        name = hashlib.sha256(header + message.body).hexdigest()
        kept = Original(id=name, station=station, header=header, body=message.body, at=now)
        self.engine.commit.batch.puts["original", name] = kept
        self.engine.commit.batch.removes.discard(("original", name))
        unread, self._unread = tuple(f"{one.where} {one.code}" for one in self._unread), ()
        if unread:
            log.info("elements are passed on unread", station=station, message=message.header.type, elements=unread)
        turn = Turn(self.engine, station, now)
        turn.fact(_marker(kept, message.header, said, unread))
        turn.keep()
        if unread and isinstance(said, EnergyTransferStarted | EnergyTransferEnded):
            return msgspec.structs.replace(said, flags=(*said.flags, UNREAD))
        return said

    def takes(self, message: Arrived, station: StationId) -> bool:
        """Tell whether a fact goes up as it came: of a station that is admitted, and not told in words of this level."""
        noun = self.engine.stations.get(station)
        definition = CODEC.registry.by_number.get(message.header.type)
        admitted = noun is not None and noun.registration is Registration.ACCEPTED
        return admitted and (definition is None or definition.kind in UPWARDS)

    def told(self, one: StoredFact, *, heard: bool) -> list[tuple[Header, bytes]] | None:
        """Return what goes up instead of a fact of this level; None: it goes up as this level has it.

        Args:
            one: the next fact of the journal.
            heard: the level above heard when it happened.
        """
        if one.heard != self._commit:
            self._commit = one.heard
            self._stands.clear()
        fact = one.event
        if isinstance(fact, MessagePassedOn):
            return self._as_it_came(fact, heard=heard)
        name = (fact.station, type(fact), fact.at, getattr(fact, "reference", "") or "")
        if not self._stands[name]:
            return None
        self._stands[name] -= 1
        return []

    def _as_it_came(self, fact: MessagePassedOn, *, heard: bool) -> list[tuple[Header, bytes]]:
        definition = CODEC.registry.by_name.get(fact.message)
        if fact.when is not None and definition is not None:
            self._stands[fact.station, definition.kind, fact.when, fact.reference] += 1
        kept = self.engine.store.get(Original, fact.original)
        if kept is None:  # it has gone up already
            return []
        self._told.append(kept.id)
        src, path = self._above.way(fact.station)
        came = decode_header(kept.header)
        header = msgspec.structs.replace(came, src=src, dst="", kind=Kind.EVENT, reply_to=None, path=path, about=src)
        body = kept.body if heard or fact.when is None or ENCLOSED in kept.body else self._late(kept, came)
        return [(header, body)]

    def _late(self, kept: Original, came: Header) -> bytes:
        """Return a body that says that the level above did not hear when it happened."""
        subjects = self.engine.known
        try:
            said = CODEC.decode(came.type, kept.body, station=kept.station, subjects=subjects)
            return rewritten(kept.body, said, late(said), subjects)
        except Trouble:  # better told as it came than not at all
            return kept.body

    def over(self) -> None:
        """Forget what the outbox of the link has by now."""
        if self._told:
            self.engine.commit.batch.removes |= {("original", one) for one in self._told}
            self._told.clear()
            self.engine.commit.after(lambda _: None)

    # -- requests --

    def ask(self, conversation: Talks, message: Arrived, station: StationId) -> bool:
        """Have the level above answer a request that cannot be read here."""
        lines, asked = conversation.lines, message.header
        lines.delivered(message)
        src, path = self._above.way(station)
        header = msgspec.structs.replace(asked, src=src, dst="", path=path, about="")
        if not self._above.open:
            _say_no(lines, message, Unavailable("nobody here can read it, and the level above is away", code="Unreachable"))
            return True
        try:
            left = seconds_left(header, self.engine.clock.now())
            self._above.lines.send(header, message.body, durable=False, over=_answering(lines, message), patience=left)
        except Trouble as trouble:
            _say_no(lines, message, trouble)
        return True


def _say_no(lines: Any, message: Arrived, trouble: Trouble) -> None:
    header, body = refusal_of(message, trouble)
    lines.send(msgspec.structs.replace(header, dst=message.header.src, status=ErrorCode.UNREACHABLE), body, durable=False)


def _marker(kept: Original, header: Header, said: Event | None, unread: tuple[str, ...]) -> MessagePassedOn:
    definition = CODEC.registry.by_number.get(header.type)
    return MessagePassedOn(
        station=kept.station,
        at=said.at if said is not None else kept.at,
        original=kept.id,
        message=definition.name if definition else str(header.type),
        reference=getattr(said, "reference", "") or "",
        when=said.at if said is not None else None,
        unread=unread,
    )


def seconds_left(header: Header, now: datetime) -> float:
    """Return how long an answer can be awaited [s]."""
    return WITHIN if header.deadline is None else max(0.0, (header.deadline - now).total_seconds())


def _answering(lines: Any, message: Arrived) -> Callable[[Ending], None]:
    """Return what passes the answer to a request on as it came."""
    asked = message.header

    def over(ending: Ending) -> None:
        if ending.silent:
            return
        for header, body in answers_of(ending, message):
            lines.send(msgspec.structs.replace(header, dst=asked.src), body, durable=False)

    return over


def answers_of(ending: Ending, message: Arrived) -> list[tuple[Header, bytes]]:
    """Return the answer that somebody gave to a request, as an answer of this level.

    Args:
        ending: what the other one said.
        message: the request, as it came here.
    """
    asked = message.header
    priority = max(asked.priority, Priority.CONTROL)
    if ending.status:
        header = Header(
            type=asked.type,
            kind=Kind.REPLY,
            reply_to=message.id,
            priority=priority,
            status=ending.status,
            words=ending.words[:200],
            about=f"r{message.id}",
        )
        return [(header, written_refusal(ending.code))]
    said = ending.replies or ((asked.type, b""),)
    kinds = [Kind.PROGRESS] * (len(said) - 1) + [Kind.REPLY]
    return [
        (Header(type=number, kind=kind, reply_to=message.id, priority=priority, about=f"r{message.id}"), body)
        for kind, (number, body) in zip(kinds, said, strict=True)
    ]
