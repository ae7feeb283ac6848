# SPDX-License-Identifier: Apache-2.0
"""A fact as the journal keeps it: written down once, in the moment in which it is at hand."""

from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event

written: Final = msgspec.msgpack.Encoder().encode
"""Write a fact or a noun as the store keeps it: msgpack, fields by position."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One fact on its way to the journal.

    Between a decision and its commit lie hundreds of others. As bytes a fact waits in a fraction of the memory that its readings
    take as objects, which at thousands of stations is what the processor would otherwise wait for.
    """

    kind: type[Event]
    station: StationId
    at: datetime
    number: int
    """Of the transfer whose facts are told apart by ``seq``; 0: a repetition of this fact cannot be told."""
    seq: int | None
    body: bytes
    """The fact as msgpack."""

    @property
    def event(self) -> Event:
        """The fact itself, read back."""
        return msgspec.msgpack.decode(self.body, type=self.kind)


class _Shape(NamedTuple):
    numbered: bool
    sequenced: bool


_SHAPES: dict[type[Event], _Shape] = {}


def entry(fact: Event) -> Entry:
    """Write a fact down.

    Raises:
        Malformed: it holds what cannot be written, such as an integer of more than 64 bits.
    """
    kind = type(fact)
    numbered, sequenced = _SHAPES.get(kind) or _learn(kind)
    number = fact.number if numbered else 0  # type: ignore[attr-defined]  # its shape says so
    seq = fact.seq if sequenced else None  # type: ignore[attr-defined]  # its shape says so
    try:
        body = written(fact)
    except (OverflowError, TypeError, ValueError) as fault:
        raise Malformed(f"a value that cannot be kept: {fault}", code="Unwritable") from fault
    return Entry(kind, fact.station, fact.at, number, seq, body)


def _learn(kind: type[Event]) -> _Shape:
    fields = kind.__struct_fields__
    shape = _SHAPES[kind] = _Shape("number" in fields, "seq" in fields)
    return shape
