# SPDX-License-Identifier: Apache-2.0
"""REST about sites: each as one graph, with its zones, their stations and EVSEs (4.3)."""

from collections.abc import Callable, Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web import export, intake, site_text
from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.commands import Commands, Patience
from open63110.bindings.web.listings import BY_PLURAL, GRID
from open63110.bindings.web.operations import JsonResponse, Operation, Parameter
from open63110.bindings.web.queries import Queries
from open63110.bindings.web.shapes import show
from open63110.kernel.errors import Malformed, Refused
from open63110.kernel.ids import StationId
from open63110.model.order import Order, Outcome
from open63110.model.site import SiteId
from open63110.runtime.node import Node
from open63110.runtime.orders import Asked
from open63110.usecases.energy.describe_site import ImportSites, SitePlan, check_whole, graph

LISTING = BY_PLURAL["sites"]


class Places:
    """The operations about sites as a whole."""

    def __init__(
        self, node: Node, access: Access, commands: Commands, queries: Queries, answered: Callable[[Caller, Asked], Response]
    ) -> None:
        """Read from memory, change by orders."""
        self._node, self._access, self._commands, self._queries = node, access, commands, queries
        self._answered = answered
        self._door = next(door for door in node.engine.table.doors if door.command is ImportSites)

    def operations(self) -> Iterator[Operation]:
        """Return what can be done."""
        yield Operation(
            id="getSite",
            method="GET",
            path="sites/{key}",
            summary="One site with its connections, zones, stations and EVSEs: what describeSite takes",
            tag="sites",
            roles=", ".join(sorted(GRID)),
            handler=self._get,
            answer=SitePlan,
            parameters=(Parameter(name="format", about="page, json or toml (short, as files are), csv (a row for each thing)."),),
        )
        yield Operation(
            id="describeSite",
            method="PUT",
            path="sites/{key}",
            summary="Let a site be as described, whole, or change nothing; no station is lost by not being named (4.3)",
            tag="sites",
            roles=", ".join(sorted({*self._door.roles, "admin"})),
            handler=self._put,
            body=intake.body_of(SitePlan),
            answer=Order,
            order=True,
        )

    async def _get(self, request: Request, caller: Caller) -> Response:
        found = await self.shown(caller, request.path_params["key"])
        form = request.query_params.get("format", "")
        if form in {"", "page"}:
            return JsonResponse(found)
        if form == "csv":
            text = "".join(export.line(one) for one in site_text.lines(site_text.table(found)))
            return export.file(Response(text, media_type="text/csv; charset=utf-8"), f"{found['id']}.csv")
        if form not in {"toml", "json"}:
            raise Malformed(f"a site cannot be had as {form}", where="format", remedy="page, json, toml, csv")
        text = site_text.written([found], "json" if form == "json" else "toml")
        kind = "application/json" if form == "json" else "application/toml"
        return export.file(Response(text, media_type=kind), f"{found['id']}.{form}")

    async def shown(self, caller: Caller, key: str) -> dict[str, Any]:
        """Return a site as it is, to whoever may see it.

        Raises:
            NotAuthorized: the caller may not.
            Unknown: there is none.
        """
        site = await self._queries.one(caller, LISTING, key)
        known = self._node.engine.known
        zones = known.zones(site.id)
        found: dict[str, Any] = show(
            graph(known.sites.get(site.id, site), zones, {one.key: known.members(one.key) for one in zones}),
            self._access.seer(caller),
        )
        return found

    async def _put(self, request: Request, caller: Caller) -> Response:
        key = request.path_params["key"]
        return self._answered(caller, await self.asked(caller, key, await request.body()))

    async def describe(self, caller: Caller, key: str, raw: bytes) -> None:
        """Let a site be as a body describes it.

        Raises:
            Malformed: it cannot be so; says where.
            Refused: something is in the way.
        """
        order = (await self.asked(caller, key, raw)).order
        if order.outcome is not Outcome.ACCEPTED:
            raise Refused(order.detail or order.reason, code=order.reason or "Refused")

    async def asked(self, caller: Caller, key: str, raw: bytes) -> Asked:
        """Ask for a site to be as a body describes it.

        Raises:
            Malformed: it cannot be so, or it is about another site; says where.
        """
        with self._commands.audited(caller, self._door, ""):
            self._commands.demand(caller, self._door, "")
            plan = intake.read(raw, intake.body_of(SitePlan))
            if plan.id != SiteId(key):
                raise Malformed(f"this is the place of site {key}, not of {plan.id}", code="WrongId", where="id")
            body = intake.body_of(ImportSites)(sites=(plan,))
            self._check(body)
            return await self._commands.ask(caller, self._door, "", body, Patience(wait=0.0))

    def _check(self, body: Any) -> None:
        """Refuse what cannot be at once, and say where in this site: whoever edits it wants to be shown the place."""
        command = intake.command(ImportSites, body, StationId(""), self._node.engine.known)
        try:
            check_whole(command.sites)
        except Malformed as fault:
            fault.where = fault.where.removeprefix("sites[0].")
            raise
