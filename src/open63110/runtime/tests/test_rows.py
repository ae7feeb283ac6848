# SPDX-License-Identifier: Apache-2.0
"""Rows that decisions ask for: what is on its way to the store is there, what was lost is not."""

import asyncio
from datetime import timedelta

import pytest
from tests.literal import T0, Clock, Ids

from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import StationId
from open63110.model.device import Inventory
from open63110.model.site import Site
from open63110.ports import Where
from open63110.runtime.commit import GroupCommit
from open63110.runtime.knowledge import Knowledge
from open63110.runtime.rows import TurnRows, holds
from open63110.store.memory import MemoryStore

FIRST, SECOND = StationId("CS-1"), StationId("CS-2")


def inventory(station: StationId, firmware: str = "1") -> Inventory:
    return Inventory(station=station, at=T0, firmware=firmware)


def known(store: MemoryStore) -> tuple[Knowledge, GroupCommit, TurnRows]:
    commit = GroupCommit(store, Clock())
    knowledge = Knowledge(store, commit, Ids())
    return knowledge, commit, TurnRows(knowledge.under_way, {})


async def written(commit: GroupCommit) -> None:
    writer = asyncio.create_task(commit.run())
    await commit.drain()
    writer.cancel()


async def test_a_row_is_there_from_the_turn_that_keeps_it_until_one_removes_it() -> None:
    knowledge, commit, rows = known(MemoryStore())
    assert rows.get(Inventory, FIRST) is None
    knowledge.keep("inventory", FIRST, inventory(FIRST))
    assert rows.get(Inventory, FIRST) == inventory(FIRST)
    await written(commit)
    assert rows.get(Inventory, FIRST) == inventory(FIRST)
    knowledge.keep("inventory", FIRST, None)
    assert rows.get(Inventory, FIRST) is None
    await written(commit)
    assert rows.get(Inventory, FIRST) is None


async def test_a_search_knows_what_is_changed_added_and_gone_and_is_in_order() -> None:
    knowledge, commit, rows = known(MemoryStore())
    third = StationId("CS-0")
    for one in (FIRST, SECOND, third):
        knowledge.keep("inventory", one, inventory(one))
    await written(commit)
    knowledge.keep("inventory", FIRST, inventory(FIRST, "2"))
    knowledge.keep("inventory", third, None)
    knowledge.keep("inventory", StationId("CS-3"), inventory(StationId("CS-3")))
    assert [one.station for one in rows.load(Inventory, Where("firmware", "=", "1"))] == ["CS-2", "CS-3"]
    assert [one.station for one in rows.load(Inventory)] == ["CS-1", "CS-2", "CS-3"]


def test_a_turn_sees_what_it_said_itself() -> None:
    knowledge, _, _ = known(MemoryStore())
    knowledge.keep("inventory", FIRST, inventory(FIRST))
    own: dict[tuple[str, object], object] = {}
    rows = TurnRows(knowledge.under_way, own)
    own["inventory", FIRST] = None
    own["inventory", SECOND] = inventory(SECOND)
    assert rows.get(Inventory, FIRST) is None
    assert rows.load(Inventory) == [inventory(SECOND)]


async def test_a_row_whose_commit_failed_was_never_there() -> None:
    class FullDisk(MemoryStore):
        async def commit(self) -> None:
            raise Unavailable("no room")

    knowledge, commit, rows = known(FullDisk())
    knowledge.keep("inventory", FIRST, inventory(FIRST))
    await written(commit)
    assert rows.get(Inventory, FIRST) is None


def test_what_is_in_memory_is_not_asked_for_here() -> None:
    with pytest.raises(TypeError, match="Site is not asked for"):
        known(MemoryStore())[2].get(Site, "s")


@pytest.mark.parametrize(
    ("where", "fulfilled"),
    [
        (Where("firmware", "=", "1"), True),
        (Where("firmware", "!=", "1"), False),
        (Where("firmware", "null"), False),
        (Where("firmware", "not null"), True),
        (Where("firmware", "in", ("1", "2")), True),
        (Where("station", "prefix", "CS"), True),
        (Where("at", "<", T0 + timedelta(seconds=1)), True),
        (Where("at", "<=", T0), True),
        (Where("at", ">", T0), False),
        (Where("at", ">=", T0), True),
    ],
)
def test_conditions_mean_what_they_mean_in_a_store(where: Where, fulfilled: bool) -> None:
    assert holds(where, inventory(FIRST)) is fulfilled
