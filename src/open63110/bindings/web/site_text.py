# SPDX-License-Identifier: Apache-2.0
"""Sites as text that reads back: TOML and JSON as short as they say the same, and a table for spreadsheets (4.3)."""

import json
import tomllib
import typing
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec

from open63110.kernel.errors import Malformed
from open63110.usecases.energy.describe_site import SitePlan

Form = Literal["toml", "json"]

COLUMNS = (
    *(
        "site",
        "kind",
        "id",
        "at",
        "zone",
        "station",
        "import_max_W",
        "export_max_W",
        "amperes_A",
        "volts_V",
        "wiring",
        "pilots_A",
    ),
    *("evse_id", "failsafe_W", "failsafe_after_s", "priority", "winding", "asset", "assumed_W", "capacity_Wh", "efficiency"),
)
"""Of the table: one row for each thing; ``at`` is what feeds it."""


def parsed(text: str) -> dict[str, Any]:
    """Read a description, JSON if it begins like that, else TOML.

    Raises:
        Malformed: it is neither, or no table.
    """
    form = "JSON" if text.lstrip().startswith(("{", "[")) else "TOML"
    try:
        found = json.loads(text) if form == "JSON" else tomllib.loads(text)
    except (ValueError, RecursionError) as fault:
        raise Malformed(f"this is no {form}: {fault}", code=f"No{form.capitalize()}") from fault
    if not isinstance(found, dict):
        raise Malformed("this describes no site", code="NoSite")
    return found


def written(sites: list[dict[str, Any]], form: Form) -> str:
    """Write sites as ``parsed`` reads them: one alone, or several in a list called sites."""
    short = [sparse(one, SitePlan) for one in sites]
    whole = short[0] if len(short) == 1 else {"sites": short}
    if form == "json":
        return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    import tomli_w  # noqa: PLC0415 - a station program, which shares this package, does not need it

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


def table(site: dict[str, Any]) -> Iterator[list[Any]]:
    """Write a site as rows under ``COLUMNS``."""
    for row in _rows(site):
        yield [_cell(row.get(column)) for column in COLUMNS]


def _rows(site: dict[str, Any]) -> Iterator[dict[str, Any]]:
    first = site["connections"][0]["id"] if site["connections"] else ""
    for one in site["connections"]:
        yield _row(site, "connection", one)
    for one in site["feeders"]:
        yield _row(site, "feeder", one, at=one["parent"] or first)
    for one in site["assets"]:
        yield _row(site, "asset", one, at=one["feeder"] or first, asset=one["kind"])
    for zone in site["zones"]:
        yield _row(site, "zone", zone, at=zone["feeder"] or first)
        for station in zone["stations"]:
            fed = station["feeder"] or zone["feeder"] or first
            yield _row(site, "station", {"id": station["id"]}, at=fed, zone=zone["id"])
            for evse in station["evses"]:
                yield _row(site, "evse", evse, id=evse["number"], at=fed, zone=zone["id"], station=station["id"])


def _row(site: dict[str, Any], kind: str, thing: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Put units behind the names of amounts."""
    units = {one.rpartition("_")[0]: one for one in COLUMNS if one.rpartition("_")[2] in {"W", "A", "V", "Wh", "s"}}
    named = {units.get(name, name): value for name, value in thing.items() if name != "kind"}
    return {**named, "site": site["id"], "kind": kind, **more}


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(f"{one:g}" for one in value)
    return "" if value is None else value


def lines(rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
    """Put the heading above."""
    yield list(COLUMNS)
    yield from rows
