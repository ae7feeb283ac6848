# SPDX-License-Identifier: Apache-2.0
"""One tariff for many stations, from a file (8.4.7)."""

from pathlib import Path
from typing import Any

import pytest

from open63110.cli.rest import Csms
from open63110.cli.say import NotUnderstood
from open63110.cli.tariffs import clear_many, set_many
from open63110.cli.to_many import Chosen

DAY = """
id = "day"
currency = "EUR"
valid_from = 2026-03-05T18:00:00Z
energy = {prices = [{price = "0.45"}]}
"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What REST was asked; of two stations one is away."""
    got: list[Any] = []

    def post(_: Csms, path: str, body: Any) -> tuple[int, Any]:
        got.append((path, body))
        order = {"station": "CS-1", "outcome": "accepted", "reason": "", "id": "o1"}
        return 202, {"stations": 2, "orders": [order], "refused": {"CS-2": "StationOffline"}}

    monkeypatch.setattr(Csms, "post", post)
    return got


def test_a_file_goes_to_the_stations_that_are_meant_and_who_is_away_is_named(
    tmp_path: Path, asked: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "day.toml"
    file.write_text(DAY)
    assert set_many(file, chosen=Chosen(site="north", zone="a"), evse=1) == 0
    ((path, body),) = asked
    assert (path, body["which"]["zone"], body["evse"]) == ("station-tariffs/set", "a", 1)
    assert body["tariff"]["valid_from"] == "2026-03-05T18:00:00Z"
    assert body["tariff"]["energy"] == {"prices": [{"price": "0.45"}]}
    assert "CS-2: refused, StationOffline" in capsys.readouterr().out
    assert clear_many(["day"], chosen=Chosen(site="north")) == 0
    assert asked[-1][1]["ids"] == ["day"]


def test_a_file_that_is_none_is_named_and_nothing_is_asked(tmp_path: Path, asked: list[Any]) -> None:
    file = tmp_path / "day.json"
    file.write_text("{")
    with pytest.raises(NotUnderstood, match=r"day\.json is no JSON"):
        set_many(file, chosen=Chosen(site="north"))
    assert asked == []
