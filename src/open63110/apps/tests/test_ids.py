# SPDX-License-Identifier: Apache-2.0
"""Ids never repeat, after a restart neither (I8)."""

from datetime import UTC, datetime
from pathlib import Path

from open63110.apps.ids import StoredIds
from open63110.kernel.ids import StationId, TransferReference
from open63110.model.principal import AuditEntry
from open63110.model.session import ServiceSession
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Batch
from open63110.store.memory import MemoryStore
from open63110.store.sqlite import SqliteStore

AT = datetime(2026, 1, 1, tzinfo=UTC)
CS = StationId("CS1")


def test_an_empty_store_begins_at_one() -> None:
    ids = StoredIds(MemoryStore())
    assert [ids.transfer(), ids.transfer(), ids.session(), ids.row(AuditEntry)] == [1, 2, 1, 1]


async def test_after_a_restart_numbers_go_on_behind_the_highest_that_was_stored(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "csms.sqlite")
    ids = StoredIds(store)
    number = [ids.transfer() for _ in range(3)][-1]
    batch = Batch()
    transfer = EnergyTransfer(station=CS, number=number, reference=TransferReference(str(number)))
    batch.puts["transfer", number] = transfer
    store.stage(batch, AT)
    await store.commit()
    store.close()
    again = SqliteStore(tmp_path / "csms.sqlite")
    assert StoredIds(again).transfer() == number + 1
    assert StoredIds(again).row(ServiceSession) == 1
    again.close()


def test_what_stands_for_persons_and_orders_cannot_be_guessed() -> None:
    ids = StoredIds(MemoryStore())
    made = {ids.order() for _ in range(100)} | {ids.subject() for _ in range(100)}
    assert len(made) == 200
    assert min(len(one) for one in made) == 16
