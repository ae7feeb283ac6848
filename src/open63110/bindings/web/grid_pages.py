# SPDX-License-Identifier: Apache-2.0
"""The page of how a station behaves towards the grid, and the form that sets a control there (8.2.10)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web import intake
from open63110.bindings.web.access import Caller
from open63110.bindings.web.commands import Patience
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.site_pages import Page
from open63110.bindings.web.to_many import door_of
from open63110.kernel.errors import Malformed
from open63110.model.der import DerKind, DerReport, DerUnit, StationDerControl
from open63110.model.order import Order
from open63110.ports import Query, Where
from open63110.usecases.energy.frequency_regulation import MUTE, SetDerControl, field_of

Form = dict[str, str]
View = Callable[[Request, Caller], Awaitable[Response]]
Taker = Callable[[Request, Caller, Form], Awaitable[Response]]

ROWS: Final = 200
PATIENCE: Final = Patience(wait=8.0)
PLAIN: Final = ("id", "kind", "rank", "duration")
"""Fields of the form that are fields of the command."""

MINUTE: Final = len("2030-12-31T23:59")


class Told(Protocol):
    """Says what became of an order."""

    def __call__(self, request: Request, order: Order) -> Response:
        """Say it in the place the page keeps for it."""


class GridPages:
    """What is shown of grid controls."""

    def __init__(self, parts: Parts, page: Page) -> None:
        """Show what the node knows."""
        self._parts, self._page = parts, page

    def views(self) -> dict[str, View]:
        """Return the pages by path."""
        return {"/stations/{station}/grid": self.controls}

    async def controls(self, request: Request, caller: Caller) -> Response:
        """Controls of one station."""
        station = self._parts.queries.station(caller, request.path_params["station"])
        store, mine = self._parts.node.store, (Where("station", "=", station.id),)
        found = await store.find(DerReport, Query(where=mine, limit=1))
        return self._page(
            request,
            "grid.html",
            caller,
            station=station,
            controls=await store.find(StationDerControl, Query(where=mine, order="key", limit=ROWS)),
            report=found[0] if found else None,
            mute=station.wire in MUTE,
            kinds=[one.value for one in DerKind],
            units=[one.value for one in DerUnit],
            says=says,
        )


def says(row: StationDerControl) -> dict[str, Any]:
    """Return what a control says, without what it does not."""
    told = getattr(row.control, field_of(row.kind))
    return {name: value for name in told.__struct_fields__ if (value := getattr(told, name)) is not None}


class GridForms:
    """Takes forms about grid controls."""

    def __init__(self, parts: Parts, told: Told) -> None:
        """Ask as REST would."""
        self._parts, self._told = parts, told

    def takers(self) -> Mapping[str, Taker]:
        """Return where forms are sent to."""
        return {"/do/grid/{station}/set": self.set}

    async def set(self, request: Request, caller: Caller, form: Form) -> Response:
        """Set a control.

        Raises:
            Malformed: points that are no pairs of numbers, or what is said is no JSON.
        """
        commands, station = self._parts.commands, request.path_params["station"]
        door = door_of(self._parts.node.engine.table, SetDerControl)
        with commands.audited(caller, door, station):
            commands.demand(caller, door, station)
            body = intake.taken(_said(form), intake.body_of(SetDerControl))
            asked = await commands.ask(caller, door, station, body, PATIENCE)
        return self._told(request, asked.order)


def _said(form: Form) -> dict[str, Any]:
    """Return the body that REST would get."""
    said: dict[str, Any] = {name: form[name].strip() for name in PLAIN if form.get(name, "").strip()}
    start = form.get("start", "").strip()
    if start:
        said["start"] = f"{start}:00Z" if len(start) == MINUTE else start
    name = field_of(DerKind(said["kind"])) if said.get("kind") in set(DerKind) else "curve"
    return said | {"default": "default" in form, name: _content(form)}


def _content(form: Form) -> Any:
    points = form.get("points", "").strip()
    if points:
        return {"unit": form.get("unit", "none"), "points": [_point(one) for one in points.replace(";", "\n").splitlines()]}
    try:
        return msgspec.json.decode((form.get("says", "").strip() or "{}").encode())
    except (msgspec.MsgspecError, RecursionError) as fault:
        raise Malformed(f"what it says is no JSON: {fault}", code="NoJson", where="says") from fault


def _point(line: str) -> dict[str, float]:
    try:
        x, y = (float(one) for one in line.split())
    except ValueError as fault:
        raise Malformed(f"{line!r} is no pair of numbers", code="InvalidValue", where="points") from fault
    return {"x": x, "y": y}
