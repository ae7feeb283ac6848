# SPDX-License-Identifier: Apache-2.0
"""What we serve of others is what they published, with its licence; nothing is loaded from elsewhere."""

import hashlib
import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[1]
VENDOR = WEB / "static" / "vendor"
TABLE = re.findall(
    r"^\| (\S+) \| .* \| .* \| \w[\w-]*, (\S+) \| `([0-9a-f]{64})` \|$", (VENDOR / "README.md").read_text(), re.MULTILINE
)


@pytest.mark.parametrize(("name", "licence", "digest"), TABLE)
def test_a_vendored_file_is_what_was_published(name: str, licence: str, digest: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest
    assert (VENDOR / licence).stat().st_size > 200


def test_every_vendored_file_is_accounted_for() -> None:
    listed = {name for name, _, _ in TABLE} | {licence for _, licence, _ in TABLE} | {"README.md"}
    assert {file.name for file in VENDOR.iterdir()} == listed


@pytest.mark.parametrize("file", sorted((*WEB.glob("templates/*.html"), *WEB.glob("static/*.*"))), ids=lambda file: file.name)
def test_our_pages_load_nothing_from_elsewhere_and_run_nothing_inline(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    elsewhere = [one for one in re.findall(r"https?://[^\s\"'<]+", text) if not one.startswith("http://www.w3.org/2000/svg")]
    assert elsewhere == []
    if file.suffix == ".html":
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text)
        assert "|safe" not in text
