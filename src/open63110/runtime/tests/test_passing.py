# SPDX-License-Identifier: Apache-2.0
"""Shares of what limits many have no row: a restart forgets those under way, and what they were for is told anew (I15)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from tests.literal import Clock, Ids

from open63110.flows import reconcile_limits
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.limit import WHOLE
from open63110.model.order import Order, Outcome
from open63110.model.policy import Policy
from open63110.model.principal import AuditEntry
from open63110.model.site import Site, SiteId, Zone, ZoneId, ZoneKey
from open63110.model.station import Identity, Station, StationBooted, StationConnected
from open63110.runtime.balancing import Balancing
from open63110.runtime.engine import Engine
from open63110.runtime.orders import Orders, Verdict
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore
from open63110.usecases.energy import describe_site, smart_charging
from open63110.usecases.energy.describe_site import PlaceStation
from open63110.usecases.energy.smart_charging import LimitInForce, LimitPower, LimitZone
from open63110.usecases.stations import onboard_station

A, NOBODY, NORTH = StationId("A"), StationId(""), SiteId("north")
TABLE = Table([smart_charging.USE_CASE, describe_site.USE_CASE, onboard_station.USE_CASE], [reconcile_limits.FLOW])
WIDE, SHARE = Watts(50_000.0), Watts(9_000.0)


class Csms:
    """A run of a CSMS, whose link notes what is sent."""

    def __init__(self, store: MemoryStore, clock: Clock, ids: Ids) -> None:
        self.store, self.clock, self.sent = store, clock, list[tuple[Order, Command]]()
        self.engine = Engine(Role.CSMS, TABLE, store, clock, ids, Policy(), linger=0.0)
        self.orders = Orders(self.engine, ids)
        self.orders.link = self
        self.balancing = Balancing(self.engine, ids, self.orders)

    def connected(self, station: StationId) -> bool:
        noun = self.engine.stations.get(station)
        return noun is not None and noun.connected is not None

    def send(self, order: Order, command: Command) -> None:
        self.sent.append((order, command))
        self.orders.sent(order.id)

    @property
    def station(self) -> Station:
        found = self.engine.stations[A]
        assert found is not None
        return found

    async def settle(self) -> None:
        for _ in range(3):
            self.engine.timers.fire_due()
            self.balancing.look(NORTH)
            await self.engine.commit.drain()
            await asyncio.sleep(0)

    async def comes(self, *, booted: bool) -> None:
        self.clock.at += timedelta(seconds=5)
        self.engine.hear([StationConnected(station=A, at=self.clock.at, wire="ocpp2.1")])
        if booted:
            self.engine.hear([StationBooted(station=A, at=self.clock.at, identity=Identity(vendor="v", model="m"))])
        await self.settle()

    def told(self) -> list[tuple[Order, LimitPower]]:
        return [(order, command) for order, command in self.sent if isinstance(command, LimitPower)]

    async def confirm(self) -> None:
        """Let the station say yes to all that it was told."""
        for order, command in self.told():
            at = self.clock.at
            held = LimitInForce(station=A, at=at, evse=WHOLE, limit=command.limit, asked=command.wanted(at))
            self.orders.ended(order.id, Verdict(outcome=Outcome.ACCEPTED, messages=(held,)))
        self.sent.clear()
        await self.settle()


@asynccontextmanager
async def running(store: MemoryStore, clock: Clock, ids: Ids) -> AsyncIterator[Csms]:
    csms = Csms(store, clock, ids)
    writer = asyncio.create_task(csms.engine.commit.run())
    yield csms
    writer.cancel()


@pytest.mark.parametrize("booted", [False, True], ids=["it was there all the time", "it has booted, too"])
async def test_a_share_under_way_as_the_csms_stops_is_told_anew_and_until_it_is_confirmed_the_station_counts_with_more(
    booted: bool,
) -> None:
    store, clock, ids = MemoryStore(), Clock(), Ids()
    async with running(store, clock, ids) as csms:
        csms.engine.known.keep("site", NORTH, Site(id=NORTH))
        csms.engine.known.keep("zone", ZoneKey("north:deck"), Zone(id=ZoneId("deck"), site=NORTH, import_max=WIDE))
        csms.engine.hear([PlaceStation(station=A, site=NORTH, zone=ZoneId("deck"))])
        await csms.comes(booted=True)
        await csms.confirm()
        assert csms.station.limits.in_force[WHOLE].limit == WIDE
        csms.engine.hear([LimitZone(station=NOBODY, site=NORTH, zone=ZoneId("deck"), limit=SHARE)])
        await csms.settle()
        ((order, command),) = csms.told()
        assert (command.limit, csms.engine.known.orders[order.id].outcome) == (SHARE, Outcome.SENT)
    async with running(store, clock, ids) as again:
        assert again.engine.known.orders == {}
        assert again.station.limits.asked[WHOLE].limit == SHARE
        assert again.station.limits.in_force[WHOLE].limit == WIDE
        await again.comes(booted=booted)
        assert {command.limit for _, command in again.told()} == {SHARE}
        assert order.id not in {anew.id for anew, _ in again.told()}
        assert again.station.limits.in_force[WHOLE].limit == WIDE
        again.orders.ended(order.id, Verdict(outcome=Outcome.REJECTED))  # of the last run: nobody waits for it
        await again.confirm()
        assert (again.station.limits.in_force[WHOLE].limit, again.station.limits.asked) == (SHARE, {})
        again.clock.at += timedelta(seconds=600)
        await again.settle()
        assert (again.told(), again.engine.known.orders) == ([], {})
    assert "LimitPower" not in {one.kind for one in store.load(Order)} | {one.action for one in store.load(AuditEntry)}
