# SPDX-License-Identifier: Apache-2.0
"""How often something may happen."""

ROUNDING = 1e-6
"""What sums of floats may be off by."""


class Bucket:
    """So many per second, so many at once."""

    def __init__(self, rate: float, burst: float) -> None:
        """Start full."""
        self._rate, self._burst, self._level, self._at = rate, burst, burst, 0.0

    def wait(self, now: float) -> float:
        """Return how long until the next one may go [s]."""
        self._level = min(self._burst, self._level + (now - self._at) * self._rate) if self._at else self._burst
        self._at = now
        return (1 - self._level) / self._rate if self._level < 1 - ROUNDING else 0.0

    def next(self) -> list[float]:
        """Return when the next one may go, seen from the last question; nothing if it might have gone then."""
        return [] if self._level >= 1 - ROUNDING else [self._at + (1 - self._level) / self._rate]

    def take(self, now: float) -> bool:
        """Take one, if there is one."""
        level = min(self._burst, self._level + (now - self._at) * self._rate) if self._at else self._burst
        self._at, enough = now, level >= 1 - ROUNDING
        self._level = level - 1 if enough else level
        return enough
