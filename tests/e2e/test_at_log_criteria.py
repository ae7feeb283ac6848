# SPDX-License-Identifier: Apache-2.0
"""Stations log what somebody may want to look into later, by criteria of the CSMS (8.3.9); both ends are real, over links."""

import itertools
import json
import statistics
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import WIRES, House
from tests.e2e.test_at_logs import content, log, until
from tests.e2e.test_at_simulated import standing

from open63110.model.log_criteria import CriteriaState, StationCriteria
from open63110.model.logs import LogState
from open63110.model.order import Outcome

TEN_MINUTES = 600.0
HEAT = {
    "id": "heat",
    "sources": ["15118", "power"],
    "period": 1.0,
    "trigger": "fault",
    "before": TEN_MINUTES,
    "after": TEN_MINUTES,
}


def criteria(here: House) -> StationCriteria:
    """The one row of criteria."""
    (found,) = here.rows(StationCriteria)
    return found


async def collected(here: House, request: int) -> list[dict[str, Any]]:
    """Fetch what was measured, and return its lines."""
    assert (await here.ask("stations/CS-1/logs/retrieve", {"kind": "data-collector"}))["outcome"] == "accepted"
    await until(here, LogState.UPLOADED, request)
    _, *lines = [json.loads(line) for line in (await content(here, request)).splitlines()]
    assert log(here, request).size
    return lines


def moments(lines: list[dict[str, Any]], source: str, evse: int = 1) -> list[datetime]:
    """When samples of a source were taken."""
    return [datetime.fromisoformat(one["at"]) for one in lines if (one.get("source"), one.get("evse")) == (source, evse)]


@pytest.mark.at("AT-8.3.9-1", "link")
async def test_ten_minutes_before_and_after_a_fault_are_in_the_log_and_whoever_charged_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.e2e.test_at_simulated.FACTOR", 40.0)
    async with standing(tmp_path, "link") as at:
        here = at.here
        order = await here.ask("stations/CS-1/logs/set-criteria", {"criteria": HEAT})
        assert order["outcome"] == "accepted", order
        assert (criteria(here).state, criteria(here).reduced) == (CriteriaState.ACTIVE, ())
        await at.charge(1, "ANNA")
        await here.pass_by(TEN_MINUTES + 30)
        at.hardware.break_down(2, "HighTemperature", 60)
        await here.until(lambda: at.hardware.evses[2].halted)
        broke = here.now()
        await here.pass_by(TEN_MINUTES + 30)

        lines = await collected(here, 1)
        (mark,) = [one for one in lines if one["what"] == "trigger"]
        trigger = datetime.fromisoformat(mark["at"])
        assert (mark["code"], abs(trigger - broke) < timedelta(seconds=60)) == ("HighTemperature", True)
        for source in ("power", "15118"):
            taken = moments(lines, source)
            gaps = [(after - before).total_seconds() for before, after in itertools.pairwise(taken)]
            assert taken[0] - trigger <= -timedelta(seconds=TEN_MINUTES - 30), "a machine that is busy leaves some out"
            assert trigger - taken[0] <= timedelta(seconds=TEN_MINUTES)
            assert taken[-1] - trigger >= timedelta(seconds=TEN_MINUTES - 30)
            assert taken[-1] - trigger <= timedelta(seconds=TEN_MINUTES)
            assert round(statistics.median(gaps), 1) == 1.0
        shown = str(lines)
        assert "ANNA" not in shown
        assert {one["id_token"] for one in lines if "id_token" in one} == {"***"}
        assert {one["evse"] for one in lines if "evse" in one} == {1, 2}


@pytest.mark.at("AT-8.3.9-2", "link")
async def test_criteria_are_kept_to_after_a_reboot(tmp_path: Path) -> None:
    async with standing(tmp_path, "link") as at:
        here = at.here
        always = {"id": "always", "sources": ["power"], "period": 2.0}
        await here.ask("stations/CS-1/logs/set-criteria", {"criteria": always})
        restarts = at.hardware.restarts
        await here.ask("stations/CS-1/reboot", {"mode": "immediate"})
        await here.until(lambda: at.hardware.restarts > restarts and here.station("CS-1").connected is None)
        await at.link_is_back()
        back = here.now()
        await here.pass_by(60)
        assert [one for one in moments(await collected(here, 1), "power") if one > back]
        answer = await here.ask("stations/CS-1/logs/ask-criteria", {})
        assert "always" in answer["answer"]
        assert criteria(here).state is CriteriaState.ACTIVE
        await here.ask("stations/CS-1/logs/clear-criteria", {"id": "always"})
        assert here.rows(StationCriteria) == []
        cleared = here.now()
        await here.pass_by(60)
        assert [one for one in moments(await collected(here, 2), "power") if one > cleared + timedelta(seconds=5)] == []


@pytest.mark.at("AT-8.3.9-3", "link")
async def test_a_rate_that_no_meter_has_is_reduced_and_the_value_is_reported(tmp_path: Path) -> None:
    async with standing(tmp_path, "link") as at:
        here = at.here
        order = await here.ask("stations/CS-1/logs/set-criteria", {"criteria": {**HEAT, "period": 0.001}})
        assert (order["outcome"], order["reason"]) == ("accepted", "Reduced")
        row = criteria(here)
        assert row.asked is not None
        assert row.effective is not None
        assert (row.asked.period, row.effective.period, row.reduced) == (0.001, 1.0, ("period",))
        listed = (await here.ask("log-criteria"))["items"]
        assert [(one["id"], one["effective"]["period"]) for one in listed] == [("heat", 1.0)]


async def test_what_a_station_may_not_log_it_does_not(tmp_path: Path) -> None:
    async with standing(tmp_path, "link") as at:
        here = at.here
        for wrong, code in (({"sources": ["authorization"]}, "NoLegalBasis"), ({"mask": []}, "NoLegalBasis")):
            said = await here.admin.post("stations/CS-1/logs/set-criteria", json={"criteria": {**HEAT, **wrong}})
            assert (said.status_code, said.json()["code"]) == (409, code)
        bad = await here.admin.post("stations/CS-1/logs/set-criteria", json={"criteria": {**HEAT, "sources": ["weather"]}})
        assert bad.status_code == 400
        assert here.rows(StationCriteria) == []


@pytest.mark.parametrize("wire", WIRES)
async def test_ocpp_has_no_words_for_criteria_and_that_is_said(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        said = await here.admin.post("stations/CS-1/logs/set-criteria", json={"criteria": HEAT})
        assert said.json()["order"]["outcome"] == Outcome.NOT_SUPPORTED
        await here.until(lambda: criteria(here).state is CriteriaState.REFUSED)
