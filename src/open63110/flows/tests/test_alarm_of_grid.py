# SPDX-License-Identifier: Apache-2.0
"""From a grid that left its limits to an alarm, and from a station that is back to what it should keep to (8.2.8, 8.2.10)."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from open63110.flows import alarm_of_grid, reconcile_allowed_transfers, reconcile_der_controls
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.model.der import DerKind
from open63110.model.station import Registration, RegistrationDecided, Station, StationConnected
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.energy.frequency_regulation import GridAlarmReported, ReconcileDerControls
from open63110.usecases.energy.v2g_session import ReconcileAllowedTransfers
from open63110.usecases.stations.monitor_station import StationEventReported

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
STATION = Station(id=CS, registration=Registration.ACCEPTED, wire="ocpp2.1", connected=NOON)
RUNNING = EnergyTransfer(station=CS, number=TransferNumber(1), reference=TransferReference("t"), evse=EvseNumber(1), began=NOON)
CONNECTED = StationConnected(station=CS, at=NOON, wire="ocpp2.1")
DECIDED = RegistrationDecided(station=CS, at=NOON, registration=Registration.ACCEPTED)


@pytest.mark.parametrize(("kind", "severity"), [(DerKind.LV_MUST_TRIP, 4), (DerKind.VOLT_VAR, 5)])
def test_what_the_grid_does_becomes_an_event_with_a_severity(kind: DerKind, severity: int) -> None:
    alarm = GridAlarmReported(station=CS, at=NOON, kind=kind, fault="under-voltage", ended=True, info="back")
    (event,) = alarm_of_grid.then(alarm, STATION)
    assert isinstance(event, StationEventReported)
    assert (event.variable, event.code, event.severity, event.cleared, event.text) == (
        kind,
        "under-voltage",
        severity,
        True,
        "back",
    )


def test_below_a_local_csms_it_is_that_which_raises_it() -> None:
    alarm = GridAlarmReported(station=CS, at=NOON, kind=DerKind.VOLT_VAR)
    assert list(alarm_of_grid.then(alarm, replace(STATION, via=("mall",)))) == []


def test_only_a_station_with_words_for_it_is_looked_after() -> None:
    for event, booted in ((CONNECTED, False), (DECIDED, True)):
        assert list(reconcile_der_controls.then(event, STATION)) == [ReconcileDerControls(station=CS, booted=booted)]
    busy = replace(STATION, transfers={RUNNING.reference: RUNNING})
    assert list(reconcile_allowed_transfers.then(CONNECTED, busy)) == [ReconcileAllowedTransfers(station=CS)]
    assert list(reconcile_allowed_transfers.then(CONNECTED, STATION)) == []
    for other in (replace(busy, wire="ocpp1.6"), replace(busy, wire="ocpp2.0.1"), replace(busy, connected=None)):
        assert list(reconcile_der_controls.then(CONNECTED, other)) == []
        assert list(reconcile_allowed_transfers.then(CONNECTED, other)) == []
