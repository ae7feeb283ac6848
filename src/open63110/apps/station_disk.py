# SPDX-License-Identifier: Apache-2.0
"""The disk of a station: where it keeps what, and how what it is to forget goes from there (8.3.12, 8.3.13)."""

import asyncio
import contextlib
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import msgspec

from open63110.apps.clock import SystemClock
from open63110.apps.station_config import StationConfig
from open63110.apps.station_folder import FRAMES, JOURNAL, WIPE
from open63110.apps.station_logs import LOGS, OUTGOING
from open63110.kernel.errors import Refused
from open63110.model.deregistration import Wipe
from open63110.store.erasure import blot, compact, remains
from open63110.store.frames import DailyFrames
from open63110.store.outbox import OutboxFile
from open63110.store.words import Words


class Frames(Protocol):
    """Raw frames that are kept."""

    async def erase(self, words: Words) -> int:
        """Blot words out of all of them."""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A wipe that was begun."""

    wipe: Wipe
    files: dict[str, str] = {}
    """What is to go beside the data folder, and the SHA-256 of it: a key that was put there since is another."""


class Disk(msgspec.Struct, frozen=True, kw_only=True):
    """Where a station keeps what. Nothing beside it names anybody."""

    folder: Path
    journal: Path
    logs: tuple[Path, ...] = ()
    """Folders of its logs."""
    frames: Frames | None = None
    outbox: OutboxFile | None = None
    credentials: tuple[Path, ...] = ()
    """By which it shows who it is: certificates."""
    keys: tuple[Path, ...] = ()
    """Of them."""

    def untold(self, words: Words) -> bool:
        """Tell whether something that names somebody waits to be told over the link.

        Raises:
            Unavailable: the disk does not read.
        """
        waits = self.outbox.read("SELECT data FROM message") if self.outbox is not None else ()
        return any(words.blotted(data) != data for (data,) in waits)

    async def forget(self, words: Words) -> None:
        """Leave nothing that names somebody; it lasts when this returns.

        Raises:
            Unavailable: a part of the disk does not read or write.
            OSError: the same.
        """
        if self.frames is not None:
            await self.frames.erase(words)
        if self.outbox is not None:
            self.outbox.tidy()
        await asyncio.to_thread(self._forget, words)

    def _forget(self, words: Words) -> None:
        _blot_files(self.logs, words)
        blot(self.journal, words)
        log_of_it = self.journal.with_name(f"{self.journal.name}-wal")
        if any(remains(one, words) for one in (self.journal, log_of_it) if one.exists()):
            compact(self.journal)

    # -- a wipe --

    def begin(self, wipe: Wipe) -> None:
        """Write down that a wipe begins; it lasts when this returns.

        Raises:
            OSError: it cannot be written.
        """
        chosen = dict.fromkeys((*(self.keys if wipe.keys else ()), *(self.credentials if wipe.credentials else ())))
        files = {str(one): _digest(one.read_bytes()) for one in chosen if one.is_file()}
        _write(self.folder / WIPE, msgspec.json.encode(Begun(wipe=wipe, files=files)))

    def begun(self) -> Begun | None:
        """Return the wipe that was begun and has not ended.

        Raises:
            OSError: that cannot be read.
        """
        path = self.folder / WIPE
        try:
            return msgspec.json.decode(path.read_bytes(), type=Begun) if path.exists() else None
        except msgspec.DecodeError:  # it is written whole or not at all, so this is none of ours
            return None

    def erase(self) -> None:
        """Overwrite keys and certificates, and remove them; those that are not what they were have another owner.

        The journal is written anew, without what rows have left behind.

        Raises:
            Refused: some could not be erased; the others are.
            Unavailable: there is no room for a second journal.
            OSError: nobody knows which.
        """
        compact(self.journal)
        begun, left = self.begun(), list[str]()
        for name, digest in begun.files.items() if begun is not None else ():
            try:
                _erase(Path(name), digest)
            except OSError as fault:
                left.append(f"{name}: {fault.strerror}")
        if left:
            raise Refused(f"not erased: {'; '.join(left)}", code="WipeFailed")

    def end(self) -> None:
        """Write down that a wipe has ended, or is none."""
        with contextlib.suppress(OSError):  # the next start looks again
            (self.folder / WIPE).unlink(missing_ok=True)
            _settle(self.folder)


def disk_of(config: StationConfig, frames: Frames | None, outbox: OutboxFile | None) -> Disk:
    """Return where the station of a configuration keeps what.

    Args:
        config: of it.
        frames: that are noted now; None: those of earlier are looked for.
        outbox: of its link.
    """
    folder, csms = Path(config.data), config.csms
    return Disk(
        folder=folder,
        journal=folder / JOURNAL,
        logs=(folder / LOGS, folder / OUTGOING),
        frames=DailyFrames(folder / FRAMES, SystemClock()) if frames is None and (folder / FRAMES).is_dir() else frames,
        outbox=outbox,
        credentials=(Path(csms.certificate),) if csms.certificate else (),
        keys=(Path(csms.key),) if csms.key else (),
    )


def _blot_files(folders: Iterable[Path], words: Words) -> None:
    """Blot words out of logs, in their place: a line is as long as it was, and whoever writes behind it is not disturbed."""
    for file in (one for folder in folders if folder.is_dir() for one in sorted(folder.rglob("*")) if one.is_file()):
        raw = file.read_bytes()
        clean = words.blotted(raw)
        if clean != raw:
            _overwrite(file, clean)


def _erase(path: Path, digest: str) -> None:
    """Overwrite and remove a file with this content, or one that a kill left when it was overwritten already."""
    if not path.is_file():
        return
    raw = path.read_bytes()
    if _digest(raw) == digest or not raw.strip(b"\0"):
        _overwrite(path, b"\0" * len(raw))
        path.unlink()
        _settle(path.parent)


def _overwrite(path: Path, raw: bytes) -> None:
    with path.open("r+b") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _write(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all; it lasts when this returns."""
    draft = path.with_name(f"{path.name}.new")
    with draft.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
