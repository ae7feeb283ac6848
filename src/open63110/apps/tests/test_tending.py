# SPDX-License-Identifier: Apache-2.0
"""Orders of DSOs are looked at each second; what fails there is told and ends nothing else (8.2.7)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.literal import T0, Clock

from open63110.apps.ids import StoredIds
from open63110.apps.tending import Tending
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds, Watts
from open63110.model.constraint import ConstraintScope
from open63110.model.dso import DsoGroup, DsoOrder
from open63110.model.policy import Policy
from open63110.model.site import GridConnection, Site, SiteId
from open63110.runtime.engine import Engine
from open63110.runtime.table import discover
from open63110.store.sqlite import SqliteStore
from open63110.usecases.energy.dso_power_variation import PutDsoOrder
from open63110.usecases.energy.dso_power_variation.messages import NOBODY

TABLE = discover()
MALL = ConstraintScope(site=SiteId("mall"))


class Quick(Clock):
    """A second is over at once."""

    def real(self, seconds: float) -> float:
        return seconds / 1_000


class House:
    """A CSMS with a site and a DSO, without doors."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.store = Quick(T0), SqliteStore(folder / "db")
        self.engine = Engine(Role.CSMS, TABLE, self.store, self.clock, StoredIds(self.store), Policy(), linger=0.0)
        site = Site(id=SiteId("mall"), connections=(GridConnection(id="g", import_max=Watts(9_000.0)),))
        self.engine.known.keep("site", site.id, site)
        self.tending = Tending(self.engine)

    def order(self) -> None:
        self.engine.known.keep("dso_group", "g1", DsoGroup(id="g1", dso="grid", places=(MALL,)))
        wanted = PutDsoOrder(station=NOBODY, order_id="o", group="g1", p_max_import=Watts(5.0), duration=Seconds(10.0))
        assert self.engine.hear((wanted.asked_by("grid", Role.DSO),)) is None

    @property
    def state(self) -> str:
        found = self.engine.known.dso_order("o")
        assert isinstance(found, DsoOrder)
        return found.state


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(made.engine.commit.run())
        yield made
        running.cancel()
    made.store.close()


async def until(house: House, state: str) -> None:
    for _ in range(5_000):
        if house.state == state:
            return
        await asyncio.sleep(0.001)
    assert house.state == state


async def test_an_order_is_over_at_its_time_without_anybody_asking(house: House) -> None:
    house.order()
    running = asyncio.create_task(house.tending.run())
    await asyncio.sleep(0.02)
    assert house.state == "active"
    house.clock.at += timedelta(seconds=11)
    await until(house, "over")
    assert house.engine.known.every_constraint() == ()
    running.cancel()


async def test_without_a_dso_nothing_is_written(house: House) -> None:
    running = asyncio.create_task(house.tending.run())
    await asyncio.sleep(0.02)
    running.cancel()
    assert await house.store.facts() == []


async def test_what_fails_is_told_and_tried_again(house: House) -> None:
    house.order()
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, report: told.append(report))
    broken: Any = "no order"
    house.engine.known.all_dso_orders["broken"] = broken
    house.tending.look()
    del house.engine.known.all_dso_orders["broken"]
    house.clock.at += timedelta(seconds=11)
    house.tending.look()
    house.tending.look()
    assert [one["message"] for one in told] == ["orders of DSOs could not be looked at"]
    assert house.state == "over"
