# SPDX-License-Identifier: Apache-2.0
"""`list` and `show` of every noun that is kept: filters from its columns, rows for people, JSON for programs."""

import inspect
import json as text
import typing
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

from cyclopts import App, Parameter

from open63110.bindings.web.listings import BY_PLURAL
from open63110.bindings.web.queries import STATION_FILTERS, filters_of
from open63110.cli.derived import access_parameters, add, parameter
from open63110.cli.rest import Csms, quoted
from open63110.cli.say import DONE, say, table, tell
from open63110.ports import BY_NAME

PAGE = 1000
"""Most rows that one request may ask for."""

STATIONS = "stations"


def add_list(app: App, plural: str, columns: tuple[str, ...]) -> None:
    """Make the verb that lists a noun."""
    filters = _filters(plural)

    def verb(**said: Any) -> int:
        csms = Csms(said.pop("url"), said.pop("key"))
        as_json, limit = said.pop("json"), said.pop("limit") or 100
        items = list(rows(csms, plural, {name.replace("-", "_"): value for name, value in said.items()}, limit))
        if as_json:
            tell(items)
        else:
            table(
                "",
                [column.rpartition(".")[2] for column in columns],
                [[cell(at(one, column)) for column in columns] for one in items],
            )
        return DONE

    parameters = [
        *(parameter(name, kind, words) for name, kind, words in filters),
        parameter("limit", int, "At most so many; 100 unless given."),
        *([] if plural == STATIONS else [parameter("order", str, "Column to sort by; a leading minus sorts downwards.")]),
        *access_parameters(),
    ]
    add(app, "list", verb, parameters, f"List {plural}, narrowed by what they must be.")


def at(one: Any, column: str) -> Any:
    """Return what stands under a name, or under a name within a name: ``identity.vendor``."""
    for name in column.split("."):
        one = one.get(name) if isinstance(one, dict) else None
    return one


def rows(csms: Csms, plural: str, said: Mapping[str, Any], limit: int) -> Iterator[dict[str, Any]]:
    """Read a list page by page, up to a limit."""
    offset: str | None = "0"
    while limit > 0 and offset is not None:
        page = csms.get(plural, {**said, "limit": min(limit, PAGE), "offset": offset})
        yield from page["items"]
        limit, offset = limit - len(page["items"]), page["next"]


def _filters(plural: str) -> list[tuple[str, Any, str]]:
    if plural == STATIONS:
        return [(name, bool if name == "connected" else str, "") for name in STATION_FILTERS]
    return [(name, *_kind(hint)) for name, hint, _ in filters_of(BY_PLURAL[plural])]


def _kind(hint: Any) -> tuple[Any, str]:
    if hint is datetime:
        return str, "As 2030-12-31T23:59:59Z."
    return (hint, "") if hint in {int, float, bool} else (str, "")


def add_show(app: App, plural: str) -> None:
    """Make the verb that shows one noun whole."""

    def verb(which: str, **said: Any) -> int:
        found = Csms(said["url"], said["key"]).get(f"{plural}/{quoted(which)}")
        if said["json"]:
            tell(found)
        else:
            show(found)
        return DONE

    kept = BY_NAME["station"] if plural == STATIONS else BY_PLURAL[plural].kept
    which = Annotated[str, Parameter(help=f"Its {kept.key}.")]
    parameters = [inspect.Parameter("which", inspect.Parameter.POSITIONAL_ONLY, annotation=which), *access_parameters()]
    add(app, "show", verb, parameters, f"Show one of the {plural} whole.")


def show(found: Mapping[str, Any]) -> None:
    """Print an object for people, a field a line."""
    width = max(map(len, found), default=0)
    for name, value in found.items():
        say(f"{name:<{width}}  {cell(value)}")


def cell(value: Any) -> str:
    """Write a value for people."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and set(value) == {"ref", "kind", "value"}:
        return str(value["value"] or value["ref"])
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return " ".join(value)
    return text.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(typing.cast("object", value))
