# SPDX-License-Identifier: Apache-2.0
"""Reset: Scheduled is said where a reboot waits; 2.0.1 knows no resuming."""

import pytest
from tests.conformance.v201.golden import CS, door

from open63110.bindings.ocpp.v201.reset import answer, to_wire
from open63110.bindings.ocpp.v201.wire import WIRE
from open63110.kernel.errors import NotSupported
from open63110.model.station import Station
from open63110.usecases.stations.reboot_station import SCHEDULED, RebootMode, RebootStation


@pytest.mark.parametrize(
    ("flags", "status"),
    [((), "Accepted"), (("clock",), "Accepted"), ((SCHEDULED,), "Scheduled"), ((f"{SCHEDULED} 2",), "Scheduled")],
)
def test_a_reboot_that_waits_is_scheduled(flags: tuple[str, ...], status: str) -> None:
    where = door(WIRE)
    where.noun = Station(id=CS, flags=flags)
    assert answer((), where).status == status


def test_201_cannot_reboot_and_resume() -> None:
    with pytest.raises(NotSupported):
        to_wire(RebootStation(station=CS, mode=RebootMode.IMMEDIATE_AND_RESUME), door(WIRE))
