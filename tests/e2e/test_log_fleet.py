# SPDX-License-Identifier: Apache-2.0
"""A mixed fleet sends two hundred logs while its stations lose their links at random (8.3.10)."""

import asyncio
import random
from pathlib import Path

import httpx2
from tests.e2e.house import OPEN, House, house, slack
from tests.e2e.link_house import CSMS_PARTY, Pki, listener

from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.link.dialling import Dialling as LinkDialling
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.logs import LogState, StationLog
from open63110.model.policy import StationPolicy

FACTOR = 30.0
STATIONS, EACH = 40, 5
VERSIONS = (Version.V16, Version.V201, Version.V21)


def way(here: House, pki: Pki, number: int) -> Dialling | LinkDialling:
    """How a station reaches the CSMS: three versions of OCPP and the link in turn."""
    if number % 4 == 3:
        where = f"wss://localhost:{here.csms.listeners['link'].port}/link"
        return LinkDialling(endpoints=(where,), tls=pki.tls(f"CS-{number}"), longest_pause=15.0)
    return Dialling(url=f"ws://127.0.0.1:{here.port}/ocpp", patience=slack(FACTOR), longest_pause=15.0)


def _log(here: House, station: str, request: int) -> StationLog:
    return next(one for one in here.rows(StationLog) if (one.station, one.request) == (station, request))


async def fetched(here: House, station: str) -> None:
    """Fetch logs of a station one after another, each again until it has come."""
    while sum(one.state is LogState.UPLOADED for one in here.rows(StationLog) if one.station == station) < EACH:
        kind = random.choice(("diagnostics", "security"))
        wish = {"kind": kind, "retries": 10, "retry_after": 5.0, "within": 600.0}
        try:
            said = await here.admin.post(f"stations/{station}/logs/retrieve", json=wish, params={"deadline": 600, "wait": 120})
        except httpx2.TimeoutException:
            continue
        if said.status_code != 200:
            continue
        newest = max(one.request for one in here.rows(StationLog) if one.station == station)
        async with asyncio.timeout(120.0):
            while _log(here, station, newest).open:  # noqa: ASYNC110 - the CSMS moves
                await asyncio.sleep(0.2)


async def test_two_hundred_logs_come_while_stations_reconnect_at_random(tmp_path: Path) -> None:
    pki, chance = Pki(tmp_path / "pki"), random.Random(7)
    link = listener(pki, pki.give(CSMS_PARTY, Role.CSMS, serves=True))
    async with house(tmp_path, factor=FACTOR, listeners={**OPEN, "link": link}) as here:
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, StationPolicy(answer_within=Seconds(slack(FACTOR))), seed=1)
            stations = []
            for number in range(STATIONS):
                await here.register(f"CS-{number}")
                plan = StationPlan(id=f"CS-{number}", version=VERSIONS[number % 3], evses=1)
                stations.append(site.build(plan, way(here, pki, number)))
                stations[-1].switch_on()

            async def disturb() -> None:
                while True:
                    await asyncio.sleep(0.2)
                    chance.choice(stations).lose_link(chance.uniform(1.0, 30.0))

            async with site.running():
                disturbing = asyncio.create_task(disturb())
                async with asyncio.TaskGroup() as tasks:
                    for number in range(STATIONS):
                        tasks.create_task(fetched(here, f"CS-{number}"))
                disturbing.cancel()
        rows = here.rows(StationLog)
        come = [one for one in rows if one.state is LogState.UPLOADED]
        assert len(come) >= STATIONS * EACH
        assert len({one.station for one in come}) == STATIONS
        for one in come:
            path = here.csms.shelf.content(one)
            assert path.stat().st_size == one.size
        assert not list((tmp_path / "data" / "logs").rglob("*.part"))
