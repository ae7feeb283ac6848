# SPDX-License-Identifier: Apache-2.0
"""Clause 8.4.8, payments at the station: each is a row, whatever became of it, and the last word counts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.rows import KeptRows

from open63110.kernel.ids import StationId, SubjectRef, TransferReference
from open63110.kernel.roles import Role
from open63110.model.settlement import PaymentStatus, Settlement
from open63110.model.station import Station
from open63110.usecases.services import settle_payments
from open63110.usecases.services.settle_payments import USE_CASE, PaymentReported

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")


def hear(rows: KeptRows, at: datetime = NOON, **more: Any) -> PaymentReported:
    said: dict[str, Any] = {"psp_reference": "p1", "status": PaymentStatus.SETTLED, "amount": Decimal("4.35")} | more
    event = PaymentReported(station=CS, at=at, **said)
    assert rows.take(settle_payments.hear(event, Station(id=CS), rows))[0] == event
    return event


def test_a_payment_is_kept_with_its_transfer_and_receipt() -> None:
    rows = KeptRows()
    hear(rows, reference=TransferReference("t1"), receipt="R7", vat_number=SubjectRef("s4"))
    (one,) = rows.load(Settlement)
    assert (one.key, one.reference, one.amount, one.receipt, one.vat_number) == ("CS-1:p1", "t1", Decimal("4.35"), "R7", "s4")


def test_told_twice_it_is_one_and_the_newest_word_counts_in_whatever_order() -> None:
    rows = KeptRows()
    hear(rows, NOON + timedelta(minutes=1))
    hear(rows, NOON, status=PaymentStatus.FAILED)
    (one,) = rows.load(Settlement)
    assert (one.status, one.told) == (PaymentStatus.SETTLED, 2)
    hear(rows, NOON + timedelta(minutes=2), status=PaymentStatus.CANCELED)
    (one,) = rows.load(Settlement)
    assert (one.status, one.told) == (PaymentStatus.CANCELED, 3)


def test_the_station_tells_what_its_terminal_says() -> None:
    event = hear(KeptRows())
    assert list(settle_payments.tell(event)) == [event]
    assert (Role.STATION, PaymentReported) in USE_CASE.decide
