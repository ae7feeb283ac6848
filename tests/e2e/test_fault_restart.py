# SPDX-License-Identifier: Apache-2.0
"""Kill -9 of the CSMS in the middle of a reduction: what it acknowledged holds once it is back, and no fuse blows meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.e2e.fault_site import CARD, everybody, site
from tests.e2e.house import slack
from tests.e2e.local_house import until
from tests.process import CsmsProcess

from open63110.apps.clock import SystemClock
from open63110.apps.replay import Play, Replay
from open63110.apps.replay_report import report, words
from open63110.apps.simulate_site import SiteSimulation, way
from open63110.apps.site_plan import plain
from open63110.cli.rest import Csms
from open63110.kernel.units import Seconds, Watts
from open63110.model.constraint import Constraint
from open63110.model.power import SitePower
from open63110.simulator.premises import Premises

SPEED = 20.0
LOWER = {"id": "evening", "scope": {"site": "garage"}, "source": "dso", "limit": 16_000, "critical": True}


async def test_a_reduction_in_the_middle_of_which_the_csms_is_killed_is_in_effect_once_it_is_back(tmp_path: Path) -> None:
    policy = {"order_deadline": slack(SPEED)}
    csms = CsmsProcess(tmp_path, clock_factor=SPEED, policy=policy, limits={"answer_timeout": slack(SPEED)})
    plan = site(9)
    csms.init().start()
    try:
        Csms(csms.web, csms.key).post("tokens/put", {"token": {"kind": "ISO14443", "value": CARD, "concurrent": 0}})
        Csms(csms.web, csms.key).post("sites/import", {"sites": [plain(plan)]})
        settings = SiteSimulation(csms=csms.url("")[:-1], versions="1.6,2.0.1,2.1", speed=SPEED)
        play = Play(span=Seconds(86_400.0), speed=SPEED, within=Seconds(1_200.0), interval=Seconds(30.0))
        replay, stop = Replay(Premises(plan), everybody(9), play, way(settings), SystemClock(SPEED)), asyncio.Event()
        running = asyncio.create_task(replay.run(stop))
        whole = replay.premises.network.row(replay.premises.whole)
        await until(lambda: replay.witness.last[whole] > 30_000, within=90.0)
        await asyncio.to_thread(Csms(csms.web, csms.key).post, "constraints/put?wait=0", LOWER)
        await asyncio.to_thread(csms.kill)  # some stations were told, others were not
        await asyncio.sleep(1.0)
        await asyncio.to_thread(csms.start)
        assert [one.id for one in csms.rows(Constraint)] == ["evening"]
        await until(lambda: replay.witness.last[whole] <= 16_000, within=90.0)
        replay.witness.order(
            replay.premises.whole, Watts(16_000.0), replay.clock.now(), within=0.0
        )  # from now on each sample counts
        await asyncio.sleep(replay.clock.real(100.0))
        (power,) = csms.rows(SitePower)
        assert next(one for one in power.nodes if one.id == "site").winner.constraint == "evening"
        stop.set()
        await running
    finally:
        csms.stop()
    found = report(replay)
    assert found.held, "\n".join(words(found))
    assert found.service.nothing == 0
