# SPDX-License-Identifier: Apache-2.0
"""A car park with a DSO: simulated stations at which EVs charge over real OCPP sockets, and whoever runs the grid by REST."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
from tests.e2e.house import House, house, slack

from open63110.apps.config import Listener
from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds, WattHours, Watts
from open63110.model.policy import StationPolicy
from open63110.model.station import Station
from open63110.model.token import Credential
from open63110.simulator.ev import Ev, Make
from open63110.simulator.hardware import SimulatedStation

VERSIONS = (Version.V16, Version.V201, Version.V21)
DRAWN = 7_000.0
"""What an EV takes where nothing limits it, and what its EVSE gives at most [W]."""


class Park:
    """Stations of one site, a DSO that answers for it, and another that does not."""

    def __init__(self, here: House, site: Site, hardware: list[SimulatedStation]) -> None:
        self.here, self.site, self.hardware = here, site, hardware
        self.grid: httpx2.AsyncClient
        self.seen: list[tuple[datetime, list[float]]] = []

    @property
    def powers(self) -> list[float]:
        """What each EV draws by the simulator's own meters [W]."""
        return [one.evses[1].power for one in self.hardware]

    @property
    def power(self) -> float:
        """In all [W]."""
        return sum(self.powers)

    async def order(self, order_id: str, **said: Any) -> dict[str, Any]:
        """Let the DSO order something for its group; return what it is told."""
        answer = await self.grid.post("dso-orders/put", json={"order_id": order_id, "group": "feeder-12", **said})
        assert answer.status_code == 200, answer.text
        (reply,) = answer.json()["replies"]
        return dict(reply)

    async def report(self, order_id: str) -> dict[str, Any]:
        """What came of an order, as its operator sees it."""
        return dict(await self.here.ask(f"dso-orders/{order_id}/compliance"))

    async def watch(self, seconds: float, every: float = 0.1) -> None:
        """Note what each EV draws, for so long."""
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            self.seen.append((self.here.now(), self.powers))
            await asyncio.sleep(every)


@contextlib.asynccontextmanager
async def park(folder: Path, count: int, *, listeners: dict[str, Listener] | None = None, **policy: Any) -> AsyncIterator[Park]:
    """So many stations, each with an EV that charges: a third each on OCPP 1.6, 2.0.1 and 2.1."""
    async with house(folder, listeners=listeners, **policy) as here:
        await _described(here, count)
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, StationPolicy(answer_within=Seconds(slack(1.0))), seed=1)
            way = Dialling(url=f"ws://127.0.0.1:{here.port}/ocpp", patience=slack(1.0), longest_pause=60.0)
            hardware = [site.build(_plan(number), way) for number in range(count)]
            failure: Exception | None = None
            async with site.running(), await here.client("grid", Role.DSO, "/mall") as grid:
                made = Park(here, site, hardware)
                made.grid = grid
                try:
                    await _charging(made)
                    group = {"id": "feeder-12", "dso": "grid", "places": [{"site": "mall"}]}
                    await here.ask("dso-groups/put", group)
                    await here.pass_by(1.5)
                    yield made
                except Exception as fault:  # noqa: BLE001 - raised below, not wrapped in the groups of tasks in between
                    failure = fault
        if failure is not None:
            raise failure


def name(number: int) -> str:
    """Of a station."""
    return f"CS-{number:02d}"


def _plan(number: int) -> StationPlan:
    return StationPlan(id=name(number), version=VERSIONS[number % 3], evses=1, limit=DRAWN, interval=5.0, boot=0.1)


async def _described(here: House, count: int) -> None:
    stations = [
        {"id": name(number), "evses": [{"number": 1, "import_max": DRAWN, "wiring": f"L{number % 3 + 1}"}]}
        for number in range(count)
    ]
    zone = {"id": "deck", "import_max": 1_000_000.0, "stations": stations}
    plan = {"id": "mall", "connections": [{"id": "g1", "import_max": 1_000_000.0}], "zones": [zone]}
    for number in range(count):
        await here.register(name(number))
        await here.token(f"CARD{number:02d}", local=True)
    assert (await here.admin.put("sites/mall", json=plan)).status_code == 200


def _plugs(station: Station) -> list[str]:
    """States of its connectors: none until it has booted and said them."""
    return [str(plug.state) for evse in station.evses.values() for plug in evse.connectors.values()]


def _measured(station: Station) -> bool:
    """Tell whether the CSMS knows what flows there."""
    return any(one.power for one in station.transfers.values() if one.ended is None)


async def _charging(made: Park) -> None:
    for number, one in enumerate(made.hardware):
        one.switch_on(after=0.02 * number)
    stations = made.here.csms.engine.stations
    await made.here.until(lambda: all(one.connected and _plugs(one) for one in stations.values()), within=120.0)
    for number, one in enumerate(made.hardware):
        one.arrive(1, Ev(Make("steady", WattHours(500_000.0), Watts(DRAWN), 1), 0.1))
        one.present(1, Credential(kind="ISO14443", value=f"CARD{number:02d}"))
    await made.here.until(lambda: made.power > 0.99 * DRAWN * len(made.hardware), within=120.0)
    await made.here.until(lambda: sum(map(_measured, stations.values())) == len(made.hardware), within=60.0)
