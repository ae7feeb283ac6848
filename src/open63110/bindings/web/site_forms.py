# SPDX-License-Identifier: Apache-2.0
"""What people change of a site on its page: one thing at a time, or all of it as text; refused as REST would refuse it (4.3)."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from open63110.bindings.web import intake, site_edit, site_text
from open63110.bindings.web.access import Caller
from open63110.bindings.web.commands import Patience
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.render import Renderer
from open63110.kernel.errors import Malformed, Refused, Trouble
from open63110.kernel.messages import Command
from open63110.model.order import Order, Outcome
from open63110.usecases.energy.arbitrate_constraints import PutConstraint, WithdrawConstraint
from open63110.usecases.energy.describe_site import ImportSites, PlaceStation, PutSite, RemoveSite
from open63110.usecases.energy.smart_charging import WithdrawZoneLimit

Form = dict[str, str]
Taker = Callable[[Request, Caller, Form], Awaitable[Response]]

AT_ONCE = Patience(wait=0.0)
"""Descriptions are decided here: nobody has to be waited for."""

_STEP = re.compile(r"(sites|connections|feeders|assets|zones|stations|evses)\[(\d+)\]")
_SINGULAR = {"connections": "connection", "feeders": "feeder", "assets": "asset", "zones": "zone", "stations": "station"}


class SiteForms:
    """Takes forms about sites."""

    def __init__(self, parts: Parts, render: Renderer) -> None:
        """Ask as REST would."""
        self._parts, self._render = parts, render

    def takers(self) -> Mapping[str, Taker]:
        """Return where forms are sent to."""
        return {
            "/do/sites/create": self.create,
            "/do/sites/describe": self.describe,
            "/do/sites/{site}/edit": self.edit,
            "/do/sites/{site}/remove": self.remove,
            "/do/sites/{site}/limit": self.limit,
            "/do/sites/{site}/withdraw": self.withdraw,
        }

    async def create(self, request: Request, caller: Caller, form: Form) -> Response:
        """Add an empty site.

        Raises:
            Refused: there is one of this name.
        """
        id = form.get("id", "").strip()
        if id in self._parts.node.engine.known.sites:
            raise Refused(f"there is a site {id} already", code="Twice", where="id")
        await self._ask(caller, PutSite, "", {"id": id, "address": form.get("address", "").strip()})
        return there(request, f"/sites/{quote(id, safe='')}/edit")

    async def describe(self, request: Request, caller: Caller, form: Form) -> Response:
        """Let sites be as a text describes them."""
        described = site_text.parsed(form.get("text", ""))
        sites = described["sites"] if set(described) == {"sites"} else [described]
        body = intake.read(msgspec.json.encode({"sites": sites}), intake.body_of(ImportSites))
        await self._ask_body(caller, ImportSites, "", body)
        first = next((str(one["id"]) for one in sites), "")
        return there(request, f"/sites/{quote(first, safe='')}" if len(sites) == 1 else "/sites")

    async def edit(self, request: Request, caller: Caller, form: Form) -> Response:
        """Change, add or take away one thing, and go on with it."""
        key = request.path_params["site"]
        site = await self._parts.rest.places.shown(caller, key)
        act, thing = form.pop("act", "save"), form.pop("thing", "site")
        if act == "remove" and thing.startswith("station:"):
            await self._ask(caller, PlaceStation, thing.removeprefix("station:"), {})
            return self._to(request, key, "site")
        name = self._edited(site, act, thing, form)
        try:
            await self._parts.rest.places.describe(caller, key, msgspec.json.encode(site))
        except Trouble as fault:
            raise explained(site, thing, fault) from fault
        return self._to(request, key, name)

    def _edited(self, site: dict[str, Any], act: str, thing: str, form: Form) -> str:
        match act:
            case "add":
                return site_edit.added(site, thing, form.pop("what", ""), form)
            case "remove":
                return site_edit.removed(site, thing)
            case _:
                return site_edit.changed(site, thing, form)

    async def remove(self, request: Request, caller: Caller, form: Form) -> Response:
        """Forget a site without zones."""
        del form
        await self._ask(caller, RemoveSite, "", {"id": request.path_params["site"]})
        return there(request, "/sites")

    async def limit(self, request: Request, caller: Caller, form: Form) -> Response:
        """Have an operator's limit count at a node of the tree, in place of the one that was set here before.

        Raises:
            Malformed: how much, or for how long, is no number.
        """
        site, node = request.path_params["site"], form.get("node", "site")
        kind, _, zone = node.partition(":")
        place = {"zone": zone} if kind == "zone" and zone else {} if node == "site" else {"feeder": node}
        hours = site_edit.number(form.get("hours", ""), "hours", "For so many hours")
        watts = site_edit.number(form.get("limit", ""), "limit", "Import at most [kW]")
        if watts is None:
            raise Malformed("Import at most [kW] is needed", where="limit")
        until = None if hours is None else self._parts.node.clock.now() + timedelta(hours=hours)
        said = {"id": f"page/{site}/{node}", "scope": {"site": site, **place}, "limit": watts * 1000.0, "until": until}
        await self._ask(caller, PutConstraint, "", said)
        return self._told(request, f"{node} may draw {watts:g} kW at most{f' for {hours:g} h' if hours else ''}.")

    async def withdraw(self, request: Request, caller: Caller, form: Form) -> Response:
        """Take a limit back that no DSO set."""
        id = form.get("id", "")
        if form.get("kind") == "zone":
            await self._ask(caller, WithdrawZoneLimit, "", dict(zip(("site", "zone"), id.split(":", 1), strict=False)))
        else:
            await self._ask(caller, WithdrawConstraint, "", {"id": id})
        return self._told(request, f"{id} is withdrawn.")

    def _told(self, request: Request, words: str) -> Response:
        if request.headers.get("hx-request"):
            return self._render.page(request, "told.html", {"good": True, "words": words, "remedy": ""})
        return RedirectResponse(f"/sites/{quote(request.path_params['site'], safe='')}", 303)

    async def _ask(self, caller: Caller, kind: type[Command], station: str, said: dict[str, Any]) -> Order:
        return await self._ask_body(caller, kind, station, intake.taken(said, intake.body_of(kind)))

    async def _ask_body(self, caller: Caller, kind: type[Command], station: str, body: Any) -> Order:
        door = next(one for one in self._parts.commands.doors.values() if one.command is kind)
        with self._parts.commands.audited(caller, door, station):
            asked = await self._parts.commands.ask(caller, door, station, body, AT_ONCE)
        return accepted(asked.order)

    def _to(self, request: Request, site: str, thing: str) -> Response:
        return there(request, f"/sites/{quote(site, safe='')}/edit?thing={quote(thing, safe='')}")


def accepted(order: Order) -> Order:
    """Return an order that was carried out.

    Raises:
        Refused: it was not; says why.
    """
    if order.outcome is not Outcome.ACCEPTED:
        raise Refused(order.detail or order.reason, code=order.reason or "Refused")
    return order


def there(request: Request, path: str) -> Response:
    """Go to another page."""
    if request.headers.get("hx-request"):
        return Response(status_code=200, headers={"HX-Redirect": path})
    return RedirectResponse(path, 303)


def explained(site: dict[str, Any], thing: str, fault: Trouble) -> Trouble:
    """Say what a fault is about by its name, unless it is about the very thing that was edited."""
    steps = _STEP.findall(fault.where.removeprefix("sites[0]."))
    place: Any = site
    words, name = [], "site"
    for what, number in steps:
        place = place[what][int(number)] if int(number) < len(place.get(what, ())) else {}
        id = place.get("id", place.get("number", ""))
        words.append(f"EVSE {id}" if what == "evses" else f"{_SINGULAR[what]} {id}")
        name = f"evse:{name.partition(':')[2]}/{id}" if what == "evses" else f"{_SINGULAR[what]}:{id}"
    if name in {thing, "site"}:
        return fault
    said = f"{', '.join(words)}: {fault.message}"
    return Malformed(said, code=fault.code, where="", remedy=fault.remedy)
