# SPDX-License-Identifier: Apache-2.0
"""Sites as files, for programs without a CSMS."""

from pathlib import Path

import pytest

from open63110.apps.site_plan import read_plan, write_plan
from open63110.kernel.errors import Malformed
from open63110.simulator.garage import garage


@pytest.mark.parametrize("name", ["g.json", "g.toml"])
def test_a_site_is_read_as_it_was_written(name: str, tmp_path: Path) -> None:
    write_plan(garage(25), tmp_path / name)
    assert read_plan(tmp_path / name) == garage(25)
    assert "failsafe" not in (tmp_path / name).read_text(), "what is as usual is left out"


def test_toml_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('id = "s"\n[[zones]]\nid = "north"\nimport_max = 22000\n[[zones.stations]]\nid = "CS1"\n')
    assert read_plan(file).zones[0].stations[0].id == "CS1"


@pytest.mark.parametrize("words", ["{", "[]", '{"sites": []}', '{"id": "s", "zone": []}', '{"zones": []}'])
def test_what_describes_no_site_is_refused(words: str, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(words)
    with pytest.raises(Malformed, match=r"s\.json describes"):
        read_plan(tmp_path / "s.json")
