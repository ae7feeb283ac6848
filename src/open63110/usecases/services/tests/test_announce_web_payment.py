# SPDX-License-Identifier: Apache-2.0
"""Clause 8.4.5, web payments: a station waits for whoever pays on a web page, or it cannot, and the asker hears why."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, NotSupported, Refused, Trouble, Unavailable, Unknown
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.model.station import Evse, Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.services import announce_web_payment
from open63110.usecases.services.announce_web_payment import USE_CASE, AnnounceWebPayment, WebPaymentAwaited

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS, E1 = StationId("CS-1"), EvseNumber(1)
STATION = Station(id=CS, registration=Registration.ACCEPTED, wire="ocpp2.1", connected=NOON, evses={E1: Evse(number=E1)})
RUNNING = EnergyTransfer(
    station=CS, number=TransferNumber(1), reference=TransferReference("t1"), evse=E1, began=NOON, state="charging"
)
TAKEN = replace(STATION, transfers={RUNNING.reference: RUNNING})
PAYS = AnnounceWebPayment(station=CS, evse=E1, timeout=90)


def test_the_station_waits_until_its_time_is_over() -> None:
    assert list(announce_web_payment.ask(PAYS, STATION)) == [PAYS]
    (waits,) = announce_web_payment.obey(PAYS, STATION, NOON)
    assert waits == WebPaymentAwaited(station=CS, at=NOON, evse=E1, until=NOON + timedelta(seconds=90))
    assert list(announce_web_payment.hear(waits)) == [waits]
    assert [(one.noun, one.verb) for one in USE_CASE.doors] == [("station", "announce-web-payment")]


@pytest.mark.parametrize(
    ("command", "station", "kind", "code"),
    [
        (replace(PAYS, timeout=0), STATION, Malformed, "OutOfRange"),
        (replace(PAYS, timeout=3_601), STATION, Malformed, "OutOfRange"),
        (replace(PAYS, evse=EvseNumber(2)), STATION, Unknown, "UnknownEvse"),
        (PAYS, TAKEN, Refused, "Occupied"),
        (PAYS, replace(STATION, wire="ocpp1.6"), NotSupported, "NoWebPayment"),
        (PAYS, replace(STATION, wire="ocpp2.0.1"), NotSupported, "NoWebPayment"),
        (PAYS, replace(STATION, connected=None), Unavailable, "StationOffline"),
    ],
)
def test_what_cannot_be_announced_is_refused(
    command: AnnounceWebPayment, station: Station, kind: type[Trouble], code: str
) -> None:
    with pytest.raises(kind) as refused:
        list(announce_web_payment.ask(command, station))
    assert refused.value.code == code


def test_the_station_refuses_where_it_cannot_wait() -> None:
    with pytest.raises(Refused):
        list(announce_web_payment.obey(PAYS, TAKEN, NOON))
