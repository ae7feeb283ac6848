# SPDX-License-Identifier: Apache-2.0
"""The one connection that writes: rows are put in by the loop's own thread, only COMMIT waits in another."""

import asyncio
import sqlite3
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from typing import Any, NamedTuple

from open63110.kernel.errors import Unavailable
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Event
from open63110.ports import KEPT, Batch, Kept
from open63110.store.codec import STRETCH, RowCodec, milliseconds
from open63110.store.trouble import unavailable

_UNWRITABLE = (sqlite3.Error, OverflowError, TypeError, ValueError)
"""What a batch can fail with: the database, or a value that no row can hold. One bad value must not end the writer."""

FIXED = {"transfer": ("station", "reference"), "session": ("station",), "orders": ("station",), "sdr": ("session", "station")}
"""Columns that never change once their row exists. An update leaves them out, because setting an indexed column rewrites
its index even to the same value."""

_FACT = """INSERT INTO journal (id, heard, "at", station, kind, number, seq, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (number, seq) WHERE number > 0 DO NOTHING"""

_STRETCH = "INSERT INTO stretches (stretch, station) VALUES (?, ?) ON CONFLICT (stretch, station) DO NOTHING"

_MARK = """INSERT INTO highest (kind, "key") SELECT '{name}', coalesce(max("{key}"), 0) FROM "{name}" WHERE true
ON CONFLICT (kind) DO UPDATE SET "key" = max("key", excluded."key")"""


class _Statements(NamedTuple):
    put: str
    body: str
    remove: str
    mark: str | None


def _statements(kept: Kept, codec: RowCodec) -> _Statements:
    names = (kept.key, *kept.columns, "body")
    fixed = {kept.key, *FIXED.get(kept.name, ())}
    columns = ", ".join(f'"{name}"' for name in names)
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in fixed)
    put = (
        f'INSERT INTO "{kept.name}" ({columns}) VALUES ({", ".join("?" * len(names))}) '  # noqa: S608 - names of our own
        f'ON CONFLICT ("{kept.key}") DO UPDATE SET {changes}'
    )
    body = f'UPDATE "{kept.name}" SET body = ?2 WHERE "{kept.key}" = ?1'  # noqa: S608 - names of our own
    remove = f'DELETE FROM "{kept.name}" WHERE "{kept.key}" = ?'  # noqa: S608 - names of our own
    mark = _MARK.format(name=kept.name, key=kept.key) if codec.key.storage == "integer" else None
    return _Statements(put, body, remove, mark)


class Writer:
    """Writes batches: ``stage`` puts rows into the open transaction, ``commit`` makes them durable."""

    def __init__(self, connection: sqlite3.Connection, codecs: Mapping[str, RowCodec]) -> None:
        """Take over a connection that nobody else uses, and go on where the journal ends."""
        self._connection, self._codecs = connection, codecs
        self._statements = {kept.name: _statements(kept, codecs[kept.name]) for kept in KEPT}
        self._kinds: dict[str, int] = dict(connection.execute("SELECT name, id FROM kinds"))
        self._fresh: list[str] = []
        self._numbers: dict[type[Event], int] = {}
        self._last = int(connection.execute("SELECT coalesce(max(id), 0) FROM journal").fetchone()[0])
        self._seen: set[str] = set()
        """Stations of which it is written that they occur in the newest stretch."""
        self._newest = -1
        self._staged = False
        self._lost: Unavailable | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._flight: Future[None] | None = None

    def stage(self, batch: Batch, heard: datetime) -> None:
        """Write a batch into the open transaction.

        Raises:
            Unavailable: it cannot be written; it is gone, and with it all that was staged and not committed yet.
        """
        self._land()
        try:
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN IMMEDIATE")
            self._write_entries(batch.entries, milliseconds(heard))
            self._write_nouns(batch)
            self._remove(batch.removes)
        except _UNWRITABLE as error:
            trouble = unavailable(error)
            self._lost = trouble if self._staged else self._lost
            self._roll_back()
            raise trouble from error
        self._staged = True

    async def commit(self) -> None:
        """Make what was staged durable; a commit that nobody waits for any more goes on all the same.

        Raises:
            Unavailable: nothing of what was staged stays.
        """
        self._land()
        if self._lost is not None:
            trouble, self._lost = self._lost, None
            self._roll_back()
            raise trouble
        if not self._connection.in_transaction:
            return
        self._flight = self._thread.submit(self._commit)
        try:
            await asyncio.shield(asyncio.wrap_future(self._flight))
        except sqlite3.Error as error:
            raise unavailable(error) from error

    def close(self) -> None:
        """End, without what was staged only."""
        self._thread.shutdown()
        self._roll_back()
        self._connection.close()

    def _land(self) -> None:
        """Wait for a commit whose waiter was cancelled; whether it succeeded is its own affair."""
        if self._flight is not None:
            wait([self._flight])
            self._flight = None

    def _commit(self) -> None:
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            self._roll_back()
            raise
        self._fresh.clear()
        self._staged = False

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        for name in self._fresh:
            del self._kinds[name]
        self._fresh.clear()
        self._numbers.clear()
        self._seen.clear()
        self._staged = False

    def _write_entries(self, entries: Iterable[Entry], heard: int) -> None:
        rows = []
        last, numbers = self._last, self._numbers
        for one in entries:
            kind = numbers.get(one.kind) or self._learn(one.kind)
            last += 1
            rows.append((last, heard, milliseconds(one.at), one.station, kind, one.number, one.seq, one.body))
        self._connection.executemany(_FACT, rows)
        self._note_stretches(rows)
        self._last = last

    def _note_stretches(self, rows: list[tuple[Any, ...]]) -> None:
        """Say which stations occur in the stretches that these rows lie in; mostly all lie in the newest one."""
        while rows:
            stretch = rows[0][0] // STRETCH
            if stretch != self._newest:
                self._newest = stretch
                self._seen.clear()
            left = [] if rows[-1][0] // STRETCH == stretch else [row for row in rows if row[0] // STRETCH != stretch]
            fresh = {row[3] for row in rows[: len(rows) - len(left)]} - self._seen
            if fresh:
                self._connection.executemany(_STRETCH, [(stretch, station) for station in sorted(fresh)])
                self._seen |= fresh
            rows = left

    def _learn(self, kind: type[Event]) -> int:
        """Return the number of a kind of fact, a new one if this database has not seen it."""
        name = kind.__name__
        if name not in self._kinds:
            number = max(self._kinds.values(), default=0) + 1
            self._connection.execute("INSERT INTO kinds (id, name) VALUES (?, ?)", (number, name))
            self._kinds[name] = number
            self._fresh.append(name)
        number = self._numbers[kind] = self._kinds[name]
        return number

    def _write_nouns(self, batch: Batch) -> None:
        rows: dict[str, list[list[Any]]] = {}
        for kind, bodies in batch.bodies.items():
            if bodies and not self._rewrite(kind, bodies):
                codec = self._codecs[kind]
                rows[kind] = [codec.row(codec.decode(body)) for body in bodies.values()]
        for (kind, _), noun in batch.puts.items():
            rows.setdefault(kind, []).append(self._codecs[kind].row(noun))
        for kind, some in rows.items():
            self._connection.executemany(self._statements[kind].put, some)

    def _rewrite(self, kind: str, bodies: Mapping[Any, bytes]) -> bool:
        """Write bodies only; tell whether every row was there to take one."""
        return self._connection.executemany(self._statements[kind].body, bodies.items()).rowcount == len(bodies)

    def _remove(self, removes: Iterable[tuple[str, Any]]) -> None:
        keys: dict[str, list[tuple[Any]]] = {}
        for kind, key in removes:
            keys.setdefault(kind, []).append((key,))
        for kind, some in keys.items():
            statements = self._statements[kind]
            if statements.mark:
                self._connection.execute(statements.mark)
            self._connection.executemany(statements.remove, some)
