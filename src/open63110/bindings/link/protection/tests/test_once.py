# SPDX-License-Identifier: Apache-2.0
"""Protected orders are taken once: keys are remembered with what they changed, and no more of them than was said (B.3)."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.literal import Clock, Ids

from open63110.bindings.link.protection.once import Once, Repeated
from open63110.kernel.roles import Role
from open63110.model.original import Original
from open63110.model.policy import Policy
from open63110.runtime.engine import Engine
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    made = Engine(Role.STATION, Table([], []), MemoryStore(), Clock(), Ids(), Policy(), linger=0.0)
    running = asyncio.create_task(made.commit.run())
    yield made
    running.cancel()


async def settled(engine: Engine) -> None:
    engine.commit.after(lambda _: None)
    await engine.commit.drain()


async def test_an_order_that_comes_again_is_refused_also_by_the_next_run(engine: Engine) -> None:
    once = Once(engine)
    once.take(b"a")
    with pytest.raises(Repeated):
        once.take(b"a")
    await settled(engine)
    again = Once(engine)
    again.take(b"b")
    with pytest.raises(Repeated):
        again.take(b"a")


async def test_the_oldest_keys_are_forgotten(engine: Engine) -> None:
    once = Once(engine, most=2)
    for key in (b"a", b"b", b"c"):
        once.take(key)
        await settled(engine)
    assert {one.header for one in engine.store.load(Original)} == {b"b", b"c"}
    once.take(b"a")
