# SPDX-License-Identifier: Apache-2.0
"""The logs of simulated stations: the newest lines in memory, and files only while they are on their way (8.3.10)."""

import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path

from open63110.apps.station_bulk import station_streams
from open63110.apps.station_config import StationBulk
from open63110.apps.station_logs import LogSenders, MakeStreams, StationLogs
from open63110.bindings.link.line import Line
from open63110.bindings.link.patterns.bulk import Streams
from open63110.kernel.ids import StationId
from open63110.model.bulk import BulkStream
from open63110.runtime.engine import Engine
from open63110.station.controller import Controller
from open63110.station.logbook import COLLECTED, REMEMBERED, Logbook, MemoryBook


class SiteLogs(LogSenders):
    """The logs of all stations of a site."""

    def __init__(self) -> None:
        """Know no station yet."""
        super().__init__()
        self.believed: ssl.SSLContext | None = None
        """To whom stations send files by HTTPS; None: whom the system believes."""
        self._files: tempfile.TemporaryDirectory[str] | None = None

    def build(self, controller: Controller, engine: Engine) -> StationLogs:
        """Make the logs of a station that has its line already."""
        station, line = controller.id, controller.line
        book = Logbook(lambda _, part, __: MemoryBook(COLLECTED if part else REMEMBERED))
        streams = self._streams(line) if isinstance(line, Line) else None
        made = StationLogs(station, engine, book, lambda: self.folder(station), tls=lambda: self.believed, streams=streams)
        made.measured = controller
        return self.add(made)

    def folder(self, station: StationId) -> Path:
        """Return where files of a station lie; it goes when this object does."""
        if self._files is None:
            self._files = tempfile.TemporaryDirectory(prefix="open63110-")
        found = Path(self._files.name) / f"~{station}"
        found.mkdir(exist_ok=True)
        return found

    def _streams(self, line: Line) -> MakeStreams:
        def made(promised: dict[str, Path | None], told: Callable[[BulkStream], None]) -> Streams:
            folder, clock = self.folder(line.station), line.engine.clock
            return station_streams(folder, StationBulk(), line, clock, promised=promised, told=told)

        return made

    def close(self) -> None:
        """Let go of files."""
        if self._files is not None:
            self._files.cleanup()
            self._files = None
