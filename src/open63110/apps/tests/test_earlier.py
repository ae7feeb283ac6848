# SPDX-License-Identifier: Apache-2.0
"""What is expected of EVs is made out a few at a time: a large site makes nobody else wait."""

import asyncio
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from open63110.apps.earlier import AT_ONCE, prospects
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.model.needs import Needs
from open63110.model.station import Evse, Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.planner.points import Spot, spots

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
ONE = EvseNumber(1)
COUNT = 10 * AT_ONCE


def there(name: str) -> Spot:
    """An EVSE with an EV whose driver leaves in two hours."""
    transfer = EnergyTransfer(
        station=StationId(name),
        number=TransferNumber(1),
        reference=TransferReference("t"),
        evse=ONE,
        began=NOW - timedelta(hours=1),
    )
    needs = Needs(source="csp", departure=NOW + timedelta(hours=2))
    station = Station(id=StationId(name), registration=Registration.ACCEPTED, connected=NOW, evses={ONE: Evse(number=ONE)})
    station = replace(station, transfers={transfer.reference: replace(transfer, needs=needs)})
    return spots(station, 230.0, NOW).rows[0]


async def test_others_have_their_turn_between_every_few_evs() -> None:
    turns = 0

    async def another() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(another())
    found = await prospects([], [there(f"S{number}") for number in range(COUNT)], lambda _: 0.0, NOW)
    beside.cancel()
    assert turns >= COUNT / AT_ONCE
    assert {one.leaves for one in found.values()} == {((7_200.0, 1.0),)}
    assert len(found) == COUNT
