# SPDX-License-Identifier: Apache-2.0
"""The store that needs no set-up: one SQLite file, fully synchronous, one process."""

import asyncio
import functools
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar

from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import StationId, TransferNumber
from open63110.ports import KEPT, Batch, Query, StoredFact, Where
from open63110.store.codec import RowCodec
from open63110.store.lock import Lock
from open63110.store.migrate import upgrade
from open63110.store.reader import Reader
from open63110.store.trouble import not_begun, unavailable
from open63110.store.writer import Writer

N = TypeVar("N")
P = ParamSpec("P")
R = TypeVar("R")

PATIENCE = 0.2
"""How long a connection waits for a lock that another holds [s]; the loop stands still meanwhile."""

CACHE = -32768
"""Pages the writer keeps in memory, negative: [KiB]. The indexes of what is being written fit in."""

LOG = 4000
"""Pages in the write-ahead log before they are copied into the database: a page that changes in every commit is copied once."""

STATEMENTS = 256
"""Prepared statements kept by each connection."""


class SqliteStore:
    """Facts and nouns in one file beside its write-ahead log.

    Readers see what is committed. What is staged, or on its way to the disk, is known to memory alone: who reads during
    a commit gets the row as it was before, and has to look in memory first.
    """

    def __init__(self, path: Path, *, _synchronous: Literal["FULL", "OFF"] = "FULL") -> None:
        """Open, making or upgrading the database as needed.

        Args:
            path: the file; its folder must exist.
            _synchronous: OFF loses data when the power fails; only a test uses it, to see that it would be noticed.

        Raises:
            Unavailable: another process has it, it cannot be read, or it was made by a newer version.
        """
        try:
            self._open(path, _synchronous)
        except (Unavailable, OSError) as fault:
            raise not_begun(path, fault) from fault

    def _open(self, path: Path, synchronous: str) -> None:
        with ExitStack() as opened:
            opened.callback(Lock(path).release)
            upgrade(path)
            codecs = {kept.name: RowCodec(kept) for kept in KEPT}
            try:
                self._writer = Writer(_connect(path, synchronous=synchronous, cache_size=CACHE, wal_autocheckpoint=LOG), codecs)
                opened.callback(self._writer.close)
                self._now = opened.enter_context(closing(Reader(_connect(path, query_only=1), codecs)))
                self._later = opened.enter_context(closing(Reader(_connect(path, query_only=1), codecs)))
            except sqlite3.Error as error:
                raise unavailable(error) from error
            self._thread = opened.enter_context(ThreadPoolExecutor(1, thread_name_prefix="read"))
            self._opened = opened.pop_all()

    def stage(self, batch: Batch, heard: datetime) -> None:
        """Write a batch into the open transaction, without making it durable.

        Raises:
            Unavailable: it cannot be written; it is gone, and with it all that was staged and not committed yet.
        """
        self._writer.stage(batch, heard)

    async def commit(self) -> None:
        """Make what was staged durable: flushed to the disk when this returns.

        Raises:
            Unavailable: it is not durable; nothing of it stays.
        """
        await self._writer.commit()

    def load(self, noun: type[N], *where: Where) -> list[N]:
        """Read every row of a kind that matches, by key."""
        return self._now.load(noun, *where)

    def get(self, noun: type[N], key: Any) -> N | None:
        """Read one committed row."""
        return self._now.get(noun, key)

    def first(self, noun: type[N], *where: Where) -> N | None:
        """Read the matching committed row with the lowest key."""
        return self._now.first(noun, *where)

    def heard(self, number: TransferNumber, seq: int) -> bool:
        """Tell whether the committed journal holds this fact of this transfer."""
        return self._now.heard(number, seq)

    def highest(self, noun: type[Any]) -> int:
        """Return the highest integer key of a kind ever used, 0 if none."""
        return self._now.highest(noun)

    async def find(self, noun: type[N], query: Query) -> list[N]:
        """Search rows; those without a value in the column of the order come first, or last downwards."""
        return await self._aside(self._later.find, noun, query)

    async def count(self, noun: type[Any], *where: Where) -> int:
        """Count rows."""
        return await self._aside(self._later.count, noun, *where)

    async def facts(
        self,
        *,
        station: StationId | None = None,
        number: TransferNumber | None = None,
        after: int = 0,
        newest: bool = False,
        limit: int = 100,
    ) -> Sequence[StoredFact]:
        """Read the journal, oldest first, or newest first."""
        return await self._aside(self._later.facts, station=station, number=number, after=after, newest=newest, limit=limit)

    def close(self) -> None:
        """Let go of files and threads, without what was staged only."""
        self._opened.close()

    async def _aside(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, functools.partial(work, *args, **kwargs))


def _connect(path: Path, **pragmas: str | int) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=PATIENCE, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS
    )
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name} = {value}")
    return connection
