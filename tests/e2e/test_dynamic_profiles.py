# SPDX-License-Identifier: Apache-2.0
"""Dynamic profiles of OCPP 2.1 (8.2.9, K28): updates, questions for what was missed, and what remains without a link."""

from functools import partial
from pathlib import Path

import pytest
from tests.e2e.house import House, house
from tests.e2e.player import Payload, playing
from tests.e2e.test_at_limits import Watch, charging, journal, of
from tests.e2e.test_at_schedules import begun, holds
from tests.e2e.test_at_simulated import standing

from open63110.kernel.ids import EvseNumber
from open63110.usecases.energy.smart_charging import FailSafeEntered, LimitDiffers, LimitRefused

ONE = EvseNumber(1)


def dynamic(said: Payload) -> Payload:
    """Say of every variable that it is not there, but that dynamic profiles are taken."""
    found = [
        one | {"attributeStatus": "Accepted", "attributeValue": "true"}
        if one["variable"]["name"] == "SupportsDynamicProfiles"
        else one | {"attributeStatus": "UnknownVariable"}
        for one in said["getVariableData"]
    ]
    return {"getVariableResult": found}


def keeps(here: House, watts: float) -> bool:
    """Whether the station confirmed so much at its EVSE 1."""
    return holds(here, "CS-1") and here.station("CS-1").limits.in_force[ONE].limit == watts


async def test_a_station_that_takes_them_is_sent_updates_and_one_that_has_forgotten_the_whole(tmp_path: Path) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", "v21") as cs:
        await begun(here, cs)
        cs.answers["GetVariables"] = dynamic
        cs.obey("UpdateDynamicSchedule")
        await here.ask("stations/CS-1/limit", {"evse": 1, "limit": 8_000.0})
        assert (await cs.asked("SetChargingProfile"))["chargingProfile"]["chargingProfileKind"] == "Absolute"
        await here.until(lambda: here.station("CS-1").limits.dynamic)
        await here.ask("stations/CS-1/limit", {"evse": 1, "limit": 7_000.0})
        set_once = (await cs.asked("SetChargingProfile"))["chargingProfile"]
        assert set_once["chargingProfileKind"] == "Dynamic"
        for watts in (6_000.0, 5_000.0):
            await here.ask("stations/CS-1/limit", {"evse": 1, "limit": watts})
            said = await cs.asked("UpdateDynamicSchedule")
            assert said == {"chargingProfileId": set_once["id"], "scheduleUpdate": {"limit": watts}}
            await here.until(partial(keeps, here, watts))
        pulled = await cs.call("PullDynamicScheduleUpdate", {"chargingProfileId": set_once["id"]})
        assert pulled == {"status": "Accepted", "scheduleUpdate": {"limit": 5_000.0}}
        other = await cs.call("PullDynamicScheduleUpdate", {"chargingProfileId": 5})
        assert (other["status"], other["statusInfo"]["reasonCode"]) == ("Rejected", "UnknownProfile")
        cs.answers["UpdateDynamicSchedule"] = lambda _: {"status": "Rejected", "statusInfo": {"reasonCode": "UnknownProfile"}}
        await here.admin.post("stations/CS-1/limit", json={"evse": 1, "limit": 4_000.0})
        again = (await cs.asked("SetChargingProfile"))["chargingProfile"]
        assert again["chargingSchedule"][0]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 4_000.0}]
        await here.until(lambda: here.station("CS-1").limits.in_force[ONE].limit == 4_000.0)
        assert len(await here.facts(LimitRefused)) == 1


async def test_our_station_keeps_to_updates_and_asks_for_what_it_missed(tmp_path: Path) -> None:
    async with standing(tmp_path, "v21") as at:
        await charging(at)
        here = at.here
        for watts in (7_000.0, 6_000.0, 5_000.0, 3_000.0):
            await here.ask("stations/CS-1/limit", {"evse": 1, "limit": watts})
            await here.until(partial(keeps, here, watts))
            await here.until(lambda: here.station("CS-1").limits.dynamic)
        noun = at.controller.noun
        assert noun is not None
        (held,) = [one for one in noun.limits.desired.values() if one.evse == ONE and one.level]
        assert (held.dynamic, held.update, held.every, held.limit) == ("W", True, 900.0, 3_000.0)
        await here.until(lambda: 0 < at.hardware.evses[1].power <= 3_000)
        before = held.since

        def asked_for_again() -> bool:
            now = at.controller.noun
            return now is not None and any(one.since > before for one in now.limits.desired.values() if one.level)

        await here.until(asked_for_again, within=60)
        assert here.station("CS-1").limits.in_force[ONE].limit == 3_000.0
        assert await here.facts(LimitDiffers) == []


async def test_without_a_link_an_updated_limit_gives_way_to_what_remains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.e2e.test_at_simulated.FACTOR", 10.0)
    async with standing(tmp_path, "v21") as at:
        await charging(at)
        facts, here = journal(at), at.here
        for watts in (6_000.0, 5_000.0, 4_000.0):
            order = {"evse": 1, "limit": watts, "failsafe": 1_400.0, "failsafe_after": 60.0}
            await here.ask("stations/CS-1/limit", order)
            await here.until(partial(keeps, here, watts))
            await here.until(lambda: here.station("CS-1").limits.dynamic)
        assert here.station("CS-1").limits.in_force[ONE].asked.update
        await here.until(lambda: 1_400 < at.hardware.evses[1].power <= 4_000)
        at.hardware.lose_link(400)
        await here.until(lambda: of(FailSafeEntered, facts), within=60)
        await here.until(lambda: 0 < at.hardware.evses[1].power <= 1_400)
        watch = Watch(at)
        await watch.until(here.now())
        assert watch.seen[-1][1] <= 1_400


@pytest.mark.parametrize(
    ("update", "code"),
    [
        ({"chargingProfileId": 5, "scheduleUpdate": {"limit": 1_000.0}}, "UnknownProfile"),
        ({"chargingProfileId": 6_311_003, "scheduleUpdate": {"setpointReactive": 1_000.0}}, "UnsupportedParam"),
        ({"chargingProfileId": 6_311_003, "scheduleUpdate": {"limit": -5.0}}, "InvalidSchedule"),
    ],
)
async def test_an_update_that_means_nothing_here_is_refused_with_its_reason(update: Payload, code: str, tmp_path: Path) -> None:
    async with standing(tmp_path, "v21") as at:
        await charging(at)
        here = at.here
        for watts in (7_000.0, 6_000.0):
            await here.ask("stations/CS-1/limit", {"evse": 1, "limit": watts})
            await here.until(lambda: here.station("CS-1").limits.dynamic)
        await here.until(lambda: here.station("CS-1").limits.in_force[ONE].asked.dynamic)
        raw = {"action": "UpdateDynamicSchedule", "payload": update, "unchecked": True}
        order = (await here.admin.post("stations/CS-1/ocpp", json=raw)).json()
        order = order.get("order", order)
        assert order["outcome"] == "rejected"
        assert code in order["answer"]
