# SPDX-License-Identifier: Apache-2.0
"""What the database complains of, said so that an operator knows what to do."""

import sqlite3

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
