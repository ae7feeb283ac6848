# SPDX-License-Identifier: Apache-2.0
"""Bulk streams in the programs: the folder, the ways of a CSMS and of a station, what doors may ask, and who is told (B.26)."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from open63110.apps.config import Bulk
from open63110.bindings.link.conversation import Conversation, Services
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.framing.header import Header
from open63110.bindings.link.levels.branches import Branches
from open63110.bindings.link.levels.relay import Relay
from open63110.bindings.link.line import Line
from open63110.bindings.link.patterns.bulk import Streams
from open63110.bindings.link.patterns.files import FileSource
from open63110.bindings.link.patterns.own_messages import STREAM
from open63110.bindings.link.patterns.spool import FOLDER, Spool, by_station
from open63110.bindings.link.patterns.ways import Watch, Way
from open63110.bindings.link.server import Server
from open63110.kernel.address import Directory
from open63110.kernel.errors import Refused, Unknown
from open63110.kernel.ids import StationId
from open63110.model.bulk import BulkFile, BulkStream, Side, file_name
from open63110.ports import Clock


class ByNumber:
    """Implements conversation.Services by those of single numbers."""

    def __init__(self, usual: Services) -> None:
        """Hand everything to the usual ones, streams left out."""
        self._usual = usual
        self.streams: Streams | None = None

    def _of(self, header: Header) -> Services:
        return self.streams if header.type == STREAM and self.streams is not None else self._usual

    def judge(self, speaker: Any, header: Header) -> tuple[ErrorCode, str] | None:
        """Look at a header."""
        return self._of(header).judge(speaker, header)

    def take(self, speaker: Any, message: Arrived) -> None:
        """Take a message."""
        self._of(message.header).take(speaker, message)

    def forget(self, reader: str) -> None:
        """Drop what was promised to somebody who does not come back; streams wait for whoever does."""
        self._usual.forget(reader)


class LevelWays:
    """Implements ways.Ways for a CSMS of any level."""

    def __init__(self, link: Server, branches: Branches, relay: Relay, directory: Directory) -> None:
        """Know the links down; one up may be added."""
        self._link, self._branches, self._relay, self._directory = link, branches, relay, directory
        self.above: Line | None = None
        """The link upwards; None: there is none."""

    def side(self, speaker: Any) -> Side:
        """Tell where the other end of a link is."""
        return Side.DOWN if isinstance(speaker, Conversation) else Side.UP

    def way(self, side: Side, station: StationId) -> Way | None:
        """Return the link over which streams of a station go."""
        path = str(self._directory.path(station) or "")
        if side is Side.UP:
            above = self.above
            return Way(above, src=path, path=(self._relay.name,)) if above is not None and above.open else None
        direct = self._link.conversations.get(station)
        if direct is not None and direct.lines.open:
            return Way(direct)
        branch = self._branches.via(station)
        return Way(branch, dst=path, path=(self._relay.name,)) if branch is not None and path else None

    def addressed(self, header: Header) -> tuple[StationId, Side]:
        """Return which station a message from above is about.

        Raises:
            Unknown: nobody here is called so.
        """
        address = self._directory.resolve(header.dst)
        station = self._directory.station(address)
        if station is None:
            raise Unknown(f"nobody here is called {header.dst[:100]}", code="UnknownAddress")
        return station, Side.DOWN


class Audited:
    """Implements ways.Watch: one entry in the audit for each end, and for each thing that is not taken."""

    def __init__(self, audit: Callable[[str, str, str, str], None], security: Callable[[str, str, str], None]) -> None:
        """Write with the means of a CSMS.

        Args:
            audit: (who, action, words, outcome).
            security: told of what is not taken; it bounds how often that is written.
        """
        self._audit, self._security = audit, security

    def ended(self, stream: BulkStream) -> None:
        """A stream is over."""
        words = f"{stream.name}: {stream.reason} {stream.words}".strip(": ")
        action = "FetchFile" if stream.fetched else "SendFile"
        self._audit(stream.station, action, words, "rejected" if stream.reason else "accepted")

    def refused(self, who: str, kind: str, words: str) -> None:
        """Something is not taken."""
        self._security(who, kind, words)


class _Knows(Protocol):
    def __contains__(self, station: object) -> bool: ...


class Depot:
    """What doors may ask about streams; implements node.Depot."""

    def __init__(self, streams: Streams, clock: Clock, stations: _Knows) -> None:
        """Ask one node's."""
        self.streams, self._clock, self._stations = streams, clock, stations

    @property
    def spool(self) -> Spool:
        """Where everything lies."""
        return self.streams.spool

    def every(self) -> list[BulkStream]:
        """Return all streams that are remembered, the newest first."""
        return sorted(self.streams.records.values(), key=lambda one: (one.asked, one.id), reverse=True)

    def find(self, id: str) -> BulkStream:
        """Return a stream.

        Raises:
            Unknown: there is none of this id.
        """
        found = self.streams.records.get(_key(id))
        if found is None:
            raise Unknown(f"no stream has the id {id[:40]}", code="UnknownStream", where="id")
        return found

    async def send(self, file: str, station: StationId, by: str) -> BulkStream:
        """Begin to send a file that lies here to a station.

        Raises:
            Trouble: there is no such file or station, or too much is under way.
        """
        self._check(station)
        source = FileSource(self.spool.file(file))
        stream = self._new(file, station, by, fetched=False)
        offer = await asyncio.to_thread(source.offer, stream.key, file)
        if offer.total > self.spool.largest:
            raise Refused(f"{file} is larger than the {self.spool.largest} bytes of a stream", code="TooLarge", where="file")
        return self.streams.begin(stream, offer)

    def fetch(self, name: str, station: StationId, by: str) -> BulkStream:
        """Begin to fetch a log of a station.

        Raises:
            Trouble: that is no name, there is no such station, or too much is under way.
        """
        self._check(station)
        return self.streams.begin(self._new(file_name(name, "fetch"), station, by, fetched=True), None)

    def cancel(self, id: str) -> BulkStream:
        """Give a stream up.

        Raises:
            Trouble: there is none, or it is over.
        """
        return self.streams.cancel(_key(id))

    def content(self, stream: BulkStream) -> Path:
        """Return the file that came.

        Raises:
            Unknown: it has not come, or was taken away since.
        """
        path = self.spool.path(stream)
        if stream.outgoing is not Side.HERE or not stream.whole or not path.is_file():
            raise Unknown("nothing of this stream lies here", code="NoContent", where="id")
        return path

    def files(self) -> list[BulkFile]:
        """Return what can be sent."""
        return self.spool.files()

    def remove(self, name: str) -> None:
        """Take a file away; streams of it that are under way fail.

        Raises:
            Trouble: there is none.
        """
        self.spool.file(name).unlink()

    async def put(self, name: str, pieces: AsyncIterator[bytes]) -> BulkFile:
        """Let a new file lie here, in place of one of the same name; what was not finished is thrown away.

        Raises:
            Trouble: that is no name, it is too large, or there is no room.
        """
        return await self.spool.put(name, pieces)

    def _check(self, station: StationId) -> None:
        if station not in self._stations:
            raise Unknown(f"there is no station {station!r}", code="UnknownStation", where="station")

    def _new(self, name: str, station: StationId, by: str, *, fetched: bool) -> BulkStream:
        there, here = (Side.DOWN, Side.HERE) if fetched else (Side.HERE, Side.DOWN)
        now = self._clock.now()
        id = secrets.token_hex(16)
        return BulkStream(id=id, name=name, station=station, fetched=fetched, incoming=there, outgoing=here, asked=now, by=by)


def level_streams(folder: Path, settings: Bulk, ways: LevelWays, watch: Watch, clock: Clock) -> Streams:
    """Make the streams of a CSMS."""
    spool = Spool(folder / FOLDER, by_station, largest=settings.largest, most=settings.most)
    return Streams(spool, ways, watch, now=clock.now)


def _key(id: str) -> bytes:
    with suppress(ValueError):
        return bytes.fromhex(id)
    return b""
