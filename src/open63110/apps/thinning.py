# SPDX-License-Identifier: Apache-2.0
"""What was is kept for a while: the power of sites by the minute, then by the quarter of an hour; alarms that are over."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from open63110.model.alarm import StationAlarm
from open63110.model.notice import Notice
from open63110.model.power import PowerAlarm, PowerSample
from open63110.model.stream import EventStream, StreamChunk
from open63110.ports import Query, Where, searchable
from open63110.runtime.engine import Engine

LOOK_EVERY = 3_600.0
"""Between two looks [s]."""

COARSE = timedelta(minutes=15)
"""Between two samples that stay."""

CHUNK = 200
"""Rows that are read at a time, and taken away in one commit: the loop stays free for stations."""

AGAIN = timedelta(days=30)
"""How far before the days that are kept by the minute is looked, should this node have been away."""


class Thinning:
    """Takes rows of the past away; it runs beside everything else, and waits for nobody."""

    def __init__(self, engine: Engine) -> None:
        """Look after the rows of an engine, as long as its policy says."""
        self._engine = engine
        self._thinned: datetime | None = None

    async def run(self) -> None:
        """Look every hour, for ever."""
        while True:
            await self.look()
            await asyncio.sleep(self._engine.clock.real(LOOK_EVERY))

    async def look(self) -> int:
        """Take away what is too old or too dense; return how many rows that was."""
        policy, now = self._engine.policy, self._engine.clock.now()
        gone = 0
        if policy.keep_power > 0:
            late = now - timedelta(days=policy.keep_power)
            gone += await self._all(PowerSample, Where("at", "<", late))
            gone += await self._all(PowerAlarm, Where("cleared", "not null"), Where("cleared", "<", late))
        if policy.keep_alarms > 0:
            late = now - timedelta(days=policy.keep_alarms)
            gone += await self._all(StationAlarm, Where("resolved", "not null"), Where("resolved", "<", late))
            gone += await self._all(Notice, Where("open", "=", False), Where("due", "<", late))  # noqa: FBT003 - a value
        if policy.keep_streams > 0:
            late = now - timedelta(days=policy.keep_streams)
            gone += await self._all(StreamChunk, Where("begin", "<", late))
            closed = Where("open", "=", False)  # noqa: FBT003 - a value
            gone += await self._all(EventStream, closed, Where("last", "<", late))
            gone += await self._all(EventStream, closed, Where("last", "null"), Where("opened", "<", late))
        end = now - timedelta(days=policy.keep_minutes)
        gone += await self._thin(self._thinned or end - AGAIN, end)
        self._thinned = end - COARSE
        return gone

    async def _all(self, noun: type[Any], *where: Where) -> int:
        gone = 0
        async for rows in self._chunks(noun, *where):
            gone += self._forget(noun, [one.id for one in rows])
        return gone

    async def _thin(self, begin: datetime, end: datetime) -> int:
        """Leave the first sample of each site in each quarter of an hour."""
        gone, stays = 0, set[tuple[str, int]]()
        async for rows in self._chunks(PowerSample, Where("at", ">=", begin), Where("at", "<", end)):
            dense = []
            for one in rows:
                quarter = one.site, int(one.at.timestamp() // COARSE.total_seconds())
                if quarter in stays:
                    dense.append(one.id)
                stays.add(quarter)
            gone += self._forget(PowerSample, dense)
        return gone

    async def _chunks(self, noun: type[Any], *where: Where) -> AsyncIterator[list[Any]]:
        """Read rows in the order of their keys; those that were read may go meanwhile."""
        last: Any = None
        while True:
            after = () if last is None else (Where("id", ">", last),)
            rows = await self._engine.store.find(noun, Query(where=(*where, *after), order="id", limit=CHUNK))
            if rows:
                yield rows
            if len(rows) < CHUNK:
                return
            last = rows[-1].id

    def _forget(self, noun: type[Any], keys: list[Any]) -> int:
        kind = searchable(noun).name
        for key in keys:
            self._engine.known.keep(kind, key, None)
        if keys:
            self._engine.commit.after(lambda _: None)
        return len(keys)
