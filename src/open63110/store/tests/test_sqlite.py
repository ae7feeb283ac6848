# SPDX-License-Identifier: Apache-2.0
"""What is particular to SQLite: one owner, values no row can hold, kinds of a later version, indexes that are used."""

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import SessionNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.model.quarantine import MessageKept
from open63110.model.session import ServiceSession
from open63110.model.station import StationDisconnected
from open63110.model.token import Token
from open63110.model.transfer import EnergyTransfer, EnergyTransferUpdated
from open63110.ports import Batch, Where
from open63110.store.sqlite import SqliteStore
from open63110.store.trouble import unavailable

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "db"


def token(ref: str, name: str = "") -> Batch:
    batch = Batch()
    batch.puts["token", ref] = Token(ref=SubjectRef(ref), kind="Central", name=name)
    return batch


def fact(*, seq: int = 0, reason: str = "") -> Batch:
    batch = Batch()
    batch.note(
        EnergyTransferUpdated(
            station=StationId("CS1"), at=NOON, reference=TransferReference("r"), seq=seq, number=TransferNumber(1), trigger=reason
        )
    )
    return batch


def test_a_second_owner_is_refused_and_told_who_the_first_is(path: Path) -> None:
    store = SqliteStore(path)
    with pytest.raises(Unavailable, match=f"in use by process {os.getpid()}") as refused:
        SqliteStore(path)
    assert refused.value.code == "InUse"
    store.close()
    SqliteStore(path).close()


def test_a_store_that_could_not_open_lets_the_next_one_try(path: Path) -> None:
    path.write_text("no database " * 1000)
    for _ in range(2):
        with pytest.raises(Unavailable, match="no database"):
            SqliteStore(path)


@pytest.mark.parametrize("bad", [fact(seq=2**63), token("x", name="\ud800")])
async def test_a_value_no_row_can_hold_fails_its_batch_and_nothing_else(path: Path, bad: Batch) -> None:
    store = SqliteStore(path)
    with pytest.raises(Unavailable) as trouble:
        store.stage(bad, NOON)
    assert trouble.value.code == "Unwritable"
    await store.commit()
    store.stage(fact(), NOON)
    await store.commit()
    assert [one.event for one in await store.facts()] == fact().facts
    store.close()


async def test_a_batch_lost_to_the_failure_of_a_later_one_is_never_confirmed(path: Path) -> None:
    store = SqliteStore(path)
    store.stage(token("first"), NOON)
    with pytest.raises(Unavailable):
        store.stage(fact(seq=2**63), NOON)
    store.stage(token("third"), NOON)
    with pytest.raises(Unavailable):
        await store.commit()
    assert store.load(Token) == []
    store.stage(token("fourth"), NOON)
    await store.commit()
    assert [one.ref for one in store.load(Token)] == ["fourth"]
    store.close()


async def test_a_kind_first_seen_in_a_lost_batch_is_numbered_anew(path: Path) -> None:
    store = SqliteStore(path)
    store.stage(fact(), NOON)
    with pytest.raises(Unavailable):
        store.stage(fact(seq=2**63), NOON)
    with pytest.raises(Unavailable):
        await store.commit()
    batch = Batch()
    batch.note(StationDisconnected(station=StationId("CS1"), at=NOON), *fact().facts)
    store.stage(batch, NOON)
    await store.commit()
    store.close()
    again = SqliteStore(path)
    assert [one.event for one in await again.facts()] == batch.facts
    again.close()


async def test_a_fact_of_a_kind_from_a_later_version_is_shown_as_it_is(path: Path) -> None:
    store = SqliteStore(path)
    store.stage(fact(seq=4), NOON)
    await store.commit()
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE kinds SET name = 'EnergyTransferTeleported'")
    connection.close()
    again = SqliteStore(path)
    shown = (await again.facts())[0].event
    again.close()
    assert isinstance(shown, MessageKept)
    assert (shown.station, shown.at, shown.action) == ("CS1", NOON, "EnergyTransferTeleported")
    assert '"r",4' in shown.payload


async def test_a_row_that_vanished_from_a_damaged_file_is_trouble_not_a_crash(path: Path) -> None:
    store = SqliteStore(path)
    store._now._connection.execute("PRAGMA query_only = 0")
    store._now._connection.execute("DROP TABLE token")
    with pytest.raises(Unavailable, match="no such table"):
        store.load(Token)
    with pytest.raises(Unavailable, match="no such table"):
        await store.count(Token)
    with pytest.raises(Unavailable, match="no such table"):
        store.stage(token("x"), NOON)
    store.close()


def plans(store: SqliteStore, *reads: Any) -> list[str]:
    """Run some reads, and tell how SQLite went about them."""
    connection = store._now._connection
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    for read in reads:
        read(store._now)
    connection.set_trace_callback(None)
    return [row[3] for sql in seen for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]


def test_the_reads_of_the_hot_path_never_go_through_a_whole_table(path: Path) -> None:
    store = SqliteStore(path)
    unsettled = Where("settled", "=", False)
    found = plans(
        store,
        lambda reader: reader.load(EnergyTransfer, unsettled),
        lambda reader: reader.load(ServiceSession, unsettled),
        lambda reader: reader.first(EnergyTransfer, Where("station", "=", "CS1"), Where("reference", "=", "r")),
        lambda reader: reader.get(ServiceSession, SessionNumber(1)),
        lambda reader: reader.heard(TransferNumber(1), 2),
        lambda reader: reader.facts(station=None, number=TransferNumber(1), after=0, newest=True, limit=9),
    )
    store.close()
    assert len(found) >= 6
    assert [plan for plan in found if plan.startswith("SCAN")] == []
    assert sum("_open" in plan for plan in found) == 2


def test_whatever_the_database_says_has_a_sentence() -> None:
    error = sqlite3.OperationalError("attempt to write a readonly database")
    error.sqlite_errorname = "SQLITE_READONLY"
    assert unavailable(error).message.startswith("the database may not be written")
    assert "strange" in unavailable(sqlite3.OperationalError("strange")).message
