# SPDX-License-Identifier: Apache-2.0
"""Raw frames in compressed daily files: what stations and we really said, for people, never for truth."""

import asyncio
import errno
import io
import os
import struct
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import zstandard

from open63110.kernel.ids import StationId
from open63110.ports import Clock

FLUSH_BYTES = 65_536
"""Frames held in memory before a block is written: few enough to leave the processor's cache to others."""

_HEAD = struct.Struct("<II")
_Row = tuple[float, str, bool, bytes]
"""Seconds since 1970, station, whether we sent it, the frame."""
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(type=tuple[set[str], float]).decode
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
        self._held: list[tuple[float, str, bool, int]] = []
        """As _Row, with the place in the text where the frame ends."""
        self._text = io.BytesIO()
        """Keeps its room from block to block."""
        self._sound: Path | None = None
        """The file that ends with a whole block for sure: a crash may have torn the last one of a run before."""
        self._factor = 1.0 / clock.real(1.0)
        self.lost = 0
        """Frames that could not be written (disk full); nothing depends on them."""

    def note(self, station: StationId, frame: bytes, *, sent: bool) -> None:
        """Remember a frame; written within a second or so."""
        self._text.write(frame)
        end = self._text.tell()
        self._held.append((time.monotonic(), station, sent, end))
        if end >= FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is held as one block."""
        if not self._held:
            return
        newest = self._time_of(self._held[-1][0])
        head = _pack((list({station for _, station, _, _ in self._held}), newest))
        body = _compress(self._packed())
        try:
            self._append(self._file(newest), _HEAD.pack(len(head), len(body)) + head + body)
        except OSError:
            self.lost += len(self._held)
        self._held.clear()
        self._text.seek(0)

    def _append(self, file: Path, block: bytes) -> None:
        """Write a block whole or not at all: behind a torn one nothing could be read any more."""
        with file.open("ab", buffering=0) as stream:
            if file != self._sound:
                stream.truncate(_sound_length(file))
                self._sound = file
            end = stream.seek(0, os.SEEK_END)
            try:
                written = stream.write(block)
            except OSError:
                written = 0
            if written < len(block):
                stream.truncate(end)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _packed(self) -> bytes:
        """Return what is held as rows; frames are views of the one buffer, not copies."""
        shift, text, begin, rows = self._time_of(0.0), self._text.getbuffer(), 0, []
        for at, station, sent, end in self._held:
            rows.append((shift + at * self._factor, station, sent, text[begin:end]))
            begin = end
        return _pack(rows)

    def _time_of(self, moment: float) -> float:
        """Return when a moment of the monotonic clock was, in seconds since 1970 of our clock."""
        return self._clock.now().timestamp() - (time.monotonic() - moment) * self._factor

    def _file(self, at: float) -> Path:
        return self._folder / f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}.frames"

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

    async def recent(self, station: StationId, limit: int = 50) -> list[Frame]:
        """Return a station's newest frames, newest first."""
        self.flush()
        return await asyncio.to_thread(self._recent, station, limit)

    def _recent(self, station: StationId, limit: int) -> list[Frame]:
        found: list[Frame] = []
        for file in sorted(self._folder.glob("????-??-??.frames"), reverse=True):
            for block in _newest_blocks(file, station):
                found.extend(_frame(row) for row in reversed(block) if row[1] == station)
                if len(found) >= limit:
                    return found[:limit]
        return found


def _frame(row: _Row) -> Frame:
    at, station, sent, raw = row
    return Frame(at=datetime.fromtimestamp(at, UTC), station=station, sent=sent, text=raw.decode("utf-8", "replace"))


def _newest_blocks(file: Path, station: StationId) -> Iterator[list[_Row]]:
    """Read the blocks that hold frames of a station, one at a time, newest first."""
    expand = zstandard.ZstdDecompressor().decompress
    places = [(begin, length) for head, begin, length in _walk(file) if station in _unpack(head)[0]]
    with file.open("rb") as stream:
        for begin, length in reversed(places):
            stream.seek(begin)
            yield _rows(expand(stream.read(length)))


def _sound_length(file: Path) -> int:
    """Return where the last whole block ends."""
    return max((begin + length for _, begin, length in _walk(file)), default=0)


def _walk(file: Path) -> Iterator[tuple[bytes, int, int]]:
    """Find the whole blocks: head, begin and length of the body; a torn last one is passed over."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        while len(lengths := stream.read(_HEAD.size)) == _HEAD.size:
            head_length, body_length = _HEAD.unpack(lengths)
            head, begin = stream.read(head_length), stream.tell()
            if len(head) < head_length or begin + body_length > size:
                return
            yield head, begin, body_length
            stream.seek(body_length, os.SEEK_CUR)
