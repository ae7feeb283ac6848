# SPDX-License-Identifier: Apache-2.0
"""Configuration: what is unknown or contradicts itself is refused with a way out; the environment has the last word."""

from pathlib import Path

import pytest

from open63110.apps.config import Config, load, origins
from open63110.kernel.errors import Malformed

PLAIN = "[listeners.a]\nplain = true\n"


def configured(folder: Path, text: str, **environment: str) -> Config:
    path = folder / "c.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, environment)


def refused(folder: Path, text: str, **environment: str) -> Malformed:
    with pytest.raises(Malformed) as caught:
        configured(folder, text, **environment)
    return caught.value


def test_without_a_file_everything_has_a_usable_default() -> None:
    config = load(None, {})
    assert (config.web.host, config.web.port) == ("127.0.0.1", 8880)
    assert config.policy.unknown_stations == "quarantine"
    assert config.listeners == {}


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("dta = 'x'", "dta", "did you mean data?"),
        ("[web]\nprot = 1", "web.prot", "did you mean web.port?"),
        ("[policy]\nheartbeet = 1", "policy.heartbeet", "did you mean policy.heartbeat?"),
        ("[limits]\nconnectionz = 1", "limits.connectionz", "did you mean limits.connections?"),
        ("[log]\nleevl = 'info'", "log.leevl", "did you mean log.level?"),
        ("[listeners.a]\npllain = true", "listeners.a.pllain", "did you mean listeners.a.plain?"),
        ("[listener.a]\nplain = true", "listener", "did you mean listeners?"),
        ("[log]\nzzz = 1", "log.zzz", "known here: format, level"),
    ],
)
def test_an_unknown_setting_is_refused_at_every_level_with_a_suggestion(tmp_path: Path, text: str, place: str, hint: str) -> None:
    trouble = refused(tmp_path, text)
    assert trouble.where == place
    assert trouble.remedy == hint
    assert hint in trouble.message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("data = 7", "data"),
        ("listeners = 3", "listeners"),
        ("web = 'x'", "web"),
        ("[web]\nport = 'many'", "web.port"),
        ("[log]\nlevel = 'loud'", "log.level"),
        ("[policy]\nunknown_stations = 'perhaps'", "policy.unknown_stations"),
        ("[limits]\nburst = [1]", "limits.burst"),
        ("[listeners]\na = 1", "listeners.a"),
        ("[listeners.a]\nplain = 'certainly'", "listeners.a.plain"),
        ("[listeners.b]\nplain = true\n[listeners.a]\nversions = ['ocpp3']", "listeners.a.versions[0]"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_name(tmp_path: Path, text: str, place: str) -> None:
    trouble = refused(tmp_path, text)
    assert trouble.where == place
    assert place in trouble.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[listeners.a]\nport = 1", "listeners.a has no TLS"),
        ("[listeners.a]\ncertificate = 'x.pem'", "listeners.a needs both certificate and key"),
        ("[listeners.a]\nplain = true\nclient_authorities = 'x.pem'", "asks for client certificates without TLS"),
        ("[web]\nkey = 'x.pem'", "web needs both certificate and key"),
        ("[web]\nport = 65536", "web.port is 65536"),
        (PLAIN + "port = -1", "listeners.a.port is -1"),
        ("clock_factor = 0", "clock_factor must be above 0"),
        ("[bulk]\nlargest = 0", "bulk.largest is above 0"),
        ("[policy]\nmost_quarantined = -1", "policy.most_quarantined must not be below 0"),
        ("[policy]\nforget_quarantined = -1", "policy.forget_quarantined must not be below 0"),
    ],
)
def test_what_contradicts_itself_is_refused(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(tmp_path, text).message


def test_listening_without_tls_has_to_be_asked_for_by_name(tmp_path: Path) -> None:
    assert "plain = true" in refused(tmp_path, "[listeners.a]\nport = 1").remedy
    assert configured(tmp_path, PLAIN).listeners["a"].plain


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="there is no file") as caught:
        load(tmp_path / "none.toml", {})
    assert "csms init" in caught.value.remedy


@pytest.mark.parametrize("text", [b"data = ", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "c.toml").write_bytes(text)
    with pytest.raises(Malformed, match="cannot be read"):
        load(tmp_path / "c.toml", {})


def test_the_environment_overrides_the_file_at_any_depth(tmp_path: Path) -> None:
    config = configured(
        tmp_path,
        PLAIN + "[web]\nport = 1",
        OPEN63110__WEB__PORT="2",
        OPEN63110__LISTENERS__A__PORT="3",
        OPEN63110__LISTENERS__A__PASSWORD="false",
        OPEN63110__LISTENERS__A__VERSIONS="ocpp2.1,ocpp1.6",
        OPEN63110__DATA="/elsewhere",
        UNRELATED="x",
    )
    assert config.web.port == 2
    assert (config.listeners["a"].port, config.listeners["a"].password) == (3, False)
    assert config.listeners["a"].versions == ("ocpp2.1", "ocpp1.6")
    assert config.data == "/elsewhere"


def test_the_environment_can_name_a_file_that_holds_the_value(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://csms.example\n", encoding="utf-8")
    config = configured(tmp_path, "", OPEN63110__WEB__PUBLIC_URL_FILE=str(secret))
    assert config.web.public_url == "https://csms.example"


def test_a_file_named_by_the_environment_must_be_there(tmp_path: Path) -> None:
    trouble = refused(tmp_path, "", OPEN63110__WEB__PUBLIC_URL_FILE=str(tmp_path / "none"))
    assert trouble.where == "OPEN63110__WEB__PUBLIC_URL_FILE"
    assert "cannot be read" in trouble.message


def test_an_unknown_setting_of_the_environment_is_refused_too(tmp_path: Path) -> None:
    assert refused(tmp_path, "", OPEN63110__WEB__PROT="1").remedy == "did you mean web.port?"


def test_the_environment_cannot_treat_a_value_as_a_table(tmp_path: Path) -> None:
    assert refused(tmp_path, "data = 'x'", OPEN63110__DATA__DEEPER="1").where == "OPEN63110__DATA__DEEPER"


def test_every_setting_tells_where_it_comes_from(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(PLAIN + "[web]\nport = 1\nhost = 'h'", encoding="utf-8")
    assert origins(path, {"OPEN63110__WEB__PORT": "2"}) == {
        "listeners.a.plain": str(path),
        "web.host": str(path),
        "web.port": "OPEN63110__WEB__PORT",
    }
    assert origins(None, {}) == {}
