# SPDX-License-Identifier: Apache-2.0
"""A site behind a local CSMS: one link up, autonomy without it, and everything told afterwards (7.3, B.25)."""

from pathlib import Path

import pytest
from tests.e2e.local_house import facts, mall, until

from open63110.model.transfer import EnergyTransferStarted
from open63110.usecases.energy.smart_charging import LimitInForce

NAMES = ["CS1", "CS2", "CS3"]


@pytest.mark.at("AT-7.3-1", "link")
@pytest.mark.at("AT-B.25-2", "link")
async def test_a_site_is_reached_over_one_link_and_goes_on_without_it(tmp_path: Path) -> None:
    async with mall(tmp_path, NAMES) as (here, local, there, _):
        assert here.station("CS2").via == ("mall-lc",)
        await here.ask("stations/CS2/limit", {"limit": 7000.0, "evse": 1})
        await until(lambda: 1 in here.station("CS2").limits.in_force)
        assert here.station("CS2").limits.in_force[1].limit == 7000.0  # type: ignore[index] # a literal
        assert {one.station for one in await facts(local.csms, LimitInForce)} == {"CS2"}
        assert not there.noun("CS1").limits.desired
        assert not there.noun("CS3").limits.desired
        there.charge("CS1", "ANNA")
        await until(lambda: there.charging("CS1"))
        await until(lambda: here.station("CS1").sessions)
        await until(lambda: local.knows("CS3"))
        await local.cut()
        await until(lambda: here.station("CS3").connected is None)
        there.charge("CS3", "ANNA")
        await until(lambda: there.charging("CS3"), 3.0)
        await local.mend()
        await until(lambda: local.told and here.station("CS3").transfers)
        (late,) = await facts(here.csms, EnergyTransferStarted, "CS3")
        assert late.offline
