# SPDX-License-Identifier: Apache-2.0
"""From an energy transfer to the state of its connector (6.1 → 8.3.5)."""

from datetime import UTC, datetime

import pytest

from open63110.flows.report_use_of_connector import then
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.model.station import Station
from open63110.model.transfer import (
    EnergyTransfer,
    EnergyTransferEnded,
    EnergyTransferStarted,
    EnergyTransferUpdated,
    TransferFact,
    TransferState,
)
from open63110.usecases.stations.monitor_station import ReportUse

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS, REF, E1 = StationId("CS-1"), TransferReference("t1"), EvseNumber(1)
OPEN = EnergyTransfer(station=CS, number=TransferNumber(1), reference=REF, evse=E1, began=NOW)
STATION = Station(id=CS, transfers={REF: OPEN})


def updated(state: TransferState | None) -> EnergyTransferUpdated:
    return EnergyTransferUpdated(station=CS, at=NOW, reference=REF, seq=1, state=state)


@pytest.mark.parametrize(
    ("fact", "word"),
    [
        (EnergyTransferStarted(station=CS, at=NOW, reference=REF, seq=0, evse=E1, state="charging"), "Charging"),
        (updated("suspended-ev"), "SuspendedEV"),
        (updated("suspended-evse"), "SuspendedEVSE"),
        (updated("discharging"), "Charging"),
        (EnergyTransferEnded(station=CS, at=NOW, reference=REF, seq=2), "Finishing"),
    ],
)
def test_what_the_ev_does_shows_at_the_connector(fact: TransferFact, word: str) -> None:
    assert list(then(fact, STATION)) == [ReportUse(station=CS, transfer=REF, evse=E1, detail=word)]


def test_readings_alone_and_transfers_nobody_knows_show_nothing() -> None:
    assert list(then(updated(None), STATION)) == []
    assert list(then(updated("charging"), Station(id=CS))) == []


def test_an_ev_that_left_holds_no_connector_any_more() -> None:
    gone = EnergyTransferEnded(station=CS, at=NOW, reference=REF, seq=2, reason="EVDisconnected")
    assert list(then(gone, STATION)) == []
