# SPDX-License-Identifier: Apache-2.0
"""Payments at a station's own terminal: whether the money came, and to which energy transfer it belongs (8.4.8)."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import msgspec

from open63110.kernel.ids import StationId, SubjectRef, TransferReference
from open63110.kernel.messages import Event


class PaymentStatus(StrEnum):
    """What became of a payment."""

    SETTLED = "settled"
    CANCELED = "canceled"
    """It was taken back before any of it was due."""
    REJECTED = "rejected"
    """By whoever processes payments."""
    FAILED = "failed"
    """It could not be processed."""


class Settlement(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One payment at a station; a row of its own."""

    key: str
    station: StationId
    reference: TransferReference
    """The energy transfer it is for; empty: the station does not say, or it is for none."""
    psp_reference: str
    """By what whoever processes payments knows it."""
    status: PaymentStatus
    amount: Decimal
    """In the currency of the station; the wire does not say which."""
    at: datetime
    """When it was settled, by the station's clock."""
    info: str = ""
    """Why not, in the words of whoever processes payments."""
    receipt: str = ""
    """Number of the receipt that the station gave out."""
    receipt_url: str = ""
    company: SubjectRef | None = None
    """Name and address of the company that paid, under a reference that erasure can empty."""
    vat_number: SubjectRef | None = None
    told: int = 1
    """How often it was told."""


class SettlementChanged(Event, frozen=True, kw_only=True, gc=False):
    """A payment at a station is settled or not, or that was told again."""

    about: ClassVar[str] = "settlement"
    key: str
    settlement: Settlement | None


def settlement_key(station: StationId, psp_reference: str) -> str:
    """Return by what a payment is known among those of all stations."""
    return f"{station}:{psp_reference}"
