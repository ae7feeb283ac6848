# SPDX-License-Identifier: Apache-2.0
"""Sites as files: TOML or JSON in, a tree or JSON out (4.3)."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from open63110.bindings.web.intake import body_of
from open63110.cli import sites
from open63110.cli.rest import Csms
from open63110.cli.say import NotUnderstood
from open63110.cli.site_file import read
from open63110.usecases.energy.describe_site import SitePlan

FILE = """
id = "north"
address = "Elbe 1"
connections = [{id = "g1", import_max = 100_000, amperes = [160, 160, 160]}]

[[zones]]
id = "deck"
import_max = 60_000
export_max = 20_000
failsafe = 10_000

[[zones.stations]]
id = "S1"
evses = [{number = 1, evse_id = "DE*ONE*E1", import_max = 22_000}, {number = 2}]
"""
ASKED = {
    "id": "north",
    "address": "Elbe 1",
    "connections": [{"id": "g1", "import_max": 100_000, "amperes": [160, 160, 160]}],
    "zones": [
        {
            "id": "deck",
            "import_max": 60_000,
            "export_max": 20_000,
            "failsafe": 10_000,
            "stations": [
                {"id": "S1", "evses": [{"number": 1, "evse_id": "DE*ONE*E1", "import_max": 22_000}, {"number": 2}]},
            ],
        }
    ],
}


class Asked:
    """What REST was asked, and what it says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, says: Any = None) -> None:
        self.got: list[tuple[str, Any]] = []
        self.says = says
        monkeypatch.setattr(Csms, "post", self.post)
        monkeypatch.setattr(Csms, "get", self.get)

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        self.got.append((path, body))
        return 200, {"id": "1", "kind": "ImportSites", "outcome": "accepted"}

    def get(self, path: str) -> Any:
        self.got.append((path, None))
        return self.says


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


@pytest.mark.parametrize(
    ("name", "words"),
    [("site.toml", FILE), ("site.json", json.dumps(ASKED)), ("sites.json", json.dumps({"sites": [ASKED]}))],
)
def test_a_file_is_taken_over_whole(tmp_path: Path, asked: Asked, name: str, words: str) -> None:
    file = tmp_path / name
    file.write_text(words, encoding="utf-8")
    assert sites.import_(file) == 0
    assert asked.got == [("sites/import", {"sites": [ASKED]})]


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("a.toml", b"id", "no TOML"),
        ("b.toml", b"\xff\xfe", "no TOML"),
        ("a.json", b"{", "no JSON"),
        ("b.json", b"[]", "no table"),
    ],
)
def test_a_file_that_is_none_is_a_matter_of_usage(tmp_path: Path, asked: Asked, name: str, words: bytes, said: str) -> None:
    file = tmp_path / name
    file.write_bytes(words)
    with pytest.raises(NotUnderstood, match=said):
        sites.import_(file)
    assert asked.got == []


def grid(name: str, watts: float, *amperes: float) -> dict[str, Any]:
    return {"id": name, "import_max": watts, "export_max": 0.0, "amperes": list(amperes), "volts": 230.0}


def feeder(name: str, parent: str = "", **more: Any) -> dict[str, Any]:
    return {"id": name, "parent": parent, "amperes": [], "import_max": None, "volts": None, "winding": ""} | more


def asset(name: str, kind: str, **more: Any) -> dict[str, Any]:
    nothing = {"import_max": None, "export_max": None, "capacity": None}
    usual = {"feeder": "", "wiring": "", "assumed": [], "stale_after": 60.0, "efficiency": 1.0}
    return {"id": name, "kind": kind} | usual | nothing | more


def evse(number: int, **more: Any) -> dict[str, Any]:
    return {"number": number, "evse_id": "", "import_max": None, "export_max": None, "wiring": "", "pilots": []} | more


def zone(name: str, watts: float, *stations: dict[str, Any], **more: Any) -> dict[str, Any]:
    usual = {"export_max": 0.0, "failsafe": None, "failsafe_after": 60.0, "priority": 0, "feeder": ""}
    return {"id": name, "import_max": watts, "stations": list(stations)} | usual | more


ONE = {"id": "S1", "feeder": "", "evses": [evse(1, evse_id="DE*ONE*E1", import_max=22_000.0), evse(2)]}
TWO = {"id": "S2", "feeder": "row", "evses": [evse(1, wiring="L1-L2", pilots=[8.0, 16.0])]}
SHOWN: dict[str, Any] = {
    "id": "north",
    "address": "",
    "connections": [grid("g1", 100_000.0, 160.0, 160.0, 160.0), grid("g2", 1_500.0) | {"volts": 277.0}],
    "zones": [
        zone("deck", 60_000.0, ONE, TWO, export_max=20_000.0, failsafe=10_000.0, feeder="row"),
        zone("yard", 1.0),
    ],
    "feeders": [
        feeder("row", "T1"),
        feeder("T1", "g2", amperes=[80.0] * 3, import_max=75_000.0, volts=120.0, winding="delta-wye"),
    ],
    "assets": [
        asset("roof", "pv", wiring="L1", export_max=5_000.0, assumed=[-2_000.0]),
        asset("box", "battery", feeder="T1", capacity=50_000.0, import_max=10_000.0, export_max=8_000.0),
        asset("m", "meter"),
    ],
}


def test_a_site_is_shown_as_the_tree_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(monkeypatch, SHOWN)
    assert sites.show("no/rth") == 0
    assert asked.got == [("sites/no%2Frth", None)]
    assert capsys.readouterr().out.splitlines() == [
        "north",
        "  grid g1: 100 kW, 160 A, 160 A, 160 A",
        "    pv roof: L1, assumed -2 kW, gives 5 kW",
        "    meter m",
        "    zone yard: 0.001 kW",
        "  grid g2: 1.5 kW, 277 V",
        "    feeder T1: 75 kW, 80 A, 80 A, 80 A, 120 V, delta-wye",
        "      battery box: takes 10 kW, gives 8 kW, 50 kWh",
        "      feeder row",
        "        zone deck: 60 kW, exports 20 kW, 10 kW after 60 s without a link",
        "          S1",
        "            EVSE 1 DE*ONE*E1 22 kW",
        "            EVSE 2",
        "          S2 at row",
        "            EVSE 1 L1-L2 8/16 A",
    ]


def test_a_site_without_a_connection_is_shown_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Asked(
        monkeypatch, SHOWN | {"connections": [], "feeders": [], "assets": [], "zones": [zone("yard", 1_000.0)], "address": "Elbe"}
    )
    sites.show("north")
    assert capsys.readouterr().out.splitlines() == ["north Elbe", "  zone yard: 1 kW"]


def test_for_programs_it_is_shown_as_a_file_says_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    Asked(monkeypatch, SHOWN)
    assert sites.show("north", json=True) == 0
    assert json.loads(capsys.readouterr().out) == SHOWN


@pytest.mark.parametrize("name", ["site.toml", "site.json"])
def test_a_site_comes_out_as_it_goes_in_again_and_no_longer_than_need_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    Asked(monkeypatch, SHOWN | {"later": [1], "none_of_ours": None})
    file = tmp_path / name
    assert sites.export(file, "north") == 0
    found = read(file)
    whole = msgspec.convert(SHOWN, body_of(SitePlan))
    assert msgspec.convert({name: one for name, one in found.items() if name != "later"}, body_of(SitePlan)) == whole
    assert found["later"] == [1]
    assert found["zones"][1] == {"id": "yard", "import_max": 1.0}
    assert found["connections"][0] == {"id": "g1", "import_max": 100_000.0, "amperes": [160.0] * 3}


def test_all_sites_go_into_one_file_which_is_not_replaced_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"north": SHOWN, "south": SHOWN | {"id": "south"}}

    def get(_: Csms, path: str, said: Any = None) -> Any:
        assert path != "sites" or said is not None
        return {"items": [{"id": one} for one in both], "next": None} if path == "sites" else both[path.removeprefix("sites/")]

    monkeypatch.setattr(Csms, "get", get)
    file = tmp_path / "all.toml"
    assert sites.export(file) == 0
    assert [one["id"] for one in read(file)["sites"]] == ["north", "south"]
    with pytest.raises(NotUnderstood, match="--overwrite"):
        sites.export(file)
    assert sites.export(file, "south", overwrite=True) == 0
    assert read(file)["id"] == "south"


def test_on_a_terminal_it_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    Asked(monkeypatch, SHOWN)
    assert sites.export(Path("-"), "north") == 0
    assert capsys.readouterr().out.startswith('id = "north"\n')
