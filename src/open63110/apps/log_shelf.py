# SPDX-License-Identifier: Apache-2.0
"""Logs of stations on the disk of a CSMS: where each may be sent to, what is taken, what lies here, and until when (8.3.10)."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote

import structlog

from open63110.apps.log_part import Part, Room, settled
from open63110.kernel.errors import Malformed, NotAuthorized, Refused, Trouble, Unavailable, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Message
from open63110.model.bulk import file_name
from open63110.model.logs import LogChanged, LogState, StationLog, log_id
from open63110.ports import Query, Where
from open63110.runtime.engine import Engine
from open63110.runtime.keys import Keys
from open63110.runtime.principals import durable
from open63110.usecases.stations.retrieve_logs import LogArrived, LogProgressed, LogRefused, RemoveLog

log = structlog.get_logger(__name__)

FOLDER: Final = "logs"
"""What it is called in a data folder."""

RECEIVE: Final = "receive"
"""Where stations send to, below the address of this CSMS."""

SPARED: Final = 32 * 1024 * 1024
"""What a log leaves free on the disk, for the journal [bytes]."""

LOOK_EVERY: Final = 3_600.0
"""Between two looks at what is kept no longer [s]."""

CHUNK: Final = 200

UNNAMED: Final = "log"
"""What a file is called that neither its station nor whoever sends it has given a name that a file may have."""


class Uploads(Protocol):
    """What has to be told of the receiver."""

    @property
    def password(self) -> bool:
        """Stations have to show the user and the password that stand in the address."""

    @property
    def largest(self) -> int:
        """One log [bytes]."""

    @property
    def most(self) -> int:
        """All logs together [bytes]."""


class LogShelf:
    """Implements node.Shelf."""

    def __init__(
        self, folder: Path, settings: Uploads, keys: Keys, engine: Engine, refused: Callable[[str, str, str], None]
    ) -> None:
        """Make the folder.

        Args:
            folder: of the data.
            settings: of the receiver.
            keys: make addresses that nobody can guess.
            engine: of this CSMS.
            refused: told of what is sent and not taken: (who, kind, words).

        Raises:
            Unavailable: the folder cannot be made.
        """
        self._folder, self._settings, self._keys, self._engine, self._refused = folder / FOLDER, settings, keys, engine, refused
        self._room = Room(self._folder)
        self._parts: dict[str, Part] = {}
        self._settling: set[str] = set()
        """What has come whole and is being put away, by the key of its row."""
        self.address: Callable[[], str] = lambda: ""
        """Where stations reach this CSMS by HTTP; empty: nowhere."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise Unavailable(f"{self._folder} cannot be made: {fault.strerror}", code="NoDisk") from fault
        engine.commit.follow((LogChanged,), self._look)

    # -- where to --

    def location(self, station: StationId, request: int) -> str:
        """Return where one log may be sent to, once: an address that holds its own secrets.

        Raises:
            Unavailable: stations cannot reach this CSMS by HTTP.
            Unknown: nothing was asked for here.
        """
        self._row(station, request)
        scheme, mark, rest = self.address().rstrip("/").partition("://")
        if not mark:
            words = "stations cannot send files here: nobody said at which address"
            raise Unavailable(words, code="NoAddress", remedy="set uploads.url to where stations reach this CSMS by HTTPS")
        about = log_id(station, request)
        shown = f"{quote(station, safe='')}:{self._keys.token('log password', about)}@" if self._settings.password else ""
        return f"{scheme}://{shown}{rest}/{RECEIVE}/{quote(station, safe='')}/{request}/{self._keys.token('log address', about)}"

    def _row(self, station: StationId, request: int) -> StationLog:
        engine = self._engine
        found = engine.known.under_way.get(StationLog, log_id(station, request), {})
        if found is None:
            raise Unknown("nothing was asked for here", code="UnknownLog")
        return found

    # -- what comes --

    def awaited(self, station: StationId, request: int, key: str, shown: tuple[str, str] | None, who: str) -> StationLog:
        """Return the log that an address is for, if it is still awaited and whoever comes may send it.

        Args:
            station: in the address.
            request: in the address.
            key: in the address.
            shown: user and password; None: none.
            who: his address.

        Raises:
            Unknown: there is no such address.
            NotAuthorized: user or password are not those of the address.
            Refused: it was used, its time is over, or another took its place.
        """
        about = log_id(station, request)
        if not self._keys.same(key, self._keys.token("log address", about)):
            self._refused(who, "UnknownUpload", f"nobody was told to send a file to this address, of {station[:48]}")
            raise Unknown("there is nothing here", where="path")
        row = self._row(station, request)
        if self._settings.password and not self._shown_right(about, station, shown):
            self._refused(station, "UploadNotAuthorized", f"log {request}: user or password are not those of the address")
            raise NotAuthorized("show the user and the password of the address", where="authorization")
        if not row.open or row.until <= self._engine.clock.now():
            self._refused(station, "UploadNotAwaited", f"log {request} is {row.state}: nothing is taken any more")
            raise Refused(f"nothing is awaited any more: it is {row.state}", code="NotAwaited")
        return row

    def _shown_right(self, about: str, station: StationId, shown: tuple[str, str] | None) -> bool:
        if shown is None:
            return False
        right = self._keys.same(shown[1], self._keys.token("log password", about))
        return right and shown[0] == station

    def has(self, row: StationLog) -> int:
        """Return how much of it has come [bytes]."""
        return self._part(row).size

    def _part(self, row: StationLog) -> Part:
        return self._parts.get(row.id) or Part(self._place(row).with_suffix(".part"), self._room)

    async def take(
        self, row: StationLog, pieces: AsyncIterator[bytes], *, offset: int, total: int | None, name: str, sha256: str
    ) -> tuple[int, str]:
        """Write what comes; with the last byte the log is here, durably.

        Args:
            row: of the log.
            pieces: what comes.
            offset: of its first byte [bytes].
            total: all of it, as whoever sends it says [bytes]; None: it ends where this ends.
            name: of the file, as whoever sends it calls it; empty: as the station has promised.
            sha256: of all of it, as whoever sends it says; empty: he does not.

        Returns:
            How much is here [bytes], and its hash once that is all; else an empty text.

        Raises:
            Trouble: it is too large, there is no room, its hash is another, or somebody else has begun to send it.
        """
        name = file_name(name) if name else _called(row.name)
        if row.id in self._settling:
            raise Unavailable("all of it has come, and is being put away", code="PutAway")
        with _writable():
            return await self._take(row, pieces, offset, total, name, sha256)

    async def _take(
        self, row: StationLog, pieces: AsyncIterator[bytes], offset: int, total: int | None, name: str, sha256: str
    ) -> tuple[int, str]:
        part, me = self._part(row), object()
        if offset > part.size:
            raise Refused(f"{part.size} bytes are here, not {offset}", code="BadOffset")
        self._parts[row.id] = part
        part.path.parent.mkdir(mode=0o700, exist_ok=True)
        await part.opened(me, offset)
        await self._room.known()
        self._check_taker(part, me)
        self._check_room(row, part, part.size if total is None else total)
        self._begun(row)
        skip = part.size - offset
        async for piece in pieces:
            self._check_taker(part, me)
            fresh, skip = piece[skip:], max(0, skip - len(piece))
            self._check_room(row, part, part.size + len(fresh))
            part.write(fresh)
        self._check_taker(part, me)
        if total is not None and part.size < total:
            return part.size, ""
        return await self._whole(row, part, name, sha256)

    def _check_taker(self, part: Part, me: object) -> None:
        if part.taker is not me:
            raise Refused("somebody has begun to send it anew, or it is not awaited any more", code="Superseded")

    def _check_room(self, row: StationLog, part: Part, size: int) -> None:
        if size > self._settings.largest:
            part.drop()
            now = self._engine.clock.now()
            self._engine.hear((LogRefused(station=row.station, at=now, request=row.request, reason="TooLarge"),))
            raise Refused(f"{size} bytes are more than the {self._settings.largest} that are taken here", code="TooLarge")
        room = self._settings.most - self._room.used + part.size
        full = shutil.disk_usage(self._folder).free < size - part.size + SPARED
        if full or size > room:
            part.drop()  # several that come at once would else fill it with halves, and none of them could end
            words = "the disk is full" if full else f"logs fill this CSMS: there is room for {max(0, room)} bytes"
            raise Unavailable(words, code="NoRoom")

    def _begun(self, row: StationLog) -> None:
        if row.state is not LogState.UPLOADING:
            now = self._engine.clock.now()
            self._engine.hear((LogProgressed(station=row.station, at=now, state=LogState.UPLOADING, request=row.request),))

    async def _whole(self, row: StationLog, part: Part, name: str, sha256: str) -> tuple[int, str]:
        if sha256 and sha256 != part.sha256:
            part.drop()
            raise Refused("its hash is not what was said", code="BadDigest")
        self._parts.pop(row.id, None)
        self._settling.add(row.id)
        try:
            await self._arrived(row, part.path, name, part.size, part.sha256)
        finally:
            self._settling.discard(row.id)
        return part.size, part.sha256

    async def _arrived(self, row: StationLog, file: Path, name: str, size: int, digest: str) -> None:
        place = self._place(row)
        await asyncio.to_thread(settled, file, place)
        now = self._engine.clock.now()
        told = LogArrived(station=row.station, at=now, request=row.request, name=name, size=size, sha256=digest)
        try:
            await _kept(self._engine, told)
        except Unavailable:
            raise  # it stays in its place: whoever has it puts it there again
        except Trouble:
            self._room.gone(place)
            raise

    async def came(self, row: StationLog, file: Path, name: str, size: int, digest: str) -> None:
        """Take a log that came in another way, as a file on the same disk; what an attempt before has moved here counts.

        Raises:
            Unavailable: it cannot be put here or stored now; it is to be tried again.
            Trouble: it is not awaited any more.
        """
        with _writable():
            self._place(row).parent.mkdir(mode=0o700, exist_ok=True)
            there = await asyncio.to_thread(file.exists)
            try:
                await self._arrived(row, file, name, size, digest)
            finally:
                if there and not await asyncio.to_thread(file.exists):
                    self._room.changed(size)

    # -- what is here --

    def content(self, row: StationLog) -> Path:
        """Return the file of a log that has come.

        Raises:
            Unknown: it has not come, or was thrown away.
        """
        path = self._place(row)
        if row.arrived is None or row.removed is not None or not path.is_file():
            raise Unknown("it does not lie here", code="NoContent", where="id")
        return path

    def _place(self, row: StationLog) -> Path:
        folder = f"~{row.station}" if row.station.startswith(".") else row.station  # an id may be two dots
        return self._folder / folder / f"{row.asked:%Y%m%dT%H%M%S}-{row.request}"

    # -- what goes --

    def _look(self, entries: list[Entry]) -> None:
        """Throw away what facts say is gone, and what was begun of what does not come any more."""
        for one in entries:
            if one.kind is not LogChanged:
                continue
            fact: Any = one.event
            if fact.log is not None and not fact.log.open:
                self._close(fact.log)

    def _close(self, row: StationLog) -> None:
        part = self._part(row)
        self._parts.pop(row.id, None)
        part.taker = None
        with suppress(OSError):
            part.drop()
            if row.removed is not None or row.arrived is None:  # a run may have been killed before it could tell of it
                self._room.gone(self._place(row))

    async def run(self) -> None:
        """Throw away every hour what is kept no longer, for ever; and count again what lies here."""
        while True:
            await self.look()
            await self._room.count()
            await asyncio.sleep(self._engine.clock.real(LOOK_EVERY))

    async def look(self) -> int:
        """Throw away what is kept no longer; return how many logs that was."""
        gone = stuck = 0
        late = (Where("kept_until", "not null"), Where("kept_until", "<", self._engine.clock.now()), Where("removed", "null"))
        while rows := await self._engine.store.find(StationLog, Query(where=late, order="kept_until", limit=CHUNK, offset=stuck)):
            for row in rows:
                try:
                    await _kept(self._engine, RemoveLog(station=row.station, request=row.request))
                    gone += 1
                except Trouble:  # it is in nobody's way: the next look tries it again
                    stuck += 1
            if len(rows) < CHUNK:
                break
        if gone:
            log.info("logs of stations were kept long enough", thrown_away=gone)
        return gone


def _called(promised: str) -> str:
    """Return what a file is called that comes without a name: what its station has promised, if a file may be called so."""
    try:
        return file_name(promised)
    except Malformed:
        return UNNAMED


@contextmanager
def _writable() -> Iterator[None]:
    """Say of a disk that fails that it is to come again later.

    Raises:
        Unavailable: it fails.
    """
    try:
        yield
    except OSError as fault:
        raise Unavailable(f"it cannot be written: {fault.strerror}", code="NoDisk") from fault


async def _kept(engine: Engine, message: Message) -> None:
    """Let something be decided, and wait until it is on the disk.

    Raises:
        Trouble: it was refused; Unavailable: it cannot be stored.
    """
    refusal = engine.hear((message,))
    if refusal is not None:
        raise refusal
    await durable(engine)
