# SPDX-License-Identifier: Apache-2.0
"""Stories told in the time of a clock: scripts that yield how long they wait, thousands of them in one task."""

import asyncio
import heapq
from collections.abc import Generator
from datetime import datetime, timedelta
from itertools import count

from open63110.ports import Clock

Script = Generator[float, None, None]
"""Yields seconds of the clock; goes on after them."""


class Schedule:
    """Wakes every script at its time."""

    def __init__(self, clock: Clock) -> None:
        """Know no script yet."""
        self._clock = clock
        self._heap: list[tuple[datetime, int, Script]] = []
        self._order = count()
        self._sooner = asyncio.Event()

    def __len__(self) -> int:
        """Return how many scripts are not at their end."""
        return len(self._heap)

    def begin(self, script: Script, *, after: float = 0.0) -> None:
        """Start a script."""
        at = self._clock.now() + timedelta(seconds=after)
        entry = (at, next(self._order), script)
        heapq.heappush(self._heap, entry)
        if self._heap[0] is entry:
            self._sooner.set()

    def clear(self) -> None:
        """Tell no story to its end."""
        self._heap.clear()

    def go_on(self) -> None:
        """Let every script whose time has come go on."""
        now = self._clock.now()
        while self._heap and self._heap[0][0] <= now:
            at, _, script = heapq.heappop(self._heap)
            wait = next(script, None)
            if wait is not None:
                heapq.heappush(self._heap, (max(at + timedelta(seconds=wait), now), next(self._order), script))

    async def run(self) -> None:
        """Go on for ever."""
        while True:
            self._sooner.clear()
            wait = None
            if self._heap:
                ahead = (self._heap[0][0] - self._clock.now()).total_seconds()
                wait = max(0.0, self._clock.real(ahead))
            try:
                async with asyncio.timeout(wait):
                    await self._sooner.wait()
            except TimeoutError:
                self.go_on()
