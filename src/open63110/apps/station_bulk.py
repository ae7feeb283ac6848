# SPDX-License-Identifier: Apache-2.0
"""Bulk streams at a station: its folder, its one link, and a log that says what became of them; a CSMS's are in ``bulk``."""

from pathlib import Path
from typing import Any

import structlog

from open63110.apps.station_config import StationBulk
from open63110.bindings.link.framing.header import Header
from open63110.bindings.link.line import Line
from open63110.bindings.link.patterns.bulk import Streams
from open63110.bindings.link.patterns.spool import FOLDER, Spool, by_name
from open63110.bindings.link.patterns.ways import Way
from open63110.kernel.ids import StationId
from open63110.model.bulk import BulkStream, Side
from open63110.ports import Clock

log = structlog.get_logger(__name__)


class StationWays:
    """Implements ways.Ways for a station: there is one link."""

    def __init__(self, line: Line) -> None:
        """Know it."""
        self._line = line

    def side(self, speaker: Any) -> Side:
        """Tell where the other end of a link is."""
        del speaker
        return Side.UP

    def way(self, side: Side, station: StationId) -> Way | None:
        """Return the link."""
        del station
        return Way(self._line) if side is Side.UP and self._line.open else None

    def addressed(self, header: Header) -> tuple[StationId, Side]:
        """Return this station."""
        del header
        return self._line.station, Side.HERE


class Logged:
    """Implements ways.Watch: at a station the log is all there is."""

    def ended(self, stream: BulkStream) -> None:
        """A stream is over."""
        log.info("a stream is over", name=stream.name, state=stream.state, reason=stream.reason, words=stream.words)

    def refused(self, who: str, kind: str, words: str) -> None:
        """Something is not taken."""
        log.warning("a stream is not taken", by=who, kind=kind, reason=words)


def station_streams(folder: Path, settings: StationBulk, line: Line, clock: Clock) -> Streams:
    """Make the streams of a station, tied to its link."""
    spool = Spool(folder / FOLDER, by_name, largest=settings.largest, most=settings.most)
    logs = {Path(one).name: Path(one) for one in settings.logs}
    made = Streams(spool, StationWays(line), Logged(), now=clock.now, logs=logs)
    line.services = made
    return made
