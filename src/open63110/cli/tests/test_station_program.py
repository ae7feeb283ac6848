# SPDX-License-Identifier: Apache-2.0
"""`open63110 station init` and `check`: files that explain themselves and are not overwritten."""

import json
import tomllib
from pathlib import Path

import pytest

from open63110.cli import main
from open63110.cli.station_program import station_file


def test_a_configuration_is_written_once_and_will_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "new" / "station.toml"
    words = ["station", "init", "CS-3", "--csms", "wss://csms/ocpp", "--config", str(path), "--evses", "2"]
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["config"] == str(path)
    tree = tomllib.loads(path.read_text(encoding="utf-8"))
    assert (tree["id"], tree["csms"]["url"], set(tree["evses"])) == ("CS-3", "wss://csms/ocpp", {"1", "2"})
    assert main(words) == 1
    assert "already" in capsys.readouterr().err
    assert main(["station", "check", "--config", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["id"], said["evses"]) == (True, "CS-3", {"1": "simulated", "2": "simulated"})
    assert main(["station", "check", "--config", str(path)]) == 0
    assert "EVSE 2 simulated" in capsys.readouterr().out


def test_a_configuration_that_will_not_do_is_neither_written_nor_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "station.toml"
    assert main(["station", "init", "a b", "--config", str(path)]) == 1
    assert list(tmp_path.iterdir()) == []
    path.write_text("[csms]\nurll = 'x'\n", encoding="utf-8")
    capsys.readouterr()
    for verb in ("run", "check"):
        assert main(["station", verb, "--config", str(path)]) == 1
        assert "did you mean csms.url?" in capsys.readouterr().err


def test_a_configuration_is_found_where_one_expects_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPEN63110_STATION_CONFIG", raising=False)
    assert station_file(None) is None or station_file(None) == Path("/etc/open63110/station.toml")
    Path("station.toml").touch()
    assert station_file(None) == Path("station.toml")
    monkeypatch.setenv("OPEN63110_STATION_CONFIG", "/x.toml")
    assert station_file(None) == Path("/x.toml")
    assert station_file(Path("y.toml")) == Path("y.toml")
