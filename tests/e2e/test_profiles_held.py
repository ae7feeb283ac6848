# SPDX-License-Identifier: Apache-2.0
"""Which charging profiles a station holds (8.2.3): asked when it comes back and on demand, put together, and compared."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House, house
from tests.e2e.player import Payload, Player, playing
from tests.e2e.test_at_limits import charging
from tests.e2e.test_at_schedules import begun, holds, watts
from tests.e2e.test_at_simulated import standing

from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Watts
from open63110.model.external import ExternalLimit, ExternalLimitSet
from open63110.usecases.energy.smart_charging import LimitDiffers, ProfilesUnreported

TWO_X = ["v201", "v21"]


def profile(number: int, kind: str, limit: float, level: int = 1) -> Payload:
    """One as a station tells it."""
    plan = {"id": 1, "chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}
    said = {"id": number, "stackLevel": level, "chargingProfilePurpose": kind, "chargingProfileKind": "Absolute"}
    return said | {"chargingSchedule": [plan]}


async def limited(here: House, cs: Player, limit: float = 6_900.0) -> Payload:
    """Limit EVSE 1 of a station where an EV charges; return the profile that came."""
    await begun(here, cs)
    await here.ask("stations/CS-1/limit", {"evse": 1, "limit": limit})
    said = await cs.asked("SetChargingProfile")
    await here.until(lambda: holds(here, "CS-1"))
    found: Payload = said["chargingProfile"]
    return found


async def back(here: House, cs: Player) -> int:
    """Lose the link and have it again; return the number of the question that follows."""
    cs.obey("GetChargingProfiles")
    await cs.cut()
    await here.until(lambda: here.station("CS-1").connected is None)
    await cs.come_back()
    return int((await cs.asked("GetChargingProfiles"))["requestId"])


async def report(cs: Player, request: int, source: str, *profiles: Payload, evse: int = 1, more: bool = False) -> None:
    """Report profiles of one place."""
    said = {"requestId": request, "chargingLimitSource": source, "evseId": evse, "chargingProfile": list(profiles)}
    await cs.call("ReportChargingProfiles", said | ({"tbc": True} if more else {}))


@pytest.mark.parametrize("wire", TWO_X)
async def test_what_another_csms_left_is_cleared_and_what_an_energy_manager_set_is_shown(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        own = await limited(here, cs)
        request = await back(here, cs)
        await report(cs, request, "CSO", own, profile(7, "TxDefaultProfile", 22_000.0, 9), more=True)
        await report(cs, request, "EMS", profile(-1, "ChargingStationExternalConstraints", 4_000.0), evse=0)
        assert await cs.asked("ClearChargingProfile") == {"chargingProfileId": 7}
        (fact,) = await here.facts(ExternalLimitSet)
        assert (fact.limit.evse, fact.limit.source, fact.limit.limit) == (0, "ems", 4_000.0)
        await here.until(lambda: [one.id for one in here.station("CS-1").profiles.known] == [own["id"], -1])
        assert await here.facts(LimitDiffers) == []
        shown = await here.ask("stations/CS-1")
        assert [(one["id"], one["source"], one["limit"]) for one in shown["profiles"]["known"]] == [
            (own["id"], "cso", 6_900.0),
            (-1, "ems", 4_000.0),
        ]


@pytest.mark.parametrize("wire", TWO_X)
async def test_a_station_that_holds_nothing_any_more_is_told_again(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        await limited(here, cs)
        cs.answers["GetChargingProfiles"] = lambda _: {"status": "NoProfiles"}
        order = (await here.admin.post("stations/CS-1/ask-profiles", json={})).json()
        assert (order["outcome"], order["reason"]) == ("accepted", "NoProfiles")
        assert watts(await cs.asked("SetChargingProfile")) == [6_900.0]
        (differs,) = await here.facts(LimitDiffers)
        assert (differs.limit, differs.asked) == (22_000.0, 6_900.0)


@pytest.mark.parametrize("wire", TWO_X)
async def test_a_report_that_never_ends_is_given_up_and_one_that_answers_nothing_is_kept(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path, factor=60.0) as here, playing(here.port, "CS-1", wire) as cs:
        own = await limited(here, cs)
        cs.obey("GetChargingProfiles")
        await here.ask("stations/CS-1/ask-profiles", {})
        request = int((await cs.asked("GetChargingProfiles"))["requestId"])
        await report(cs, request, "CSO", own, more=True)
        await here.until(lambda: here.station("CS-1").profiles.trouble == "NoReport", within=60)
        for _ in range(200):  # what is known of it is on the disk a moment later
            if given_up := await here.facts(ProfilesUnreported):
                break
            await asyncio.sleep(0.05)
        assert len(given_up) == 1
        await report(cs, request, "CSO", own)
        assert here.station("CS-1").profiles.known == ()


@pytest.mark.parametrize("wire", ["v16", "v201"])
async def test_who_cannot_say_it_or_refuses_to_is_shown_as_such(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        await begun(here, cs)
        said = (await here.admin.post("stations/CS-1/ask-profiles", json={})).json()
        assert said.get("order", said)["outcome"] == "not-supported"
        number, why = (6_311_003, "LimitCounts") if cs.is_16 else (7, "UnknownProfile")  # 1.6 does not say which there are
        no = await here.admin.post("stations/CS-1/clear-profile", json={"profile": number})
        assert no.status_code == 409
        assert no.json()["order"]["reason"] == why


@pytest.mark.parametrize("wire", TWO_X)
async def test_our_own_station_says_what_it_holds_and_what_others_set_and_drops_what_is_foreign(
    wire: str, tmp_path: Path
) -> None:
    async with standing(tmp_path, wire) as at:
        await charging(at)
        here = at.here
        await here.ask("stations/CS-1/limit", {"evse": 1, "limit": 4_000.0, "failsafe": 1_400.0, "failsafe_after": 3_600.0})
        await here.until(lambda: holds(here, "CS-1"))
        evse = EvseNumber(1)
        ems = ExternalLimit(evse=evse, source="ems", since=here.now(), limit=Watts(3_000.0))
        at.engine.hear((ExternalLimitSet(station=here.station("CS-1").id, at=here.now(), limit=ems),))
        foreign: dict[str, Any] = {"evseId": 1, "chargingProfile": profile(7, "TxDefaultProfile", 2_000.0, 9)}
        await here.ask("stations/CS-1/ocpp", {"action": "SetChargingProfile", "payload": foreign})
        assert (await here.ask("stations/CS-1/ask-profiles", {}))["outcome"] == "accepted"
        await here.until(lambda: here.station("CS-1").profiles.at is not None)
        await here.until(lambda: 7 not in {one.id for one in here.station("CS-1").profiles.known})
        found = here.station("CS-1").profiles.known
        assert sorted((one.source, one.ours, one.safe, one.limit) for one in found if one.source == "cso") == [
            ("cso", True, False, 4_000.0),
            ("cso", True, True, 1_400.0),
        ]
        noun = at.controller.noun
        assert noun is not None
        assert 7 not in {one.profile for one in noun.limits.desired.values()}
        assert await here.facts(LimitDiffers) == []
