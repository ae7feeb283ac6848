# SPDX-License-Identifier: Apache-2.0
"""A log on its way to a CSMS: what has come so far, hashed as it comes."""

import asyncio
import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

BLOCK: Final = 1024 * 1024


class Room:
    """How full a folder is: counted now and then, since that takes a look at each file, and kept up with between."""

    def __init__(self, folder: Path) -> None:
        """Know nothing yet."""
        self._folder, self._counted, self._changes = folder, False, 0
        self._counting = asyncio.Lock()
        self.used = 0
        """[bytes]"""

    async def known(self) -> None:
        """Count what lies there, if nobody has."""
        if not self._counted:
            async with self._counting:
                if not self._counted:
                    await self._count()

    async def count(self) -> None:
        """Count what lies there; if that changes meanwhile, what was kept up with is nearer to the truth, and stays."""
        async with self._counting:
            await self._count()

    async def _count(self) -> None:
        before = self._changes
        found = await asyncio.to_thread(_used, self._folder)
        if before == self._changes or not self._counted:
            self.used, self._counted = found, True

    def changed(self, by: int) -> None:
        """Keep up with what has come, or gone [bytes]."""
        self.used += by
        self._changes += 1

    def gone(self, path: Path) -> None:
        """Throw a file away, if it is there."""
        with suppress(FileNotFoundError):
            size = path.stat().st_size
            path.unlink()
            self.changed(-size)


def _used(folder: Path) -> int:
    found = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # logs come and go while this looks
            about = path.stat()
            found += about.st_size if stat.S_ISREG(about.st_mode) else 0
    return found


class Part:
    """A log on its way in: what has come so far, hashed as it comes."""

    def __init__(self, path: Path, room: Room) -> None:
        """Go on with what lies there."""
        self.path, self.size = path, path.stat().st_size if path.exists() else 0
        self.taker: object = None
        """Who writes; the newest counts."""
        self._room = room
        self._digest: hashlib._Hash | None = None

    async def opened(self, taker: object, offset: int) -> None:
        """Let somebody write from there on; whoever wrote before is not listened to any more."""
        self.taker = taker
        if offset == 0 and self.size:
            self.drop()
        if self._digest is None:
            digest = await asyncio.to_thread(hashed, self.path)
            if self.taker is taker:  # else somebody may have written more since
                self._digest = digest

    def write(self, piece: bytes) -> None:
        """Append."""
        with self.path.open("ab", buffering=0) as file:
            left = memoryview(piece)
            while left:
                left = left[os.write(file.fileno(), left) :]
        self.size += len(piece)
        self._room.changed(len(piece))
        if self._digest is not None:
            self._digest.update(piece)

    @property
    def sha256(self) -> str:
        """Of what has come, in hexadecimal digits."""
        return "" if self._digest is None else self._digest.hexdigest()

    def drop(self) -> None:
        """Throw it away."""
        self._room.gone(self.path)
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
    """Force what was written onto the disk, and its name as well; a run that was killed behind that has left only the name."""
    if path.exists() or not as_.exists():
        _forced(path)
        path.replace(as_)
    _forced(as_.parent)


def _forced(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
