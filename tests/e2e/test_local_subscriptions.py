# SPDX-License-Identifier: Apache-2.0
"""A level below subscribes to what the level above knows of its place (B.27, B.22)."""

from pathlib import Path

import pytest
from tests.e2e.house import ADMIN
from tests.e2e.local_house import admit_level, mall, until

from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.patterns.own_messages import Published, read_publication
from open63110.bindings.link.patterns.subscriptions import Wish
from open63110.bindings.link.patterns.topics import Topic
from open63110.kernel.address import parse
from open63110.kernel.ids import EvseNumber, PrincipalId, StationId
from open63110.kernel.units import Watts
from open63110.runtime.principals import PrincipalChange, Principals
from open63110.usecases.energy.smart_charging import LimitPower


@pytest.mark.at("AT-B.27-1", "link")
async def test_values_come_as_a_snapshot_then_as_they_change_until_the_lease_is_over(tmp_path: Path) -> None:
    async with mall(tmp_path, ["CS1"]) as (here, local, _, __):
        above = local.csms.above
        assert above is not None
        await admit_level(here, "town-lc", "/town")
        values: list[Published] = []
        ends: list[Ending] = []
        wish = Wish(address=parse("/mall"), topic=Topic.LIMIT, interval=0.1, lease=2.0)
        above.subscriber.subscribe(wish, lambda body: values.append(read_publication(body)), ends.append)
        strangers: list[Ending] = []
        above.subscriber.subscribe(Wish(address=parse("/town"), topic=Topic.LIMIT), lambda _: None, strangers.append)
        await until(lambda: strangers)
        assert strangers[0].status == ErrorCode.NOT_AUTHORIZED
        order = LimitPower(station=StationId("CS1"), evse=EvseNumber(1), limit=Watts(5000.0))
        await here.csms.orders.ask(order, ADMIN)
        await until(lambda: any(one.fields.get("limit_w") == 5000.0 for one in values))
        assert str(values[-1].address) == "/mall/north/CS1/1"
        await until(lambda: ends, 10.0)
        assert ends[0].status == ErrorCode.EXPIRED


@pytest.mark.at("AT-B.27-1", "link")
@pytest.mark.at("AT-B.22-3", "link")
async def test_who_unsubscribes_or_loses_its_right_is_told_no_more(tmp_path: Path) -> None:
    async with mall(tmp_path, ["CS1"]) as (here, local, _, __):
        above = local.csms.above
        assert above is not None
        states: list[Published] = []
        ends: list[Ending] = []
        wish = Wish(address=parse("/mall"), topic=Topic.STATE)
        number = above.subscriber.subscribe(wish, lambda body: states.append(read_publication(body)), ends.append)
        await until(lambda: states)
        assert (states[0].snapshot, states[0].fields["connected"], states[0].fields["via"]) == (True, True, "mall-lc")
        above.subscriber.unsubscribe(number)
        await until(lambda: ends)
        assert ends[0].status == 0
        above.subscriber.subscribe(wish, lambda body: states.append(read_publication(body)), ends.append)
        principals = Principals(here.csms.engine, here.csms.keys, here.csms.ids)
        try:
            await principals.change(ADMIN, PrincipalId("mall-lc"), PrincipalChange(disabled=True))
        finally:
            principals.close()
        await until(lambda: not local.open, 10.0)


async def test_rest_tells_over_which_levels_a_station_is_connected(tmp_path: Path) -> None:
    async with mall(tmp_path, ["CS1"]) as (here, *_):
        found = await here.ask("stations/CS1")
        assert found["via"] == ["mall-lc"]
