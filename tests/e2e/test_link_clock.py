# SPDX-License-Identifier: Apache-2.0
"""A CSMS whose clock jumps, and a station that meters meanwhile, over the link (B.13)."""

import asyncio
from pathlib import Path

import pytest
from tests.e2e.link_house import LinkStation, linked

from open63110.apps.skewed_clock import SkewedClock
from open63110.usecases.stations.monitor_station import StationEventReported

HOUR = 3600.0


@pytest.mark.at("AT-B.13-3", "link")
async def test_a_station_that_meters_does_not_follow_a_jump_of_an_hour_and_says_so(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        await at.charge(1, "ANNA")
        engine = at.here.csms.engine
        engine.clock = SkewedClock(at.here.csms.clock, HOUR)
        await wait_for_event(at)
        off = (at.line.engine.clock.now() - at.here.csms.clock.now()).total_seconds()
        assert abs(off) < 60.0
        assert at.hardware.charging(1)


async def wait_for_event(at: LinkStation) -> None:
    async with asyncio.timeout(30.0):
        while not await refusals(at):  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.1)


async def refusals(at: LinkStation) -> list[StationEventReported]:
    facts = await at.here.facts(StationEventReported, "CS-1")
    return [one for one in facts if one.code == "ClockStepRefused"]
