# SPDX-License-Identifier: Apache-2.0
"""Smart charging (8.2.3) with stations on the `ocpp` package of mobilityhouse, which judges every frame by its schema."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ocpp.routing import on
from ocpp.v16 import call_result as result16
from tests.conformance.clients.door import Operator
from tests.conformance.clients.test_mobilityhouse import Heard, Play2, Play16, Play21, Play201, finished
from websockets.asyncio.client import connect

MOST = 2
"""Periods that these stations take."""


class Profiles(Heard):
    """What the CSMS asked, profiles among it."""

    def __init__(self) -> None:
        super().__init__()
        self.profiles: asyncio.Queue[Any] = asyncio.Queue()


class Planned16(Play16):
    """A station of 1.6 that takes profiles of two periods."""

    @on("SetChargingProfile")  # type: ignore[untyped-decorator] # the package is untyped
    def on_profile(self, connector_id: int, cs_charging_profiles: Any) -> Any:
        self.heard.profiles.put_nowait(cs_charging_profiles)  # type: ignore[attr-defined] # Profiles
        assert connector_id == 1
        few = len(cs_charging_profiles["charging_schedule"]["charging_schedule_period"]) <= MOST
        return result16.SetChargingProfile(status="Accepted" if few else "Rejected")

    @on("GetConfiguration")  # type: ignore[untyped-decorator] # the package is untyped
    def on_configuration(self, key: list[str]) -> Any:
        known = [{"key": "ChargingScheduleMaxPeriods", "readonly": True, "value": str(MOST)}]
        return result16.GetConfiguration(configuration_key=known, unknown_key=[one for one in key if "MaxPeriods" not in one])


class Planned2(Play2):
    """A station of 2.x that takes profiles of two periods."""

    @on("SetChargingProfile")  # type: ignore[untyped-decorator] # the package is untyped
    def on_profile(self, evse_id: int, charging_profile: Any) -> Any:
        self.heard.profiles.put_nowait(charging_profile)  # type: ignore[attr-defined] # Profiles
        assert evse_id == 1
        if len(charging_profile["charging_schedule"][0]["charging_schedule_period"]) <= MOST:
            return self.answer.SetChargingProfile(status="Accepted")
        return self.answer.SetChargingProfile(status="Rejected", status_info={"reason_code": "TooManyElements"})

    @on("GetVariables")  # type: ignore[untyped-decorator] # the package is untyped
    def on_variables(self, get_variable_data: list[Any]) -> Any:
        said = [
            one | {"attribute_status": "Accepted", "attribute_value": str(MOST)}
            if one["variable"]["name"] == "PeriodsPerSchedule"
            else one | {"attribute_status": "UnknownVariable"}
            for one in get_variable_data
        ]
        return self.answer.GetVariables(get_variable_result=said)

    @on("GetChargingProfiles")  # type: ignore[untyped-decorator] # the package is untyped
    def on_question(self, request_id: int, charging_profile: Any) -> Any:
        assert charging_profile == {}
        self.heard.profiles.put_nowait(request_id)  # type: ignore[attr-defined] # Profiles
        return self.answer.GetChargingProfiles(status="Accepted")

    @on("ClearChargingProfile")  # type: ignore[untyped-decorator] # the package is untyped
    def on_clear(self, charging_profile_id: int) -> Any:
        self.heard.profiles.put_nowait(charging_profile_id)  # type: ignore[attr-defined] # Profiles
        return self.answer.ClearChargingProfile(status="Accepted")


class Planned201(Planned2, Play201):
    """… of 2.0.1."""


class Planned21(Planned2, Play21):
    """… of 2.1."""


@contextlib.asynccontextmanager
async def charging(kind: type[Any], protocol: Any, operator: Operator) -> AsyncIterator[Any]:
    """A station with an EV that charges."""
    async with connect(f"{operator.url()}/MH-1", subprotocols=[protocol]) as socket:
        station = kind("MH-1", socket)
        station.heard = Profiles()
        serving = asyncio.create_task(station.start())
        try:
            await station.greet()
            story = station.charge(10_000, 12_000)
            await anext(story)
            yield station
            await finished(story)
        finally:
            serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await serving


async def limited(operator: Operator, *steps: tuple[float, float], status: str = "accepted") -> None:
    """Want 11.04 kW of the transfer now, and other powers after some minutes."""
    now = datetime.now(UTC)
    ahead = [{"since": (now + timedelta(minutes=minutes)).isoformat(), "limit": watts} for minutes, watts in steps]
    order = {"evse": 1, "limit": 11_040.0, "ahead": ahead, "transfer": await operator.running("MH-1")}
    _, said = await asyncio.to_thread(operator.csms.rest, "POST", "/api/v1/stations/MH-1/limit", order)
    assert said.get("order", said)["outcome"] == status, said


async def next_profile(station: Any) -> Any:
    """The next profile that the CSMS sets."""
    return await asyncio.wait_for(station.heard.profiles.get(), 10)


def periods(profile: Any) -> list[tuple[int, float]]:
    """Its steps, in minutes from the first, and W."""
    schedule = profile["charging_schedule"]
    schedule = schedule if isinstance(schedule, dict) else schedule[0]
    unit = 690.0 if schedule["charging_rate_unit"] == "A" else 1.0
    return [(round(one["start_period"] / 60), float(one["limit"]) * unit) for one in schedule["charging_schedule_period"]]


VERSIONS = [
    pytest.param(Planned16, "ocpp1.6", id="1.6"),
    pytest.param(Planned201, "ocpp2.0.1", id="2.0.1"),
    pytest.param(Planned21, "ocpp2.1", id="2.1"),
]


@pytest.mark.at("AT-8.2.3-4", "v16", "v201", "v21")
@pytest.mark.parametrize(("kind", "protocol"), VERSIONS)
async def test_a_plan_of_a_transfer_reaches_it_and_one_with_too_many_steps_comes_again_with_fewer(
    kind: type[Any], protocol: str, operator: Operator
) -> None:
    async with charging(kind, protocol, operator) as station:
        await limited(operator, (30, 4_140.0))
        profile = await next_profile(station)
        assert profile["charging_profile_purpose"] == "TxProfile"
        assert str(profile["transaction_id"]) == await operator.running("MH-1")
        assert [power for _, power in periods(profile)] == [11_040.0, 4_140.0]
        # what it said of itself is known by now, so no more than two are sent
        await limited(operator, (10, 6_900.0), (20, 4_140.0), (30, 5_520.0))
        few = periods(await next_profile(station))
        assert len(few) == MOST
        assert [power for _, power in few][-1] == 4_140.0
    await operator.judge("MH-1", [2_000.0])


@pytest.mark.at("AT-8.2.3-5", "v16", "v201", "v21")
@pytest.mark.parametrize(("kind", "protocol"), VERSIONS)
async def test_a_first_plan_with_too_many_steps_is_refused_and_comes_once_more_with_those_it_takes(
    kind: type[Any], protocol: str, operator: Operator
) -> None:
    async with charging(kind, protocol, operator) as station:
        await limited(operator, (10, 6_900.0), (20, 4_140.0), (30, 5_520.0), status="rejected")
        assert [power for _, power in periods(await next_profile(station))] == [11_040.0, 6_900.0, 4_140.0, 5_520.0]
        assert len(periods(await next_profile(station))) == MOST
    await operator.judge("MH-1", [2_000.0])


@pytest.mark.at("AT-8.2.3-3", "v201", "v21")
@pytest.mark.parametrize(("kind", "protocol"), VERSIONS[1:])
async def test_the_plan_of_an_ev_above_its_schedule_is_answered_with_the_schedule(
    kind: type[Any], protocol: str, operator: Operator
) -> None:
    async with charging(kind, protocol, operator) as station:
        parameters = {"energy_amount": 20_000, "ev_min_current": 6, "ev_max_current": 16, "ev_max_voltage": 230}
        needs = {"requested_energy_transfer": "AC_three_phase", "ac_charging_parameters": parameters}
        said = await station.say(station.wire.NotifyEVChargingNeeds(evse_id=1, charging_needs=needs))
        assert said.status == ("NoChargingProfile" if protocol == "ocpp2.1" else "Rejected")  # nobody plans here
        await limited(operator, (30, 4_140.0))
        offered = await next_profile(station)
        period = {"start_period": 0, "limit": 11_040.0}
        plan = {"id": 1, "charging_rate_unit": "W", "charging_schedule_period": [period]}
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        mine = station.wire.NotifyEVChargingSchedule(time_base=now, evse_id=1, charging_schedule=plan)
        said = await station.say(mine)
        assert (said.status, said.status_info["reason_code"]) == ("Rejected", "AboveSchedule")
        assert [power for _, power in periods(await next_profile(station))] == [power for _, power in periods(offered)]
        plan["charging_schedule_period"] = [period, {"start_period": 1_700, "limit": 4_000.0}]
        assert (await station.say(mine)).status == "Accepted"
    await operator.judge("MH-1", [2_000.0])


@pytest.mark.parametrize(("kind", "protocol"), VERSIONS[1:])
async def test_it_says_in_two_parts_which_profiles_it_holds_and_is_rid_of_a_foreign_one(
    kind: type[Any], protocol: str, operator: Operator
) -> None:
    async with charging(kind, protocol, operator) as station:
        await limited(operator)
        own = await next_profile(station)
        assert (await operator.ask("stations/MH-1/ask-profiles", {}))["outcome"] == "accepted"
        request = await next_profile(station)
        foreign = own | {"id": 7, "charging_profile_purpose": "TxDefaultProfile", "stack_level": 5}
        foreign.pop("transaction_id")
        parts = ({"charging_profile": [own], "tbc": True}, {"charging_profile": [foreign]})
        for part in parts:
            said = station.wire.ReportChargingProfiles(request_id=request, charging_limit_source="CSO", evse_id=1, **part)
            await station.say(said)
        assert await next_profile(station) == 7
        async with asyncio.timeout(10):
            while len(known := (await operator.ask("stations/MH-1"))["profiles"]["known"]) != 1:  # noqa: ASYNC110 - a door has no event
                await asyncio.sleep(0.05)
        assert [(one["id"], one["ours"]) for one in known] == [(own["id"], True)]
    await operator.judge("MH-1", [2_000.0])
