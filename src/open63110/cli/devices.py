# SPDX-License-Identifier: Apache-2.0
"""What a station consists of and how it is set, as a table."""

from typing import Any

from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, AsJson, table, tell
from open63110.kernel.ids import ConnectorNumber, EvseNumber
from open63110.model.device import Component, VariableAddress


def device(station: str, part: str = "", *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Show what a station consists of and how it is set: variable, value, access, and what it is to be.

    Args:
        station: Id of the station.
        part: Only variables whose address holds these words.
        url: Where the CSMS is.
        key: API key.
        json: Print the variables as JSON.
    """
    csms = Csms(url, key)
    known = csms.get(f"inventories/{quoted(station)}")["variables"]
    found = [one for one in known if part.lower() in address(one["address"]).lower()]
    if json:
        tell(found)
        return DONE
    wanted = csms.get("settings", {"station": station})["items"]
    held = {(one["variable"], one["kind"]): one for row in wanted for one in row["settings"]}
    rows = [_row(address(one["address"]), attribute, held) for one in found for attribute in one["attributes"]]
    table("", ["variable", "value", "access", "is to be"], rows)
    return DONE


def _row(name: str, attribute: dict[str, Any], held: dict[tuple[str, str], Any]) -> list[str]:
    kind = attribute["kind"]
    wanted = held.get((name, kind))
    told = "" if wanted is None else f"{'secret' if wanted['value'] is None else wanted['value']} ({wanted['state']})"
    return [name if kind == "actual" else f"{name} {kind}", attribute["value"] or "", attribute["mutability"], told]


def address(said: dict[str, Any]) -> str:
    """Write an address as people do."""
    part = said["component"]
    component = Component(
        name=part["name"], instance=part["instance"], evse=EvseNumber(part["evse"]), connector=ConnectorNumber(part["connector"])
    )
    return str(VariableAddress(component=component, name=said["name"], instance=said["instance"]))
