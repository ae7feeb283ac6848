# SPDX-License-Identifier: Apache-2.0
"""A zone's limit through the engine: decided once, desired at every station, its orders given in the same commit (I15)."""

import asyncio

from msgspec.structs import replace
from tests.literal import T0, Clock, Ids

from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.limit import WHOLE
from open63110.model.order import Order, Outcome
from open63110.model.policy import Policy
from open63110.model.principal import Principal
from open63110.model.site import Site, SiteId, Zone, ZoneId, ZoneKey
from open63110.model.station import Registration, Station
from open63110.runtime.balancing import Balancing
from open63110.runtime.engine import Engine
from open63110.runtime.orders import OURSELVES, Orders
from open63110.runtime.table import discover
from open63110.store.memory import MemoryStore
from open63110.usecases.energy.smart_charging import LimitZone

ADMIN: Principal = replace(OURSELVES, role=Role.ADMIN)


async def test_the_stations_of_a_zone_are_limited_together() -> None:
    ids = Ids()
    engine = Engine(Role.CSMS, discover(), MemoryStore(), Clock(T0), ids, Policy(), linger=0.0)
    orders = Orders(engine, ids)
    Balancing(engine, ids, orders)
    engine.known.keep("site", SiteId("north"), Site(id=SiteId("north")))
    key = ZoneKey("north:1")
    zone = Zone(id=ZoneId("1"), site=SiteId("north"), import_max=Watts(50_000.0))
    engine.known.keep("zone", key, zone)
    for name, placed in (("A", key), ("B", key), ("C", None)):
        station = Station(id=StationId(name), zone=placed, connected=T0, registration=Registration.ACCEPTED)
        engine.known.keep_station(None, station)
    command = LimitZone(station=StationId(""), site=zone.site, zone=zone.id, limit=Watts(10_000.0))
    writing = asyncio.create_task(engine.commit.run())
    try:
        assert (await orders.ask(command, ADMIN)).order.outcome is Outcome.ACCEPTED
    finally:
        writing.cancel()
    asked = {name: one.limits.asked[WHOLE].limit for name, one in engine.stations.items() if one.limits.asked}
    assert asked == {"A": 5_000.0, "B": 5_000.0}
    given = [one for one in engine.known.orders.values() if isinstance(one, Order) and one.kind == "LimitPower"]
    assert sorted(one.station for one in given) == ["A", "B"]
    limited = engine.known.zone(key)
    assert limited is not None
    assert limited.limit is not None
    assert limited.limit.waiting == ("A", "B")
