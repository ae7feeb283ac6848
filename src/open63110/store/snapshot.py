# SPDX-License-Identifier: Apache-2.0
"""A copy of a database at one moment, while others write to it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from open63110.kernel.errors import Unavailable
from open63110.store.trouble import unavailable


def snapshot(source: Path, target: Path) -> None:
    """Copy what is committed now into one file, durable and checked when this returns.

    The writer goes on meanwhile; its log cannot be shortened until the copy is made. A target that exists is replaced,
    in one step at the end.

    Raises:
        Unavailable: the source cannot be read, is damaged, or there is no room for the target.
    """
    partial = target.with_name(f"{target.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL, 0o600))
        _copy(source, partial)
        flush(partial)
        partial.replace(target)
        flush(target.parent)
    except sqlite3.Error as error:
        raise unavailable(error) from error
    except OSError as error:
        raise Unavailable(f"{target} cannot be written: {error.strerror}", where="store") from error
    finally:
        partial.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as reading:
        reading.execute("PRAGMA query_only = 1")
        with closing(sqlite3.connect(target, isolation_level=None)) as writing:
            reading.backup(writing)  # in one step, so that a busy writer does not make it begin again
            writing.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            _check(writing)


def _check(connection: sqlite3.Connection) -> None:
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise Unavailable(f"the database is damaged: {found}", where="store", remedy="take another copy")


def flush(path: Path) -> None:
    """Force a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
