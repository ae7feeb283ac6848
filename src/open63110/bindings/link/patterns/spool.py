# SPDX-License-Identifier: Apache-2.0
"""Where streams lie on the disk of one node: what has come so far, what is to go on, and a record of each; all within bounds."""

import os
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from open63110.bindings.link.patterns.files import BLOCK, FileSink, FileSource
from open63110.kernel.errors import Refused, Unavailable, Unknown
from open63110.model.bulk import OVER, BulkFile, BulkStream, Side, file_name

FOLDER: Final = "bulk"
"""What it is called in a data folder."""

KEPT: Final = 500
"""Records of streams that are over; older ones are forgotten."""

SPARED: Final = 32 * 1024 * 1024
"""What a stream leaves free on the disk, for the journal [bytes]."""

Place = Callable[[BulkStream], str]
"""Where below the folder a stream is put that stays here."""


def by_station(stream: BulkStream) -> str:
    """At a CSMS: a folder for each station, and nothing ever replaced."""
    folder = f"~{stream.station}" if stream.station.startswith(".") else stream.station  # an id may be two dots
    return f"{folder}/{stream.asked:%Y%m%dT%H%M%S}-{stream.id[:8]}-{stream.name}"


def by_name(stream: BulkStream) -> str:
    """At a station: the newest of a name."""
    return stream.name


class Spool:
    """A folder: ``offered`` lies here to be sent, ``received`` has come to stay, ``spool`` is under way."""

    def __init__(self, folder: Path, place: Place, *, largest: int, most: int) -> None:
        """Make the folder.

        Args:
            folder: of streams alone.
            place: where below ``received`` a stream is put.
            largest: of one stream [bytes].
            most: of all that has come and is under way [bytes].

        Raises:
            Unavailable: it cannot be written.
        """
        self._place, self.largest, self.most = place, largest, most
        self.offered, self.received, self._spool = folder / "offered", folder / "received", folder / "spool"
        with _writable(folder):
            for one in (self.offered, self.received, self._spool):
                one.mkdir(mode=0o700, parents=True, exist_ok=True)

    # -- records --

    def records(self) -> dict[bytes, BulkStream]:
        """Read all records, the oldest first; one that a crash left half written is no record."""
        found = []
        for path in self._spool.glob("*.json"):
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=BulkStream))
            except (OSError, msgspec.DecodeError):
                path.unlink(missing_ok=True)
        return {one.key: one for one in sorted(found, key=lambda one: (one.asked, one.id))}

    def keep(self, stream: BulkStream) -> None:
        """Write a record; it is on the disk when this returns.

        Raises:
            Unavailable: it cannot be written.
        """
        path = self._spool / f"{stream.id}.json"
        draft = path.with_suffix(".draft")
        with _writable(path):
            with draft.open("wb") as file:
                file.write(msgspec.json.encode(stream))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)

    def forget(self, stream: BulkStream) -> None:
        """Drop a record and what lies here on the way."""
        self.let_go(stream)
        (self._spool / f"{stream.id}.json").unlink(missing_ok=True)

    def let_go(self, stream: BulkStream) -> None:
        """Drop what lies here only on its way."""
        for name in (stream.id, f"{stream.id}.part"):
            (self._spool / name).unlink(missing_ok=True)

    # -- content --

    def path(self, stream: BulkStream) -> Path:
        """Return where its content is, or will be once it is whole."""
        if stream.incoming is Side.HERE and not stream.fetched:
            return self.offered / stream.name
        return self.received / self._place(stream) if stream.outgoing is Side.HERE else self._spool / stream.id

    def sink(self, stream: BulkStream) -> FileSink:
        """Return where it is written, going on with what is there.

        Raises:
            Unavailable: the folder cannot be written.
        """
        path = self.path(stream)
        with _writable(path):
            path.parent.mkdir(mode=0o700, exist_ok=True)
        return FileSink(path, self._spool / f"{stream.id}.part")

    def source(self, stream: BulkStream) -> FileSource:
        """Return where it is read."""
        return FileSource(self.path(stream))

    def lies(self, stream: BulkStream) -> int:
        """Return how much has to be read before more can be written [bytes]."""
        path, part = self.path(stream), self._spool / f"{stream.id}.part"
        there = [one.stat().st_size for one in (path, part) if one.is_file()]
        return sum(there)

    def has(self, stream: BulkStream, sha256: bytes) -> bool:
        """Tell whether exactly this is in its place already: a crash came between that and its record."""
        path = self.path(stream)
        try:
            return path.stat().st_size == stream.total and FileSource(path).offer(b"", "").sha256 == sha256
        except (OSError, Unavailable):
            return False

    def check_room(self, stream: BulkStream, total: int) -> None:
        """See to it that there is room.

        Raises:
            Refused: it is larger than is taken here (TooLarge).
            Unavailable: there is no room (NoRoom).
        """
        if total > self.largest:
            raise Refused(f"{total} bytes are more than the {self.largest} that are taken here", code="TooLarge")
        part = self._spool / f"{stream.id}.part"
        wanted = total - (part.stat().st_size if part.exists() else 0)
        if self.used() + wanted > self.most:
            raise Unavailable(f"streams fill {self.used()} of {self.most} bytes here already", code="NoRoom")
        if shutil.disk_usage(self._spool).free < wanted + SPARED:
            raise Unavailable("the disk is full", code="NoRoom")

    def used(self) -> int:
        """Return how much has come and is under way [bytes]."""
        return sum(path.stat().st_size for top in (self.received, self._spool) for path in top.rglob("*") if path.is_file())

    def caught_up(self, stream: BulkStream, sha256: bytes) -> FileSink | None:
        """Return where a stream goes on, None if all of it is in its place; reads what lies there.

        Raises:
            Unavailable: it cannot be read.
        """
        if self.has(stream, sha256):
            return None
        sink = self.sink(stream)
        sink.catch_up()
        return sink

    def copied(self, stream: BulkStream, log: Path) -> BulkStream:
        """Copy a log, and return what its stream is from now on; reads all of it.

        Raises:
            Unavailable: it cannot be read, or there is no room.
        """
        self.take_copy(stream, log)
        offer = self.source(stream).offer(stream.key, stream.name)
        return msgspec.structs.replace(stream, total=offer.total, sha256=offer.sha256.hex(), whole=True)

    def take_copy(self, stream: BulkStream, of: Path) -> None:
        """Copy a log as it is now, the newest part of it if it is larger than a stream may be; it goes on growing.

        Raises:
            Unavailable: it cannot be read, or there is no room.
        """
        path = self.path(stream)
        with _writable(of), of.open("rb") as log:
            size = os.fstat(log.fileno()).st_size
            self.check_room(stream, min(size, self.largest))
            log.seek(max(0, size - self.largest))
            draft = path.with_suffix(".draft")
            with draft.open("wb") as copy:
                while block := log.read(BLOCK):
                    copy.write(block)
                copy.flush()
                os.fsync(copy.fileno())
            draft.replace(path)

    # -- files that lie here to be sent --

    def files(self) -> list[BulkFile]:
        """Return what can be sent."""
        return [BulkFile(name=path.name, size=path.stat().st_size) for path in sorted(self._files())]

    def _files(self) -> Iterator[Path]:
        return (path for path in self.offered.iterdir() if path.is_file() and not path.name.startswith("."))

    def file(self, name: str) -> Path:
        """Return a file that can be sent.

        Raises:
            Malformed: that is no name of a file.
            Unknown: there is none of that name.
        """
        path = self.offered / file_name(name)
        if not path.is_file():
            raise Unknown(f"no file is called {name}", code="UnknownFile", where="file")
        return path

    async def put(self, name: str, pieces: AsyncIterator[bytes]) -> BulkFile:
        """Write a new file, in place of one of the same name; one that is not finished leaves nothing.

        Raises:
            Malformed: that is no name of a file.
            Refused: it is larger than a stream may be (TooLarge).
            Unavailable: there is no room (NoRoom), or it cannot be written.
        """
        draft = self.offered / f".{file_name(name)}.{secrets.token_hex(4)}"
        size = 0
        try:
            with _writable(draft), draft.open("wb") as file:
                async for piece in pieces:
                    size += len(piece)
                    self._check_file(size, len(piece))
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            with _writable(draft):
                draft.replace(self.offered / name)
        finally:
            draft.unlink(missing_ok=True)
        return BulkFile(name=name, size=size)

    def _check_file(self, size: int, piece: int) -> None:
        if size > self.largest:
            raise Refused(f"a file holds at most {self.largest} bytes", code="TooLarge", where="file")
        if shutil.disk_usage(self.offered).free < piece + SPARED:
            raise Unavailable("the disk is full", code="NoRoom", where="file")


def prune(spool: Spool, records: dict[bytes, BulkStream]) -> None:
    """Forget the oldest of those that are over."""
    over = [key for key, one in records.items() if one.state in OVER]
    for key in over[: max(0, len(over) - KEPT)]:
        spool.forget(records.pop(key))


class _writable:  # noqa: N801 - reads like a clause
    """Turn what the disk says into our trouble."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        """Explain.

        Raises:
            Unavailable: it cannot be read or written.
        """
        if isinstance(fault, OSError):
            raise Unavailable(f"{self._path} cannot be used: {fault.strerror}", code="NoDisk") from fault
