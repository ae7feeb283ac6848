# SPDX-License-Identifier: Apache-2.0
"""A file on its way by HTTP: what has come of it stays, over cuts and restarts, until it is whole (8.3.6)."""

import os
from pathlib import Path
from typing import Any, Self

from open63110.wire.download import Head, NotFetched


class Part:
    """A file that appears under its name only once it is whole; until then it lies beside it, with what it is a part of."""

    def __init__(self, path: Path, largest: int) -> None:
        """Go on with the part that is there."""
        self._path, self._largest = path, largest
        self._part, self._mark = path.with_suffix(".part"), path.with_suffix(".etag")
        self.size = self._part.stat().st_size if self._part.exists() else 0
        self.etag = self._mark.read_text(encoding="latin-1") if self._mark.exists() and self.size else ""
        if not self.etag.isprintable():
            self.etag = ""  # the power went before it was on the disk
        if not self.etag:
            self.size = 0  # nobody could say whether the rest belongs to it
        self._file: Any = None

    def __enter__(self) -> Self:
        """Open it."""
        self._file = self._part.open("ab")
        self._file.truncate(self.size)
        return self

    def __exit__(self, *_: object) -> None:
        """Close it; what came stays."""
        self._file.close()

    def begin(self, head: Head) -> None:
        """Learn what is about to come.

        Raises:
            NotFetched: it is too large.
        """
        if head.total is not None and head.total > self._largest:
            message = f"TooLarge: {head.total} bytes"
            raise NotFetched(message)
        if head.offset != self.size:
            self._file.truncate(head.offset)
            self.size = head.offset
        if head.etag != self.etag:
            self.etag = head.etag
            self._mark.write_text(head.etag, encoding="latin-1")

    def write(self, piece: bytes) -> None:
        """Append.

        Raises:
            NotFetched: it is too large.
        """
        self.size += len(piece)
        if self.size > self._largest:
            message = f"TooLarge: more than {self._largest} bytes"
            raise NotFetched(message)
        self._file.write(piece)

    def finish(self) -> None:
        """Give it its name, once it is on the disk.

        Raises:
            OSError: it cannot be written.
        """
        with self._part.open("rb") as file:
            os.fsync(file.fileno())
        self._part.replace(self._path)
        self._mark.unlink(missing_ok=True)


def drop(path: Path) -> None:
    """Let go of a file, and of what has come of it.

    Raises:
        OSError: it cannot be removed.
    """
    for one in (path, path.with_suffix(".part"), path.with_suffix(".etag")):
        one.unlink(missing_ok=True)
