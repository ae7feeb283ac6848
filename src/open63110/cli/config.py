# SPDX-License-Identifier: Apache-2.0
"""`open63110 config`: whether a configuration will do, and what is in force."""

import json as text
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from open63110.cli.say import AsJson, say, table, tell
from open63110.cli.where import ConfigFile, config_file

if TYPE_CHECKING:
    from open63110.apps.config import Config
    from open63110.apps.station_config import StationConfig

app = App(name="config", help="See what is configured, and whether it will do.")


@app.command
def check(*, config: ConfigFile = None, json: AsJson = False) -> None:
    """Tell whether a CSMS would start with a configuration and the environment; exit code 1 if not.

    Args:
        config: The configuration; without it $OPEN63110_CONFIG, ./open63110.toml or /etc/open63110/open63110.toml.
        json: Print the result as JSON.
    """
    from open63110.apps.config import load

    path = config_file(config)
    settings = load(path)
    for name, file in _files(settings):
        _demand_readable(name, Path(file))
    said = protected(settings)
    result = {"ok": True, "config": str(path) if path else None, "listeners": sorted(settings.listeners)}
    if json:
        tell(result | ({"protected": said} if said else {}))
        return
    say(f"{path or 'defaults'}: will do; listeners: {', '.join(sorted(settings.listeners)) or 'none'}")
    for line in said:
        say(line)


def protected(settings: "Config | StationConfig") -> list[str]:
    """Say in words what is signed and sealed end to end, and what has to come so; nothing is, unless it is configured.

    Raises:
        Malformed: a key or certificate will not do.
    """
    if not (settings.protect or settings.demand):
        return []
    from open63110.apps.clock import SystemClock
    from open63110.apps.protection import checked

    return checked(settings, settings.links, SystemClock().now)


def _files(settings: "Config") -> Iterator[tuple[str, str]]:
    parts: dict[str, Any] = {"web": settings.web} | {f"listeners.{name}": one for name, one in settings.listeners.items()}
    for place, part in parts.items():
        for field in ("certificate", "key", "client_authorities"):
            if file := getattr(part, field, ""):
                yield f"{place}.{field}", file


def _demand_readable(name: str, file: Path) -> None:
    from open63110.kernel.errors import Malformed

    try:
        file.read_bytes()
    except OSError as fault:
        raise Malformed(f"{name} names {file}, which cannot be read: {fault.strerror}", where=name) from fault


@app.command
def show(*, config: ConfigFile = None, origin: bool = False, json: AsJson = False) -> None:
    """Show every setting in force.

    Args:
        config: The configuration; without it $OPEN63110_CONFIG, ./open63110.toml or /etc/open63110/open63110.toml.
        origin: Say where each one comes from: the default, the file, or a variable of the environment.
        json: Print the result as JSON.
    """
    import msgspec

    from open63110.apps.config import load, origins

    path = config_file(config)
    settings: dict[str, Any] = msgspec.to_builtins(load(path))
    said = origins(path)
    rows = [(name, value, said.get(name, "default")) for name, value in _flat(settings)]
    if json:
        tell({name: {"value": value, "origin": where} if origin else value for name, value, where in rows})
        return
    cells = [[name, text.dumps(value, ensure_ascii=False), *([where] if origin else [])] for name, value, where in rows]
    table("", ["setting", "value", *(["origin"] if origin else [])], cells)


def _flat(tree: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value
