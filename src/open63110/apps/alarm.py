# SPDX-License-Identifier: Apache-2.0
"""The alarm when nothing can be stored, and the attempt, once a second, to store again without being asked."""

import asyncio
from datetime import datetime

import structlog

from open63110.kernel.errors import Unavailable
from open63110.kernel.roles import Role
from open63110.model.principal import AuditEntry
from open63110.ports import Ids
from open63110.runtime.engine import Engine
from open63110.runtime.orders import OURSELVES

log = structlog.get_logger(__name__)


class StoreAlarm:
    """Raised by the first commit that fails, over with the first that succeeds.

    Nobody may depend on stations sending something for the service to resume, or for /readyz to say so: what is tried is the
    audit entry that tells from when on nothing was stored, so that the gap stays visible.
    """

    def __init__(self, engine: Engine, ids: Ids, *, pause: float = 1.0) -> None:
        """Listen to the commits of an engine, and try again after each pause [s]."""
        self._engine, self._ids, self._pause = engine, ids, pause
        self._raised = asyncio.Event()
        self._since: datetime | None = None
        engine.commit.on_trouble.append(self._changed)

    def _changed(self, trouble: Unavailable | None) -> None:
        if trouble is not None:
            self._since = self._engine.clock.now()
            log.error("nothing can be stored, so stations get no answers", reason=trouble.message, remedy=trouble.remedy)
            self._raised.set()
        else:
            self._raised.clear()
            log.warning("it can be stored again", since=str(self._since))

    async def run(self) -> None:
        """Try again once a second while the alarm lasts, for ever."""
        while True:
            await self._raised.wait()
            number = self._ids.row(AuditEntry)
            while self._raised.is_set():
                await asyncio.sleep(self._pause)
                self._try(number)
                await self._engine.commit.drain()

    def _try(self, number: int) -> None:
        trouble, now = self._engine.commit.trouble, self._engine.clock.now()
        if trouble is None:
            return
        entry = AuditEntry(
            id=number,
            at=now,
            by=OURSELVES.id,
            role=Role.CSMS,
            action="StoreUnavailable",
            target=OURSELVES.id,
            outcome="failed",
            reason=trouble.code,
            detail=f"nothing was stored from {self._since:%Y-%m-%dT%H:%M:%SZ} on: {trouble.message}",
        )
        self._engine.known.keep("audit", entry.id, entry)
