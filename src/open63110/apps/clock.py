# SPDX-License-Identifier: Apache-2.0
"""The clock of a process: real time, or real time sped up so that long stories run in seconds."""

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """UTC from the operating system; a factor other than 1 makes every timer of the process faster by it."""

    def __init__(self, factor: float = 1.0, start: datetime | None = None) -> None:
        """Start counting.

        Args:
            factor: seconds of this clock in one real second, > 0.
            start: what it shows now; None: the operating system's time.
        """
        if factor <= 0:
            message = f"a clock runs forward: factor {factor} is not above 0"
            raise ValueError(message)
        self.factor = factor
        self._zero = time.monotonic()
        self._start = self._now = start or datetime.now(UTC)
        self._shown = -1
        """Milliseconds since 1970 at which it showed _now last; a busy node asks many times within one."""

    def now(self) -> datetime:
        """Return UTC, aware, in whole milliseconds: what wires carry and rows keep."""
        if self.factor == 1.0:
            milliseconds = int(time.time() * 1000)
            if milliseconds != self._shown:
                self._shown, self._now = milliseconds, datetime.fromtimestamp(milliseconds / 1000, UTC)
            return self._now
        now = self._start + timedelta(seconds=(time.monotonic() - self._zero) * self.factor)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def real(self, seconds: float) -> float:
        """Return how many seconds of the event loop pass while so many pass on this clock."""
        return seconds / self.factor
