# SPDX-License-Identifier: Apache-2.0
"""Grid controls of stations (8.2.10): a real CSMS, a simulated station that feeds back, and one that is scripted.

How power follows the frequency is not played here: no acceptance test of 8.2.10 is shown by this file.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House, house
from tests.e2e.outcomes_grid import CURVE, VOLT_VAR
from tests.e2e.player import Payload, playing
from tests.e2e.test_at_simulated import standing

from open63110.model.alarm import StationAlarm
from open63110.model.der import DerKind, DerReport, StationDerControl
from open63110.model.policy import GridAbility
from open63110.ports import Where
from open63110.usecases.energy.frequency_regulation import GridSignalTaken

WIRES = ("v21", "link")
"""Those with words for it."""


async def put(here: House, **control: Any) -> Any:
    """Set a control at the station."""
    return await here.ask("stations/CS-1/der-controls/set", control)


def standings(here: House) -> dict[str, str]:
    """The controls as the CSMS knows them."""
    return {one.id: one.standing.value for one in here.rows(StationDerControl)}


@pytest.mark.parametrize("wire", WIRES)
async def test_a_scheduled_control_is_in_force_in_its_time_on_both_sides_and_gone_after_it(
    wire: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.e2e.test_at_simulated.FACTOR", 20.0)
    async with standing(tmp_path, wire) as at:
        here = at.here
        assert (await put(here, **VOLT_VAR))["outcome"] == "accepted"
        start = here.now() + timedelta(seconds=60)
        times = {"start": start.isoformat(), "duration": 120.0}
        order = await put(here, id="night", kind="volt-var", curve=CURVE, **times)
        assert (order["outcome"], order["replies"][0]["id"]) == ("accepted", "night")
        await here.until(lambda: standings(here) == {"vv": "set", "night": "set"})

        def active() -> list[str]:
            return [one.id for one in here.rows(StationDerControl) if one.active is not None]

        assert active() == []
        await here.until(lambda: active() == ["night"])
        assert here.now() >= start
        await here.until(lambda: standings(here) == {"vv": "set"})
        assert here.now() >= start + timedelta(seconds=120)

        await here.ask("stations/CS-1/der-controls/ask", {})  # the station has forgotten it, too
        await here.until(lambda: here.rows(DerReport, Where("at", "not null")))
        assert standings(here) == {"vv": "set"}


@pytest.mark.parametrize("wire", WIRES)
async def test_what_was_set_while_the_station_was_away_is_there_once_it_is_back_and_can_be_cleared(
    wire: str, tmp_path: Path
) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        await at.lose_link(300)
        order = await put(here, **VOLT_VAR)
        assert (order["outcome"], order["reason"]) == ("accepted", "Kept")
        await here.until(lambda: standings(here) == {"vv": "set"})
        await here.ask("stations/CS-1/der-controls/clear", {"id": "vv"})
        await here.until(lambda: standings(here) == {})


@pytest.mark.parametrize("wire", WIRES)
async def test_an_alarm_of_the_grid_is_an_alarm_of_the_station_until_it_is_over(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        at.hardware.feel_grid(DerKind.LF_MUST_TRIP, "under-frequency")
        await here.until(lambda: here.rows(StationAlarm))
        (alarm,) = here.rows(StationAlarm)
        assert (alarm.component, alarm.variable, alarm.code, alarm.state) == (
            "DERCtrlr",
            "lf-must-trip",
            "under-frequency",
            "active",
        )
        at.hardware.feel_grid(DerKind.LF_MUST_TRIP, "under-frequency", ended=True)
        await here.until(lambda: here.rows(StationAlarm)[0].state == "over")


@pytest.mark.parametrize("wire", WIRES)
async def test_a_signal_is_followed_and_a_station_that_cannot_says_so(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        order = await at.here.ask("stations/CS-1/send-grid-signal", {"signal": -50})
        assert order["outcome"] == "accepted"
        assert [one.signal for one in await at.here.facts(GridSignalTaken)] == [-50]
    async with standing(tmp_path / "deaf", wire, grid=GridAbility(kinds=(), signals=False)) as at:
        for verb, said, outcome, reason in (
            ("send-grid-signal", {"signal": 1}, "rejected", "NoSignalWattCurve"),
            ("der-controls/set", VOLT_VAR, "not-supported", "UnsupportedControl"),
        ):
            refused = (await at.here.admin.post(f"stations/CS-1/{verb}", json=said)).json()["order"]
            assert (refused["outcome"], refused["reason"]) == (outcome, reason)


async def test_a_station_that_lost_its_controls_is_told_again_and_what_others_set_is_shown(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await here.register("CS-1")
        async with playing(here.port, "CS-1", "v21") as cs:
            await here.on_board(cs)
            cs.obey("SetDERControl", "GetDERControl")
            await put(here, **VOLT_VAR)
            assert (await cs.asked("SetDERControl"))["controlId"] == "vv"
            await here.until(lambda: standings(here) == {"vv": "set"})
            await here.ask("stations/CS-1/der-controls/ask", {})
            request = (await cs.asked("GetDERControl"))["requestId"]
            held = {"id": "xx", "isDefault": True, "isSuperseded": False}
            droop = {"priority": 0, "overFreq": 50.2, "underFreq": 49.8, "overDroop": 0.05, "underDroop": 0.05, "responseTime": 2}
            await cs.call("ReportDERControl", {"requestId": request, "freqDroop": [held | {"freqDroop": droop}]})
            assert (await cs.asked("SetDERControl"))["controlId"] == "vv"
            await here.until(lambda: standings(here) == {"vv": "set", "xx": "found"})

            await cs.call("NotifyDERStartStop", {"controlId": "nobody", "started": True, "timestamp": "2026-05-01T12:00:00Z"})
            assert standings(here) == {"vv": "set", "xx": "found"}


ANSWERS: list[tuple[Payload, str, str]] = [
    ({"status": "Rejected", "statusInfo": {"reasonCode": "OutOfStorage"}}, "rejected", "refused"),
    ({"status": "NotSupported"}, "not-supported", "refused"),
    ({"status": "Perhaps"}, "failed", "wanted"),
    ({}, "failed", "wanted"),
]
"""What a station says, how the order ends, and how the control stands."""


async def test_each_answer_of_a_station_has_its_outcome(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await here.register("CS-1")
        async with playing(here.port, "CS-1", "v21") as cs:
            await here.on_board(cs)
            for said, outcome, stands in ANSWERS:
                cs.answers["SetDERControl"] = lambda _, said=said: said  # type: ignore[misc] # bound at once
                asked = await here.admin.post("stations/CS-1/der-controls/set", json=VOLT_VAR)
                assert asked.json()["order"]["outcome"] == outcome, said
                await here.until(lambda wanted=stands: standings(here) == {"vv": wanted})  # type: ignore[misc] # bound at once
