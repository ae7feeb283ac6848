# SPDX-License-Identifier: Apache-2.0
"""Charging profiles whole (8.2.3): ones that recur, are relative, or come with the start of a transaction, over real sockets."""

from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import house
from tests.e2e.player import playing
from tests.e2e.test_at_schedules import begun
from tests.e2e.test_at_simulated import Standing, standing

from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import WattHours, Watts
from open63110.model.installed import Wanted
from open63110.simulator.ev import Ev, Make

OCPP = ["v16", "v201", "v21"]
ONE = EvseNumber(1)
ANNA = {"kind": "ISO14443", "value": "ANNA"}
NIGHTLY: dict[str, Any] = {
    "id": 7,
    "level": 5,
    "kind": "recurring",
    "recurs": "daily",
    "schedules": [{"periods": [{"limit": 3_000.0}], "start": "2026-01-01T22:00:00Z"}],
}
"""3 kW, day and night."""


def small() -> Ev:
    """An EV on one phase, which still charges at 6 A."""
    return Ev(Make("small", WattHours(500_000.0), Watts(7_360.0), 1), 0.1)


def power(at: Standing) -> float:
    """What flows at EVSE 1 [W]."""
    return float(at.hardware.evses[1].power)


@pytest.mark.parametrize("wire", OCPP)
async def test_an_operator_has_a_station_hold_a_profile_that_recurs_until_a_limit_takes_its_place(
    wire: str, tmp_path: Path
) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        await begun(here, cs)
        wish = {"evse": 1, "profile": NIGHTLY}
        assert (await here.ask("stations/CS-1/install-profile", wish))["outcome"] == "accepted"
        said = await cs.asked("SetChargingProfile")
        found = said["csChargingProfiles" if cs.is_16 else "chargingProfile"]
        assert (found["chargingProfileKind"], found["recurrencyKind"], found["stackLevel"]) == ("Recurring", "Daily", 5)
        assert here.station("CS-1").profiles.wanted == (Wanted(profile=7, evse=ONE),)
        if not cs.is_16:
            cs.obey("GetChargingProfiles")
            await here.ask("stations/CS-1/ask-profiles", {})
            number = (await cs.asked("GetChargingProfiles"))["requestId"]
            told = {"requestId": number, "chargingLimitSource": "CSO", "evseId": 1, "chargingProfile": [found]}
            await cs.call("ReportChargingProfiles", told)
            await here.until(lambda: [one.id for one in here.station("CS-1").profiles.known] == [7])
            shown = (await here.ask("stations/CS-1"))["profiles"]["known"][0]
            assert (shown["limit"], shown["whole"]["recurs"]) == (3_000.0, "daily")
        await here.ask("stations/CS-1/limit", {"evse": 1, "limit": 2_000.0})
        assert (await cs.asked("ClearChargingProfile"))["id" if cs.is_16 else "chargingProfileId"] == 7
        await here.until(lambda: here.station("CS-1").profiles.wanted == ())
        refused = await here.ask("stations/CS-1/install-profile", wish, status=409)
        assert (refused["code"], refused["remedy"]) == ("LimitCounts", "withdraw the limit")


@pytest.mark.parametrize("wire", OCPP)
async def test_our_station_keeps_to_what_recurs_and_is_free_once_it_is_cleared(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        at.hardware.arrive(1, small())
        at.present(1, "ANNA")
        await here.until(lambda: power(at) > 7_000)
        assert (await here.ask("stations/CS-1/install-profile", {"evse": 1, "profile": NIGHTLY}))["outcome"] == "accepted"
        await here.until(lambda: 0 < power(at) <= 3_000)
        assert (await here.ask("stations/CS-1/clear-profiles", {"level": 5}))["outcome"] == "accepted"
        await here.until(lambda: power(at) > 7_000)


@pytest.mark.parametrize("wire", OCPP)
async def test_a_start_with_a_profile_begins_a_transfer_that_keeps_to_it_and_the_next_is_free(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        steps = [{"limit": 4_000.0}, {"start": 86_400, "limit": 2_000.0}]
        profile = {"id": 11, "purpose": "TxProfile", "kind": "relative", "schedules": [{"periods": steps}]}
        wish = {"subject": ANNA, "evse": 1, "profile": profile}
        assert (await here.ask("stations/CS-1/sessions/start", wish))["outcome"] == "accepted"
        at.hardware.arrive(1, small())
        await here.until(lambda: 3_000 < power(at) <= 4_000)
        noun = at.controller.noun
        assert noun is not None
        ((place, limit),) = noun.limits.desired.items()
        assert (place, limit.transfer != "", limit.profile) == ("1/2/transfer", True, 11)
        at.hardware.leave(1)
        await here.until(lambda: (noun := at.controller.noun) is not None and not noun.limits.desired)
        at.hardware.arrive(1, small())
        at.present(1, "ANNA")
        await here.until(lambda: power(at) > 7_000)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"purpose": "TxDefaultProfile"}, "InvalidProfile"),
        ({"purpose": "TxProfile", "transfer": "other"}, "InvalidProfile"),
        ({"purpose": "TxProfile", "schedules": []}, "InvalidProfile"),
    ],
)
async def test_a_profile_that_is_none_for_a_start_is_refused_before_anybody_hears_of_it(
    wrong: dict[str, Any], code: str, tmp_path: Path
) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", "v21") as cs:
        await here.register("CS-1")
        await here.token("ANNA")
        await here.on_board(cs)
        profile = NIGHTLY | wrong
        refused = await here.ask("stations/CS-1/sessions/start", {"subject": ANNA, "evse": 1, "profile": profile}, status=409)
        assert refused["code"] == code


async def test_a_setpoint_of_a_dynamic_profile_is_followed_as_far_as_it_limits(tmp_path: Path) -> None:
    async with standing(tmp_path, "v21") as at:
        here = at.here
        at.hardware.arrive(1, small())
        at.present(1, "ANNA")
        await here.until(lambda: power(at) > 7_000)
        moving = {"id": 12, "kind": "dynamic", "schedules": [{"periods": [{"limit": 6_000.0}]}]}
        assert (await here.ask("stations/CS-1/install-profile", {"evse": 1, "profile": moving}))["outcome"] == "accepted"
        await here.until(lambda: 5_000 < power(at) <= 6_000)
        update = {"profile": 12, "update": {"setpoint": 3_000.0}}
        assert (await here.ask("stations/CS-1/update-profile", update))["outcome"] == "accepted"
        await here.until(lambda: 0 < power(at) <= 3_000)
        back = {"profile": 12, "update": {"setpoint": 9_000.0}}
        assert (await here.ask("stations/CS-1/update-profile", back))["outcome"] == "accepted"
        await here.until(lambda: 5_000 < power(at) <= 6_000)
        (wanted,) = here.station("CS-1").profiles.wanted
        assert wanted.update is not None
        assert (wanted.update.limit, wanted.update.setpoint) == (6_000.0, 9_000.0)
