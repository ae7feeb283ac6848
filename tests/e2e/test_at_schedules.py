# SPDX-License-Identifier: Apache-2.0
"""Smart charging on the wire (8.2.3): schedules with steps, of transfers, refused, exceeded, and across a cut of the link."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House, house
from tests.e2e.link_player import EVERY
from tests.e2e.player import Payload, Player, playing
from tests.e2e.test_at_limits import Watch, charging, confirmed, journal, of
from tests.e2e.test_at_simulated import standing

from open63110.kernel.ids import EvseNumber, TransferReference
from open63110.kernel.units import WattHours, Watts
from open63110.model.limit import PHASE
from open63110.simulator.ev import Ev, Make
from open63110.usecases.energy.smart_charging import EvPlanRefused, FailSafeEntered, LimitDiffers, LimitRefused

ONE = EvseNumber(1)
MINUTE = timedelta(minutes=1)


def step(at: datetime, watts: float) -> Payload:
    """What a limit becomes."""
    return {"since": at.isoformat(), "limit": watts}


def schedule(said: Payload) -> Payload:
    """The schedule of a SetChargingProfile of any version."""
    profile = said.get("csChargingProfiles") or said["chargingProfile"]
    found = profile["chargingSchedule"]
    plan: Payload = found if isinstance(found, dict) else found[0]
    return plan


def purpose(said: Payload) -> tuple[str, Any]:
    """What a SetChargingProfile is for, and for which transaction."""
    profile = said.get("csChargingProfiles") or said["chargingProfile"]
    return profile["chargingProfilePurpose"], profile.get("transactionId")


def watts(said: Payload) -> list[float]:
    """The power of each period of a SetChargingProfile [W]."""
    plan = schedule(said)
    unit = PHASE * 3 if plan["chargingRateUnit"] == "A" else 1.0
    return [one["limit"] * unit for one in plan["chargingSchedulePeriod"]]


def holds(here: House, station: str) -> bool:
    """Whether a station confirmed a limit of its EVSE 1."""
    return 1 in here.station(station).limits.in_force


async def begun(here: House, cs: Player) -> TransferReference:
    """Have an EV charge at EVSE 1 of a station on board; return what the CSMS calls its transfer."""
    await here.register(cs.station)
    await here.token("ANNA")
    await here.on_board(cs)
    cs.obey("SetChargingProfile", "ClearChargingProfile")
    await cs.begin(1, "ANNA", 1_000, here.now())
    return next(iter(here.station(cs.station).transfers))


@pytest.mark.at("AT-8.2.3-4", "v16", "v201", "v21")
async def test_the_same_limit_of_a_transfer_is_the_same_power_on_every_version(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        seen: dict[str, list[float]] = {}
        for wire in ("v16", "v201", "v21"):
            async with playing(here.port, f"CS-{wire}", wire) as cs:
                transfer = await begun(here, cs)
                now = here.now()
                steps = [step(now + 10 * MINUTE, 4_140.0), step(now + 20 * MINUTE, 6_900.0)]
                order = {"evse": 1, "limit": 11_040.0, "ahead": steps, "transfer": transfer}
                assert (await here.ask(f"stations/{cs.station}/limit", order))["outcome"] == "accepted"
                said = await cs.asked("SetChargingProfile")
                assert purpose(said)[0] == "TxProfile"
                assert str(purpose(said)[1]) == cs.transactions[1]
                seen[wire] = watts(said)
                await here.until(partial(holds, here, cs.station))
                await here.ask(f"stations/{cs.station}/limit", {"evse": 1, "limit": 2_300.0})
                said = await cs.asked("SetChargingProfile")
                assert purpose(said)[0] == "TxProfile"  # a TxDefaultProfile would lie below the one that is there
                await cs.end(1, 2_000, here.now())
                said = await cs.asked("SetChargingProfile")
                assert purpose(said)[0] == "TxDefaultProfile"
        assert [[round(one) for one in found] for found in seen.values()] == [[11_040, 4_140, 6_900]] * 3


@pytest.mark.at("AT-8.2.3-5", "v16", "v201", "v21")
@pytest.mark.parametrize("known", [True, False], ids=["it says how many", "it does not say"])
@pytest.mark.parametrize("wire", ["v16", "v201", "v21"])
async def test_a_station_that_refuses_too_many_periods_is_asked_once_more_with_fewer(
    wire: str, tmp_path: Path, *, known: bool
) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        await begun(here, cs)
        most = 3 if known else 1
        no: Payload = {"status": "Rejected"}
        if wire != "v16":
            no["statusInfo"] = {"reasonCode": "TooManyElements"}
        cs.answers["SetChargingProfile"] = lambda said: {"status": "Accepted"} if len(watts(said)) <= most else no
        if known:
            cs.answers["GetVariables"] = lambda said: {
                "getVariableResult": [
                    one | {"attributeStatus": "Accepted", "attributeValue": "3"} for one in said["getVariableData"]
                ]
            }
            cs.answers["GetConfiguration"] = lambda _: {
                "configurationKey": [{"key": "ChargingScheduleMaxPeriods", "readonly": True, "value": "3"}]
            }
        now = here.now()
        powers = [4_140.0 + 690.0 * (5 - abs(5 - k)) for k in range(1, 11)]
        steps = [step(now + k * 10 * MINUTE, one) for k, one in enumerate(powers, start=1)]
        order = {"evse": 1, "limit": 11_040.0, "ahead": steps}
        assert (await here.admin.post("stations/CS-1/limit", json=order)).json()["order"]["outcome"] == "rejected"
        first, second = watts(await cs.asked("SetChargingProfile")), await cs.asked("SetChargingProfile")
        assert len(first) == 11
        assert 1 <= len(watts(second)) <= most
        plan = schedule(second)
        begin = datetime.fromisoformat(plan["startSchedule"])
        for one, power in zip(plan["chargingSchedulePeriod"], watts(second), strict=True):
            at = max(now, begin + timedelta(seconds=one["startPeriod"]))
            asked = [11_040.0, *(power for k, power in enumerate(powers, start=1) if now + k * 10 * MINUTE <= at)][-1]
            assert power <= asked + 1
        await here.until(lambda: holds(here, "CS-1"))
        assert len(await here.facts(LimitRefused)) == 1
        assert cs.heard_calls().count("SetChargingProfile") == 2


@pytest.mark.at("AT-8.2.3-3", "v201", "v21")
@pytest.mark.parametrize("wire", ["v201", "v21"])
async def test_a_plan_of_an_ev_above_its_schedule_never_counts_and_is_answered_with_the_schedule(
    wire: str, tmp_path: Path
) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        transfer = await begun(here, cs)
        now = here.now()
        order = {"evse": 1, "limit": 11_000.0, "ahead": [step(now + 30 * MINUTE, 4_140.0)], "transfer": transfer}
        await here.ask("stations/CS-1/limit", order)
        offered = await cs.asked("SetChargingProfile")
        await here.until(lambda: holds(here, "CS-1"))

        def plan(*periods: tuple[int, float]) -> Payload:
            said = [{"startPeriod": start, "limit": power} for start, power in periods]
            found = {"id": 1, "chargingRateUnit": "W", "chargingSchedulePeriod": said}
            return {"timeBase": now.isoformat(), "evseId": 1, "chargingSchedule": found}

        answer = await cs.call("NotifyEVChargingSchedule", plan((0, 11_000.0), (2_400, 7_000.0)))
        assert (answer["status"], answer["statusInfo"]["reasonCode"]) == ("Rejected", "AboveSchedule")
        again = await cs.asked("SetChargingProfile")
        assert watts(again) == watts(offered)
        (refused,) = await here.facts(EvPlanRefused)
        assert (refused.limit, refused.reference) == (4_140.0, transfer)
        assert here.station("CS-1").transfers[transfer].plan == ()

        answer = await cs.call("NotifyEVChargingSchedule", plan((0, 11_000.0), (1_800, 4_140.0)))
        assert answer["status"] == "Accepted"
        assert [one.power for one in here.station("CS-1").transfers[transfer].plan] == [11_000.0, 4_140.0]


@pytest.mark.parametrize("wire", ["v201", "v21"])
async def test_an_ev_that_says_what_it_needs_gets_a_schedule_for_its_transfer(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        transfer = await begun(here, cs)
        await here.ask("stations/CS-1/limit", {"evse": 1, "limit": 11_000.0})
        assert purpose(await cs.asked("SetChargingProfile")) == ("TxDefaultProfile", None)
        parameters = {"energyAmount": 20_000, "evMinCurrent": 6, "evMaxCurrent": 16, "evMaxVoltage": 230}
        needs = {"requestedEnergyTransfer": "AC_three_phase", "acChargingParameters": parameters}
        answer = await cs.call("NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": needs})
        assert answer["status"] in {"Accepted", "Processing"}
        said = await cs.asked("SetChargingProfile")
        assert (purpose(said), watts(said)) == (("TxProfile", transfer), [11_000.0])


@pytest.mark.parametrize("wire", ["v16", "v201", "v21"])
async def test_a_station_that_is_back_with_another_schedule_than_it_confirmed_is_told_again(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        await begun(here, cs)
        now = here.now()
        await here.ask("stations/CS-1/limit", {"evse": 1, "limit": 6_900.0, "ahead": [step(now + 10 * MINUTE, 4_140.0)]})
        await cs.asked("SetChargingProfile")
        await here.until(lambda: holds(here, "CS-1"))

        def composite(said: Payload) -> Payload:
            period = {"chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6_900.0}]}
            length, begin = {"duration": said["duration"]}, here.now().isoformat()
            if cs.is_16:
                return {"status": "Accepted", "connectorId": 1, "scheduleStart": begin, "chargingSchedule": length | period}
            return {"status": "Accepted", "schedule": {"evseId": 1, "scheduleStart": begin} | length | period}

        cs.answers["GetCompositeSchedule"] = composite
        await cs.cut()
        await here.until(lambda: here.station("CS-1").connected is None)
        await cs.come_back()
        said = await cs.asked("SetChargingProfile")
        assert [round(one) for one in watts(said)] == [6_900, 4_140]
        (differs,) = await here.facts(LimitDiffers)
        assert (differs.limit, differs.asked) == (6_900.0, 4_140.0)
        assert "limit-differs" in here.station("CS-1").flags


@pytest.mark.parametrize("wire", EVERY)
async def test_a_station_carries_a_whole_plan_across_a_cut_of_its_link_and_then_falls_back(
    wire: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.e2e.test_at_simulated.FACTOR", 20.0)
    async with standing(tmp_path, wire) as at:
        await charging(at)
        facts = journal(at)
        begin = at.here.now()
        steps = [step(begin + timedelta(seconds=60), 2_000.0), step(begin + timedelta(seconds=300), 6_000.0)]
        order = {"evse": 1, "limit": 4_000.0, "ahead": steps, "failsafe": 1_400.0, "failsafe_after": 150.0}
        assert (await at.here.ask("stations/CS-1/limit", order))["outcome"] == "accepted"
        await at.here.until(lambda: confirmed(at, ONE) is not None)
        await at.here.until(lambda: 2_000 < at.hardware.evses[1].power <= 4_000)
        watch, cut = Watch(at), at.here.now()
        at.hardware.lose_link(600)
        await watch.until(begin + timedelta(seconds=260))
        assert watch.most(cut, begin + timedelta(seconds=50)) > 2_000
        assert 1_400 < watch.most(begin + timedelta(seconds=70), begin + timedelta(seconds=120)) <= 2_000
        assert 0 < watch.most(cut + timedelta(seconds=160), at.here.now()) <= 1_400
        assert of(FailSafeEntered, facts)


@pytest.mark.parametrize("wire", ["v201", "v21", "link"])
async def test_what_a_simulated_ev_needs_reaches_the_csms_with_its_transfer(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        leaves = at.here.now() + timedelta(hours=8)
        ev = Ev(Make("long", WattHours(100_000.0), Watts(11_040.0), 3), 0.1, speaks=True, departure=leaves)
        at.hardware.arrive(1, ev)
        at.present(1, "ANNA")
        await at.here.until(lambda: any(one.needs for one in at.here.station("CS-1").transfers.values()))
        (transfer,) = at.here.station("CS-1").transfers.values()
        needs = transfer.needs
        assert needs is not None
        assert (needs.source, needs.departure, needs.phases, needs.p_max, needs.p_min) == ("ev", leaves, 3, 11_040.0, 4_140.0)
        assert needs.e_target == pytest.approx(0.9 * 100_000.0 / 0.92, abs=1_000)


@pytest.mark.at("AT-7.10-2", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_cable_clips_every_step_of_a_plan(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        at.controller.capped(1, {"hardware": Watts(22_080.0), "cable": Watts(20 * 3 * 230.0)})
        at.hardware.arrive(1, Ev(Make("city", WattHours(500_000.0), Watts(22_000.0), 3), 0.1))
        at.present(1, "ANNA")
        await at.here.until(lambda: at.hardware.evses[1].power > 0)
        begin = at.here.now()
        steps = [step(begin + timedelta(seconds=120), 6_900.0), step(begin + timedelta(seconds=240), 22_080.0)]
        await at.here.ask("stations/CS-1/limit", {"evse": 1, "limit": 22_080.0, "ahead": steps})
        watch = Watch(at)
        await watch.until(begin + timedelta(seconds=400))
        assert watch.most(begin, at.here.now()) <= 13_800
        assert 0 < watch.most(begin + timedelta(seconds=180), begin + timedelta(seconds=220)) <= 6_900
        assert watch.most(begin + timedelta(seconds=300), at.here.now()) > 6_900
