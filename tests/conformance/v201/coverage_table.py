# SPDX-License-Identifier: Apache-2.0
"""The rules of a coverage table: it names every action, and says of each the truth."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from open63110.bindings.ocpp.translation import Wire

STATES = {"done", "partial", "exempt", "planned"}


def breaches(folder: Path, wire: Wire) -> Iterator[str]:
    """Yield what is wrong with a folder's coverage.toml."""
    table = tomllib.loads((folder / "coverage.toml").read_text())
    yield from (f"{action}: missing" for action in wire.types.keys() - table.keys())
    yield from (f"{action}: no action of this version" for action in table.keys() - wire.types.keys())
    for action, line in table.items():
        yield from (f"{action}: {words}" for words in _wrong(folder, line, translated=action in wire.by_action))


def _wrong(folder: Path, line: dict[str, Any], *, translated: bool) -> Iterator[str]:
    state = line.get("state")
    if state not in STATES:
        yield f"{state} is no state"
    if (state in {"done", "partial"}) != translated:
        yield f"{state}, but {'' if translated else 'not '}translated"
    if translated and not (folder / line.get("file", "?")).is_file():
        yield "names no file that is there"
    if state != "done" and not line.get("reason"):
        yield "gives no reason"
