# SPDX-License-Identifier: Apache-2.0
"""What is still to be told over a link, and what was heard over it, on the disk: one SQLite file, fully synchronous.

The file has one owner at a time. A copy of an old one must never be put in its place: its message ids would repeat.
"""

import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from open63110.store.lock import Lock
from open63110.store.trouble import unavailable

BLOCK = 1024
"""Message ids that are set aside with one write; what is left of them after a restart is never used."""

TABLES = """
CREATE TABLE IF NOT EXISTS outbox (peer TEXT PRIMARY KEY, id BLOB NOT NULL, reserved INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message (peer TEXT, number INTEGER, data BLOB NOT NULL, PRIMARY KEY (peer, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (peer TEXT PRIMARY KEY, marks BLOB NOT NULL) WITHOUT ROWID;
"""

_NOTE = "INSERT OR REPLACE INTO seen VALUES (?, ?)"


class OutboxFile:
    """The file, with an outbox for each peer."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it.

        Raises:
            Unavailable: another process has it, or the disk does not read or write.
        """
        self._lock = Lock(path)
        try:
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.executescript(TABLES)
        except sqlite3.Error as error:
            self._lock.release()
            raise unavailable(error) from error

    def outbox(self, peer: str) -> "DiskOutbox":
        """Return the outbox of a peer; its random id is made with it."""
        return DiskOutbox(self, peer)

    def seen(self, peer: str) -> tuple[bytes | None, Callable[[bytes], None]]:
        """Return what was kept of what a peer has told, None at first, and what keeps the next state of it."""
        rows = self.read("SELECT marks FROM seen WHERE peer = ?", peer)

        def keep(marks: bytes) -> None:
            self.write([(_NOTE, [(peer, marks)])])

        return (rows[0][0] if rows else None), keep

    def read(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return rows.

        Raises:
            Unavailable: the disk does not read.
        """
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise unavailable(error) from error

    def write(self, changes: Iterable[tuple[str, Iterable[tuple[object, ...]]]], *, lasting: bool = True) -> None:
        """Make changes in one transaction; it is on the disk when this returns.

        Args:
            changes: statements with their rows.
            lasting: False: it outlives this process, but maybe not the power; that waits for no disk.

        Raises:
            Unavailable: the disk does not write; nothing was changed.
        """
        try:
            self._connection.execute(f"PRAGMA synchronous={'FULL' if lasting else 'NORMAL'}")
            self._connection.execute("BEGIN IMMEDIATE")
            for statement, rows in changes:
                self._connection.executemany(statement, rows)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise unavailable(error) from error

    def tidy(self) -> None:
        """Leave nothing in the file, nor in its log, of what was delivered.

        Raises:
            Unavailable: the disk does not write.
        """
        try:
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise unavailable(error) from error

    def close(self) -> None:
        """Let another process have it."""
        self._connection.close()
        self._lock.release()


class DiskOutbox:
    """The messages to one peer that are not confirmed."""

    def __init__(self, file: OutboxFile, peer: str) -> None:
        """Go on where the file stands."""
        self._file, self._peer = file, peer
        file.write([("INSERT OR IGNORE INTO outbox VALUES (?, ?, 0)", [(peer, secrets.token_bytes(8))])])
        self._beside: list[tuple[str, Iterable[tuple[object, ...]]]] = []
        (self.id, reserved), *_ = file.read("SELECT id, reserved FROM outbox WHERE peer = ?", peer)
        self.issued = self._reserved = int(reserved)

    def next_id(self) -> int:
        """Give out a message id that was never given out before.

        Raises:
            Unavailable: the disk does not write.
        """
        if self.issued >= self._reserved:
            more = self._reserved + BLOCK
            self._file.write([("UPDATE outbox SET reserved = ? WHERE peer = ?", [(more, self._peer)])])
            self._reserved = more
        self.issued += 1
        return self.issued

    def put(self, messages: Iterable[tuple[int, bytes]]) -> None:
        """Keep messages; they survive a power cut when this returns.

        Raises:
            Unavailable: the disk does not write; none was kept.
        """
        rows = [(self._peer, number, data) for number, data in messages]
        self._file.write([("INSERT OR REPLACE INTO message VALUES (?, ?, ?)", rows), *self._beside])
        self._beside = []

    @contextmanager
    def beside(self, name: str, note: bytes) -> Iterator[None]:
        """Write a note in the transaction of the messages that are put meanwhile, or alone where none are.

        Whoever reads it after a crash knows whether these messages were kept. ``OutboxFile.seen`` reads it by its name.

        Raises:
            Unavailable: the disk does not write; the note is as it was.
        """
        self._beside = [(_NOTE, [(name, note)])]
        try:
            yield
            if self._beside:
                self._file.write(self._beside)
        finally:
            self._beside = []

    def delivered(self, ids: Iterable[int]) -> None:
        """Forget messages; when the power fails right now they may come back, and are then told twice.

        Raises:
            Unavailable: the disk does not write; they may be told again.
        """
        rows = [(self._peer, one) for one in ids]
        self._file.write([("DELETE FROM message WHERE peer = ? AND number = ?", rows)], lasting=False)

    def waiting(self) -> list[tuple[int, bytes]]:
        """Return what is kept, in the order of the ids.

        Raises:
            Unavailable: the disk does not read.
        """
        rows = self._file.read("SELECT number, data FROM message WHERE peer = ? ORDER BY number", self._peer)
        return [(int(number), data) for number, data in rows]


class MarkedOutbox(DiskOutbox):
    """Messages that are made from a journal, each kept together with the mark in that journal: a crash repeats none of them."""

    def __init__(self, file: OutboxFile, peer: str, next_mark: Callable[[], int]) -> None:
        """Go on where the file stands.

        Args:
            file: which holds the mark under the name of the peer, with ``/mark`` behind it.
            peer: to whom they go.
            next_mark: tells how far the journal is told once what is put now is.
        """
        super().__init__(file, peer)
        self._name, self._next_mark = f"{peer}/mark", next_mark
        kept, _ = file.seen(self._name)
        self.mark = int.from_bytes(kept or b"", "big")
        """How far the journal was told when messages were put last before this start."""

    def put(self, messages: Iterable[tuple[int, bytes]]) -> None:
        """Keep messages and the mark.

        Raises:
            Unavailable: the disk does not write; nothing was kept.
        """
        with self.beside(self._name, self._next_mark().to_bytes(8, "big")):
            super().put(messages)
