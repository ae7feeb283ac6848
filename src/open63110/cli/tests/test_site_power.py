# SPDX-License-Identifier: Apache-2.0
"""The power of a site on a terminal: who limits what, and why a car waits (8.2.3)."""

import json
from typing import Any

import pytest

from open63110.cli import site_power
from open63110.cli.rest import Csms

DSO = {"source": "dso", "actor": "nordnetz", "constraint": "c1"}
BUILT = {"source": "physical", "actor": "", "constraint": ""}


def node(name: str, load: float | None, limit: float | None, winner: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"id": name, "load": load, "limit": limit, "winner": winner, "load_amperes": [], "amperes": []} | more


POWER: dict[str, Any] = {
    "at": "2026-05-01T12:00:01.000000Z",
    "planner": "on",
    "nodes": [
        node("site", 52_600.0, 60_000.0, DSO, load_amperes=[85.2, 77.0, 66.4], amperes=[200.0, 200.0, 200.0]),
        node("cars", 33_600.0, None, BUILT, amperes=[160.0, 160.0, 160.0]),
        node("zone:deck", None, 66_000.0, BUILT, load_amperes=[39.0, 46.0, 24.0]),
    ],
    "evses": [{"state": state} for state in ("active", "active", "waiting", "idle")],
}
CAR = {
    "station": "D-1",
    "evse": 1,
    "state": "waiting",
    "measured": 0.0,
    "setpoint": 0.0,
    "limited_by": "the site",
    "limited_by_who": "the DSO (nordnetz)",
    "why": "takes turns with others",
    "promised": 19_800.0,
    "wanted": 24_000.0,
    "confidence": 0.73,
    "departure": "2026-05-01T17:30:00Z",
}
UNPROMISED = CAR | {"promised": None, "departure": None, "limited_by": "", "limited_by_who": "", "why": "", "setpoint": None}
UNSAID = CAR | {"wanted": None}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    paths: list[str] = []

    def get(_: Csms, path: str, said: Any = None) -> Any:
        assert said is None
        paths.append(path)
        return [CAR, UNPROMISED, UNSAID] if path.endswith("promises") else POWER

    monkeypatch.setattr(Csms, "get", get)
    return paths


def test_each_place_is_shown_against_its_limit_and_each_car_with_its_promise(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert site_power.power("no/rth") == 0
    assert asked == ["sites/no%2Frth/power", "sites/no%2Frth/promises"]
    said = " ".join(capsys.readouterr().out.split())
    for words in (
        "12:00:01 52.6 kW of 60.0 kW by dso nordnetz 85/200 A 77/200 A 66/200 A 2 charging, 1 waiting on plan",
        "site 52.6 kW 60.0 kW dso nordnetz 85/200 A 77/200 A 66/200 A",
        "cars 33.6 kW – –/160 A –/160 A –/160 A",
        "zone deck – 66.0 kW 39 A 46 A 24 A",
        "D-1/1 waiting 0.0 kW 0.0 kW the site (the DSO (nordnetz)) 19.8 of 24.0 kWh, 73 % sure 2026-05-01 17:30 takes turns",
        "D-1/1 waiting 0.0 kW –",
        "19.8 kWh, 73 % sure",
    ):
        assert words in said, words


def test_for_programs_it_is_printed_as_json(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    site_power.power("north", json=True)
    assert json.loads(capsys.readouterr().out) == {**POWER, "promises": [CAR, UNPROMISED, UNSAID]}
    assert len(asked) == 2


def test_it_is_watched_until_its_time_is_over_and_nothing_is_told_twice(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert site_power.watch("north", every="20ms", for_="90ms") == 0
    assert len(asked) > 2
    assert len(capsys.readouterr().out.splitlines()) == 1
    site_power.watch("north", every="1s", for_="10ms", json=True)
    assert json.loads(capsys.readouterr().out) == POWER


def test_a_site_where_nothing_is_known_makes_a_line_as_well() -> None:
    assert site_power.line({"at": POWER["at"], "nodes": [], "evses": [], "planner": "away"}) == (
        "12:00:01  –  no car  no plan: the planner is away"
    )
