# SPDX-License-Identifier: Apache-2.0
"""By which ways a station reaches its CSMS (8.3.14)."""

import pytest

from open63110.kernel.ids import StationId
from open63110.model.network import ATTEMPTS, PRIORITY, NetworkProfile
from open63110.model.station import Station
from open63110.station.ways import USUAL, ways

ONE, TWO = (NetworkProfile(slot=slot, url=f"wss://{slot}/") for slot in (1, 2))
HERE = Station(id=StationId("CS-1"), networks=(ONE, TWO))


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({}, ([None], USUAL)),
        ({PRIORITY: "1,0"}, ([ONE, None], USUAL)),
        ({PRIORITY: " 2 , 1", ATTEMPTS: "5"}, ([TWO, ONE], 5)),
        ({PRIORITY: "7", ATTEMPTS: "0"}, ([None], USUAL)),
        ({PRIORITY: "7,2", ATTEMPTS: "many"}, ([TWO], USUAL)),
    ],
)
def test_the_order_is_as_it_was_set_and_slots_that_are_empty_do_not_count(values: dict[str, str], found: object) -> None:
    assert ways(HERE, values) == found
