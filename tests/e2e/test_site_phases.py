# SPDX-License-Identifier: Apache-2.0
"""EVs of one phase at rotated EVSEs, over real sockets: together they get what one fuse carries on each of its phases."""

import asyncio
from pathlib import Path
from typing import Final

from tests.e2e.house import house

from open63110.apps.replay import Play, Replay
from open63110.apps.simulate_site import SiteSimulation, way
from open63110.bindings.web.shapes import Seer, show
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Amperes, Seconds, WattHours, Watts
from open63110.model.site import EvsePlan, GridConnection, SiteId, ZoneId
from open63110.simulator.premises import Premises
from open63110.simulator.visits import Visit
from open63110.usecases.energy.describe_site import SitePlan, StationPlan, ZonePlan

CARD = "04A1B2C3D4E5F6"
SPEED = 20.0
PATIENCE: Final = 60.0
"""Real seconds; it takes eight where nobody else is busy."""
WIRINGS = ("L1L2L3", "L2L3L1", "L3L1L2")


def yard() -> SitePlan:
    """Three EVSEs of 32 A on three phases, rotated, behind a connection of 32 A."""
    stations = tuple(
        StationPlan(id=StationId(f"Y-{at}"), evses=(EvsePlan(number=EvseNumber(1), import_max=Watts(22_080.0), wiring=wiring),))
        for at, wiring in enumerate(WIRINGS, 1)
    )
    return SitePlan(
        id=SiteId("yard"),
        connections=(GridConnection(id="main", import_max=Watts(22_080.0), amperes=(Amperes(32.0),) * 3),),
        zones=(ZonePlan(id=ZoneId("all"), import_max=Watts(22_080.0), stations=stations),),
    )


async def test_three_evs_of_one_phase_each_get_all_of_their_phase_once_their_meters_have_shown_it(tmp_path: Path) -> None:
    async with house(tmp_path, factor=SPEED, unknown_stations="accept") as here:
        await here.ask("sites/import", {"sites": [show(yard(), Seer(here.csms.engine.known, personal=True))]})
        await here.token(CARD, concurrent=0)
        visits = [Visit(at, Seconds(2.0 * at), Seconds(7_000.0), WattHours(60_000.0), Watts(7_360.0)) for at in range(3)]
        settings = SiteSimulation(csms=f"ws://127.0.0.1:{here.port}/ocpp", versions="1.6,2.0.1,2.1", speed=SPEED)
        play = Play(span=Seconds(3_600.0), speed=SPEED, interval=Seconds(60.0), within=Seconds(30.0))
        replay = Replay(Premises(yard()), visits, play, way(settings), here.csms.clock)
        stop = asyncio.Event()
        running = asyncio.create_task(replay.run(stop))
        await here.until(lambda: all(one.amperes > 25.0 for one in replay.outlets), within=PATIENCE)
        power = here.csms.engine.known.power(SiteId("yard"))
        stop.set()
        await running
    assert power is not None
    assert {one.phases for one in power.evses} == {(1,), (2,), (3,)}
    assert replay.witness.held
