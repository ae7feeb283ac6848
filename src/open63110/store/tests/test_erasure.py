# SPDX-License-Identifier: Apache-2.0
"""A database loses a person's name while others write to it, and the journal stays as it was but for that (8.3.12)."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from open63110.kernel.errors import Unavailable
from open63110.model.order import Order, OrderChanged
from open63110.model.quarantine import InputQuarantined, QuarantinedInput
from open63110.model.token import Subject, Token, TokenChanged
from open63110.ports import Batch
from open63110.store import erasure
from open63110.store.erasure import blot, compact, copies, remains, shorten
from open63110.store.sqlite import SqliteStore
from open63110.store.words import Words

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
CARD = "04A1B2C3D4"
WORDS = Words([CARD], names=["Anna Example"], refs=["s1"])


def made(noun: type[Any], /, **fields: Any) -> Any:
    """One of a kind, from plain values."""
    return noun(**fields)


def raw(folder: Path) -> bytes:
    """All bytes of all files."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def filled(path: Path) -> SqliteStore:
    """A database in which somebody is named wherever that can be."""
    store = SqliteStore(path)
    token = made(Token, ref="s1", kind="ISO14443", name="Anna Example")
    order = made(
        Order, id="o1", station="CS1", kind="ocpp:X", by="ann", asked=NOW, deadline=NOW, outcome="failed", body=f'"{CARD}"'
    )
    item = made(QuarantinedInput, id=1, station="CS1", at=NOW, wire="w", action="X", reason="?", raw=f'["{CARD}"]'.encode())
    batch = Batch()
    batch.note(
        made(TokenChanged, station="", at=NOW, ref="s1", token=token),
        made(OrderChanged, station="CS1", at=NOW, orders=order),
        made(InputQuarantined, station="CS1", at=NOW, quarantine=item),
    )
    batch.puts = {
        ("subject", "s1"): made(Subject, ref="s1", kind="ISO14443", value=CARD),
        ("subject", "s2"): made(Subject, ref="s2", kind="ISO14443", value="FFEEDDCC"),
        ("token", "s1"): token,
        ("orders", "o1"): order,
        ("quarantine", 1): item,
    }
    store.stage(batch, NOW)
    await store.commit()
    return store


async def test_every_row_and_fact_stays_without_the_name(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    store = await filled(path)
    before = await store.facts()
    counts = blot(path, WORDS)
    assert counts == {"subject": 1, "token": 1, "orders": 1, "quarantine": 1, "journal": 3}
    after = await store.facts()
    assert [(one.id, one.heard, type(one.event), one.event.at) for one in after] == [
        (one.id, one.heard, type(one.event), one.event.at) for one in before
    ]
    assert store.load(Subject) == [
        made(Subject, ref="s1", kind="ISO14443", value="*" * 10),
        made(Subject, ref="s2", kind="ISO14443", value="FFEEDDCC"),
    ]
    (item,) = store.load(QuarantinedInput)
    assert item.raw == b'["**********"]'
    assert not remains(path, WORDS)
    assert blot(path, WORDS) == {}
    store.close()
    assert [name for name in (CARD, "Anna Example") if name.encode() in raw(tmp_path)] == []


async def test_what_is_still_needed_is_spared(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    store = await filled(path)
    assert "subject" not in blot(path, WORDS, frozenset({"subject"}))
    assert [one.value for one in store.load(Subject)] == [CARD, "FFEEDDCC"]
    assert remains(path, WORDS)
    store.close()


async def test_the_writer_goes_on_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    store = await filled(path)
    more = Batch()
    more.puts["subject", "s3"] = made(Subject, ref="s3", kind="ISO14443", value="ABCDEF01")
    store.stage(more, NOW)
    await store.commit()
    blot(path, WORDS)
    gone = Batch()
    gone.removes.add(("subject", "s1"))
    store.stage(gone, NOW)
    await store.commit()
    shorten(path)
    assert [one.ref for one in store.load(Subject)] == ["s2", "s3"]
    store.close()
    assert CARD.encode() not in path.read_bytes()


async def test_letters_in_free_pages_are_noticed_and_go_when_the_file_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    (await filled(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")  # as libraries are made elsewhere
        connection.execute("DELETE FROM orders")
        connection.commit()
    blot(path, WORDS)
    assert remains(path, WORDS)
    compact(path)
    assert not remains(path, WORDS)


async def test_letters_are_noticed_across_the_pieces_in_which_a_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "raw"
    path.write_bytes(b"x" * 60 + CARD.lower().encode() + b"x" * 60)
    for size in range(50, 80):
        monkeypatch.setattr("open63110.store.erasure.STRETCH", size)
        assert remains(path, WORDS)
    assert not remains(path, Words(["nothing"]))
    assert not remains(path, Words(["x"]))  # short: it may mean anything
    with pytest.raises(Unavailable):
        remains(tmp_path / "absent", WORDS)


def test_what_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"no database" * 1000)
    for work in (lambda: blot(path, WORDS), lambda: shorten(path), lambda: compact(path)):
        with pytest.raises(Unavailable):
            work()
    assert blot(path, Words([])) == {}


async def test_a_row_that_cannot_be_written_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    (await filled(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TRIGGER no BEFORE UPDATE ON subject BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(Unavailable):
        blot(path, WORDS)


async def test_what_the_writer_changed_since_it_was_read_stays_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.db"
    store = await filled(path)
    read, done = erasure._Rows._read, list[str]()

    def meanwhile(rows: Any, which: str, *values: int) -> list[tuple[Any, ...]]:
        found = read(rows, which, *values)
        if rows._place.table == "orders" and found and not done:
            done.append(which)
            store._writer._connection.execute("UPDATE orders SET body = ?", (body,))
        return found

    (before,) = store.load(Order)
    body = msgspec.msgpack.encode(msgspec.structs.replace(before, outcome="accepted", answer="{}"))
    monkeypatch.setattr(erasure._Rows, "_read", meanwhile)
    blot(path, WORDS)
    (after,) = store.load(Order)
    assert (after.outcome, after.answer, after.body) == ("accepted", "{}", '"**********"')
    store.close()


async def test_others_can_write_while_rows_are_looked_into(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    (await filled(path)).close()
    looks = list[bytes]()

    class Slow(Words):
        def blotted_row(self, body: bytes, noun: type[Any] | None = None) -> bytes:
            with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")  # raises where somebody else writes
            looks.append(body)
            return super().blotted_row(body, noun)

    assert blot(path, Slow([CARD], names=["Anna Example"], refs=["s1"]))["journal"]
    assert looks


async def test_an_order_under_way_is_left_to_memory_which_writes_it_once_more(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    store = await filled(path)
    store._writer._connection.execute("UPDATE orders SET outcome = 'sent'")
    assert "orders" not in blot(path, WORDS)
    store.close()


@pytest.mark.parametrize("table", ["token", "orders", "quarantine", "journal", "subject"])
async def test_what_is_interrupted_anywhere_is_found_again(table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the person is called stands in TokenChanged and Subject: as long as something is left elsewhere, it stands there."""
    path = tmp_path / "x.db"
    store = await filled(path)
    writes = erasure._Rows._write

    def ends(rows: Any, *values: Any) -> int:
        if rows._place.table == table:
            raise sqlite3.OperationalError("killed")
        return writes(rows, *values)

    monkeypatch.setattr(erasure._Rows, "_write", ends)
    with pytest.raises(Unavailable):
        blot(path, WORDS)
    monkeypatch.setattr(erasure._Rows, "_write", writes)
    named = [one.event.token.name for one in await store.facts() if isinstance(one.event, TokenChanged) and one.event.token]
    values = [one.value for one in store.load(Subject)]
    assert values == [CARD, "FFEEDDCC"]
    assert named == (["************"] if table == "subject" else ["Anna Example"])
    store.close()


async def test_a_copy_of_before_a_column_was_there_loses_the_name_too(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    (await filled(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE token DROP COLUMN name")
        connection.commit()
    assert blot(path, WORDS)["token"] == 1


async def test_whoever_reads_on_and_on_keeps_nobody_from_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.db"
    store = await filled(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM journal").fetchone()
        monkeypatch.setattr(erasure, "PATIENCE", 1.5)
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(asyncio.to_thread(blot, path, WORDS))
            for number in range(10):
                await asyncio.sleep(0.1)
                more = Batch()
                more.puts["subject", f"t{number}"] = made(Subject, ref=f"t{number}", kind="ISO14443", value="ABCDEF01")
                store.stage(more, NOW)
                await store.commit()
            assert await work
    assert len(store.load(Subject)) == 12
    store.close()


async def test_copies_beside_a_database_are_found(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    for name in ("x.db", "x.db.replaced", "x.db.replaced-wal", "x.db.revision-0011", "y.db"):
        (tmp_path / name).touch()
    assert [one.name for one in copies(path)] == ["x.db.replaced", "x.db.revision-0011"]
