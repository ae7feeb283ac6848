# SPDX-License-Identifier: Apache-2.0
"""A local CSMS dials a station that listens on its LAN: the level above reaches it like any other (B.5)."""

import asyncio
import json
from pathlib import Path

import pytest
from tests.e2e.house import ADMIN
from tests.e2e.link_house import link_house
from tests.e2e.local_house import admit_level, ended, local_csms, until
from tests.e2e.test_link_transport import free_port
from tests.e2e.test_station_listens import CS1, settings
from tests.process import PROGRAM

from open63110.apps.local_config import ZonePlan
from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Watts
from open63110.model.order import Outcome
from open63110.usecases.energy.smart_charging import LimitPower


@pytest.mark.at("AT-B.5-2", "link")
async def test_a_local_csms_dials_a_station_that_listens_and_passes_orders_from_above(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await admit_level(here, "mall-lc", "/mall")
        port = free_port()
        words = (PROGRAM[0], "station", "run", "--config", str(settings(tmp_path, pki, f"localhost:{port}")), "--json")
        station = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
        try:
            assert station.stdout is not None
            assert json.loads(await station.stdout.readline())["ready"]
            zones = {"north": ZonePlan(import_max=44_000.0, stations=("CS-1",), evse_max=22_000.0)}
            dials = (f"wss://localhost:{port}/link",)
            async with local_csms(tmp_path, pki, here.port, zones=zones, factor=1.0, dials=dials) as local:
                await until(lambda: local.csms.link.connected(CS1), 30.0)
                await until(lambda: here.csms.orders.link.connected(CS1) and here.station("CS-1").evses, 30.0)
                assert here.station("CS-1").via == ("mall-lc",)
                order = LimitPower(station=CS1, evse=EvseNumber(1), limit=Watts(6_900.0))
                done = await ended(here.csms, await here.csms.orders.ask(order, ADMIN))
                assert done.outcome is Outcome.ACCEPTED, done
                await until(lambda: 1 in here.station("CS-1").limits.in_force)
        finally:
            station.terminate()
            await station.wait()
