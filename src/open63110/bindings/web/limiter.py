# SPDX-License-Identifier: Apache-2.0
"""How often something may be tried: bounded memory, whatever names and addresses are made up."""

from datetime import datetime, timedelta

MOST_KEYS = 10_000


class Limiter:
    """Counts per key within windows."""

    def __init__(self, most: int, within: float) -> None:
        """Allow so many in so many seconds."""
        self._most, self._within = most, timedelta(seconds=within)
        self._counts: dict[str, tuple[datetime, int]] = {}

    def full(self, key: str, now: datetime) -> bool:
        """Tell whether there were enough."""
        began, count = self._counts.get(key, (now, 0))
        return count >= self._most and now - began < self._within

    def count(self, key: str, now: datetime) -> bool:
        """Count one more; tell whether it was within the limit."""
        began, count = self._counts.get(key, (now, 0))
        if now - began >= self._within:
            began, count = now, 0
        if key not in self._counts and len(self._counts) >= MOST_KEYS:
            self._forget(now)
        self._counts[key] = began, count + 1
        return count < self._most

    def forget(self, key: str) -> None:
        """Start over for a key."""
        self._counts.pop(key, None)

    def _forget(self, now: datetime) -> None:
        old = [key for key, (began, _) in self._counts.items() if now - began >= self._within]
        for key in old or list(self._counts)[: MOST_KEYS // 10]:
            del self._counts[key]
