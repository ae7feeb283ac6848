# SPDX-License-Identifier: Apache-2.0
"""Reset: Scheduled is said where a reboot waits; 2.0.1 knows no resuming."""

import pytest
from tests.conformance.v201.golden import CS, door

from open63110.bindings.ocpp.v201.reset import answer, to_wire
from open63110.bindings.ocpp.v201.wire import WIRE
from open63110.kernel.errors import NotSupported
from open63110.kernel.ids import TransferNumber, TransferReference
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.stations.reboot_station import RESUMING, SCHEDULED, RebootMode, RebootStation

RUNNING = EnergyTransfer(station=CS, number=TransferNumber(1), reference=TransferReference("tx1"))


def status(*flags: str, running: bool) -> str:
    where = door(WIRE)
    where.noun = Station(id=CS, flags=flags, transfers={RUNNING.reference: RUNNING} if running else {})
    return answer((), where).status


@pytest.mark.parametrize("flag", [SCHEDULED, f"{SCHEDULED} 2"])
def test_a_reboot_that_waits_for_a_transfer_is_scheduled(flag: str) -> None:
    assert status("clock", flag, running=True) == "Scheduled"


def test_a_reboot_that_happens_now_is_accepted() -> None:
    assert status("clock", running=True) == "Accepted"


def test_a_reboot_that_overtook_a_waiting_one_is_accepted() -> None:
    assert status(SCHEDULED, running=False) == "Accepted"
    assert status(SCHEDULED, RESUMING, running=True) == "Accepted"


def test_201_cannot_reboot_and_resume() -> None:
    with pytest.raises(NotSupported):
        to_wire(RebootStation(station=CS, mode=RebootMode.IMMEDIATE_AND_RESUME), door(WIRE))
