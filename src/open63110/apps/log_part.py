# SPDX-License-Identifier: Apache-2.0
"""A log on its way to a CSMS: what has come so far, hashed as it comes."""

import asyncio
import hashlib
import os
from pathlib import Path
from typing import Final

BLOCK: Final = 1024 * 1024


class Part:
    """A log on its way in: what has come so far, hashed as it comes."""

    def __init__(self, path: Path) -> None:
        """Go on with what lies there."""
        self.path, self.size = path, path.stat().st_size if path.exists() else 0
        self.taker: object = None
        """Who writes; the newest counts."""
        self.room = 0
        """How large it may become [bytes]."""
        self._digest: hashlib._Hash | None = None

    async def opened(self, taker: object, offset: int) -> None:
        """Let somebody write from there on; whoever wrote before is not listened to any more."""
        self.taker = taker
        if offset == 0 and self.size:
            self.path.unlink(missing_ok=True)
            self.size, self._digest = 0, None
        if self._digest is None:
            self._digest = await asyncio.to_thread(hashed, self.path)

    def write(self, piece: bytes) -> None:
        """Append."""
        with self.path.open("ab", buffering=0) as file:
            left = memoryview(piece)
            while left:
                left = left[os.write(file.fileno(), left) :]
        self.size += len(piece)
        if self._digest is not None:
            self._digest.update(piece)

    @property
    def sha256(self) -> str:
        """Of what has come, in hexadecimal digits."""
        return "" if self._digest is None else self._digest.hexdigest()

    def drop(self) -> None:
        """Throw it away."""
        self.path.unlink(missing_ok=True)
        self.size, self._digest = 0, None


def hashed(path: Path) -> "hashlib._Hash":
    """Hash a file; one that is not there has no content."""
    digest = hashlib.sha256()
    if path.exists():
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
    return digest


def settled(path: Path, as_: Path) -> None:
    """Force what was written onto the disk, and give it its name."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    path.replace(as_)
