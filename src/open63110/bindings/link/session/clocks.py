# SPDX-License-Identifier: Apache-2.0
"""Time between two ends: what our own clock says, and how far the other end's is from it (B.13)."""

from collections import deque
from datetime import datetime, timedelta

from open63110.bindings.link.framing.header import EPOCH

SAMPLES = 8
"""Best of so many."""

DRIFT = 100e-6
"""What two crystals may run apart; ages a sample."""

ROUNDING = 0.002
"""Timestamps are whole milliseconds [s]."""


class LocalClock:
    """Our UTC as a function of the monotonic clock that every call brings along."""

    def __init__(self, utc: datetime, now: float, uncertainty: float = 1.0) -> None:
        """Start with a reading of both; `uncertainty` in seconds."""
        self.set(utc, now, uncertainty)

    def set(self, utc: datetime, now: float, uncertainty: float) -> None:
        """Step or slew: from now on UTC is this."""
        self._base, self.uncertainty = (utc - EPOCH).total_seconds() - now, uncertainty

    def seconds(self, now: float) -> float:
        """Count from 1970 [s]."""
        return self._base + now

    def milliseconds(self, now: float) -> int:
        """Count from 1970 [ms]; never below it, whatever a clock without a battery says."""
        return max(0, int(self.seconds(now) * 1000))

    def when(self, utc: float) -> float:
        """Return the monotonic time at which a moment [s since 1970] is reached, to the microsecond."""
        return utc - self._base + 1e-6

    def utc(self, now: float) -> datetime:
        """Return UTC."""
        return EPOCH + timedelta(seconds=self.seconds(now))


class PeerClock:
    """The other end's UTC against our monotonic clock, so that steps of our own UTC do not matter."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._samples: deque[tuple[float, float, float]] = deque(maxlen=SAMPLES)

    def sample(self, sent: float, heard: float, answered: float, now: float) -> None:
        """Take four timestamps: ours monotonic, theirs seconds of UTC.

        Half of the time on the way bounds the error, however unevenly it is spread over both directions.
        """
        on_the_way = max(0.0, (now - sent) - max(0.0, answered - heard))
        offset = ((heard - sent) + (answered - now)) / 2
        self._samples.append((on_the_way / 2 + ROUNDING, offset, now))

    def best(self, now: float) -> tuple[float, float] | None:
        """Return their UTC minus our monotonic clock and the bound of its error, both [s]; None before the first sample."""
        if not self._samples:
            return None
        return min((bound + (now - at) * DRIFT, offset) for bound, offset, at in self._samples)[::-1]

    def past(self, deadline: float, now: float) -> bool:
        """Tell whether a moment of their UTC [s] may be over; without a sample it is not."""
        best = self.best(now)
        return best is not None and now + best[0] + best[1] > deadline
