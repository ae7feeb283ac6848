# SPDX-License-Identifier: Apache-2.0
"""NotifySettlement (2.1): a payment at a station's terminal is settled, or will not be."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.fields import EMPTY, utc
from open63110.bindings.ocpp.translation import Door, Translation, given, stored, text
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import SubjectRef, TransferReference
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.settlement import PaymentStatus
from open63110.model.token import Credential
from open63110.usecases.services.settle_payments import PaymentReported

COMPANY: Final = "vatCompany"
NUMBER: Final = "vatNumber"
"""Kinds of what is kept under a reference that erasure can empty."""

MOST: Final = 1e12
"""No payment is so high."""

DIGITS: Final = 6
"""Behind the point; what is beyond is no money but how a binary number is written."""

STATUSES: dict[PaymentStatus, Any] = {
    PaymentStatus.SETTLED: "Settled",
    PaymentStatus.CANCELED: "Canceled",
    PaymentStatus.REJECTED: "Rejected",
    PaymentStatus.FAILED: "Failed",
}
OF_STATUS = {wire: ours for ours, wire in STATUSES.items()}


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read what became of it.

    Raises:
        Malformed: it has no reference by which it is known, or no amount.
    """
    if not request.psp_ref:
        raise Malformed("a payment has a reference", code="NoReference", where="pspRef")
    if not abs(request.settlement_amount) < MOST:
        raise Malformed("that is no amount", code="OutOfRange", where="settlementAmount")
    company, number = given(request.vat_company), text(request.vat_number)
    return (
        PaymentReported(
            station=door.station,
            at=utc(request.settlement_time),
            psp_reference=request.psp_ref,
            status=OF_STATUS[request.status],
            amount=_amount(request.settlement_amount),
            reference=TransferReference(text(request.transaction_id)),
            info=text(request.status_info),
            receipt=text(request.receipt_id),
            receipt_url=text(request.receipt_url),
            company=None if company is None else _named(COMPANY, msgspec.json.encode(company).decode(), door),
            vat_number=_named(NUMBER, number, door) if number else None,
        ),
    )


def _amount(said: float) -> Decimal:
    exact = Decimal(str(said))
    return exact if exact == round(exact, DIGITS) else round(exact, DIGITS)


def _named(kind: str, value: str, door: Door) -> SubjectRef:
    return door.subjects.ref(Credential(kind=kind, value=value))


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge; the CSMS gives out no receipts of its own."""
    return EMPTY


def blank(_: Door) -> Any:
    """Acknowledge what could not be understood."""
    return EMPTY


def to_wire(event: PaymentReported, door: Door) -> types.NotifySettlementRequest:
    """Tell it; what was erased is left out."""
    company, number = said(event.company, door), said(event.vat_number, door)
    return types.NotifySettlementRequest(
        psp_ref=event.psp_reference,
        status=STATUSES[event.status],
        settlement_amount=float(event.amount),
        settlement_time=event.at,
        transaction_id=event.reference or UNSET,
        status_info=event.info or UNSET,
        receipt_id=event.receipt or UNSET,
        receipt_url=event.receipt_url or UNSET,
        vat_company=_company(company),
        vat_number=number or UNSET,
    )


def _company(text: str) -> Any:
    """Return a company as it was read, nothing where it was not read from this wire."""
    try:
        return msgspec.json.decode(text, type=types.AddressType) if text else UNSET
    except msgspec.MsgspecError:
        return UNSET


def said(ref: SubjectRef | None, door: Door) -> str:
    """Return what a reference stands for, empty where it stands for nothing any more."""
    credential = None if ref is None else door.subjects.credential(ref)
    return "" if credential is None else credential.value


NOTIFY_SETTLEMENT = Translation(
    action="NotifySettlement",
    sender=Role.STATION,
    carries=(PaymentReported,),
    from_wire=from_wire,
    answer=answer,
    blank=blank,
    to_wire=to_wire,
    heard=stored,
)
