# SPDX-License-Identifier: Apache-2.0
"""How a CSMS reads messages with protected elements (B.3): opened, what fails taken out, told and kept raw.

Messages that hold none and have none demanded of them are read at once. At a level in between what cannot be read goes up as it
came; here it counts as absent.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.framing.header import Header, Kind
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.protection.guard import ENCLOSED, Guard, named, opened_by_nobody
from open63110.bindings.link.protection.protected import OpenedBody
from open63110.bindings.link.untouched import unknown
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event, Message
from open63110.model.quarantine import QuarantinedInput
from open63110.model.transfer import TransferFact
from open63110.ports import Subjects
from open63110.runtime.engine import Engine
from open63110.usecases.services.authorize_locally import AuthorizeCredential
from open63110.usecases.stations.monitor_station import StationEventReported

__all__ = [
    "ENCLOSED",
    "Passing",
    "Reader",
    "bad_protection",
    "opened_as_asked",
    "opened_reply",
    "passed_on",
    "read",
    "reread",
    "together",
    "with_credential",
]


class Passing(Protocol):
    """Passes on what is protected, at a level in between."""

    engine: Engine

    def unread(self, troubles: Sequence[Trouble]) -> None:
        """Note what could not be read of the message that is being taken."""

    def takes(self, message: Arrived, station: StationId) -> bool:
        """Tell whether a fact goes up as it came."""

    def wants(self, message: Arrived, said: Event) -> bool:
        """Tell whether a fact has to go up in the bytes it came in."""

    def keep(self, message: Arrived, station: StationId, said: Event | None) -> Event | None:
        """Keep a fact in the bytes it came in with what the present turn writes; return what this level hears of it, if any."""

    def ask(self, conversation: Any, message: Arrived, station: StationId) -> bool:
        """Have the level above answer a request that cannot be read here; False: it does not hear."""


class Reader(Protocol):
    """Whoever takes messages of stations."""

    engine: Engine
    guard: Guard | None
    passing: Passing | None

    def security(self, station: str, kind: str, words: str, /) -> None:
        """Tell whoever watches over security."""

    def quarantine(self, station: StationId, action: str, fault: Trouble, raw: bytes, done: Any, *, key: bytes = b"") -> None:
        """Keep a message raw."""


APART: Final = "@"
"""Between the id of a station and its site, where another station has that id here; its certificate names it without."""

_OF_OTHERS: Final = "UnknownKey"
"""What a level in between may well not be able to open; nobody needs to look into that."""


def read(reader: Reader, message: Arrived, station: StationId, about: str) -> Any:
    """Read a message that a station, or a level below, has sent.

    Args:
        reader: who takes it.
        message: as it came.
        station: whom its address names, as it is called here.
        about: the same as its certificate has it.

    Raises:
        Trouble: it cannot be read, or a request is not protected as it should be.
    """
    header, guard = message.header, reader.guard
    if guard is None or header.type not in guard.wants:
        try:
            return CODEC.decode(header.type, message.body, station=station, subjects=reader.engine.known)
        except Trouble:
            if ENCLOSED not in message.body:
                raise
    found = _opened(guard, header.type, header.key, message.body, about)
    if not found.troubles:
        return CODEC.decode(header.type, found.body, station=station, subjects=reader.engine.known)
    return _rest(reader, message, station, found)


def _rest(reader: Reader, message: Arrived, station: StationId, found: OpenedBody) -> Any:
    """Read what is left of a fact of which something had to be taken out; nothing is left of a request."""
    header, trouble = message.header, together(found.troubles)
    definition = CODEC.registry.by_number.get(header.type)
    action = definition.name if definition else str(header.type)
    passing = reader.passing
    if passing is not None:
        passing.unread(found.troubles)
    if passing is None or any(one.code != _OF_OTHERS for one in found.troubles):
        reader.security(station, f"Link{trouble.code}", f"{action}: {trouble.message}"[:300])
    if definition is None or not issubclass(definition.kind, Event):
        raise trouble
    try:
        said = CODEC.decode(header.type, found.body, station=station, subjects=reader.engine.known)
    except Trouble as fault:
        raise trouble from fault
    settled: list[bool] = []
    if passing is None:
        reader.quarantine(station, action, trouble, message.body, settled.append, key=header.key)
    if settled and not settled[0]:  # there is no room for what it said: it is not heard, and comes again
        raise trouble
    return said


def reread(reader: Reader, number: int, item: QuarantinedInput) -> Any:
    """Read a quarantined message again, with whoever is believed by now.

    Raises:
        Trouble: it still cannot be read, or something of it still has to be taken out.
    """
    subjects: Subjects = reader.engine.known
    guard = reader.guard
    if ENCLOSED not in item.raw and (guard is None or number not in guard.wants):
        return CODEC.decode(number, item.raw, station=item.station, subjects=subjects)
    found = _opened(guard, number, item.key, item.raw, item.station.partition(APART)[0])
    if found.troubles:
        raise together(found.troubles)
    return CODEC.decode(number, found.body, station=item.station, subjects=subjects)


def opened_as_asked(guard: Guard | None, header: Header, body: bytes, about: str) -> bytes:
    """Return an order with its elements in their places; it counts as a whole.

    Raises:
        Trouble: one of them cannot be opened, or is not protected as it should be, or the order was taken before.
    """
    found = _opened(guard, header.type, header.key, body, about)
    if found.troubles:
        raise together(found.troubles)
    if found.opened and guard is not None and guard.once is not None and header.kind is Kind.REQUEST:
        guard.once.take(header.key)
    return found.body


def passed_on(passing: Passing, conversation: Any, message: Arrived, *, fact: bool) -> bool:
    """Leave it to the level above to read what cannot be read here; False: nothing of it is protected, nor of a strange type."""
    strange = unknown(message.header)
    if ENCLOSED not in message.body and not strange:
        return False
    station = conversation.whose(message.header)
    if message.header.kind is Kind.REQUEST if strange else not fact:
        return passing.ask(conversation, message, station)
    if not passing.takes(message, station):
        return False
    conversation.marks.stage(message.outbox, message.id)
    passing.keep(message, station, None)
    passing.engine.commit.after(lambda durable: conversation.answer(message, () if durable else None))
    return True


def with_credential(said: Any) -> tuple[Message, ...]:
    """Let a credential that comes with a fact of a transfer be judged first, in the same turn."""
    if isinstance(said, TransferFact) and said.subject is not None:
        judged = AuthorizeCredential(
            station=said.station, subject=said.subject, evse=said.evse, reference=said.reference, presented=said.at
        )
        return (judged, said)
    return (said,)


def opened_order(
    guard: Guard | None, message: Arrived, station: StationId, refuse: Callable[[Arrived, Trouble], None]
) -> bytes | None:
    """Return the body of an order with its elements in their places; None: it was refused."""
    header = message.header
    if (guard is None or header.type not in guard.wants) and ENCLOSED not in message.body:
        return message.body
    try:
        return opened_as_asked(guard, header, message.body, station)
    except Trouble as trouble:
        refuse(message, trouble)
        return None


def opened_reply(guard: Guard | None, number: int, key: bytes, body: bytes) -> bytes:
    """Return an answer with its elements in their places.

    Args:
        guard: whose rules hold.
        number: of the message.
        key: of the request, to which protected answers are bound.
        body: as it came.

    Raises:
        Trouble: an element cannot be opened, or is not protected as it should be.
    """
    if ENCLOSED not in body and (guard is None or number not in guard.wants):
        return body
    return opened_as_asked(guard, Header(type=number, key=key), body, "")


def bad_protection(station: StationId, at: datetime, trouble: Trouble) -> StationEventReported:
    """Return what a station tells of an order whose elements are not signed or sealed as they should be (B.3)."""
    return StationEventReported(
        station=station,
        at=at,
        component="SecurityCtrlr",
        variable="ProtectedElements",
        severity=3,
        code=trouble.code,
        text=trouble.message[:200],
        security=True,
    )


def _opened(guard: Guard | None, number: int, key: bytes, body: bytes, about: str) -> OpenedBody:
    return opened_by_nobody(number, key, body) if guard is None else guard.opened(number, key, body, about)


def together(troubles: Sequence[Trouble]) -> Trouble:
    """Return several troubles as one: the first, with the words of all."""
    first = troubles[0]
    words = first.message if len(troubles) == 1 else named(troubles)
    return type(first)(words, code=first.code, where=first.where)
