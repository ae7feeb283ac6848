# SPDX-License-Identifier: Apache-2.0
"""Files that describe sites and what is expected there, as they are read (4.3)."""

import json
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from open63110.cli.say import NotUnderstood


def read(file: Path) -> dict[str, Any]:
    """Read a description, times as REST writes them.

    Raises:
        NotUnderstood: it is neither TOML nor JSON, or no table.
        OSError: it cannot be read.
    """
    try:
        words = file.read_text(encoding="utf-8")
        found = json.loads(words) if file.suffix == ".json" else tomllib.loads(words)
    except ValueError as fault:
        form = "JSON" if file.suffix == ".json" else "TOML"
        raise NotUnderstood(f"{file} is no {form}: {fault}") from fault
    if not isinstance(found, dict):
        raise NotUnderstood(f"{file} holds no table")
    return {name: msgspec.to_builtins(one) for name, one in found.items()}
