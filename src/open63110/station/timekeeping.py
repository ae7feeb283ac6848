# SPDX-License-Identifier: Apache-2.0
"""The clock of one station: set or slewed by what its CSMS tells of the time, and what its times are worth (B.13)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.model.station import Station
from open63110.usecases.stations.monitor_station import clock_left_alone, clock_quality
from open63110.usecases.stations.onboard_station import ClockSet, correction, metering, step

STEP: Final = 300.0
"""A clock that was to be set by more, and was not, is worth an event, once until it agrees with what is told [s]."""

FRESH: Final = timedelta(days=1)
"""For so long a clock that was set is right, with nobody telling it anything."""

Quality = Literal["never", "uncertain", "synchronised"]
"""What the times of a station are worth: it was never told the time; it is off, or was not told for long; it is right."""


class Hands(Protocol):
    """Moves the clock."""

    def set_clock(self, by: float) -> bool:
        """Move it by so many seconds at once; False: it has a better source of time than the CSMS."""

    def slew_clock(self, by: float) -> bool:
        """Move it by so many seconds little by little, so that no moment comes twice and none is left out; False: it cannot."""


class Timekeeper:
    """What a station makes of the time that it is told."""

    __slots__ = ("_doubted", "_hear", "_off", "_on_set", "_said", "_station", "_told")

    def __init__(self, station: StationId, hear: Callable[[Event, datetime], None], on_set: Callable[[], None]) -> None:
        """Know nothing of the time yet.

        Args:
            station: whose clock it is.
            hear: lets use cases hear a fact at a moment.
            on_set: called when the clock was set: timers go by it.
        """
        self._station, self._hear, self._on_set = station, hear, on_set
        self._told: datetime | None = None
        self._doubted = self._off = False
        self._said = ""

    def quality(self, now: datetime, hands: Hands) -> Quality:
        """Return what the times of this station are worth now."""
        if not hands.set_clock(0.0):
            return "uncertain" if self._off else "synchronised"
        if self._told is None:
            return "never"
        return "uncertain" if self._off or now - self._told > FRESH else "synchronised"

    def told(self, time: datetime, within: float | None, shown: datetime, noun: Station | None, hands: Hands) -> None:
        """Set the clock, or slew it while energy flows, and say what is worth knowing of that.

        Args:
            time: that the CSMS tells.
            within: the error of that is at most this [s]; None: nobody measured it.
            shown: what the clock shows now.
            noun: the station; None: nothing is known of it.
            hands: move the clock.
        """
        within = within if hands.set_clock(0.0) else None  # what has a better source is not doubted for a few tenths
        by, now = correction(time, shown, noun, within) if noun else 0.0, shown
        if by and hands.set_clock(by):
            self._hear(ClockSet(station=self._station, at=time, by=by), time)
            self._on_set()
            now = time
        off = step(time, now, within)
        if off and abs(off) <= STEP and noun is not None and metering(noun):
            hands.slew_clock(off)
        self._told, self._off = now, bool(off)
        doubted, self._doubted = self._doubted, abs(off) > STEP
        if self._doubted and not doubted:
            self._hear(clock_left_alone(self._station, now, off), now)
        self.stand(now, noun, hands)

    def stand(self, now: datetime, noun: Station | None, hands: Hands) -> None:
        """Tell the CSMS what times are worth if that matters: while energy flows; and once it is well again after that."""
        runs, quality = noun is not None and metering(noun), self.quality(now, hands)
        if quality != "synchronised" and runs and self._said != quality:
            self._said = quality
            self._hear(clock_quality(self._station, now, quality, cleared=False), now)
        elif quality == "synchronised" and self._said and not runs:
            self._said = ""
            self._hear(clock_quality(self._station, now, quality, cleared=True), now)
