# SPDX-License-Identifier: Apache-2.0
"""The store of simulated stations takes everything and knows nothing."""

from datetime import UTC, datetime

from open63110.kernel.ids import StationId, TransferNumber
from open63110.model.station import Station
from open63110.ports import Batch, Query
from open63110.simulator.forgetful import ForgetfulStore


async def test_it_forgets() -> None:
    store, batch = ForgetfulStore(), Batch()
    batch.puts["station", "CS-1"] = Station(id=StationId("CS-1"))
    store.stage(batch, datetime(2026, 3, 1, tzinfo=UTC))
    await store.commit()
    assert store.load(Station) == []
    assert store.get(Station, "CS-1") is None
    assert store.first(Station) is None
    assert not store.heard(TransferNumber(1), 1)
    assert store.highest(Station) == 0
    assert await store.find(Station, Query()) == []
    assert await store.count(Station) == 0
    assert await store.facts() == ()
    store.close()
