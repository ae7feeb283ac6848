# SPDX-License-Identifier: Apache-2.0
"""Looks now and then who has had no link for too long; the decision is that of the use case (8.3.5)."""

import asyncio
from datetime import datetime

from open63110.kernel.ids import StationId
from open63110.model.station import Registration
from open63110.runtime.engine import Engine
from open63110.usecases.stations.monitor_station import UNREACHED, CheckAway

EVERY = 10.0
"""Between two looks [s]."""


class Missing:
    """Remembers since when which station has no link; after a restart it begins anew, since the node was away, too."""

    def __init__(self, engine: Engine) -> None:
        """Look after the stations of an engine."""
        self._engine = engine
        self._since: dict[StationId, datetime] = {}

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(self._engine.clock.real(EVERY))
            await self.look()

    async def look(self) -> None:
        """Look once; where a network takes thousands away at a time, everybody else has his turn between two of them."""
        engine, now = self._engine, self._engine.clock.now()
        if engine.policy.offline_after <= 0:
            return
        away = {}
        for station in engine.stations.values():
            if station.connected is None and station.registration is Registration.ACCEPTED:
                away[station.id] = self._since.get(station.id, now)
        self._since = away
        for key, since in away.items():
            late = (now - since).total_seconds() >= engine.policy.offline_after
            known = engine.stations.get(key)
            if late and known is not None and UNREACHED not in known.flags:
                engine.hear((CheckAway(station=key, since=since),), now=now)
                await asyncio.sleep(0)
