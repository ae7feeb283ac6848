# SPDX-License-Identifier: Apache-2.0
"""One database, one process: a lock that goes with the process that holds it, however it ends."""

import contextlib
import fcntl
import os
from pathlib import Path

from open63110.kernel.errors import Unavailable


class Lock:
    """Holds ``<database>.lock`` until released."""

    def __init__(self, database: Path) -> None:
        """Take it at once or not at all.

        Raises:
            Unavailable: another process, or another part of this one, works with the database.
        """
        self._path = database.with_name(f"{database.name}.lock")
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unavailable(f"{self._path} cannot be opened: {error.strerror}", where="store") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.read(self._descriptor, 32).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise Unavailable(
                f"{database} is in use by process {owner or 'unknown'}", code="InUse", where="store", remedy="stop it first"
            ) from error
        with contextlib.suppress(OSError):  # who holds it is said for people only; a full disk will show soon enough
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another process have it. The file stays: removing it would let two processes hold two files."""
        os.close(self._descriptor)
