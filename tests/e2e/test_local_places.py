# SPDX-License-Identifier: Apache-2.0
"""What a level below answers for, as the operator of the level above says it: changed, taken away, and there before any link."""

from pathlib import Path

import pytest
from tests.e2e.house import ADMIN, House
from tests.e2e.link_house import audited, link_house
from tests.e2e.local_house import admit_level, ended, facts, local_csms, mall, until

from open63110.apps.local_config import ZonePlan
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.units import Watts
from open63110.model.order import OPEN, Outcome
from open63110.model.site import SiteId, Zone, ZoneId, zone_key
from open63110.model.station import StationConnected
from open63110.runtime.principals import PrincipalChange, Principals
from open63110.usecases.energy.smart_charging import LimitZone

LEVEL = PrincipalId("mall-lc")
ZONE = LimitZone(station=StationId(""), site=SiteId("mall"), zone=ZoneId("north"), limit=Watts(9_000.0))


async def change(here: House, what: PrincipalChange) -> None:
    """Change what the level above says of the one below."""
    principals = Principals(here.csms.engine, here.csms.keys, here.csms.ids)
    try:
        await principals.change(ADMIN, LEVEL, what)
    finally:
        principals.close()


@pytest.mark.at("AT-B.22-3", "link")
async def test_a_level_whose_place_was_changed_speaks_of_that_place_alone_from_then_on(tmp_path: Path) -> None:
    async with mall(tmp_path, ["CS1"]) as (here, local, _, __):
        await here.csms.engine.commit.drain()  # what is known is there a moment before its fact is on the disk
        before = len(await facts(here.csms, StationConnected, "CS1"))
        await change(here, PrincipalChange(scope=("/other",)))
        await until(lambda: here.station("CS1").connected is None)
        await until(lambda: local.open, 30.0)
        await until(lambda: audited(here, "LinkNotAuthorized"))
        assert "/mall/north/CS1" in audited(here, "LinkNotAuthorized")[-1].detail
        assert len(await facts(here.csms, StationConnected, "CS1")) == before
        await change(here, PrincipalChange(scope=("/mall",)))
        await until(lambda: here.station("CS1").connected is not None, 30.0)


async def test_what_a_level_answered_for_is_decided_above_again_once_it_is_shut_out(tmp_path: Path) -> None:
    async with mall(tmp_path, ["CS1"]) as (here, _, __, ___):
        order = await ended(here.csms, await here.csms.orders.ask(ZONE, ADMIN))
        assert order.station == "mall-lc"
        await change(here, PrincipalChange(disabled=True))
        asked = await here.csms.orders.ask(ZONE, ADMIN)
        assert asked.order.station == ""
        assert asked.order.outcome not in OPEN


async def test_a_zone_of_a_level_that_has_yet_to_come_waits_for_it_after_a_restart_too(tmp_path: Path) -> None:
    async with link_house(tmp_path) as (here, pki):
        await admit_level(here, "mall-lc", "/mall")
    async with link_house(tmp_path, pki=pki, admin="again") as (here, _):
        asked = await here.csms.orders.ask(ZONE, ADMIN)
        assert (asked.order.station, asked.order.outcome in OPEN) == ("mall-lc", True)
        zones = {"north": ZonePlan(import_max=44_000.0, stations=("CS1",), evse_max=22_000.0)}
        async with local_csms(tmp_path, pki, here.port, zones=zones, factor=1.0) as local:
            order = await ended(here.csms, asked)
            assert order.outcome is Outcome.ACCEPTED
            zone = local.csms.store.get(Zone, zone_key("mall", "north"))
            assert zone is not None
            assert zone.limit is not None
            assert zone.limit.asked.limit == 9_000.0
