# SPDX-License-Identifier: Apache-2.0
"""An order: one instance of a command given to a station, from the asker to its outcome (R-7.1-2)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from open63110.kernel.errors import Trouble
from open63110.kernel.ids import OrderId, PrincipalId, StationId
from open63110.kernel.messages import Event


class Outcome(StrEnum):
    """How an order ends, and before that where it stands."""

    WAITING = "waiting"
    """Not sent yet: the station is away or busy."""
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    NOT_SUPPORTED = "not-supported"
    NOT_AUTHORIZED = "not-authorized"
    FAILED = "failed"
    """Answered, but not in a way that could be understood, or not at all after it was sent."""


OPEN = frozenset({Outcome.WAITING, Outcome.SENT})


class Order(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What was asked of whom by whom, until when, and what became of it."""

    id: OrderId
    station: StationId
    kind: str
    """Name of the command; ``ocpp:Action`` for a raw call."""
    by: PrincipalId
    asked: datetime
    deadline: datetime
    outcome: Outcome
    reason: str = ""
    """Reason code of the party that ended it."""
    detail: str = ""
    ended: datetime | None = None
    body: str = ""
    """The command as JSON, secrets left out."""
    answer: str = ""
    """The answer as JSON."""
    where: str = ""
    """Path of the field or object that was at fault, where it was refused here."""
    remedy: str = ""
    """What whoever asked can do, where it was refused here."""

    def ended_by(self, trouble: Trouble, outcome: Outcome, now: datetime) -> "Order":
        """Return it as refused here, with all that is to be said of it."""
        said = {"reason": trouble.code, "detail": trouble.message, "where": trouble.where, "remedy": trouble.remedy}
        return msgspec.structs.replace(self, outcome=outcome, ended=now, **said)


class OrderChanged(Event, frozen=True, kw_only=True, gc=False):
    """An order was given, sent or ended."""

    about: ClassVar[str] = "orders"
    orders: Order
