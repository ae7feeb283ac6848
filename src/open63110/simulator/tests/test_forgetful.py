# SPDX-License-Identifier: Apache-2.0
"""The store of simulated stations takes everything and knows nothing but the rows that decisions ask for."""

from datetime import UTC, datetime

from open63110.kernel.ids import StationId, TransferNumber
from open63110.model.device import Inventory
from open63110.model.station import Station
from open63110.ports import Batch, Query, Where
from open63110.simulator.forgetful import ForgetfulStore

AT = datetime(2026, 3, 1, tzinfo=UTC)


async def test_it_forgets() -> None:
    store, batch = ForgetfulStore(), Batch()
    batch.puts["station", "CS-1"] = Station(id=StationId("CS-1"))
    store.stage(batch, AT)
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


async def test_rows_that_decisions_ask_for_stay_until_they_are_taken_away() -> None:
    store, batch = ForgetfulStore(), Batch()
    one, other = (Inventory(station=StationId(name), at=AT) for name in ("CS-1", "CS-2"))
    batch.puts |= {("inventory", "CS-1"): one, ("inventory", "CS-2"): other}
    store.stage(batch, AT)
    await store.commit()
    assert store.get(Inventory, "CS-1") is one
    assert store.load(Inventory) == [one, other]
    assert store.load(Inventory, Where("station", "=", "CS-2")) == [other]

    batch = Batch()
    batch.removes.add(("inventory", "CS-1"))
    store.stage(batch, AT)
    await store.commit()
    assert store.get(Inventory, "CS-1") is None
    assert store.load(Inventory) == [other]
