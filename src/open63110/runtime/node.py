# SPDX-License-Identifier: Apache-2.0
"""What the doors of a node need: its engine, its orders, its store, and what only some links can do."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command
from open63110.model.bulk import BulkFile, BulkStream
from open63110.model.logs import StationLog
from open63110.ports import Clock, Ids, Store
from open63110.runtime.engine import Engine
from open63110.runtime.keys import Keys
from open63110.runtime.orders import Orders
from open63110.runtime.ways import Lookout


class RawFrames(Protocol):
    """Where raw frames can be looked at."""

    async def recent(self, station: StationId, limit: int = 50) -> list[Any]:
        """Return a station's newest frames, newest first."""


class Depot(Protocol):
    """Files that come and go over links."""

    def every(self) -> list[BulkStream]:
        """Return all streams that are remembered, the newest first."""

    def find(self, id: str) -> BulkStream:
        """Return a stream, or raise Unknown."""

    async def send(self, file: str, station: StationId, by: str) -> BulkStream:
        """Begin to send a file that lies here to a station."""

    def fetch(self, name: str, station: StationId, by: str) -> BulkStream:
        """Begin to fetch a log of a station."""

    def cancel(self, id: str) -> BulkStream:
        """Give a stream up."""

    def content(self, stream: BulkStream) -> Any:
        """Return the path of the file that came, or raise Unknown."""

    def files(self) -> list[BulkFile]:
        """Return what can be sent."""

    def remove(self, name: str) -> None:
        """Take a file away."""

    def put(self, name: str, pieces: AsyncIterator[bytes]) -> Awaitable[BulkFile]:
        """Let a new file lie here, in place of one of the same name."""


class Shelf(Protocol):
    """Logs of stations: taken where their addresses lead, and kept for a while (8.3.10)."""

    def awaited(self, station: StationId, request: int, key: str, shown: tuple[str, str] | None, who: str) -> StationLog:
        """Return the log that an address is for, or raise a Trouble."""

    def has(self, row: StationLog) -> int:
        """Return how much of it has come [bytes]."""

    def take(
        self, row: StationLog, pieces: AsyncIterator[bytes], *, offset: int, total: int | None, name: str, sha256: str
    ) -> Awaitable[tuple[int, str]]:
        """Write what comes; return how much is here, and the hash once that is all."""

    def content(self, row: StationLog) -> Any:
        """Return the path of the file of a log that has come, or raise Unknown."""


class FirmwareFile(msgspec.Struct, frozen=True, kw_only=True):
    """What an address of firmware leads to."""

    path: Any
    name: str
    sha256: str
    """In hexadecimal digits."""


class Held(NamedTuple):
    """Content that lies here, and has no place yet."""

    path: Path
    sha256: str
    md5: str
    size: int
    """[bytes]"""


class FirmwareDoor(Protocol):
    """Images of firmware: taken from the operator, given to whoever was told where (8.3.6)."""

    @property
    def largest(self) -> int:
        """Of an image [bytes]."""

    def held(self, pieces: AsyncIterator[bytes], most: int) -> AbstractAsyncContextManager[Held]:
        """Have content lie here until the block is left, unless it is kept; or raise a Trouble."""

    def keep(self, id: str, held: Held, by: str) -> Any:
        """Take content that lies here for that of an image, or raise a Trouble."""

    def put(self, id: str, pieces: AsyncIterator[bytes], by: str) -> Awaitable[Any]:
        """Take the content of an image, or raise a Trouble."""

    def opened(self, ticket: str, name: str) -> FirmwareFile:
        """Return what an address leads to, or raise Unknown or Expired."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One running node, as its doors see it."""

    name: str
    engine: Engine
    orders: Orders
    store: Store
    keys: Keys
    ids: Ids
    clock: Clock
    frames: RawFrames
    raw_call: Callable[[StationId, str, dict[str, Any], bool], Command]
    """(station, action, payload, unchecked) → the command that calls it word by word."""
    replay: Callable[[Any], str]
    """Feeds a quarantined input in again; returns why it failed, empty if it worked."""
    counters: Callable[[], Mapping[str, float]]
    """Plain counters of the links, by metric name."""
    depot: Depot
    """Files that come and go over links."""
    shelf: Shelf
    """Logs of stations."""
    deviations: Callable[[StationId], Mapping[str, int]]
    """How often a station bent which rule of its schema."""
    firmware: FirmwareDoor | None = None
    """Images of firmware; None: there are none here."""
    lookout: Lookout = msgspec.field(default_factory=Lookout)
    """Its ways to other levels and systems."""
