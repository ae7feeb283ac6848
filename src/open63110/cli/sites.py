# SPDX-License-Identifier: Apache-2.0
"""Sites as files: taken over whole or not at all, and shown as the tree they are."""

import json as text
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from open63110.cli.derived import told
from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, AsJson, NotUnderstood, say, tell


def import_(file: Path, *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Let sites be as a file describes them, whole, or change nothing.

    The file is TOML or JSON: a site as `open63110 site show ID --json` prints it, or several in a list called sites.

    Args:
        file: Ends in .toml or .json.
        url: Where the CSMS is.
        key: API key.
        json: Print the order as JSON.
    """
    described = read(file)
    sites = described["sites"] if set(described) == {"sites"} else [described]
    status, order = Csms(url, key).post("sites/import", {"sites": sites})
    return told(status, order, as_json=json, waited=True)


def read(file: Path) -> dict[str, Any]:
    """Read a description.

    Raises:
        NotUnderstood: it is neither TOML nor JSON, or no table.
    """
    words = file.read_text(encoding="utf-8")
    try:
        found = text.loads(words) if file.suffix == ".json" else tomllib.loads(words)
    except ValueError as fault:
        form = "JSON" if file.suffix == ".json" else "TOML"
        raise NotUnderstood(f"{file} is no {form}: {fault}") from fault
    if not isinstance(found, dict):
        raise NotUnderstood(f"{file} holds no site")
    return found


def show(site: str, *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Show a site with its connections to the grid, zones, stations and EVSEs.

    Args:
        site: Its id.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON, as `open63110 site import` reads it.
    """
    found = Csms(url, key).get(f"sites/{quoted(site)}")
    if json:
        tell(found)
    else:
        for line in tree(found):
            say(line)
    return DONE


def tree(site: dict[str, Any]) -> Iterator[str]:
    """Write a site for people."""
    yield " ".join(filter(None, (site["id"], site["address"])))
    for one in site["connections"]:
        amperes = ", ".join(f"{each:g} A" for each in one["amperes"])
        yield f"  grid {one['id']}: {_powers(one)}{f', {amperes}' if amperes else ''}"
    for zone in site["zones"]:
        safe = zone["failsafe"]
        without_link = "" if safe is None else f", {_kw(safe)} after {zone['failsafe_after']:g} s without a link"
        yield f"  zone {zone['id']}: {_powers(zone)}{without_link}"
        for station in zone["stations"]:
            yield f"    {station['id']}"
            for evse in station["evses"]:
                said = filter(None, (evse["evse_id"], "" if evse["import_max"] is None else _powers(evse)))
                yield f"      EVSE {evse['number']} {' '.join(said)}".rstrip()


def _powers(one: dict[str, Any]) -> str:
    export = f", exports {_kw(one['export_max'])}" if one["export_max"] else ""
    return f"{_kw(one['import_max'])}{export}"


def _kw(watts: float) -> str:
    return f"{watts / 1000:g} kW"
