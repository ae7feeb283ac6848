# SPDX-License-Identifier: Apache-2.0
"""Quarantined stations that stay away for long are forgotten: somebody may have invented them."""

import asyncio
from datetime import timedelta

from open63110.kernel.roles import Role
from open63110.model.principal import AuditEntry
from open63110.model.station import Registration, Station
from open63110.ports import Ids
from open63110.runtime.engine import Engine
from open63110.runtime.orders import OURSELVES

LOOK_EVERY = 86_400.0
"""Between two looks at who stayed away [s]."""


class Forgetting:
    """Takes rows of stations away that nobody registered; the journal keeps what they did."""

    def __init__(self, engine: Engine, ids: Ids) -> None:
        """Look after the stations of an engine, as long as its policy says."""
        self._engine, self._ids = engine, ids

    async def run(self) -> None:
        """Look now and then every day, for ever; without a term there is nothing to do."""
        while self._engine.policy.forget_quarantined > 0:
            await self.look()
            await asyncio.sleep(self._engine.clock.real(LOOK_EVERY))

    async def look(self) -> int:
        """Forget who stayed away too long; return how many those were."""
        engine = self._engine
        late = engine.clock.now() - timedelta(days=engine.policy.forget_quarantined)
        forgotten = 0
        for station in [one for one in engine.stations.values() if _may_go(one)]:
            last = await engine.store.facts(station=station.id, newest=True, limit=1)
            if last and last[0].heard < late and engine.stations.get(station.id) is station:
                self._forget(station)
                forgotten += 1
        if forgotten:
            self._note(forgotten)
        return forgotten

    def _forget(self, station: Station) -> None:
        """Take it out of memory and store; one that comes back before this is committed stays."""
        known, commit = self._engine.known, self._engine.commit
        known.keep("station", station.id, None)
        commit.undoable(known.stations, station.id, station)
        del known.stations[station.id]

    def _note(self, forgotten: int) -> None:
        days = self._engine.policy.forget_quarantined
        entry = AuditEntry(
            id=self._ids.row(AuditEntry),
            at=self._engine.clock.now(),
            by=OURSELVES.id,
            role=Role.CSMS,
            action="ForgetQuarantined",
            target=OURSELVES.id,
            outcome="accepted",
            detail=f"{forgotten} that nobody registered and that did not come for {days} days",
        )
        self._engine.known.keep("audit", entry.id, entry)
        self._engine.commit.after(lambda _: None)


def _may_go(station: Station) -> bool:
    waits = station.registration is Registration.QUARANTINED and station.connected is None
    return waits and not (station.transfers or station.sessions or station.wakeups)
