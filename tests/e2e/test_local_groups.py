# SPDX-License-Identifier: Apache-2.0
"""One message for a zone or another group of stations behind a local CSMS (B.11)."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.e2e.house import ADMIN, House, slack
from tests.e2e.local_house import FACTOR, admit_level, ended, local_csms, mall, stations, until

from open63110.apps.local_config import ZonePlan
from open63110.bindings.link.correspondence import Correspondence, Ending
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.header import Header, Kind
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.patterns.groups import Aggregate
from open63110.kernel.address import parse
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Command
from open63110.kernel.units import Watts
from open63110.model.site import SiteId, ZoneId
from open63110.usecases.energy.smart_charging import LimitPower, LimitZone

pytestmark = pytest.mark.usefixtures("first_served", "by_turns")

NORTH = [f"CS{number}" for number in range(1, 51)]


@pytest.mark.at("AT-B.11-1", "link")
@pytest.mark.at("AT-B.11-2", "link")
@pytest.mark.timeout(180)
async def test_a_limit_of_a_zone_is_one_message_up_there_and_fifty_down_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zones = {
        "north": ZonePlan(import_max=1_100_000.0, stations=tuple(NORTH), evse_max=22_000.0),
        "south": ZonePlan(import_max=44_000.0, stations=("CS99",), evse_max=22_000.0),
    }
    async with mall(tmp_path, [*NORTH, "CS99"], zones=zones, factor=1.0, tags=()) as (here, _, there, _):
        branch = here.csms.level.branches.branch("mall-lc")
        assert branch is not None
        lines, say, sent = branch.lines, Correspondence.send, []

        def counted(self: Correspondence, header: Header, body: bytes, **more: Any) -> int:
            if self is lines and header.kind is Kind.REQUEST:
                sent.append(header.type)
            return say(self, header, body, **more)

        monkeypatch.setattr(Correspondence, "send", counted)
        limit = LimitZone(
            station=StationId(""), site=SiteId("mall"), zone=ZoneId("north"), limit=Watts(250_000.0), failsafe=Watts(70_000.0)
        )
        began = time.monotonic()
        asked = await here.csms.orders.ask(limit, ADMIN)
        await until(lambda: all(there.noun(name).limits.desired for name in NORTH), 20.0)
        took = time.monotonic() - began
        order = await ended(here.csms, asked)
        answer = msgspec.json.decode(order.answer, type=Aggregate)
        assert (answer.ok, answer.failed, answer.unreachable) == (50, (), ())
        assert sent == [CODEC.number(limit)]
        assert {there.noun(name).limits.desired["0/1"].limit for name in NORTH} == {5000.0}
        assert not there.noun("CS99").limits.desired
        assert took <= 2.0


async def spread(here: House, command: Command, group: str, seconds: float) -> Aggregate:
    """Ask something of a group, at the upper level."""
    answer: asyncio.Future[Aggregate] = asyncio.get_running_loop().create_future()
    deadline = here.now() + timedelta(seconds=seconds)
    here.csms.level.spreading.ask(command, parse(group), ADMIN, deadline, answer.set_result)
    async with asyncio.timeout(30.0):
        return await answer


@pytest.mark.at("AT-B.11-3", "link")
@pytest.mark.at("AT-B.11-2", "link")
async def test_of_a_group_who_refuses_and_who_is_away_is_listed(tmp_path: Path) -> None:
    zones = {
        "north": ZonePlan(import_max=44_000.0, stations=("CS1", "CS2", "CS3"), evse_max=22_000.0),
        "south": ZonePlan(import_max=44_000.0, stations=("CS9",), evses=2, evse_max=22_000.0),
    }
    two = {"CS1": 2, "CS9": 2}
    async with mall(tmp_path, ["CS1", "CS2", "CS3", "CS9"], zones=zones, evses=two, tags=()) as (here, local, there, _):
        there.hardware["CS3"].lose_link(100_000.0)
        await until(lambda: local.station("CS3").connected is None)
        second = LimitPower(station=StationId(""), evse=EvseNumber(2), limit=Watts(5000.0))
        answer = await spread(here, second, "/mall/north/*", slack(FACTOR))
        assert answer == Aggregate(ok=1, failed=(("/mall/north/CS2", "UnknownEvse"),), unreachable=("/mall/north/CS3",))
        assert there.noun("CS1").limits.desired
        assert not there.noun("CS9").limits.desired
        await local.cut()
        lost = await spread(here, second, "/mall/north/*", slack(FACTOR))
        assert lost == Aggregate(unreachable=tuple(f"/mall/north/CS{number}" for number in (1, 2, 3)))


@pytest.mark.at("AT-B.12-1", "link")
async def test_an_address_that_nobody_knows_is_answered_at_once_by_the_level_that_should(tmp_path: Path) -> None:
    async with mall(tmp_path, ["CS1"]) as (here, _, __, ___):
        branch = here.csms.level.branches.branch("mall-lc")
        assert branch is not None
        heard: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        header = Header(dst="/mall/north/CS77", type=CODEC.number(limit_of("CS77")), kind=Kind.REQUEST, path=("csms",))
        branch.lines.send(header, CODEC.encode(limit_of("CS77")), durable=False, over=heard.set_result, patience=slack(FACTOR))
        async with asyncio.timeout(5.0):
            ending = await heard
        assert ending.status == ErrorCode.UNKNOWN_ADDRESS


def limit_of(station: str) -> LimitPower:
    """A limit of a station as a whole."""
    return LimitPower(station=StationId(station), limit=Watts(5000.0))


@pytest.mark.at("AT-B.12-3", "link")
async def test_two_sites_may_have_a_station_of_the_same_name(tmp_path: Path) -> None:
    zones = {"north": ZonePlan(import_max=44_000.0, stations=("CS1",), evse_max=22_000.0)}
    async with mall(tmp_path, ["CS1"]) as (here, _, there, pki):
        await admit_level(here, "town-lc", "/town")
        async with local_csms(tmp_path, pki, here.port, identity="town-lc", site="town", zones=zones) as other:
            await until(lambda: other.open)
            async with stations(other, pki, ["CS1"]) as elsewhere:
                await until(lambda: here.csms.orders.link.connected(StationId("CS1@town")), 30.0)
                await here.csms.orders.ask(limit_of("CS1@town"), ADMIN)
                await until(lambda: elsewhere.noun("CS1").limits.desired)
                assert not there.noun("CS1").limits.desired
                assert here.station("CS1").via == ("mall-lc",)
                assert here.station("CS1@town").via == ("town-lc",)
