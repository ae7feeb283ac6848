# SPDX-License-Identifier: Apache-2.0
"""Blots a person's name out of a database, in use or not: rows, journal, and what is left of earlier ones (8.3.12).

It works beside the one connection that writes, in transactions so short that the writer never waits for long. A fact stays where
it stands in the journal, with its kind, its time and its number; only the words in it are blotted out.
"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from open63110.kernel.errors import Unavailable
from open63110.store.trouble import unavailable
from open63110.store.words import Words

ROWS: Final = 200
"""Rows that are looked into in one piece."""

PAUSE: Final = 0.002
"""Between two pieces that were changed [s]: the writer gets its turn."""

PATIENCE: Final = 10.0
"""How long the writer is waited for [s]."""

STRETCH: Final = 4 * 1024 * 1024
"""Bytes of a file that are looked into at a time."""

PERSONAL: Final = {
    "subject": ("value",),
    "token": ("name",),
    "orders": (),
    "quarantine": (),
    "audit": (),
    "sdr": (),
    "customer_report": (),
    "journal": (),
}
"""Tables in which somebody may be named, with their columns that do so beside the body. The others hold references alone, or go
by themselves once they were told on."""


def blot(path: Path, words: Words, spare: frozenset[str] = frozenset()) -> dict[str, int]:
    """Blot words out of every row of a database; return in how many of which table they stood.

    Args:
        path: of the database.
        words: that name a person.
        spare: tables that are left as they are.

    Raises:
        Unavailable: it cannot be read or written now.
    """
    if not words:
        return {}
    try:
        with closing(_open(path)) as connection:
            there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            counts = {
                table: _blot_table(connection, table, columns, words)
                for table, columns in PERSONAL.items()
                if table in there and table not in spare
            }
            _shorten(connection)
    except sqlite3.Error as error:
        raise unavailable(error) from error
    return {table: count for table, count in counts.items() if count}


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    connection.execute("PRAGMA secure_delete = ON")  # what a row leaves behind is overwritten, too
    connection.execute("PRAGMA synchronous = NORMAL")  # a crash repeats the work; the checkpoint at the end makes it last
    return connection


def _blot_table(connection: sqlite3.Connection, table: str, columns: tuple[str, ...], words: Words) -> int:
    chosen = ", ".join(f'"{one}"' for one in ("body", *columns))
    last, count = -(1 << 62), 0
    while True:
        sql = f'SELECT rowid, {chosen} FROM "{table}" WHERE rowid > ? ORDER BY rowid LIMIT {ROWS}'  # noqa: S608 - names of our own
        rows = connection.execute(sql, (last,)).fetchall()
        if not rows:
            return count
        last = rows[-1][0]
        changed = [(key, *new) for key, *old in rows if (new := _clean(old, words)) != old]
        if changed:
            _write(connection, table, ("body", *columns), changed)
            count += len(changed)


def _clean(old: list[bytes | str | None], words: Words) -> list[bytes | str | None]:
    about = isinstance(old[0], bytes) and words.about(old[0])
    return [
        words.blotted_row(one)
        if isinstance(one, bytes)
        else words.blotted_text(one, about=about)
        if isinstance(one, str)
        else one
        for one in old
    ]


def _write(connection: sqlite3.Connection, table: str, names: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    changes = ", ".join(f'"{name}" = ?{place}' for place, name in enumerate(names, 2))
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.executemany(f'UPDATE "{table}" SET {changes} WHERE rowid = ?1', rows)  # noqa: S608 - names of our own
    except sqlite3.Error:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    time.sleep(PAUSE)


def _shorten(connection: sqlite3.Connection) -> None:
    """Bring what was written into the database itself, and empty the log, in which the pages still are as they were."""
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")  # most of it, while others write
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def shorten(path: Path) -> None:
    """Empty the log of a database that is in use.

    Raises:
        Unavailable: it cannot be written now.
    """
    try:
        with closing(_open(path)) as connection:
            _shorten(connection)
    except sqlite3.Error as error:
        raise unavailable(error) from error


def remains(path: Path, words: Words) -> bool:
    """Tell whether the letters of a word stand in a file, in parts of pages, say, that no row uses any more.

    Raises:
        Unavailable: it cannot be read.
    """
    most = max((len(one.encode()) for one in words.words), default=0)
    try:
        with path.open("rb") as file:
            tail = b""
            while piece := file.read(STRETCH):
                if words.anywhere(tail + piece):
                    return True
                tail = piece[-most:]
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}", where="store") from error
    return False


def compact(path: Path) -> None:
    """Write a database that nobody uses anew, without what no row uses.

    Raises:
        Unavailable: it is in use, or there is no room.
    """
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise unavailable(error) from error


def copies(path: Path) -> list[Path]:
    """Return the copies of a database that lie beside it: of the schema before, and what a restored backup replaced."""
    found = (*path.parent.glob(f"{path.name}.revision-*"), path.with_name(f"{path.name}.replaced"))
    return sorted(one for one in found if one.exists() and not one.name.endswith(("-wal", "-shm")))
