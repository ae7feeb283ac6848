# SPDX-License-Identifier: Apache-2.0
"""What of a fact could not be opened is kept as it came, or the fact is not heard at all (B.3, I11)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.literal import Clock, Ids

from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.framing.header import Header
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.opening import Passing, read, reread
from open63110.bindings.link.protection.cose import ContentKey
from open63110.bindings.link.protection.guard import Guard
from open63110.bindings.link.protection.protected import Protection, UnknownKey, protected_body
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId, TransferReference
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.quarantine import QuarantinedInput
from open63110.model.reading import Reading
from open63110.model.transfer import EnergyTransferUpdated
from open63110.runtime.engine import Engine
from open63110.runtime.quarantine import ROOM, Quarantine
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore

CS1, NOW = StationId("CS1"), datetime(2030, 6, 1, 12, tzinfo=UTC)
FACT = EnergyTransferUpdated(
    station=CS1,
    at=NOW,
    reference=TransferReference("T-1"),
    seq=3,
    readings=(Reading(at=NOW, measurand="power.import", value=7.0),),
)
NUMBER, READINGS = CODEC.number(FACT), (11,)


class Top:
    """The last level, which believes nobody; implements opening.Reader."""

    def __init__(self) -> None:
        ids = Ids()
        self.engine = Engine(Role.CSMS, Table([], []), MemoryStore(), Clock(), ids, Policy(), linger=0.0)
        self.guard: Guard | None = None
        self.passing: Passing | None = None
        self.aside = Quarantine(self.engine, ids)
        self.told: list[tuple[str, str, str]] = []

    def security(self, station: str, kind: str, words: str, /) -> None:
        self.told.append((station, kind, words))

    def quarantine(self, station: StationId, action: str, fault: Trouble, raw: bytes, done: Any, *, key: bytes = b"") -> None:
        self.aside.keep(station, "link", action, fault, raw, done, key=key)

    def read(self) -> Any:
        """Have it read a fact whose readings are sealed under a key that it has not."""
        how = Protection(to=ContentKey(bytes(32)))
        body = protected_body(CODEC.encode(FACT, station=CS1), NUMBER, b"key-1", {READINGS: how})
        return read(self, Arrived(id=1, header=Header(type=NUMBER, key=b"key-1"), body=body, outbox=b""), CS1, "CS1")


@pytest.fixture
async def top() -> AsyncIterator[Top]:
    made = Top()
    running = asyncio.create_task(made.engine.commit.run())
    yield made
    running.cancel()


async def test_the_rest_is_heard_and_all_of_it_is_kept_with_its_key(top: Top) -> None:
    said = top.read()
    assert (said.seq, said.readings) == (3, ())
    await top.engine.commit.drain()
    (item,) = top.engine.store.load(QuarantinedInput)
    assert (item.key, item.action) == (b"key-1", "EnergyTransferUpdated")
    assert [(who, kind) for who, kind, _ in top.told] == [("CS1", "LinkUnknownKey")]
    with pytest.raises(UnknownKey):
        reread(top, NUMBER, item)


async def test_where_there_is_no_room_to_keep_it_nothing_of_it_is_heard(top: Top) -> None:
    top.aside.waiting = ROOM
    with pytest.raises(UnknownKey):
        top.read()
    await top.engine.commit.drain()
    assert top.engine.store.load(QuarantinedInput) == []
