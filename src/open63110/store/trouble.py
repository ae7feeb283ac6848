# SPDX-License-Identifier: Apache-2.0
"""What the database complains of, said so that an operator knows what to do."""

import errno
import os
import sqlite3
from pathlib import Path

from open63110.kernel.errors import Unavailable

_SENTENCES = {
    "FULL": ("the disk is full", "make room; nothing has to be restarted"),
    "IOERR": ("the disk does not read or write", "look at the disk and its room; nothing has to be restarted"),
    "READONLY": ("the database may not be written", "give this user the right to write the file and its folder"),
    "CANTOPEN": ("the database cannot be opened", "look at the path and the rights of its folder"),
    "BUSY": ("another program holds the database", "end that program"),
    "LOCKED": ("another program holds the database", "end that program"),
    "CORRUPT": ("the database is damaged", "stop, keep the file, and restore a backup"),
    "NOTADB": ("the file is no database", "stop, and name the right file or restore a backup"),
}


def unavailable(error: Exception) -> Unavailable:
    """Turn a failure of the database, or a value that no row can hold, into what the inside understands."""
    if not isinstance(error, sqlite3.Error):
        return Unavailable(f"a value cannot be stored: {error}", code="Unwritable", where="store")
    name = getattr(error, "sqlite_errorname", "")
    for word, (sentence, remedy) in _SENTENCES.items():
        if name.startswith(f"SQLITE_{word}"):
            return Unavailable(f"{sentence} ({error})", where="store", remedy=remedy)
    return Unavailable(f"the database failed ({name or type(error).__name__}: {error})", where="store")


NO_ROOM = "make room on this disk and start again: nothing is lost"
"""What to do when there was no room to begin with."""

_TIGHT = 1 << 20
"""With less room than this [B], a disk that does not read or write is taken for full: the log's index alone needs 32 KiB."""


def not_begun(path: Path, fault: Unavailable | OSError) -> Unavailable:
    """Say why a database could not be opened, in one sentence with its path and with what to do."""
    if is_full(fault, path.parent):
        return Unavailable(f"the disk is full, so {path} cannot be opened; {NO_ROOM}", where="store", remedy=NO_ROOM)
    if isinstance(fault, OSError):
        return Unavailable(f"{path} cannot be opened: {fault.strerror}", where="store")
    return fault


def is_full(fault: BaseException | None, folder: Path) -> bool:
    """Tell whether something went wrong because the disk of a folder, or this user's share of it, is full."""
    while fault is not None:
        if isinstance(fault, OSError) and fault.errno in {errno.ENOSPC, errno.EDQUOT}:
            return True
        name = getattr(fault, "sqlite_errorname", "")
        if name == "SQLITE_FULL" or (name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")) and _is_tight(folder)):
            return True
        fault = fault.__cause__
    return False


def _is_tight(folder: Path) -> bool:
    try:
        room = os.statvfs(folder)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < _TIGHT
