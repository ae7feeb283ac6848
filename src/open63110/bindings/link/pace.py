# SPDX-License-Identifier: Apache-2.0
"""How many messages of each class one end takes, in a second and at once (link.md 10)."""

from open63110.bindings.link.framing.bucket import Bucket
from open63110.bindings.link.framing.header import Priority

RATES: dict[int, tuple[float, float]] = {
    Priority.CONTROL: (50.0, 500.0),
    Priority.NORMAL: (200.0, 5000.0),
    Priority.BULK: (100.0, 1000.0),
}
"""Messages per second, and at once, of each class; for E the session layer has its own."""


class Pace:
    """Of one peer."""

    __slots__ = ("_buckets",)

    def __init__(self) -> None:
        """Have room for everything."""
        self._buckets: dict[int, Bucket] = {}

    def wait(self, priority: int, now: float) -> float:
        """Take a message; 0, or how long it has to wait because it is one too many of its class [s].

        Args:
            priority: its class.
            now: in the session's time [s].
        """
        rate = RATES.get(priority)
        if rate is None:
            return 0.0
        bucket = self._buckets.get(priority)
        if bucket is None:
            bucket = self._buckets[priority] = Bucket(*rate)
        return 0.0 if bucket.take(now) else max(0.1, bucket.wait(now))
