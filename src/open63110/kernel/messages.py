# SPDX-License-Identifier: Apache-2.0
"""What parties say to each other, and what a use case yields."""

from datetime import datetime
from enum import IntEnum
from typing import ClassVar, Self

import msgspec

from open63110.kernel.ids import StationId


class Priority(IntEnum):
    """Classes of spec 2bis; lower goes first."""

    EMERGENCY = 0
    CONTROL = 1
    NORMAL = 2
    BULK = 3


class Command(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A request in the imperative: it may be refused."""

    priority: ClassVar[Priority] = Priority.NORMAL
    """How it queues behind others on a wire (B.8)."""
    unasked: ClassVar[frozenset[str]] = frozenset()
    """Fields that say who asks: nobody says them himself."""

    station: StationId

    def kept(self) -> Self:
        """Return what may be written down of it: itself, unless it holds a secret."""
        return self

    def whole(self) -> Self:
        """Return it as it can be sent: itself.

        Raises:
            Unavailable: a secret was left out when it was written down, and nobody knows it any more.
        """
        return self

    def named(self) -> str:
        """Return by what name orders and audit show it."""
        return type(self).__name__

    def follows(self) -> bool:
        """Tell whether nobody asks for it by itself: what it follows from is in the audit, what it changes in the journal."""
        return False

    def asked_by(self, who: str, role: str) -> Self:
        """Return it as asked by a principal: where it matters who that is, with his name in it, and with no more than he may."""
        del who, role
        return self


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A fact in the past tense: it cannot be refused, only understood or quarantined.

    The journal keeps facts as positional arrays, so fields are only ever appended, each with a default.
    """

    about: ClassVar[str] = "station"
    """The noun it changes. A fact about another noun than its station carries that noun whole, in the field of this
    name; None there means that it is gone, and a field named like the noun's key says which."""

    station: StationId
    at: datetime
    """When it happened, by the clock of the party that saw it."""


class Reply(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the asker of a message is told once everything the message caused is durable."""

    def remark(self) -> str:
        """Return the reason code of an order that was carried out with this; empty: there is nothing beyond yes."""
        return ""


class Wake(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Decide this command here, later. Waiting is a row with a deadline; it survives a restart."""

    name: str
    """Unique within the station: a second Wake of the same name replaces the first."""
    at: datetime
    command: Command | None
    """None takes a Wake of this name back."""


Message = Command | Event
Effect = Command | Event | Reply | Wake
