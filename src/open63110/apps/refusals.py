# SPDX-License-Identifier: Apache-2.0
"""Which refusals are told: the same one once a minute, all together so many an hour. A flood must not fill the disk."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from open63110.runtime.orders import OURSELVES

if TYPE_CHECKING:  # a station tells of refusals, too, and has no gate
    from open63110.bindings.ocpp.gate import Security
    from open63110.ports import Clock

MOST = 600
"""Refusals told in one hour; names are free to invent, so the same one once a minute is no bound."""

AGAIN, HOUR = timedelta(minutes=1), timedelta(hours=1)

LEFT_OUT = "RefusalsLeftOut"
"""Type of the one event that says how many more there were."""


class Refusals:
    """Passes refusals on, and counts what it leaves out."""

    def __init__(self, tell: Security, clock: Clock, *, most: int = MOST) -> None:
        """Pass them on to whoever keeps them."""
        self._tell, self._clock, self._most = tell, clock, most
        self._last: dict[tuple[str, str, str], datetime] = {}
        self._told = self._left_out = 0
        self._began = clock.now()

    def __call__(self, who: str, kind: str, words: str) -> None:
        """Take one refusal: (station or address, type of event, words)."""
        now, what = self._clock.now(), (who, kind, words)
        self.close_hour(now)
        last = self._last.get(what)
        if last is not None and abs(now - last) < AGAIN:
            return
        if self._told >= self._most:
            self._left_out += 1
            return
        self._last[what] = now
        self._told += 1
        self._tell(who, kind, words)

    def close_hour(self, now: datetime) -> None:
        """Begin another hour if the last one is over, and say what was left out in it."""
        if abs(now - self._began) < HOUR:  # a clock that is put back must not stop the hours
            return
        self.say_left_out()
        recent = {what: at for what, at in self._last.items() if abs(now - at) < AGAIN}
        self._last, self._told, self._began = recent, 0, now

    def say_left_out(self) -> None:
        """Say what was left out since the hour began, if anything."""
        if self._left_out:
            words = f"{self._left_out} more were refused since {self._began:%Y-%m-%dT%H:%M:%SZ}, too many to keep each"
            self._tell(OURSELVES.id, LEFT_OUT, words)
        self._left_out = 0

    async def run(self) -> None:
        """Close each hour in time, though nobody may be refused any more; for ever."""
        while True:
            await asyncio.sleep(self._clock.real(AGAIN.total_seconds()))
            self.close_hour(self._clock.now())
