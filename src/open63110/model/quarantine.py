# SPDX-License-Identifier: Apache-2.0
"""What could not be understood or has no use case yet: kept, shown, never lost (I11)."""

from datetime import datetime
from typing import ClassVar

import msgspec

from open63110.kernel.ids import StationId, TransferReference
from open63110.kernel.messages import Event


class QuarantinedInput(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Raw input that broke its schema or our rules; the sole copy."""

    id: int
    station: StationId
    at: datetime
    wire: str
    action: str
    reason: str
    raw: bytes
    replayed: datetime | None = None
    """When an operator fed it in again with success."""
    key: bytes = b""
    """Of a message of the link: its idempotency key, to which protected elements in it are bound."""


class InputQuarantined(Event, frozen=True, kw_only=True, gc=False):
    """Something was acknowledged without being understood."""

    about: ClassVar[str] = "quarantine"
    quarantine: QuarantinedInput


class MessageKept(Event, frozen=True, kw_only=True, gc=False):
    """A well-formed message of the wire whose use case is not carried yet: in the journal word by word."""

    wire: str
    action: str
    payload: str
    """JSON as it came, but for persons: where the wire names one, ``{"subject": reference}`` stands."""
    evse: int = 0
    """0 where it names none."""
    request: int | None = None
    """What it says it answers: a request id, a reservation id; None where it answers nothing."""
    reference: TransferReference = TransferReference("")
    """The energy transfer it names; empty where it names none."""
    flags: tuple[str, ...] = ()
    """What is odd about it: unknown-evse, unknown-transfer, unasked."""
