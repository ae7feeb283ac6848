# SPDX-License-Identifier: Apache-2.0
"""What is done about orders and forecasts of DSOs by itself, each second: the decisions are those of the use case (8.2.7)."""

import asyncio
import secrets

from open63110.runtime.engine import Engine
from open63110.usecases.energy.dso_power_variation import TendDsoOrders

EVERY = 1.0
"""[s]"""


class Tending:
    """Lets time pass for orders of DSOs."""

    def __init__(self, engine: Engine) -> None:
        """Tend those that an engine knows."""
        self._engine = engine
        self._last = engine.clock.now()

    async def run(self) -> None:
        """Look each second, for ever; without groups of a DSO there is nothing to look at."""
        while True:
            await asyncio.sleep(self._engine.clock.real(EVERY))
            known = self._engine.known
            if known.groups or known.all_dso_orders:
                self.look()

    def look(self) -> None:
        """Look once. What fails for one order is told, and tried again: stations stay limited until it is done."""
        import open63110.planner.safety  # noqa: F401, PLC0415 - numpy, read in before the first order, not while one waits

        now = self._engine.clock.now()
        try:
            trouble: Exception | None = self._engine.hear((TendDsoOrders(last=self._last, seed=secrets.randbits(63)),), now=now)
        except Exception as fault:  # noqa: BLE001 - a fault in here must not end the links of all stations
            trouble = fault
        if trouble is not None:
            report = {"message": "orders of DSOs could not be looked at", "exception": trouble}
            asyncio.get_running_loop().call_exception_handler(report)
        self._last = now
