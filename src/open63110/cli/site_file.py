# SPDX-License-Identifier: Apache-2.0
"""Sites as files: read from TOML or JSON, and written as short as they read back (4.3)."""

import json
import tomllib
import typing
from pathlib import Path
from typing import Any

import msgspec

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


def written(sites: list[dict[str, Any]], *, as_json: bool) -> str:
    """Write sites as ``read`` reads them: one alone, or several in a list called sites."""
    from open63110.usecases.energy.describe_site import SitePlan

    short = [sparse(one, SitePlan) for one in sites]
    whole = short[0] if len(short) == 1 else {"sites": short}
    if as_json:
        return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    import tomli_w

    return tomli_w.dumps(whole)


def sparse(shown: dict[str, Any], kind: Any) -> dict[str, Any]:
    """Leave out what a description says anyway where it says nothing; what this program does not know stays."""
    hints, defaults = typing.get_type_hints(kind), {one.name: one.default for one in msgspec.structs.fields(kind)}
    found = {}
    for name, value in shown.items():
        plain = tuple(value) if isinstance(value, list) else value
        if value is None or (name in defaults and plain == defaults[name]):
            continue
        inner = _struct_in(hints.get(name))
        found[name] = [sparse(one, inner) for one in value] if inner and isinstance(value, list) else value
    return found


def _struct_in(hint: Any) -> Any:
    """Return the struct that a tuple holds; None: it holds none."""
    return next((one for one in typing.get_args(hint) if isinstance(one, type) and issubclass(one, msgspec.Struct)), None)
