# SPDX-License-Identifier: Apache-2.0
"""Clause 8.4.6, another tariff for an energy transfer that goes on: both ends."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from tests.rows import KeptRows

from open63110.kernel.errors import Malformed, Refused, Unavailable, Unknown
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.model.charging_tariff import ChargingTariff, ConditionalPrice, PriceList, StationTariff
from open63110.model.policy import StationPolicy
from open63110.model.station import Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.services.tariff_of_transfer import ChangeTransferTariff, TransferTariffTaken, ask, hear, obey

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS, REF, NEXT = StationId("CS-1"), TransferReference("t1"), TransferReference("t2")
RUNNING = EnergyTransfer(station=CS, number=TransferNumber(1), reference=REF, evse=EvseNumber(1), began=NOW)
BUSY = Station(id=CS, registration=Registration.ACCEPTED, connected=NOW, transfers={REF: RUNNING})
CHEAP = ChargingTariff(id="T-2", currency="EUR", energy=PriceList(prices=(ConditionalPrice(price=Decimal("0.30")),)))
WISH = ChangeTransferTariff(station=CS, reference=REF, tariff=CHEAP)
DEFAULT = StationTariff(key="CS-1:0:D", station=CS, id="D", at=NOW - timedelta(days=1), tariff=replace(CHEAP, id="D"))
POLICY = StationPolicy()


def held(rows: KeptRows) -> list[tuple[str, str]]:
    return [(one.transfer, one.id) for one in rows.load(StationTariff) if one.transfer]


def test_it_is_passed_on_and_kept_at_both_ends_as_long_as_the_transfer_lasts() -> None:
    assert list(ask(WISH, BUSY)) == [WISH]
    at_csms, at_station = KeptRows(), KeptRows(DEFAULT)
    at_csms.take(hear(TransferTariffTaken(station=CS, at=NOW, reference=REF, tariff=CHEAP), BUSY, NOW, at_csms))
    at_station.take(obey(WISH, BUSY, NOW, POLICY, at_station))
    assert held(at_csms) == held(at_station) == [("t1", "T-2")]

    later = replace(RUNNING, reference=NEXT)
    after = replace(BUSY, transfers={REF: replace(RUNNING, ended=NOW), NEXT: later})
    at_station.take(obey(replace(WISH, reference=NEXT), after, NOW, POLICY, at_station))
    at_csms.take(hear(TransferTariffTaken(station=CS, at=NOW, reference=NEXT, tariff=CHEAP), after, NOW, at_csms))
    assert held(at_csms) == held(at_station) == [("t2", "T-2")]
    assert at_station.get(StationTariff, DEFAULT.key) == DEFAULT


def test_what_does_not_go_on_has_no_tariff() -> None:
    with pytest.raises(Unknown):
        list(ask(WISH, replace(BUSY, transfers={})))
    with pytest.raises(Unavailable):
        list(ask(WISH, replace(BUSY, connected=None)))
    with pytest.raises(Malformed):
        list(ask(replace(WISH, tariff=replace(CHEAP, id="")), BUSY))
    for over in ({}, {REF: replace(RUNNING, ended=NOW)}):
        with pytest.raises(Refused, match="goes on"):
            list(obey(WISH, replace(BUSY, transfers=over), NOW, POLICY, KeptRows()))


def test_a_transfer_keeps_the_currency_in_which_it_began() -> None:
    francs = replace(WISH, tariff=replace(CHEAP, currency="CHF"))
    rows = KeptRows(DEFAULT)
    with pytest.raises(Refused) as refused:
        list(obey(francs, BUSY, NOW, POLICY, rows))
    assert refused.value.code == "NoCurrencyChange"
    since = replace(DEFAULT, at=NOW + timedelta(seconds=1))
    rows = KeptRows(since)
    rows.take(obey(francs, BUSY, NOW + timedelta(seconds=2), POLICY, rows))
    assert held(rows) == [("t1", "T-2")], "what was set after it began was never its own"
    with pytest.raises(Refused) as refused:
        list(obey(WISH, BUSY, NOW, POLICY, rows))
    assert refused.value.code == "NoCurrencyChange"
