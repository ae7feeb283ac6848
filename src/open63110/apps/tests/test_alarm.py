# SPDX-License-Identifier: Apache-2.0
"""The alarm of the store: raised once, over by itself, its time in the audit."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
import structlog
from tests.literal import Clock, Ids

from open63110.apps.alarm import StoreAlarm
from open63110.kernel.errors import Unavailable
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.principal import AuditEntry
from open63110.model.token import Token
from open63110.ports import Batch
from open63110.runtime.engine import Engine
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore


class BrittleStore(MemoryStore):
    """A store whose disk is full for some commits."""

    failures = 0

    def stage(self, batch: Batch, heard: datetime) -> None:
        if self.failures:
            self.failures -= 1
            raise Unavailable("the disk is full", remedy="make room")
        super().stage(batch, heard)


class Node:
    """An engine with an alarm."""

    def __init__(self) -> None:
        self.store = BrittleStore()
        self.engine = Engine(Role.CSMS, Table([]), self.store, Clock(), Ids(), Policy(), linger=0.0)
        self.alarm = StoreAlarm(self.engine, Ids(), pause=0.0)

    async def keep(self) -> None:
        token = Token(ref="s1", kind="ISO14443")  # type: ignore[arg-type]  # an id as text
        self.engine.known.keep("token", token.ref, token)
        await self.engine.commit.drain()


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    one = Node()
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(part.run()) for part in (one.engine.commit, one.alarm)]
        yield one
        for task in running:
            task.cancel()


async def test_the_alarm_is_raised_once_and_over_by_itself_and_stays_in_the_audit(node: Node) -> None:
    over = asyncio.Event()
    node.engine.commit.on_trouble.append(lambda trouble: over.set() if trouble is None else None)
    node.store.failures = 3
    with structlog.testing.capture_logs() as logs:
        await node.keep()
        await asyncio.wait_for(over.wait(), 5.0)
    assert [one["log_level"] for one in logs] == ["error", "warning"]
    assert logs[0]["remedy"] == "make room"
    (entry,) = node.store.load(AuditEntry)
    assert (entry.action, entry.outcome) == ("StoreUnavailable", "failed")
    assert "the disk is full" in entry.detail


async def test_there_is_no_alarm_while_all_is_well(node: Node) -> None:
    await node.keep()
    assert node.store.load(AuditEntry) == []


async def test_what_others_stored_first_needs_no_further_attempt(node: Node) -> None:
    node.store.failures = 1
    await node.keep()
    await node.keep()
    await asyncio.sleep(0)
    assert node.engine.commit.trouble is None
