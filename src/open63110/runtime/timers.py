# SPDX-License-Identifier: Apache-2.0
"""Wakeups of stations, as rows of theirs, fired by one task."""

import asyncio
import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

from open63110.kernel.ids import StationId
from open63110.model.station import Station
from open63110.ports import Clock

AGAIN = timedelta(seconds=1)
"""Pause before a wakeup whose outcome could not be stored is tried again."""


class Timers:
    """Fires each station's wakeups at their time; a wakeup that was replaced or taken back does nothing."""

    def __init__(self, clock: Clock, fire: Callable[[StationId, str], None]) -> None:
        """Fire through a callback that looks the wakeup up again."""
        self._clock, self._fire = clock, fire
        self._heap: list[tuple[datetime, StationId, str]] = []
        self._sooner = asyncio.Event()

    def follow(self, station: Station) -> None:
        """Take over the wakeups a station has now."""
        for name, wakeup in station.wakeups.items():
            entry = (wakeup.at, station.id, name)
            heapq.heappush(self._heap, entry)
            if self._heap[0] == entry:
                self._sooner.set()

    def again(self, station: StationId, name: str) -> None:
        """Fire a wakeup once more a little later: what it did was not stored."""
        entry = (self._clock.now() + AGAIN, station, name)
        heapq.heappush(self._heap, entry)
        if self._heap[0] == entry:
            self._sooner.set()

    async def run(self) -> None:
        """Sleep until the next wakeup, for ever."""
        while True:
            self._sooner.clear()
            wait = self._next()
            try:
                async with asyncio.timeout(wait):
                    await self._sooner.wait()
            except TimeoutError:
                self.fire_due()

    def _next(self) -> float | None:
        if not self._heap:
            return None
        ahead = (self._heap[0][0] - self._clock.now()).total_seconds()
        return max(0.0, self._clock.real(ahead))

    def fire_due(self) -> None:
        """Fire everything whose time has come."""
        now = self._clock.now()
        while self._heap and self._heap[0][0] <= now:
            _, station, name = heapq.heappop(self._heap)
            try:
                self._fire(station, name)
            except Exception as fault:  # noqa: BLE001 - one wakeup that fails must not end those of every other station
                report = {"message": f"the wakeup {name} of {station} failed", "exception": fault}
                asyncio.get_running_loop().call_exception_handler(report)
