# SPDX-License-Identifier: Apache-2.0
"""Streams from and to files: what has come is on the disk after each few megabytes, and gets its name only once it is right."""

import hashlib
import os
from pathlib import Path
from typing import Final

from open63110.bindings.link.patterns.streams import Offer
from open63110.kernel.errors import Unavailable

BLOCK: Final = 256 * 1024
"""Of a file that is read at once to compute its hash [bytes]."""

FLUSHED: Final = 1024 * 1024
"""After so many bytes they are forced onto the disk, so that the end of a stream need not wait for all of it."""


class FileSource:
    """A stream from a file."""

    def __init__(self, path: Path) -> None:
        """Open it at each read: it may lie there for days."""
        self._path = path

    def offer(self, id: bytes, name: str) -> Offer:
        """Return what to offer; reads all of it.

        Raises:
            Unavailable: it cannot be read.
        """
        try:
            digest = _hashed(self._path).digest()
            return Offer(id=id, name=name, total=self._path.stat().st_size, sha256=digest)
        except OSError as fault:
            raise Unavailable(f"{self._path} cannot be read: {fault.strerror}") from fault

    def read(self, offset: int, size: int) -> bytes:
        """Return so many bytes from there.

        Raises:
            Unavailable: it cannot be read.
        """
        try:
            with self._path.open("rb") as file:
                file.seek(offset)
                return file.read(size)
        except OSError as fault:
            raise Unavailable(f"{self._path} cannot be read: {fault.strerror}") from fault


class FileSink:
    """A stream into a file that appears under its name only once it is whole and right; until then it lies in a part."""

    def __init__(self, path: Path, part: Path | None = None) -> None:
        """Go on with the part that is there.

        Args:
            path: where it goes.
            part: where it lies until then, on the same disk; None: beside it, with ``.part`` behind the name.
        """
        self._path, self._part = path, part or path.with_name(path.name + ".part")
        self._digest: hashlib._Hash | None = None
        self._unsafe = 0

    @property
    def size(self) -> int:
        """How much is there."""
        return self._part.stat().st_size if self._part.exists() else 0

    def catch_up(self) -> None:
        """Read what is there, for its hash; a write does that by itself, but may have to wait for it.

        Raises:
            Unavailable: it cannot be read.
        """
        try:
            self._running()
        except OSError as fault:
            raise Unavailable(f"{self._part} cannot be read: {fault.strerror}", code="NoDisk") from fault

    def write(self, content: bytes) -> None:
        """Append.

        Raises:
            Unavailable: it cannot be written.
        """
        try:
            digest = self._running()
            with self._part.open("ab", buffering=0) as file:
                before = os.fstat(file.fileno()).st_size
                try:
                    self._append(file.fileno(), content)
                except OSError:
                    file.truncate(before)
                    raise
            digest.update(content)
        except OSError as fault:
            raise Unavailable(f"{self._part} cannot be written: {fault.strerror}", code="NoDisk") from fault

    def _append(self, descriptor: int, content: bytes) -> None:
        left = memoryview(content)
        while left:
            left = left[os.write(descriptor, left) :]
        self._unsafe += len(content)
        if self._unsafe >= FLUSHED:
            os.fsync(descriptor)
            self._unsafe = 0

    def _running(self) -> "hashlib._Hash":
        if self._digest is None:
            self._digest = _hashed(self._part) if self._part.exists() else hashlib.sha256()
        return self._digest

    def finish(self, sha256: bytes) -> bool:
        """Give it its name, or throw it away.

        Raises:
            Unavailable: it cannot be written.
        """
        try:
            with self._part.open("ab") as file:
                os.fsync(file.fileno())
            if self._running().digest() != sha256:
                self._part.unlink()
                self._digest, self._unsafe = None, 0
                return False
            self._part.replace(self._path)
            _settle(self._path.parent)
        except OSError as fault:
            raise Unavailable(f"{self._path} cannot be written: {fault.strerror}", code="NoDisk") from fault
        return True


def _settle(folder: Path) -> None:
    """Force a new name onto the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _hashed(path: Path) -> "hashlib._Hash":
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest
