# SPDX-License-Identifier: Apache-2.0
"""A station that is not like others is waited for, pinged, told a heartbeat and thought silent as its quirks want it (8.3.5)."""

from datetime import timedelta

import pytest

from open63110.bindings.ocpp.raw_call import RawCall
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.tests.desk import BOOT, BOOT_2X, CS, Plug, desk
from open63110.kernel.ids import StationId
from open63110.kernel.units import Seconds
from open63110.model.policy import Policy
from open63110.model.quirk import Quirk
from open63110.usecases.stations.monitor_station import might_be_silent

CLEAR = RawCall(station=CS, action="ClearCache")
SLOW = Quirk(
    name="slow",
    vendor="Ac*",
    model="Box",
    firmware="1.*",
    answer_timeout=Seconds(90.0),
    ping_every=Seconds(0.0),
    ping_timeout=Seconds(7.0),
    heartbeat=Seconds(20.0),
    silent_after=Seconds(100.0),
)
POLICY = Policy(unknown_stations="accept", local_lists=False, quirks=(SLOW,))


def boot(version: Version, firmware: str) -> dict[str, object]:
    if version == Version.V16:
        return {**BOOT, "firmwareVersion": firmware}
    return {**BOOT_2X, "chargingStation": {"vendorName": "Acme", "model": "Box", "firmwareVersion": firmware}}


async def told(plug: Plug, version: Version, firmware: str) -> int:
    """Boot; return the interval that is told."""
    answer = await plug.calls("BootNotification", boot(version, firmware))
    assert answer[2]["status"] == "Accepted"
    return int(answer[2]["interval"])


@pytest.mark.parametrize("version", list(Version))
async def test_a_boot_is_answered_with_the_heartbeat_of_its_model_even_the_first_of_all(version: Version) -> None:
    async with desk(POLICY) as csms:
        assert await told(await csms.connects(version), version, "1.0") == 20
        assert await told(await csms.connects(version, StationId("CS2")), version, "2.0") == 300


async def test_an_answer_of_a_slow_model_is_awaited_longer_and_after_its_update_no_longer() -> None:
    async with desk(POLICY) as csms:
        plug = await csms.connects()
        await told(plug, Version.V16, "1.0")
        order = await csms.orders_of(CLEAR)
        await csms.later(89.0)
        await plug.answers({"status": "Accepted"})
        assert csms.order(order).outcome == "accepted"
        order = await csms.orders_of(CLEAR)
        await csms.later(91.0)
        assert csms.order(order).reason == "NoAnswer"
        await told(plug, Version.V16, "2.0")
        order = await csms.orders_of(CLEAR)
        await csms.later(31.0)
        assert csms.order(order).reason == "NoAnswer"


async def test_a_station_that_is_known_is_pinged_otherwise_from_its_first_moment_on() -> None:
    async with desk(POLICY) as csms:
        await told(await csms.connects(), Version.V16, "1.0")
        again = await csms.connects()
        assert again.paces == [(0.0, 7.0)]
        await told(again, Version.V16, "2.0")
        await csms.orders_of(CLEAR)
        assert again.paces[-1] == (None, None)


async def test_where_nobody_is_otherwise_sockets_are_left_alone() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        await csms.orders_of(CLEAR)
        assert plug.paces == []


async def test_a_station_is_silent_after_its_own_time() -> None:
    async with desk(POLICY) as csms:
        await told(await csms.connects(), Version.V16, "1.0")
        await told(await csms.connects(Version.V16, StationId("CS2")), Version.V16, "2.0")
        heard, later = csms.clock.at, csms.clock.at + timedelta(seconds=101)
        slow, usual = csms.engine.stations[CS], csms.engine.stations[StationId("CS2")]
        assert (might_be_silent(slow, heard, later, POLICY), might_be_silent(usual, heard, later, POLICY)) == (True, False)
