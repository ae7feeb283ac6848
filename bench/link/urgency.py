# SPDX-License-Identifier: Apache-2.0
"""Urgent limits at fixed times, whatever became of those before: how long each takes, and what it says."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.link.job import OPENING, STATION, Job, Seen
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Seconds, Watts
from open63110.model.limit import LimitSource
from open63110.usecases.energy.smart_charging import LimitPower

Ask = Callable[[int, Callable[[], None]], None]
"""Sends the limit of that number; calls back when it is answered."""


def limit(number: int) -> LimitPower:
    """Return the limit of a grid operator in trouble."""
    return LimitPower(
        station=StationId(STATION),
        evse=EvseNumber(0),
        limit=Watts(4140.0 + number % 100),
        until=datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=15),
        source=LimitSource.DSO,
        failsafe=Watts(1380.0),
        failsafe_after=Seconds(60.0),
        emergency=True,
    )


class Urgency:
    """Asks at fixed times and takes note of the answers."""

    def __init__(self, job: Job, ask: Ask, seen: Seen) -> None:
        self._job, self._ask, self._seen = job, ask, seen
        self._open: dict[int, float] = {}
        self._count = 0

    async def opening(self) -> None:
        """Ask while nothing else goes on."""
        await self._run(self._seen.idle_ms, lambda: time.monotonic() < begun + OPENING, begun := time.monotonic())
        self._open.clear()

    async def busy(self, over: Callable[[], bool]) -> None:
        """Ask until the transfer is over and there were enough, or until there is no more time."""
        begun, asked = time.monotonic(), self._count

        def on() -> bool:
            few = self._count - asked < self._job.limits
            return (not over() or few) and time.monotonic() < begun + self._job.seconds

        await self._run(self._seen.busy_ms, on, begun)
        now = time.monotonic()
        self._seen.unanswered = len(self._open)
        self._seen.busy_ms += [(now - sent) * 1000 for sent in self._open.values()]

    async def _run(self, times: list[float], on: Callable[[], bool], begun: float) -> None:
        due = begun
        while on():
            self._one(times)
            due += self._job.every
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await self._settle()

    async def _settle(self) -> None:
        """Wait for what was asked last, as long as an answer on a free way takes at most."""
        ends = time.monotonic() + 2.0
        while self._open and time.monotonic() < ends:  # noqa: ASYNC110 - once, at the end
            await asyncio.sleep(0.01)

    def _one(self, times: list[float]) -> None:
        self._count += 1
        number = self._count
        self._open[number] = time.monotonic()

        def answered() -> None:
            sent = self._open.pop(number, None)
            if sent is not None:
                times.append((time.monotonic() - sent) * 1000)

        self._ask(number, answered)
