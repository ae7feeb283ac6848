# SPDX-License-Identifier: Apache-2.0
"""One order in several calls, one after another: what a version takes one by one, or a station so many at a time."""

from typing import Any, Final, Protocol

import msgspec
from msgspec.structs import replace

from open63110.bindings.ocpp.calling import Ticket, failed, written
from open63110.bindings.ocpp.raw_call import RawCall
from open63110.bindings.ocpp.rpc.errors import SchemaFault
from open63110.bindings.ocpp.schema import decoder
from open63110.bindings.ocpp.translation import Door, Wire
from open63110.bindings.ocpp.variables import judged
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.model.order import Order, Outcome
from open63110.model.variables import VariablesRead, VariablesSet
from open63110.runtime.orders import Verdict

_WORST_FIRST: Final = (
    *(Outcome.FAILED, Outcome.EXPIRED, Outcome.NOT_AUTHORIZED, Outcome.NOT_SUPPORTED, Outcome.REJECTED, Outcome.ACCEPTED),
)

_OVER: Final = frozenset({Outcome.FAILED, Outcome.EXPIRED})
"""After this the station is asked nothing more: it does not answer, or not in time."""

LONGEST: Final = 500
"""Characters of what is said of all calls together."""


class Series(msgspec.Struct, kw_only=True):
    """What is left of an order, and how its calls have ended so far."""

    order: Order
    left: list[Command]
    """In the order in which they go out."""
    verdicts: list[Verdict] = msgspec.field(default_factory=list)

    def over(self, verdict: Verdict) -> Command | None:
        """Take note of how a call ended; return what is called next, None: the order has ended."""
        self.verdicts.append(verdict)
        return None if verdict.outcome in _OVER or not self.left else self.left.pop(0)

    def verdict(self) -> Verdict:
        """Return how the order ended: as the worst of its calls, with all that was said."""
        worst = min(self.verdicts, key=lambda one: _WORST_FIRST.index(one.outcome))
        details = dict.fromkeys(one.detail for one in self.verdicts if one.detail)
        answers = ",".join(one.answer for one in self.verdicts if one.answer)
        together = Verdict(
            outcome=worst.outcome,
            reason=worst.reason or next((one.reason for one in self.verdicts if one.reason), ""),
            detail="; ".join(details)[:LONGEST],
            messages=tuple(message for one in self.verdicts for message in one.messages),
            answer=f"[{answers}]" if len(self.verdicts) > 1 else answers,
        )
        return together if worst.outcome in _OVER else _summed_up(together)


def _summed_up(verdict: Verdict) -> Verdict:
    """Return a verdict on variables as if all of them had been in one call."""
    first = verdict.messages[0] if verdict.messages else None
    if isinstance(first, VariablesSet):
        results = tuple(result for one in verdict.messages if isinstance(one, VariablesSet) for result in one.results)
        return replace(judged(replace(first, results=results)), answer=verdict.answer)
    if isinstance(first, VariablesRead):
        values = tuple(value for one in verdict.messages if isinstance(one, VariablesRead) for value in one.values)
        return replace(judged(replace(first, values=values)), answer=verdict.answer)
    return verdict


class Talk(Protocol):
    """The conversation over which an order goes."""

    wire: Wire

    def door(self) -> Door:
        """Return what translations may know, as of now."""

    def put(self, order: Order, ticket: Ticket, action: str, payload: Any) -> None:
        """Send one call of an order, or queue it.

        Raises:
            Trouble: the queue is full, or its time is over.
        """


def begin(talk: Talk, order: Order, command: Command) -> None:
    """Make the first call of an order, which may be the only one.

    Raises:
        Trouble: this version, or the station, cannot take it.
    """
    translation, door = talk.wire.carrier(command), talk.door()
    if translation is None or translation.parts is None:
        _call(talk, order, command, None, door)
        return
    first, *left = translation.parts(command, door)
    _call(talk, order, first, Series(order=order, left=left) if left else None, door)


def go_on(talk: Talk, series: Series, verdict: Verdict) -> Verdict | None:
    """Make the next call of an order, now that one has ended; return how the order ended, None: it has not."""
    following = series.over(verdict)
    if following is None:
        return series.verdict()
    try:
        _call(talk, series.order, following, series, talk.door())
    except Trouble as trouble:
        series.left.clear()
        series.over(failed(trouble.code, trouble.message))
        return series.verdict()
    return None


def _call(talk: Talk, order: Order, command: Command, series: Series | None, door: Door) -> None:
    translation, payload = written(talk.wire, Role.CSMS, command, door)
    talk.put(order, Ticket(order.id, command, translation, series), translation.action, payload)


def checked(wire: Wire, command: RawCall) -> msgspec.Raw:
    """Return the payload of a call word by word, checked against the schema unless that is not wanted.

    Raises:
        NotSupported: this version has no such action.
        SchemaFault: it breaks the schema; says where.
    """
    types = wire.types.get(command.action)
    if types is None and not command.unchecked:
        raise NotSupported(f"{wire.version} has no action {command.action[:50]!r}", code="NoAction")
    if types is not None and not command.unchecked:
        strict(types[0], command.text())
    return msgspec.Raw(command.text())


def strict(kind: type[msgspec.Struct], raw: bytes) -> None:
    """Check a payload that we are about to send.

    Raises:
        SchemaFault: it breaks the schema; says where.
    """
    try:
        decoder(kind).decode(raw)
    except (msgspec.ValidationError, msgspec.DecodeError) as fault:
        raise SchemaFault.of(fault) from fault
