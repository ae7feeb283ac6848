# SPDX-License-Identifier: Apache-2.0
"""REST about sites: each as one graph, with its zones, their stations and EVSEs (4.3)."""

from collections.abc import Callable, Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web import intake
from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.commands import Commands, Patience
from open63110.bindings.web.operations import JsonResponse, Operation
from open63110.bindings.web.queries import BY_PLURAL, GRID, Queries
from open63110.bindings.web.shapes import show
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.model.order import Order
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
        site = await self._queries.one(caller, LISTING, request.path_params["key"])
        known = self._node.engine.known
        zones = known.zones(site.id)
        found = graph(site, zones, {one.key: known.members(one.key) for one in zones})
        return JsonResponse(show(found, self._access.seer(caller)))

    async def _put(self, request: Request, caller: Caller) -> Response:
        key = SiteId(request.path_params["key"])
        with self._commands.audited(caller, self._door, ""):
            self._commands.demand(caller, self._door, "")
            plan = intake.read(await request.body(), intake.body_of(SitePlan))
            if plan.id != key:
                raise Malformed(f"this is the place of site {key}, not of {plan.id}", code="WrongId", where="id")
            body = intake.body_of(ImportSites)(sites=(plan,))
            self._check(body)
            asked = await self._commands.ask(caller, self._door, "", body, Patience(wait=0.0))
        return self._answered(caller, asked)

    def _check(self, body: Any) -> None:
        """Refuse what cannot be at once, and say where in this site: whoever edits it wants to be shown the place."""
        command = intake.command(ImportSites, body, StationId(""), self._node.engine.known)
        try:
            check_whole(command.sites)
        except Malformed as fault:
            fault.where = fault.where.removeprefix("sites[0].")
            raise
