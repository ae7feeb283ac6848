# SPDX-License-Identifier: Apache-2.0
"""From the end of a transfer to the reboot that waited for it (6.1 → 8.3.7, AT-8.3.7-2)."""

from datetime import UTC, datetime

from open63110.flows.reboot_after_last_transfer import then
from open63110.kernel.ids import StationId, TransferReference
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransferEnded
from open63110.usecases.stations.reboot_station import RebootIfIdle

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
ENDED = EnergyTransferEnded(station=CS, at=NOW, reference=TransferReference("t1"), seq=9)


def test_a_reboot_that_waits_is_looked_at() -> None:
    for flag in ("reboot-scheduled", "reboot-scheduled 2"):
        assert list(then(ENDED, Station(id=CS, flags=(flag,)))) == [RebootIfIdle(station=CS)]


def test_without_one_nothing_follows() -> None:
    assert list(then(ENDED, Station(id=CS, flags=("clock",)))) == []
