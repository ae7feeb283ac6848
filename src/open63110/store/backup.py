# SPDX-License-Identifier: Apache-2.0
"""Backup while the system runs, and the way back while it stands still."""

import os
from pathlib import Path

from open63110.kernel.errors import Refused, Unavailable, Unknown
from open63110.store.lock import Lock
from open63110.store.migrate import known, version
from open63110.store.snapshot import flush, snapshot


def backup(path: Path, target: Path) -> None:
    """Copy a database, in use or not, into one new file.

    Raises:
        Unknown: there is no such database.
        Refused: the target exists.
        Unavailable: it cannot be read, or there is no room.
    """
    if version(path) is None:
        raise Unknown(f"there is no database {path}", where="path")
    if target.exists():
        raise Refused(f"{target} exists already", code="Exists", where="target", remedy="name another file, or move it away")
    snapshot(path, target)


def restore(source: Path, path: Path) -> None:
    """Put a backup in the place of a database that nobody uses; what stood there is kept as ``<path>.replaced``.

    Raises:
        Unknown: there is no such backup.
        Unavailable: the database is in use, the backup is damaged or newer than this program, or there is no room.
    """
    found = version(source)
    if found is None:
        raise Unknown(f"there is no backup {source}", where="source")
    known(source, found)
    lock, fresh = Lock(path), path.with_name(f"{path.name}.restored")
    try:
        snapshot(source, fresh)
        _put_aside(path)
        fresh.replace(path)
        flush(path.parent)
    except OSError as error:
        raise Unavailable(f"{path} cannot be put aside or replaced: {error.strerror}", where="store") from error
    finally:
        fresh.unlink(missing_ok=True)
        lock.release()


def _put_aside(path: Path) -> None:
    """Keep the old database with its log, which must never meet the new one; its name stays taken until it is replaced."""
    replaced = path.with_name(f"{path.name}.replaced")
    for suffix in ("-shm", "-wal", ""):
        replaced.with_name(f"{replaced.name}{suffix}").unlink(missing_ok=True)
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    log = path.with_name(f"{path.name}-wal")
    if log.exists():
        log.replace(replaced.with_name(f"{replaced.name}-wal"))
    if path.exists():
        os.link(path, replaced)
