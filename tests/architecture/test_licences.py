# SPDX-License-Identifier: Apache-2.0
"""The product uses nothing whose licence asks for a royalty or for its own source, and names all it uses (B.20)."""

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from tools import sbom
from tools.sbom import Component, allowed, component, runtime, vendored

ROOT = Path(__file__).parents[2]
LOCKED = {
    str(canonicalize_name(name)): version
    for name, version in re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE
    )
}


@pytest.mark.at("AT-B.20-1")
def test_all_that_is_installed_or_served_has_an_allowed_licence_and_stands_in_notice() -> None:
    components, notice = [*runtime(), *vendored()], (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert [one for one in components if not one.allowed] == []
    named = set(re.findall(r"[\w.-]+", notice))
    assert [one.name for one in components if one.name not in named] == []
    for one in vendored():
        assert f"- {one.name} {one.version} " in notice
    listed, installed = dict(_listed(notice)), {one.name: one.licence for one in runtime()}
    assert {name: listed.get(name) for name in installed} == installed
    assert listed.keys() <= LOCKED.keys()


def _listed(notice: str) -> list[tuple[str, str]]:
    rows = re.findall(r"^- ([\w .-]+): ((?:[^\n]+\n)(?:  [^\n]+\n)*)", notice, re.MULTILINE)
    return [(name, licence) for licence, names in rows for name in re.split(r",?\s+", names.strip())]


def test_what_is_scanned_is_what_the_lock_pins() -> None:
    found = {one.name: one.version for one in runtime()}
    assert len(found) > 30
    assert {name: LOCKED.get(name) for name in found} == found


def test_every_vendored_file_is_in_the_table_with_its_licence_beside_it() -> None:
    table, folder = sbom.VENDORED.read_text(encoding="utf-8"), sbom.VENDORED.parent
    assert {one.name for one in vendored()} == {"htmx.org", "uplot"}
    for file in folder.iterdir():
        assert f"| {file.name} |" in table or f", {file.name} |" in table or file == sbom.VENDORED


@pytest.mark.parametrize(
    ("expression", "fine"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-2.0-only", False),
        ("AGPL-3.0-or-later OR SSPL-1.0", False),
        ("Apache-2.0 AND BSD-2-Clause", True),
        ("Apache-2.0 WITH LLVM-exception", False),
        ("(MIT OR GPL-3.0-only) AND SSPL-1.0", False),
        ("BSD", False),
        (sbom.UNKNOWN, False),
        ("", False),
    ],
)
def test_a_licence_is_allowed_only_as_a_whole(expression: str, fine: bool) -> None:
    assert allowed(expression) is fine


def test_a_package_under_a_forbidden_licence_is_refused() -> None:
    found = component(distribution("codespell"))  # a tool of this repository, which the product never imports
    assert (found.licence, found.allowed) == ("GPL-2.0-only", False)


def test_a_package_that_says_nothing_of_its_licence_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "silent-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.4\nName: silent\nVersion: 1.0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert component(distribution("silent")) == Component(name="silent", version="1.0", licence=sbom.UNKNOWN)
    assert not component(distribution("silent")).allowed


def test_a_forbidden_licence_among_those_installed_fails_the_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbom, "ALLOWED", sbom.ALLOWED - {"MIT"})
    assert {"alembic", "cbor2", "uplot"} <= {one.name for one in (*runtime(), *vendored()) if not one.allowed}


def test_the_bill_of_materials_is_cyclonedx() -> None:
    bill = sbom.bill()
    components = bill["components"]
    assert isinstance(components, list)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert len(components) == len(runtime()) + len(vendored())
    assert all(re.fullmatch(r"pkg:(pypi|npm)/[\w.-]+@[\w.-]+", one["purl"]) for one in components)
