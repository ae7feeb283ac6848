# SPDX-License-Identifier: Apache-2.0
"""`python -m bench.link.zone FOLDER`: a limit for a zone of 50 stations behind a local CSMS, every level on the link (AT-B.11-1).

Both levels and all stations live in this one process, so that nothing but the levels' own work is waited for.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from tests.e2e.house import ADMIN
from tests.e2e.local_house import ended, mall, until

from bench.server import ROOT
from open63110.apps.local_config import ZonePlan
from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.framing.header import Kind
from open63110.bindings.link.patterns.groups import Aggregate
from open63110.kernel.ids import StationId
from open63110.kernel.units import Watts
from open63110.model.site import SiteId, ZoneId
from open63110.usecases.energy.smart_charging import LimitZone

STATIONS = 50
LIMIT = 250_000.0
"""[W]; 5 kW each."""
TRIALS = 3
PATIENCE = 20.0


class Obeyed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the limits."""

    seconds: tuple[float, ...]
    """Until every station had each limit."""
    messages: int
    """Down the upper link, for all limits together."""
    ok: int
    """Stations that the one answer to each limit names as obeying, all told."""


def measure(folder: Path) -> Obeyed:
    """Do it in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "bench.link.zone", str(folder)], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Obeyed)


async def play(folder: Path) -> Obeyed:
    """Set a few limits, each another one."""
    names = [f"CS{number}" for number in range(1, STATIONS + 1)]
    zones = {"north": ZonePlan(import_max=1_100_000.0, stations=tuple(names))}
    seconds: list[float] = []
    ok = 0
    async with mall(folder, names, zones=zones, factor=1.0, tags=()) as (here, local, there, _):
        above = local.csms.above
        assert above is not None
        heard = Counted(above.take)
        above.take = heard  # type: ignore[method-assign]  # counts what passes
        for trial in range(TRIALS):
            limit = LIMIT - 10_000.0 * trial
            share = limit / STATIONS

            def obeyed(share: float = share) -> bool:
                held = [there.noun(name).limits.desired.get("0/1") for name in names]
                return all(one is not None and one.limit == share for one in held)

            order = LimitZone(
                station=StationId(""), site=SiteId("mall"), zone=ZoneId("north"), limit=Watts(limit), failsafe=Watts(70_000.0)
            )
            began = time.monotonic()
            asked = await here.csms.orders.ask(order, ADMIN)
            await until(obeyed, PATIENCE)
            seconds.append(time.monotonic() - began)
            answer = msgspec.json.decode((await ended(here.csms, asked)).answer, type=Aggregate)
            ok += answer.ok
        return Obeyed(seconds=tuple(seconds), messages=heard.requests, ok=ok)


class Counted:
    """Counts the requests that come down a link."""

    def __init__(self, take: Callable[[Arrived], None]) -> None:
        self._take, self.requests = take, 0

    def __call__(self, message: Arrived) -> None:
        """Count and hand on."""
        self.requests += message.header.kind is Kind.REQUEST
        self._take(message)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(play(Path(sys.argv[1])))) + b"\n")
