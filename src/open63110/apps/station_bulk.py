# SPDX-License-Identifier: Apache-2.0
"""Bulk streams at a station: its folder, its one link, and a log that says what became of them; a CSMS's are in ``bulk``."""

from collections import ChainMap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

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

NOTHING: Final[Mapping[str, Path | None]] = {}


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


Ended = Callable[[BulkStream], None]
"""Is told of each stream that is over."""


class Logged:
    """Implements ways.Watch: at a station the log is all there is."""

    def __init__(self, told: Ended | None = None) -> None:
        """Tell somebody else, too."""
        self._told = told

    def ended(self, stream: BulkStream) -> None:
        """A stream is over."""
        if self._told is not None:
            self._told(stream)
        log.info("a stream is over", name=stream.name, state=stream.state, reason=stream.reason, words=stream.words)

    def refused(self, who: str, kind: str, words: str) -> None:
        """Something is not taken."""
        log.warning("a stream is not taken", by=who, kind=kind, reason=words)


def station_streams(
    folder: Path,
    settings: StationBulk,
    line: Line,
    clock: Clock,
    *,
    promised: Mapping[str, Path | None] = NOTHING,
    told: Ended | None = None,
) -> Streams:
    """Make the streams of a station, tied to its link.

    Args:
        folder: of its data.
        settings: bounds, and files that may be fetched at any time.
        line: its link.
        clock: the time.
        promised: more that may be fetched, by name; it is looked into each time. None for a path: it is being written.
        told: of each stream that is over.
    """
    spool = Spool(folder / FOLDER, by_name, largest=settings.largest, most=settings.most)
    usual: dict[str, Path | None] = {Path(one).name: Path(one) for one in settings.logs}
    logs = ChainMap(usual, cast("dict[str, Path | None]", promised))
    made = Streams(spool, StationWays(line), Logged(told), now=clock.now, logs=logs)
    line.services = made
    return made
