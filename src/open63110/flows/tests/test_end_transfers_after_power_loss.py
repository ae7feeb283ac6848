# SPDX-License-Identifier: Apache-2.0
"""From power-up to the end of what ran before (8.3.15 → 6.1, I13)."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from open63110.flows.end_transfers_after_power_loss import then
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.sessions.energy_transfer import StopTransfer
from open63110.usecases.stations.onboard_station import PoweredUp

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
OPEN = EnergyTransfer(station=CS, number=TransferNumber(1), reference=TransferReference("t1"), evse=EvseNumber(1), began=NOW)
OVER = replace(OPEN, reference=TransferReference("t0"), ended=NOW)
STATION = Station(id=CS, transfers={one.reference: one for one in (OPEN, OVER)})


@pytest.mark.parametrize(("boot", "reason"), [("PowerUp", "PowerLoss"), ("Watchdog", "Reboot")])
def test_what_was_open_when_the_power_went_is_ended_with_the_reason(boot: str, reason: str) -> None:
    stop = StopTransfer(station=CS, evse=EvseNumber(1), reason=reason, trigger="AbnormalCondition")
    assert list(then(PoweredUp(station=CS, at=NOW, reason=boot), STATION)) == [stop]


def test_a_station_that_went_down_to_resume_goes_on() -> None:
    resuming = replace(STATION, flags=("resuming",))
    assert list(then(PoweredUp(station=CS, at=NOW, reason="RemoteReset"), resuming)) == []
