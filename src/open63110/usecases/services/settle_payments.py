# SPDX-License-Identifier: Apache-2.0
"""Keep whether what was paid at a station's terminal has come, with the energy transfer it is for.

Clause:     8.4.8
Asked by:   charging station
Done by:    CSMS
Leaves:     each payment as a row, for the record of the session. That a record names it is to come
"""

from collections.abc import Iterator
from decimal import Decimal

from msgspec.structs import replace

from open63110.kernel.ids import SubjectRef, TransferReference
from open63110.kernel.messages import Effect, Event
from open63110.kernel.roles import Role
from open63110.kernel.usecase import UseCase
from open63110.model.settlement import PaymentStatus, Settlement, SettlementChanged, settlement_key
from open63110.model.station import Station
from open63110.ports import Rows


class PaymentReported(Event, frozen=True, kw_only=True, gc=False):
    """A payment at a station's terminal is settled, or will not be."""

    psp_reference: str
    """By what whoever processes payments knows it."""
    status: PaymentStatus
    amount: Decimal
    """In the currency of the station."""
    reference: TransferReference = TransferReference("")
    """The energy transfer it is for; empty: it does not say, or for none."""
    info: str = ""
    receipt: str = ""
    receipt_url: str = ""
    company: SubjectRef | None = None
    """Name and address of the company that paid."""
    vat_number: SubjectRef | None = None


def hear(event: PaymentReported, station: Station, rows: Rows) -> Iterator[Effect]:
    """Keep it whatever it is: the money has moved, or not. Told again, the last word counts."""
    yield event
    key = settlement_key(station.id, event.psp_reference)
    before = rows.get(Settlement, key)
    found = Settlement(
        key=key,
        station=station.id,
        reference=event.reference,
        psp_reference=event.psp_reference,
        status=event.status,
        amount=event.amount,
        at=event.at,
        info=event.info,
        receipt=event.receipt,
        receipt_url=event.receipt_url,
        company=event.company,
        vat_number=event.vat_number,
        told=before.told + 1 if before else 1,
    )
    if before is not None and before.at > found.at:
        found = replace(before, told=found.told)
    yield SettlementChanged(station=station.id, at=event.at, key=key, settlement=found)


def tell(event: PaymentReported) -> Iterator[Effect]:
    """At the station: tell what its terminal says."""
    yield event


USE_CASE = UseCase(
    clause="8.4.8",
    title="SDR information production: payments at the station",
    decide={(Role.CSMS, PaymentReported): hear, (Role.STATION, PaymentReported): tell},
)
