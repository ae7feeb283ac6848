# SPDX-License-Identifier: Apache-2.0
"""From an immediate reboot to the end of what runs (8.3.7 → 6.1, AT-8.3.7-1)."""

from datetime import UTC, datetime

from msgspec.structs import replace

from open63110.flows.end_transfers_before_reboot import then
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.sessions.energy_transfer import StopTransfer
from open63110.usecases.stations.reboot_station import RebootBegun

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
T1 = EnergyTransfer(station=CS, number=TransferNumber(1), reference=TransferReference("t1"), evse=EvseNumber(1), began=NOW)
T2 = replace(T1, reference=TransferReference("t2"), evse=EvseNumber(2))
OVER = replace(T1, reference=TransferReference("t0"), ended=NOW)
STATION = Station(id=CS, transfers={one.reference: one for one in (T1, T2, OVER)})


def stop(evse: int) -> StopTransfer:
    return StopTransfer(station=CS, evse=EvseNumber(evse), reason="ImmediateReset", trigger="ResetCommand")


def test_all_that_runs_is_stopped_and_says_why() -> None:
    assert list(then(RebootBegun(station=CS, at=NOW), STATION)) == [stop(1), stop(2)]


def test_a_reboot_of_one_evse_stops_what_runs_there() -> None:
    assert list(then(RebootBegun(station=CS, at=NOW, evse=EvseNumber(2)), STATION)) == [stop(2)]
