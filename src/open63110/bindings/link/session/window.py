# SPDX-License-Identifier: Apache-2.0
"""How much may be on its way: a window that grows while nothing queues up in between, and the rate that comes of it (B.6)."""

from collections import deque

SMALLEST = 16 * 1024
"""Start and floor [bytes]."""

TARGET = 0.060
"""Queueing delay to stay below [s]."""

MINUTES = 10
"""How long the shortest round trip is remembered; longer than queues of our own making last."""

MOST_SAMPLES = 4096


class RoundTrip:
    """Smoothed and shortest round trip of one carrier."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.smoothed: float | None = None
        self._minutes: deque[tuple[int, float]] = deque(maxlen=MINUTES)

    def sample(self, seconds: float, now: float) -> float:
        """Take one; return how much of it was queueing."""
        self.smoothed = seconds if self.smoothed is None else self.smoothed + (seconds - self.smoothed) / 8
        minute = int(now // 60)
        if self._minutes and self._minutes[-1][0] == minute:
            self._minutes[-1] = (minute, min(seconds, self._minutes[-1][1]))
        else:
            self._minutes.append((minute, seconds))
        return seconds - min(shortest for _, shortest in self._minutes)


class Window:
    """Bytes of DATA that may be on their way, priority E left out."""

    def __init__(self, largest: int, trip: RoundTrip) -> None:
        """Start small; `largest` is what the receiver takes."""
        self.size = SMALLEST
        self.rate: float | None = None
        """Of the link while it was the limit [bytes/s]."""
        self._largest, self._trip = largest, trip
        self._sent = self._credited = 0
        self._times: deque[tuple[int, float]] = deque()
        self._limited = False
        self._last = 0.0

    def full(self, frame: int) -> bool:
        """Tell, and take note, that there is no room for another frame of that length."""
        full = self.size - (self._sent - self._credited) < frame
        self._limited |= full
        return full

    def sent(self, size: int, now: float) -> None:
        """Count a frame."""
        self._sent += size
        if len(self._times) < MOST_SAMPLES:
            self._times.append((self._sent, now))

    def credited(self, total: int, now: float) -> bool:
        """Take what the receiver has counted; False if it claims what was never sent, or less than before."""
        if not self._credited <= total <= self._sent:
            return False
        confirmed, self._credited = total - self._credited, total
        left = None
        while self._times and self._times[0][0] <= total:
            left = self._times.popleft()
        if left is not None:
            self._adapt(confirmed, self._trip.sample(now - left[1], now), now)
        return True

    def _adapt(self, confirmed: int, queueing: float, now: float) -> None:
        gap, self._last = now - self._last, now
        if self._limited and gap > 0:
            rate = confirmed / gap
            self.rate = rate if self.rate is None else self.rate + (rate - self.rate) / 8
        off = max(-1.0, (TARGET - queueing) / TARGET)
        if off < 0 or self._limited:
            wanted = self.size + int(confirmed * (off if off > 0 else off / 2))
            self.size = max(SMALLEST, min(self._largest, wanted))
        self._limited = False

    def chunk(self, most: int) -> int:
        """Return how long a chunk should be: short where one would block others for long."""
        if self.rate is None:
            return min(4096, most)
        return min(most, 8192 if self.rate >= 64_000 else 4096 if self.rate >= 32_000 else 2048)
