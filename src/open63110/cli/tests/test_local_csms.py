# SPDX-License-Identifier: Apache-2.0
"""`open63110 local-csms` writes a configuration that will do, and looks at others."""

import io
from pathlib import Path
from typing import Any

import msgspec
import pytest

from open63110.apps.local_config import LocalConfig, load, written
from open63110.cli.local_csms import check, init, local_file
from open63110.cli.say import NotUnderstood
from open63110.kernel.errors import Malformed, Refused

PACKAGED = Path(__file__).parents[4] / "packaging" / "local-csms.toml"


def test_init_writes_what_check_finds_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "local-csms.toml"
    init("mall", config=config, json=True)
    made = msgspec.json.decode(capsys.readouterr().out)
    assert {"config", "data", "admin", "key", "password"} == made.keys()
    assert check(config=config, json=True) == 0
    assert msgspec.json.decode(capsys.readouterr().out) == {"config": str(config), "site": "mall", "identity": "mall-lc"}
    assert check(config=config) == 0
    assert "mall-lc at /mall" in capsys.readouterr().out
    with pytest.raises(Refused):
        init("mall", config=config, json=True)


def test_init_says_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    init("mall", config=tmp_path / "local-csms.toml")
    assert "Now: open63110 local-csms --config" in capsys.readouterr().out


def test_the_packaged_configuration_will_do() -> None:
    found = load(PACKAGED, {})
    assert (found.site, found.zones["north"].stations) == ("mall", ("CS1", "CS2"))


def test_the_configuration_is_found_where_it_usually_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPEN63110_LOCAL_CSMS_CONFIG", "")
    assert local_file(Path("x")) == Path("x")
    assert local_file(None) is None
    (tmp_path / "local-csms.toml").write_text("")
    assert local_file(None) == Path("local-csms.toml")
    monkeypatch.setenv("OPEN63110_LOCAL_CSMS_CONFIG", "/y")
    assert local_file(None) == Path("/y")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('site = "a/b"', "site"),
        ('[upper]\nendpoints = ["wss://x/link"]', "upper"),
        ('[upper]\nendpoints = ["ws://x/link"]\ncertificate = "c"\nkey = "k"\nauthorities = "a"', "upper.endpoints"),
        ("lease = -1", "lease"),
        ('[zones.north]\nimport_max = 1\nstations = ["a b"]', "zones.north.stations"),
        (
            '[zones.north]\nimport_max = 1\nstations = ["A"]\n[zones.south]\nimport_max = 1\nstations = ["A"]',
            "zones.south.stations",
        ),
        ('[zones.north]\nstations = ["A"]', "zones.north.import_max"),
        ("[zones.north]\nevses = 0", "zones.north.evses"),
        ("[zones.north]\nevse_max = -1", "zones.north.evse_max"),
        ("[zones.north]\nevse_max = nan", "zones.north.evse_max"),
        ("[zones.north]\nimport_max = inf", "zones.north.import_max"),
        ("[zones.north]\nevses = 1000", "zones.north.evses"),
        ("[zones.north]\nevse_min = 1", "zones.north.evse_min"),
        ('[zones.north]\nevse_max = "22 kW"', "zones[...].evse_max"),
        ('site = "*"\n[zones.north]\nimport_max = 1', "zones"),
        ('sight = "mall"', "sight"),
    ],
)
def test_what_contradicts_itself_is_refused_with_its_place(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "local.toml"
    path.write_text(text)
    with pytest.raises(Malformed) as found:
        load(path, {})
    assert found.value.where == where


def test_the_environment_counts(tmp_path: Path) -> None:
    path = tmp_path / "local.toml"
    path.write_text(written({}))
    assert load(path, {"OPEN63110__SITE": "mall"}) == msgspec.structs.replace(LocalConfig(), site="mall")


def test_init_makes_a_listener_of_links_with_the_certificate_of_the_link_upwards(tmp_path: Path) -> None:
    config, revoked = tmp_path / "local-csms.toml", tmp_path / "r.pem"
    files: Any = {name: tmp_path / f"{name}.pem" for name in ("certificate", "key", "authorities")}
    words, upper = ["link:0.0.0.0:8890"], ["wss://x/link"]
    init("mall", config=config, listener=words, upper=upper, revoked=revoked, **files, json=True)
    found = load(config, {})
    made = found.listeners["link"]
    assert (made.kind, made.port, made.plain) == ("link", 8890, False)
    assert (made.certificate, made.client_authorities) == (str(files["certificate"]), str(files["authorities"]))
    assert (made.revoked, found.upper.revoked) == (str(tmp_path / "r.pem"), str(tmp_path / "r.pem"))


def test_a_listener_of_links_wants_certificates(tmp_path: Path) -> None:
    with pytest.raises(NotUnderstood, match="--certificate and --key and --authorities"):
        init("mall", config=tmp_path / "local-csms.toml", listener=["link:0.0.0.0:8890"], json=True)
