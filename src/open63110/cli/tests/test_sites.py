# SPDX-License-Identifier: Apache-2.0
"""Sites as files: TOML or JSON in, a tree or JSON out (4.3)."""

import json
from pathlib import Path
from typing import Any

import pytest

from open63110.cli import sites
from open63110.cli.rest import Csms
from open63110.cli.say import NotUnderstood

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
    ("name", "words", "said"), [("a.toml", "id", "no TOML"), ("a.json", "{", "no JSON"), ("b.json", "[]", "no site")]
)
def test_a_file_that_is_none_is_a_matter_of_usage(tmp_path: Path, asked: Asked, name: str, words: str, said: str) -> None:
    file = tmp_path / name
    file.write_text(words, encoding="utf-8")
    with pytest.raises(NotUnderstood, match=said):
        sites.import_(file)
    assert asked.got == []


SHOWN: dict[str, Any] = {
    "id": "north",
    "address": "",
    "connections": [
        {"id": "g1", "import_max": 100_000.0, "export_max": 0.0, "amperes": [160.0, 160.0, 160.0]},
        {"id": "g2", "import_max": 1_500.0, "export_max": 0.0, "amperes": []},
    ],
    "zones": [
        {
            "id": "deck",
            "import_max": 60_000.0,
            "export_max": 20_000.0,
            "failsafe": 10_000.0,
            "failsafe_after": 60.0,
            "stations": [
                {
                    "id": "S1",
                    "evses": [
                        {"number": 1, "evse_id": "DE*ONE*E1", "import_max": 22_000.0, "export_max": None},
                        {"number": 2, "evse_id": "", "import_max": None, "export_max": None},
                    ],
                }
            ],
        },
        {"id": "yard", "import_max": 1.0, "export_max": 0.0, "failsafe": None, "failsafe_after": 60.0, "stations": []},
    ],
}


def test_a_site_is_shown_as_the_tree_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(monkeypatch, SHOWN)
    assert sites.show("no/rth") == 0
    assert asked.got == [("sites/no%2Frth", None)]
    assert capsys.readouterr().out.splitlines() == [
        "north",
        "  grid g1: 100 kW, 160 A, 160 A, 160 A",
        "  grid g2: 1.5 kW",
        "  zone deck: 60 kW, exports 20 kW, 10 kW after 60 s without a link",
        "    S1",
        "      EVSE 1 DE*ONE*E1 22 kW",
        "      EVSE 2",
        "  zone yard: 0.001 kW",
    ]


def test_for_programs_it_is_shown_as_a_file_says_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    Asked(monkeypatch, SHOWN)
    assert sites.show("north", json=True) == 0
    assert json.loads(capsys.readouterr().out) == SHOWN
