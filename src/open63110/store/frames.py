# SPDX-License-Identifier: Apache-2.0
"""Raw frames in compressed daily files: what stations and we really said, for people, never for truth."""

import asyncio
import struct
import zlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from open63110.kernel.ids import StationId
from open63110.ports import Clock

FLUSH_BYTES = 262_144
"""Frames held in memory before a block is written."""

_HEAD = struct.Struct("<II")
_pack, _unpack = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(type=tuple[list[str], float]).decode


class Frame(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One frame."""

    at: datetime
    station: str
    sent: bool
    """We sent it."""
    text: str


_frames = msgspec.msgpack.Decoder(type=list[Frame]).decode


class DailyFrames:
    """Appends blocks of frames to one file a day. A block starts with its length and the stations in it."""

    def __init__(self, folder: Path, clock: Clock, *, days: int = 14) -> None:
        """Keep files in a folder for so many days."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._clock, self._days = folder, clock, days
        self._held: list[tuple[datetime, str, bool, bytes]] = []
        self._bytes = 0
        self.lost = 0
        """Frames that could not be written (disk full); nothing depends on them."""

    def note(self, station: StationId, frame: bytes, *, sent: bool) -> None:
        """Remember a frame; written within a second or so."""
        self._held.append((self._clock.now(), station, sent, frame))
        self._bytes += len(frame)
        if self._bytes >= FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is held as one block."""
        held, self._held, self._bytes = self._held, [], 0
        if not held:
            return
        frames = [Frame(at=at, station=who, sent=sent, text=raw.decode("utf-8", "replace")) for at, who, sent, raw in held]
        head = _pack((sorted({frame.station for frame in frames}), held[-1][0].timestamp()))
        body = zlib.compress(_pack(frames), 1)
        try:
            with self._file(held[-1][0].date()).open("ab") as file:
                file.write(_HEAD.pack(len(head), len(body)) + head + body)
        except OSError:
            self.lost += len(frames)

    def _file(self, day: date) -> Path:
        return self._folder / f"{day:%Y-%m-%d}.frames"

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
            for block in reversed(list(_blocks(file, station))):
                found.extend(frame for frame in reversed(block) if frame.station == station)
                if len(found) >= limit:
                    return found[:limit]
        return found


def _blocks(file: Path, station: StationId) -> Iterator[list[Frame]]:
    """Read the blocks that hold frames of a station; a torn last block is passed over."""
    with file.open("rb") as stream:
        while len(lengths := stream.read(_HEAD.size)) == _HEAD.size:
            head_length, body_length = _HEAD.unpack(lengths)
            head = stream.read(head_length)
            if len(head) < head_length:
                return
            if station not in _unpack(head)[0]:
                stream.seek(body_length, 1)
                continue
            body = stream.read(body_length)
            if len(body) == body_length:
                yield _frames(zlib.decompress(body))
