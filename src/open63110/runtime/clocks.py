# SPDX-License-Identifier: Apache-2.0
"""Whose clock is off, by the moments that stations tell as things happen (B.13): such a station is told no moments.

A moment to come shows a clock that is ahead. One that is over shows nothing by itself: it may have waited for a link. But what
waited comes faster than it happened; a clock that is slow is always slow by the same.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from open63110.kernel.ids import StationId
from open63110.kernel.journal import Entry
from open63110.model.station import CLOCK
from open63110.runtime.engine import Engine
from open63110.usecases.stations.monitor_station import JudgeClock

ENOUGH: Final = 3
"""How many facts in a row have to be late by the same."""

APART: Final = timedelta(seconds=3)
"""What comes sooner after the one before says nothing more."""

ALIKE: Final = timedelta(seconds=10)
"""By how much they may differ."""

MUTE: Final = frozenset({"ocpp1.6"})
"""Wires that do not say whether a fact waited: what is known of that there comes from its time."""


class _Late(NamedTuple):
    by: timedelta
    heard: datetime
    facts: int


class Clocks:
    """Those of the stations whose power is shared. Of most of them nothing is kept: their clocks are right."""

    def __init__(self, engine: Engine) -> None:
        """Doubt none."""
        self._engine = engine
        self._tolerance = timedelta(seconds=engine.policy.clock_tolerance)
        self._late: dict[StationId, _Late] = {}

    def note(self, entry: Entry, now: datetime) -> None:
        """Take note of a fact of an energy transfer, which bears the time of its station.

        Args:
            entry: the fact, as it comes in.
            now: the moment.
        """
        by = now - entry.at
        if -self._tolerance <= by <= self._tolerance and not self._doubted(entry.station):
            self._late.pop(entry.station, None)
        elif by < -self._tolerance:
            self._judge(entry.station, by)
        elif not self._waited(entry):
            self._maybe_late(entry.station, by, now)

    def _waited(self, entry: Entry) -> bool:
        """Tell whether a fact is known to have waited for a link; where the wire has no word for that it is not."""
        noun = self._engine.stations.get(entry.station)
        said = noun is not None and noun.wire not in MUTE
        return said and bool(getattr(entry.event, "offline", False))

    def _doubted(self, station: StationId) -> bool:
        noun = self._engine.stations.get(station)
        return noun is not None and CLOCK in noun.flags

    def _maybe_late(self, station: StationId, by: timedelta, now: datetime) -> None:
        """Believe that a clock is slow, or right again, once enough facts are late by the same."""
        known = self._late.get(station)
        if known is not None and now - known.heard < APART:
            return
        facts = known.facts + 1 if known is not None and abs(known.by - by) <= ALIKE else 1
        self._late[station] = _Late(by, now, facts)
        if facts >= ENOUGH:
            self._judge(station, by)

    def _judge(self, station: StationId, by: timedelta) -> None:
        self._engine.hear((JudgeClock(station=station, ahead=-by.total_seconds()),))
