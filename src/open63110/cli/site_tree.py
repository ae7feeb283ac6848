# SPDX-License-Identifier: Apache-2.0
"""A site for people: what feeds what, from the grid down to EVSEs, a line each."""

from collections.abc import Iterator
from typing import Any

INDENT = "  "


def tree(site: dict[str, Any]) -> Iterator[str]:
    """Write a site, connections first, each with what hangs at it."""
    yield " ".join(filter(None, (site["id"], site["address"])))
    for one in site["connections"]:
        yield f"{INDENT}grid {one['id']}: {_list(_powers(one), _amperes(one), _volts(one))}"
        yield from _fed(site, one["id"], 2)
    if not site["connections"]:
        yield from _fed(site, "", 1)


def _fed(site: dict[str, Any], name: str, depth: int) -> Iterator[str]:
    """Write what hangs at a feeder or a connection: assets, zones, then further feeders."""
    first = site["connections"][0]["id"] if site["connections"] else ""
    for one in site["assets"]:
        if (one["feeder"] or first) == name:
            yield INDENT * depth + _asset(one)
    for one in site["zones"]:
        if (one["feeder"] or first) == name:
            yield from _zone(one, depth)
    for one in site["feeders"]:
        if (one["parent"] or first) == name:
            yield f"{INDENT * depth}feeder {one['id']}: {_list(_limit(one), _amperes(one), _volts(one), one['winding'])}".rstrip(
                ": "
            )
            yield from _fed(site, one["id"], depth + 1)


def _asset(one: dict[str, Any]) -> str:
    assumed = ", ".join(_kw(each) for each in one["assumed"])
    said = (
        one["wiring"],
        assumed and f"assumed {assumed}",
        "" if one["import_max"] is None else f"takes {_kw(one['import_max'])}",
        "" if one["export_max"] is None else f"gives {_kw(one['export_max'])}",
        "" if one["capacity"] is None else f"{one['capacity'] / 1000:g} kWh",
    )
    return f"{one['kind']} {one['id']}: {_list(*said)}".rstrip(": ")


def _zone(zone: dict[str, Any], depth: int) -> Iterator[str]:
    safe = zone["failsafe"]
    without_link = "" if safe is None else f"{_kw(safe)} after {zone['failsafe_after']:g} s without a link"
    yield f"{INDENT * depth}zone {zone['id']}: {_list(_powers(zone), without_link)}"
    for station in zone["stations"]:
        yield f"{INDENT * (depth + 1)}{station['id']}{_at(station)}"
        for evse in station["evses"]:
            power = "" if evse["import_max"] is None else _powers(evse)
            pilots = evse["pilots"] and f"{'/'.join(f'{each:g}' for each in evse['pilots'])} A"
            said = filter(None, (f"EVSE {evse['number']}", evse["evse_id"], power, evse["wiring"], pilots))
            yield f"{INDENT * (depth + 2)}{' '.join(said)}"


def _at(station: dict[str, Any]) -> str:
    return station["feeder"] and f" at {station['feeder']}"


def _powers(one: dict[str, Any]) -> str:
    export = f", exports {_kw(one['export_max'])}" if one["export_max"] else ""
    return f"{_kw(one['import_max'])}{export}"


def _limit(one: dict[str, Any]) -> str:
    return "" if one["import_max"] is None else _kw(one["import_max"])


def _amperes(one: dict[str, Any]) -> str:
    return ", ".join(f"{each:g} A" for each in one["amperes"])


def _volts(one: dict[str, Any]) -> str:
    return "" if one["volts"] in {None, 230.0} else f"{one['volts']:g} V"


def _list(*said: str) -> str:
    return ", ".join(filter(None, said))


def _kw(watts: float) -> str:
    return f"{watts / 1000:g} kW"
