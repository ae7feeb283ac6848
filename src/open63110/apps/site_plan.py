# SPDX-License-Identifier: Apache-2.0
"""The description of a site as a file, for programs that need it without a CSMS: the same form that `site import` takes."""

import json
import tomllib
import types
import typing
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from open63110.bindings.web.intake import body_of
from open63110.kernel.errors import Malformed
from open63110.usecases.energy.describe_site import SitePlan


def read_plan(file: Path) -> SitePlan:
    """Read the description of one site.

    Raises:
        Malformed: it is neither TOML nor JSON, or describes no site, or several.
    """
    try:
        words = file.read_text(encoding="utf-8")
        found = json.loads(words) if file.suffix == ".json" else tomllib.loads(words)
        sites = found.get("sites", [found]) if isinstance(found, dict) else []
        if len(sites) != 1:
            raise Malformed(f"{file} describes {len(sites)} sites; it has to be one", where="site")
        said = msgspec.to_builtins(msgspec.convert(sites[0], body_of(SitePlan)))
    except (ValueError, msgspec.ValidationError) as fault:
        raise Malformed(f"{file} describes no site: {fault}", where="site") from fault
    return typing.cast("SitePlan", _built(SitePlan, said))


def write_plan(plan: SitePlan, file: Path) -> None:
    """Write a description of a site, as JSON or TOML by the end of the name."""
    shown = plain(plan)
    words = json.dumps(shown, indent=2, ensure_ascii=False) + "\n" if file.suffix == ".json" else tomli_w.dumps(shown)
    file.write_text(words, encoding="utf-8")


def _built(kind: Any, value: Any) -> Any:
    """Make what a hint says out of plain values."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = typing.get_type_hints(kind)
        return kind(**{name: _built(hints[name], one) for name, one in value.items()})
    if origin is tuple:
        return tuple(_built(arguments[0], one) for one in value)
    if origin in {types.UnionType, typing.Union}:
        return None if value is None else _built(arguments[0], value)
    return value


def plain(value: Any) -> Any:
    """Return objects with names; what is as usual is left out."""
    if isinstance(value, msgspec.Struct):
        said = ((field, getattr(value, field.name)) for field in msgspec.structs.fields(value))
        return {field.name: plain(one) for field, one in said if field.required or one != field.default}
    return [plain(one) for one in value] if isinstance(value, tuple) else value
