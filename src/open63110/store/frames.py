# SPDX-License-Identifier: Apache-2.0
"""Raw frames in compressed daily files: what stations and we really said, for people, never for truth."""

import asyncio
import errno
import os
import struct
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
import zstandard

from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import StationId
from open63110.ports import Clock
from open63110.store.words import Words

FLUSH_BYTES = 524_288
"""Frames held in memory before a block is written: each block drives what others need out of the processor's cache, once."""

NEW = ".frames-new"
"""How a file ends that is being written anew."""

DAMAGED: Final = "Damaged"
"""Code of a trouble with a file that cannot be read."""

_HEAD = struct.Struct("<II")
_STATION = itemgetter(1)  # of a row
_Row = tuple[float, str, bool, bytes]
"""When, by the clock of its block; station; whether we sent it; the frame."""
_DAY = 86_400
"""[s]"""


class _Block(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What stands before the rows of a block."""

    stations: set[str]
    newest: float
    """Of its frames [s since 1970]."""
    shift: float = 0.0
    """When the clock of its rows showed nothing [s since 1970]."""
    factor: float = 1.0
    """Seconds that pass while one of its rows' clock does."""


_pack = msgspec.msgpack.Encoder().encode
_block = msgspec.msgpack.Decoder(type=_Block).decode
_rows = msgspec.msgpack.Decoder(type=list[_Row]).decode
_compress = zstandard.ZstdCompressor(level=1).compress


class Frame(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One frame."""

    at: datetime
    station: str
    sent: bool
    """We sent it."""
    text: str


class DailyFrames:
    """Appends blocks of frames to one file a day. A block starts with its length and the stations in it."""

    def __init__(self, folder: Path, clock: Clock, *, days: int = 14) -> None:
        """Keep files in a folder for so many days."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._clock, self._days = folder, clock, days
        self._held: list[_Row] = []
        self._size = 0
        """Of the frames in it [B]."""
        self._day, self._file = -1, ""
        """Since 1970, and what is written that day."""
        self._sound = ""
        """The file that ends with a whole block for sure: a crash may have torn the last one of a run before."""
        self._factor = 1.0 / clock.real(1.0)
        self.lost = 0
        """Frames that could not be written (disk full); nothing depends on them."""

    def note(self, station: StationId, frame: bytes, *, sent: bool) -> None:
        """Remember a frame; written within a second or so."""
        self._held.append((time.monotonic(), station, sent, frame))
        self._size += len(frame)
        if self._size >= FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is held as one block."""
        if not self._held:
            return
        shift = self._clock.now().timestamp() - time.monotonic() * self._factor
        newest = shift + self._held[-1][0] * self._factor
        head = _pack(_Block(set(map(_STATION, self._held)), newest, shift, self._factor))
        body = _compress(_pack(self._held))
        try:
            self._append(self._file_of(newest), _HEAD.pack(len(head), len(body)) + head + body)
        except OSError:
            self.lost += len(self._held)
        self._held.clear()
        self._size = 0

    def _append(self, file: str, block: bytes) -> None:
        """Write a block whole or not at all: behind a torn one nothing could be read any more."""
        stream = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        try:
            if file != self._sound:
                os.ftruncate(stream, _sound_length(Path(file)))
                self._sound = file
            _write_whole(stream, block)
        finally:
            os.close(stream)

    def _file_of(self, at: float) -> str:
        day = int(at // _DAY)
        if day != self._day:
            self._day = day
            self._file = str(self._folder / f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}.frames")
        return self._file

    async def run(self) -> None:
        """Write every second, prune every day, for ever."""
        pruned: date | None = None
        while True:
            await asyncio.sleep(1.0)
            self.flush()
            today = self._clock.now().date()
            if pruned != today:
                self.prune(today)
                pruned = today

    def prune(self, today: date) -> None:
        """Delete files older than the days kept."""
        oldest = f"{today - timedelta(days=self._days):%Y-%m-%d}.frames"
        for file in self._folder.glob("????-??-??.frames"):
            if file.name < oldest:
                file.unlink(missing_ok=True)

    async def erase(self, words: Words) -> int:
        """Blot words out of all frames that are kept; return in how many they stood.

        A file is written anew beside its place. What comes into it meanwhile is taken over, so that no frame is lost.

        Raises:
            Unavailable: a file cannot be written anew, and is as it was; code ``Damaged``: one cannot be read, all others were.
        """
        self.flush()
        count, damaged = 0, ""
        try:
            for file in sorted(self._folder.glob("????-??-??.frames")):
                try:
                    count += await self._erase(file, words)
                except (zstandard.ZstdError, msgspec.DecodeError) as fault:
                    damaged = f"{file} is damaged: {fault}"
        finally:
            for left in self._folder.glob(f"*{NEW}"):  # of a run that ended within a file, too
                left.unlink(missing_ok=True)
        if damaged:
            raise Unavailable(damaged, code=DAMAGED, where="frames", remedy="move it away")
        return count

    async def _erase(self, file: Path, words: Words) -> int:
        try:
            found, length = await asyncio.to_thread(_blotted, file, words)
            if found:
                self._put_in_place(file, length)
        except FileNotFoundError:  # it was older than what is kept
            return 0
        except OSError as fault:
            raise Unavailable(
                f"{file} cannot be written anew: {fault}", where="frames", remedy="make room on the disk"
            ) from fault
        return found

    def _put_in_place(self, file: Path, length: int) -> None:
        """Let a file that was written anew take its place, with the whole blocks that have been added to the old one since."""
        fresh = file.with_suffix(NEW)
        with file.open("rb") as old, fresh.open("ab") as stream:
            old.seek(length)
            end = max((begin + size for _, begin, size in _walk(old)), default=length)
            old.seek(length)
            stream.write(old.read(end - length))
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(file)

    async def recent(self, station: StationId, limit: int = 50) -> list[Frame]:
        """Return a station's newest frames, newest first."""
        self.flush()
        return await asyncio.to_thread(self._recent, station, limit)

    def _recent(self, station: StationId, limit: int) -> list[Frame]:
        found: list[Frame] = []
        for file in sorted(self._folder.glob("????-??-??.frames"), reverse=True):
            for block, rows in _newest_blocks(file, station):
                found.extend(_frame(block, row) for row in reversed(rows) if row[1] == station)
                if len(found) >= limit:
                    return found[:limit]
        return found


def _blotted(file: Path, words: Words) -> tuple[int, int]:
    """Write a file anew without some words, beside it, if they stand in it; return in how many frames, and how much was read."""
    expand, count, end = zstandard.ZstdDecompressor().decompress, 0, 0
    fresh = file.with_suffix(NEW)
    with file.open("rb") as old, fresh.open("wb") as new:
        for head, begin, length in _walk(old):
            old.seek(begin)
            body = old.read(length)
            rows = _rows(expand(body))
            clean = [(at, station, sent, words.blotted(raw)) for at, station, sent, raw in rows]
            found = sum(one != other for one, other in zip(rows, clean, strict=True))
            if found:
                body = _compress(_pack(clean))
            new.write(_HEAD.pack(len(head), len(body)) + head + body)
            count, end = count + found, begin + length
        new.flush()
        os.fsync(new.fileno())  # here, and not on the loop, which only adds the tail
    if not count:
        fresh.unlink()
    return count, end


def _write_whole(stream: int, block: bytes) -> None:
    """Write a block at the end of a file, or nothing.

    Raises:
        OSError: there is no room for all of it.
    """
    end = os.fstat(stream).st_size
    try:
        written = os.write(stream, block)
    except OSError:
        written = 0
    if written < len(block):
        os.ftruncate(stream, end)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _frame(block: _Block, row: _Row) -> Frame:
    at, station, sent, raw = row
    moment = datetime.fromtimestamp(block.shift + at * block.factor, UTC)
    return Frame(at=moment, station=station, sent=sent, text=raw.decode("utf-8", "replace"))


def _newest_blocks(file: Path, station: StationId) -> Iterator[tuple[_Block, list[_Row]]]:
    """Read the blocks that hold frames of a station, one at a time, newest first."""
    expand = zstandard.ZstdDecompressor().decompress
    with file.open("rb") as stream:  # once: another file may take its place meanwhile, in which all stands elsewhere
        places = [(block, begin, length) for head, begin, length in _walk(stream) if station in (block := _block(head)).stations]
        for block, begin, length in reversed(places):
            stream.seek(begin)
            yield block, _rows(expand(stream.read(length)))


def _sound_length(file: Path) -> int:
    """Return where the last whole block ends."""
    with file.open("rb") as stream:
        return max((begin + length for _, begin, length in _walk(stream)), default=0)


def _walk(stream: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Find the whole blocks from where a file is read: head, begin and length of the body; a torn last one is passed over."""
    at = stream.tell()
    size = stream.seek(0, os.SEEK_END)
    stream.seek(at)
    while len(lengths := stream.read(_HEAD.size)) == _HEAD.size:
        head_length, body_length = _HEAD.unpack(lengths)
        head, begin = stream.read(head_length), stream.tell()
        if len(head) < head_length or begin + body_length > size:
            return
        yield head, begin, body_length
        stream.seek(begin + body_length)
