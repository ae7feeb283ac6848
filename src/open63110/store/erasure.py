# SPDX-License-Identifier: Apache-2.0
"""Blots a person's name out of a database, in use or not: rows, journal, and what is left of earlier ones (8.3.12).

It works beside the one connection that writes, in transactions so short that the writer never waits for long. A fact stays where
it stands in the journal, with its kind, its time and its number; only the words in it are blotted out.
"""

import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from open63110.kernel.errors import Unavailable
from open63110.model.deletion import CustomerReport
from open63110.model.order import Order
from open63110.model.principal import AuditEntry
from open63110.model.quarantine import QuarantinedInput
from open63110.model.sdr import Sdr
from open63110.model.settlement import Settlement
from open63110.model.token import Subject, Token
from open63110.runtime.table import event_types
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

LOOKS: Final = 0.05
"""How long a checkpoint that keeps others from writing waits for readers, and how long it then lets them write [s]."""


class Place(NamedTuple):
    """Rows in which somebody may be named."""

    table: str
    noun: type[Any] | None
    """What is in their bodies; None: facts."""
    columns: tuple[str, ...] = ()
    """Those that name somebody, beside the body."""
    which: str = "1"
    """Of its rows."""


_NAMES: Final = "kind IS (SELECT id FROM kinds WHERE name = 'TokenChanged')"
"""Facts that say what a person is called."""

PERSONAL: Final = (
    Place("token", Token, ("name",)),
    Place("orders", Order, which="outcome NOT IN ('waiting', 'sent')"),  # memory has the others, and writes them when they end
    Place("quarantine", QuarantinedInput),
    Place("audit", AuditEntry),
    Place("sdr", Sdr),
    Place("customer_report", CustomerReport),
    Place("settlement", Settlement),
    Place("journal", None, which=f"NOT ({_NAMES})"),
    Place("journal", None, which=_NAMES),
    Place("subject", Subject, ("value",)),
)
"""Where somebody may be named. The others hold references alone, or go by themselves once they were told on.

Whoever is interrupted begins anew, and has to find the words again: so those rows come last from which they are known.
"""


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
    counts: dict[str, int] = {}
    try:
        with closing(_open(path)) as connection:
            there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for place in PERSONAL:
                if place.table in there and place.table not in spare:
                    counts[place.table] = counts.get(place.table, 0) + _Rows(connection, place, words).blot()
            _shorten(connection)
    except sqlite3.Error as error:
        raise unavailable(error) from error
    return {table: count for table, count in counts.items() if count}


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    connection.execute("PRAGMA secure_delete = ON")  # what a row leaves behind is overwritten, too
    connection.execute("PRAGMA synchronous = NORMAL")  # a crash repeats the work; the checkpoint at the end makes it last
    return connection


_Row = tuple[Any, ...]
"""Key; of a fact its kind; body; what else names somebody."""


class _Rows:
    """The rows of one place."""

    def __init__(self, connection: sqlite3.Connection, place: Place, words: Words) -> None:
        self._connection, self._place, self._words = connection, place, words
        there = {name for _, name, *_ in connection.execute(f'PRAGMA table_info("{place.table}")')}
        self._columns = ("body", *(one for one in place.columns if one in there))  # an old copy may have fewer
        facts = connection.execute("SELECT id, name FROM kinds").fetchall() if place.noun is None else ()
        types = event_types() if place.noun is None else {}
        self._nouns: dict[int | None, type[Any] | None] = {None: place.noun, **{key: types.get(name) for key, name in facts}}

    def blot(self) -> int:
        last, count = -(1 << 62), 0
        while rows := self._read(f"rowid > ? AND ({self._place.which}) ORDER BY rowid LIMIT {ROWS}", last):
            clean = self._clean(rows)
            if any(old != new for old, new in clean.items()):
                count += self._write(last, rows[-1][0], clean)
            last = rows[-1][0]
        return count

    def _read(self, which: str, *values: int) -> list[_Row]:
        kind = "kind" if self._place.noun is None else "NULL"
        chosen = ", ".join(f'"{one}"' for one in self._columns)
        sql = f'SELECT rowid, {kind}, {chosen} FROM "{self._place.table}" WHERE {which}'  # noqa: S608 - names of our own
        return self._connection.execute(sql, values).fetchall()

    def _clean(self, rows: Iterable[_Row]) -> dict[_Row, _Row]:
        """Return rows without the words, by what they are now."""
        found: dict[_Row, _Row] = {}
        for row in rows:
            key, kind, body, *texts = row
            about = self._words.about(body)
            said = (one if one is None else self._words.blotted_text(one, about=about) for one in texts)
            found[row] = (key, kind, self._words.blotted_row(body, self._nouns.get(kind)), *said)
        return found

    def _write(self, after: int, last: int, clean: dict[_Row, _Row]) -> int:
        """Blot what stands there by now: since it was read, the one that writes may have changed it.

        While this holds the database nobody else can write, so only those rows are looked into again that are new.
        """
        changes = ", ".join(f'"{name}" = ?{place}' for place, name in enumerate(self._columns, 2))
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            rows = self._read(f"rowid > ? AND rowid <= ? AND ({self._place.which})", after, last)
            by_now = clean | self._clean(one for one in rows if one not in clean)
            changed = [(new[0], *new[2:]) for one in rows if (new := by_now[one]) != one]
            sql = f'UPDATE "{self._place.table}" SET {changes} WHERE rowid = ?1'  # noqa: S608 - names of our own
            self._connection.executemany(sql, changed)
        except BaseException:  # whatever it is, nobody else can write until this lets go
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        time.sleep(PAUSE)
        return len(changed)


def _shorten(connection: sqlite3.Connection) -> None:
    """Bring what was written into the database itself, and empty the log, in which the pages still are as they were.

    While it waits for readers nobody can write, so it waits for a moment only, time and again. Somebody who reads on and on
    leaves the log as it is.
    """
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")  # most of it, while others write
    connection.execute(f"PRAGMA busy_timeout = {LOOKS * 1000:.0f}")
    until = time.monotonic() + PATIENCE
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] and time.monotonic() < until:
        time.sleep(LOOKS)


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
    most = words.longest()
    if not most:
        return False
    try:
        with path.open("rb") as file:
            tail = b""
            while piece := file.read(STRETCH):
                if words.anywhere(tail + piece):
                    return True
                tail = (tail + piece)[-most:]
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}", where="store") from error
    return False


def compact(path: Path) -> None:
    """Write a database that nobody uses anew, without what no row uses. Whatever ends that, it is whole: as it was, or anew.

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
