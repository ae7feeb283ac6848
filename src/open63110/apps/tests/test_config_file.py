# SPDX-License-Identifier: Apache-2.0
"""The file that explains itself says what the code reads, no more and no less."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from open63110.apps.config import Config, load
from open63110.apps.config_file import LISTENER, explained, written
from open63110.model.policy import Policy

ROOT = Path(__file__).parents[4]
CHOSEN = {
    "data": 'a "quoted" folder \\ of ours',
    "listeners": {"plain": {"host": "::1", "port": 0, "plain": True}, "with space": {"plain": True, "versions": ["ocpp1.6"]}},
    "web": {"port": 1},
    "policy": {"unknown_stations": "accept"},
}


def test_what_was_chosen_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(written(CHOSEN), encoding="utf-8")
    config = load(path, {})
    assert config.data == CHOSEN["data"]
    assert set(config.listeners) == {"plain", "with space"}
    assert config.listeners["with space"].versions == ("ocpp1.6",)
    assert (config.web.port, config.policy.unknown_stations) == (1, "accept")


def test_what_is_shown_as_default_is_the_default(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    switched_on = re.sub(r"^#(\w+ = |\[)", r"\1", written({}), flags=re.MULTILINE)
    path.write_text(
        switched_on.replace("#plain = false", "plain = true").replace("plain = false", "plain = true"), encoding="utf-8"
    )
    config = load(path, {})
    assert set(config.listeners) == {LISTENER}
    assert config == Config(listeners=config.listeners)


def every_name(tree: dict[str, Any]) -> set[str]:
    return {name for value in tree.values() if isinstance(value, dict) for name in every_name(value)} | set(tree)


def test_every_setting_stands_in_it() -> None:
    switched_on = re.sub(r"^#(\w+ = |\[)", r"\1", written({}), flags=re.MULTILINE)
    assert set(Policy.__struct_fields__) <= every_name(tomllib.loads(switched_on))
    assert "# How long what stations say gathers," in written({})


def test_the_explanation_of_a_field_is_what_stands_below_it() -> None:
    assert explained(Policy)["heartbeat"] == "Heartbeat interval told to stations [s]."


@pytest.mark.parametrize("environment", [{}])
def test_the_packaged_file_is_the_explanation_and_will_do(environment: dict[str, str]) -> None:
    path = ROOT / "packaging" / "open63110.toml"
    assert path.read_text(encoding="utf-8") == "# SPDX-License-Identifier: Apache-2.0\n" + written({"data": "/var/lib/open63110"})
    assert load(path, environment).data == "/var/lib/open63110"
