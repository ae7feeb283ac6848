# SPDX-License-Identifier: Apache-2.0
"""Files that describe sites, as they are read (4.3)."""

import json
import tomllib
from pathlib import Path
from typing import Any

from open63110.cli.say import NotUnderstood


def read(file: Path) -> dict[str, Any]:
    """Read a description.

    Raises:
        NotUnderstood: it is neither TOML nor JSON, or no table.
    """
    words = file.read_text(encoding="utf-8")
    try:
        found = json.loads(words) if file.suffix == ".json" else tomllib.loads(words)
    except ValueError as fault:
        form = "JSON" if file.suffix == ".json" else "TOML"
        raise NotUnderstood(f"{file} is no {form}: {fault}") from fault
    if not isinstance(found, dict):
        raise NotUnderstood(f"{file} holds no site")
    return found
