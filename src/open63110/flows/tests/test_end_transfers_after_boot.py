# SPDX-License-Identifier: Apache-2.0
"""From a boot to the end of transfers nobody speaks of any more (8.3.15 → 6.1, I13)."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from open63110.flows.end_transfers_after_boot import then
from open63110.kernel.ids import StationId, TransferNumber, TransferReference
from open63110.model.station import Identity, Station, StationBooted
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.sessions.energy_transfer import EndForgottenTransfer

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
REF = TransferReference("t1")
BOOT = StationBooted(station=CS, at=NOW, identity=Identity())
OPEN = EnergyTransfer(station=CS, number=TransferNumber(1), reference=REF, began=NOW - timedelta(hours=1))


def test_an_open_transfer_ends_by_rule_because_of_the_boot() -> None:
    wanted = EndForgottenTransfer(station=CS, reference=REF, reason="Reboot")
    assert list(then(BOOT, Station(id=CS, transfers={REF: OPEN}), NOW)) == [wanted]


@pytest.mark.parametrize(
    "transfer",
    [replace(OPEN, ended=NOW), replace(OPEN, newest=NOW + timedelta(seconds=1)), replace(OPEN, began=None)],
)
def test_what_has_ended_or_cannot_be_dated_is_left_alone(transfer: EnergyTransfer) -> None:
    assert list(then(BOOT, Station(id=CS, transfers={REF: transfer}), NOW)) == []
