# SPDX-License-Identifier: Apache-2.0
"""What firmware for stations of this product looks like: one line of JSON that says what it is, then whatever it consists of.

And which version runs, beside the one before it, so that it can be gone back to: a file that outlives power cuts.
"""

import contextlib
import os
from pathlib import Path
from typing import Final

import msgspec

from open63110.kernel.errors import Malformed

LONGEST_HEADER: Final = 4_096
"""[bytes]"""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What an image says of itself."""

    firmware: str
    """Of which kind it is: open63110."""
    vendor: str = ""
    models: tuple[str, ...] = ()
    version: str = ""


def image(header: Header, content: bytes) -> bytes:
    """Return an image."""
    return msgspec.json.encode(header) + b"\n" + content


def header_in(path: Path) -> Header | None:
    """Read what an image says of itself; None: nothing, it is of another kind.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        line, end, _ = file.read(LONGEST_HEADER).partition(b"\n")
    if not end:
        return None
    try:
        return msgspec.json.decode(line, type=Header)
    except msgspec.DecodeError:
        return None


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """Which version runs."""

    version: str = ""
    """Empty: the one it was built with."""
    before: str = ""
    """To which it goes back."""
    request: int = 0
    """With which order it came."""


class Slots:
    """Remembers which version runs."""

    def __init__(self, path: Path | None) -> None:
        """Read it.

        Args:
            path: of the file; it need not be there. None: it is remembered for this run.
        """
        self._path = path
        self.running = Running()
        if path is not None and path.exists():
            with contextlib.suppress(msgspec.DecodeError, OSError):
                self.running = msgspec.json.decode(path.read_bytes(), type=Running)

    def switch(self, running: Running) -> None:
        """Let another version run from the next start on.

        Raises:
            OSError: it cannot be written; then the old one goes on.
        """
        if self._path is not None:
            draft = self._path.with_suffix(".new")
            with draft.open("wb") as file:
                file.write(msgspec.json.encode(running))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        self.running = running


def checked_model(header: Header | None, vendor: str, model: str) -> None:
    """See to it that an image is for a station.

    Raises:
        Malformed: it says that it is for another.
    """
    if header is None:
        return
    other = header.vendor and header.vendor.casefold() != vendor.casefold()
    if other or (header.models and model not in header.models):
        raise Malformed(f"it is for {header.vendor} {', '.join(header.models)}", code="WrongModel")
