# SPDX-License-Identifier: Apache-2.0
"""Pages about sites: all of them, one with its power, and the tree that is edited (4.3, 8.2.3)."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web import site_edit, site_text
from open63110.bindings.web.access import Caller
from open63110.bindings.web.alarms import tone_of
from open63110.bindings.web.listings import BY_PLURAL
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.site_picture import ROOT, Drawn, Scene, drawn, flat
from open63110.bindings.web.site_promises import demands, promised, totals
from open63110.kernel.errors import NotAuthorized
from open63110.kernel.ids import StationId
from open63110.model.site import Site
from open63110.runtime.permissions import may_use

View = Callable[[Request, Caller], Awaitable[Response]]


NODES = frozenset({"site", "connection", "feeder", "transformer", "zone"})
"""Kinds of things whose power can be looked at over time."""

HOURS = ("1", "3", "12", "24")
"""How far one may look back [h]; the second is usual."""


class Page(Protocol):
    """Makes a page of a template."""

    def __call__(self, request: Request, name: str, caller: Caller, **context: Any) -> Response:
        """Render it for somebody."""


class SitePages:
    """What is shown of sites."""

    def __init__(self, parts: Parts, page: Page) -> None:
        """Show what the node knows."""
        self._parts, self._node, self._page = parts, parts.node, page

    def views(self) -> dict[str, View]:
        """Return the pages by path."""
        return {"/sites": self.sites, "/sites/{site}": self.site, "/sites/{site}/edit": self.edit}

    async def sites(self, request: Request, caller: Caller) -> Response:
        """Every site with what flows there."""
        known = self._node.engine.known.sites
        mine = sorted(known.values(), key=lambda one: one.id) if "*" in caller.principal.scope else []
        found = [(one, drawn(self._scene(one))) for one in mine]
        return self._page(request, "sites.html", caller, sites=found, count=_count)

    def _scene(self, site: Site) -> Scene:
        known = self._node.engine.known
        zones = known.zones(site.id)
        read = {one.id: known.meter(site.id, one.id) for one in site.assets}
        meters = {name: one for name, one in read.items() if one is not None}
        stations = {str(one.key): known.members(one.key) for one in zones}
        now, power = self._node.clock.now(), known.power(site.id)
        return Scene(site=site, zones=zones, stations=stations, power=power, meters=meters, now=now)

    async def _found(self, request: Request, caller: Caller) -> Site:
        """Return the site of a path, to whoever may see it.

        Raises:
            NotAuthorized: the caller may not.
            Unknown: there is none.
        """
        if "*" not in caller.principal.scope:
            raise NotAuthorized("sites are shown to those who may see all stations")
        site: Site = await self._parts.queries.one(caller, BY_PLURAL["sites"], request.path_params["site"])
        return self._node.engine.known.sites.get(site.id, site)

    async def site(self, request: Request, caller: Caller) -> Response:
        """One site with its power."""
        site = await self._found(request, caller)
        scene, known = self._scene(site), self._node.engine.known
        tree = drawn(scene)
        rows = promised(scene.power, known.stations)
        node, hours = request.query_params.get("node", ROOT), request.query_params.get("hours", "")
        return self._page(
            request,
            "site.html",
            caller,
            site=site,
            tree=tree,
            scene=scene,
            rows=rows,
            totals=totals(rows),
            demands=list(demands(known.constraints(site.id), scene.zones, scene.power, scene.now)),
            alarms=known.alarms(site.id),
            tone_of=tone_of,
            nodes=[one for one in flat(tree) if one.bar is not None and one.kind in NODES],
            node=node,
            hours=hours if hours in HOURS else HOURS[1],
            spans=HOURS,
            editor=self._editor(caller),
        )

    async def edit(self, request: Request, caller: Caller) -> Response:
        """The tree of a site, and what one thing of it is."""
        site = await self._found(request, caller)
        shown = await self._parts.rest.places.shown(caller, site.id)
        tree = drawn(self._scene(site))
        name = request.query_params.get("thing", "site")
        chosen = next((one for one in flat(tree) if one.name == name), tree)
        kind, thing, _ = site_edit.find(shown, chosen.name)
        below = site_edit.BELOW.get(kind, ()) if kind != "site" or shown["connections"] else ("connection",)
        return self._page(
            request,
            "site_edit.html",
            caller,
            site=site,
            tree=tree,
            chosen=chosen,
            kind=kind,
            thing=thing | ({"zone": site_edit.zone_of(shown, thing["id"])} if kind == "station" else {}),
            zones=[one["id"] for one in shown["zones"]],
            text=site_text.written([shown], "toml"),
            below=below,
            fields=site_edit.FIELDS,
            fresh=site_edit.FRESH,
            filled=site_edit.filled,
            places=[one["id"] for one in (*shown["connections"], *shown["feeders"])],
            editor=self._editor(caller),
        )

    def _editor(self, caller: Caller) -> bool:
        door = next(one for one in self._parts.commands.doors.values() if one.command.__name__ == "ImportSites")
        return may_use(caller.principal, door, StationId(""))


def _count(tree: Drawn, kind: str) -> int:
    return sum(one.kind == kind for one in flat(tree))
