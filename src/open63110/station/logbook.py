# SPDX-License-Identifier: Apache-2.0
"""The logs of one charging station: what happened, what concerns its security, what it measured (8.3.10, 7.9.1, 8.3.9).

A line is a JSON object that begins with its moment. Persons stand in it by reference only, as everywhere outside of doors.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from open63110.kernel.messages import Event
from open63110.model.device import names_secret
from open63110.model.logs import LogKind
from open63110.model.station import StationBooted
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.onboard_station import ClockSet

REMEMBERED: Final = 200
"""Lines of each log in memory, where there is no disk."""

COLLECTED: Final = 20_000
"""The same, of what is logged by criteria."""

SECRET: Final = frozenset({"location"})
"""Fields that no log shows, beside those whose names tell that they are secret."""

MOMENT: Final = len('{"at":"')
STAMP: Final = len("2026-03-01T12:00:00.000Z")


class Book(Protocol):
    """One log."""

    def write(self, at: datetime, fact: Event | Mapping[str, Any]) -> None:
        """Add a line."""

    def lines(self) -> Iterable[bytes]:
        """Return every line, the oldest first, each with its end."""


class MemoryBook:
    """A log in memory: the newest lines, made into text only once somebody wants them."""

    def __init__(self, most: int = REMEMBERED) -> None:
        """Remember so many lines."""
        self._lines: deque[tuple[datetime, Event | Mapping[str, Any]]] = deque(maxlen=most)

    def write(self, at: datetime, fact: Event | Mapping[str, Any]) -> None:
        """Add a line."""
        self._lines.append((at, fact))

    def lines(self) -> Iterator[bytes]:
        """Return every line."""
        return (line_of(at, fact) for at, fact in tuple(self._lines))


class FileBook:
    """A log on the disk, in two files, so that its oldest half goes when it is full."""

    def __init__(self, path: Path, most: int) -> None:
        """Go on with what is there.

        Args:
            path: of the newer file.
            most: how large both may be together [bytes].
        """
        self._path, self._older, self._most = path, path.with_name(path.name + ".1"), most

    def write(self, at: datetime, fact: Event | Mapping[str, Any]) -> None:
        """Add a line; where nothing can be written, the log ends there, and the station goes on."""
        line = line_of(at, fact)
        try:
            with self._path.open("ab") as file:
                file.write(line)
                full = file.tell() >= self._most // 2
            if full:
                self._path.replace(self._older)
        except OSError:
            return

    def lines(self) -> Iterator[bytes]:
        """Return every line."""
        for path in (self._older, self._path):
            if path.exists():
                with path.open("rb") as file:
                    yield from file


class Logbook:
    """The three logs of a station."""

    def __init__(self, made: Callable[[LogKind, str, int | None], Book]) -> None:
        """Make a book for each: (which log, which part of it, how large it may become [bytes]; None: as usual)."""
        self.made = made
        self.books: dict[LogKind, Book] = {kind: made(kind, "", None) for kind in LogKind}

    def note(self, fact: Event) -> None:
        """Write down what happened."""
        self.books[LogKind.DIAGNOSTICS].write(fact.at, fact)
        kind = security_kind(fact)
        if kind:
            said = {"what": kind, **({"text": fact.text} if isinstance(fact, StationEventReported) and fact.text else {})}
            self.books[LogKind.SECURITY].write(fact.at, said)

    def extract(
        self,
        kind: LogKind,
        to: Path,
        *,
        about: Mapping[str, Any],
        oldest: datetime | None,
        latest: datetime | None,
        most: int | None,
    ) -> None:
        """Write a log, or a part of it, into a file; its first line says what it is.

        Args:
            kind: which log.
            to: the file.
            about: what the first line says.
            oldest: only lines from then on.
            latest: only lines until then.
            most: the newest so many bytes at most, the first line left out.

        Raises:
            OSError: the file cannot be written.
        """
        draft = to.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(msgspec.json.encode(about) + b"\n")
            for line in _newest(_within(self.books[kind].lines(), oldest, latest), most):
                file.write(line)
        draft.replace(to)


def _within(lines: Iterable[bytes], oldest: datetime | None, latest: datetime | None) -> Iterator[bytes]:
    begin = b"" if oldest is None else stamp(oldest).encode()
    end = b"\xff" if latest is None else stamp(latest).encode()
    return (line for line in lines if begin <= line[MOMENT : MOMENT + STAMP] <= end)


def _newest(lines: Iterator[bytes], most: int | None) -> Iterable[bytes]:
    if most is None:
        return lines
    kept: deque[bytes] = deque()
    size = 0
    for line in lines:
        kept.append(line)
        size += len(line)
        while size > most:
            size -= len(kept.popleft())
    return kept


def security_kind(fact: Event) -> str:
    """Return what a fact is called in the security log, in words of OCPP where it has one; empty: it does not belong there."""
    match fact:
        case StationEventReported(security=True):
            return fact.code
        case StationBooted():
            return "StartupOfTheDevice"
        case ClockSet():
            return "SettingSystemTime"
    return ""


def stamp(at: datetime) -> str:
    """Write a moment, always as long."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def line_of(at: datetime, fact: Event | Mapping[str, Any]) -> bytes:
    """Write one line."""
    said = {"what": type(fact).__name__, **_shown(fact)} if isinstance(fact, Event) else fact
    return (
        msgspec.json.encode({"at": stamp(at), **{key: one for key, one in said.items() if key not in {"at", "station"}}}) + b"\n"
    )


def _shown(value: Any) -> Any:
    """Return a struct as its fields by name: those that say something, and no secret."""
    if isinstance(value, msgspec.Struct):
        found = {name: getattr(value, name) for name in value.__struct_fields__ if name not in SECRET and not names_secret(name)}
        return {name: _shown(one) for name, one in found.items() if one not in (None, "", (), {}, frozenset())}
    if isinstance(value, dict):
        return {str(key): _shown(one) for key, one in value.items() if not names_secret(str(key))}
    if isinstance(value, tuple | list | frozenset):
        return [_shown(one) for one in value]
    return value
