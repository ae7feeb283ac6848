# SPDX-License-Identifier: Apache-2.0
"""The calling half of a conversation, the same at both ends: our message as a call, its answer as a verdict."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from open63110.bindings.ocpp import tolerance
from open63110.bindings.ocpp.errors import outcome_of
from open63110.bindings.ocpp.rpc.errors import ErrorCode, SchemaFault, read
from open63110.bindings.ocpp.rpc.frames import Error, Result
from open63110.bindings.ocpp.secrets import covered
from open63110.bindings.ocpp.tolerance import Deviation
from open63110.bindings.ocpp.translation import Door, Translation, Wire, verdict_of
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.messages import Command, Event
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict

Deviated = Callable[[Sequence[Deviation]], None]


class Ticket(NamedTuple):
    """What a call of ours is about."""

    key: Any
    """Whatever the asker knows it by."""
    message: Command | Event
    translation: Translation | None
    """None for a call word by word."""
    series: Any = None
    """Of which it is a part; None: it stands alone."""


class Unusable(NamedTuple):
    """An answer that cannot be understood."""

    code: ErrorCode
    words: str


def written(wire: Wire, sender: Role, message: Command | Event, door: Door) -> tuple[Translation, Any]:
    """Return the translation of one of our messages, and its payload.

    Raises:
        NotSupported: this version has no message for it.
        Trouble: it has one, but not for this content.
    """
    translation = wire.carrier(message)
    if translation is None or translation.to_wire is None or translation.sender not in {None, sender}:
        raise NotSupported(f"{wire.version} has no message for {type(message).__name__}", code="NoMessage")
    return translation, translation.to_wire(message, door)


def understood(wire: Wire, ticket: Ticket, action: str, answer: Result | Error, door: Door, deviated: Deviated) -> Any:
    """Return what an answer means: a Verdict, or Unusable. ``door.raw`` is the answer's payload."""
    if isinstance(answer, Error):
        return Verdict(outcome=outcome_of(read(answer.code)), reason=answer.code, detail=answer.description)
    try:
        return _verdict(wire, ticket, action, door, deviated)
    except (SchemaFault, Trouble) as fault:
        code = fault.error if isinstance(fault, SchemaFault) else ErrorCode.FORMAT_VIOLATION
        return Unusable(code, fault.message)


def _verdict(wire: Wire, ticket: Ticket, action: str, door: Door, deviated: Deviated) -> Verdict:
    text = covered(bytes(door.raw)).decode("utf-8", "replace")  # a station may show a password although it must not
    types = wire.types.get(action)
    if types is None:
        return Verdict(outcome=Outcome.ACCEPTED, answer=text)
    response: Any
    response, deviations = tolerance.decode(types[1], door.raw)
    deviated(deviations)
    if ticket.translation is None or ticket.translation.heard is None:
        status = getattr(response, "status", "Accepted")
        return verdict_of(status if isinstance(status, str) else "Accepted", answer=text)
    verdict = ticket.translation.heard(response, ticket.message, door)
    return verdict if verdict.answer else msgspec.structs.replace(verdict, answer=text)


def failed(reason: str, detail: str = "") -> Verdict:
    """Return the verdict on a call whose answer never came, or is worth nothing."""
    return Verdict(outcome=Outcome.FAILED, reason=reason, detail=detail)
