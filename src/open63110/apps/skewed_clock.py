# SPDX-License-Identifier: Apache-2.0
"""The clock of a station, which may be wrong."""

from datetime import datetime, timedelta

from open63110.ports import Clock

SLEW = 500e-6
"""How much faster or slower a clock runs that is slewed: half a second in a quarter of an hour, as NTP does it."""


class SkewedClock:
    """A clock that is wrong by always the same, until it is set or slewed."""

    def __init__(self, clock: Clock, skew: float) -> None:
        """Be ahead of a right clock by so many seconds, or behind it."""
        self._clock, self._skew = clock, timedelta(seconds=skew)
        self._slewing, self._since = 0.0, clock.now()

    def now(self) -> datetime:
        """Return what it takes for UTC, in whole milliseconds."""
        right = self._clock.now()
        shown = right + self._skew + self._slewed(right)
        return shown.replace(microsecond=shown.microsecond // 1000 * 1000)

    def real(self, seconds: float) -> float:
        """Return how many seconds of the event loop pass while so many pass on it."""
        return self._clock.real(seconds)

    def set(self, by: float) -> None:
        """Move it by so many seconds at once; what was left to be slewed is in that."""
        self.slew(0.0)
        self._skew += timedelta(seconds=by)

    def slew(self, by: float) -> None:
        """Let it run a little faster or slower until it has moved by so many seconds; it never stands still or goes back."""
        right = self._clock.now()
        self._skew += self._slewed(right)
        self._slewing, self._since = by, right

    def _slewed(self, right: datetime) -> timedelta:
        done = min(abs(self._slewing), max(0.0, (right - self._since).total_seconds()) * SLEW)
        return timedelta(seconds=done if self._slewing >= 0.0 else -done)
