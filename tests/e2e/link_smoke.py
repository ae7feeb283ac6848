# SPDX-License-Identifier: Apache-2.0
"""A simulated station that comes by link, charges once and tells all of it; prints how long the link took [s].

A program of its own: it is started in a network namespace, with URL, certificate, key and authority.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

from open63110.apps.clock import SystemClock
from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.link.carriers.websocket_carrier import client_tls
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import StationId
from open63110.kernel.units import WattHours, Watts
from open63110.model.policy import StationPolicy
from open63110.model.token import Credential
from open63110.simulator.ev import Ev, Make

PATIENCE = 20.0


async def smoke(url: str, certificate: Path, key: Path, authority: Path) -> float:
    """Boot, charge, leave, tell; return how long the link took [s]."""
    clock = SystemClock()
    tls = client_tls(certificate, key, authority)
    with Capture(None, clock) as capture:
        site = Site(clock, capture, StationPolicy(), seed=1)
        plan = StationPlan(id="CS-1", version=Version.V21, evses=1, interval=0.5, boot=0.0)
        station = site.build(plan, Dialling(endpoints=(url,), tls=tls))
        async with site.running():
            began = time.monotonic()
            station.switch_on()
            controller = site.controllers[StationId("CS-1")]
            await until(lambda: controller.linked)
            took = time.monotonic() - began
            station.arrive(1, Ev(Make("long", WattHours(50_000.0), Watts(11_000.0), 3), 0.1))
            await asyncio.sleep(0.2)
            station.present(1, Credential(kind="ISO14443", value="ANNA"))
            await until(lambda: station.charging(1))
            await until(lambda: site.energy_shown() > 1.0)
            station.leave(1)
            await until(lambda: not site.running_transfers and not site.waiting)
            return took


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)


if __name__ == "__main__":
    print(asyncio.run(smoke(sys.argv[1], *map(Path, sys.argv[2:5]))), flush=True)
