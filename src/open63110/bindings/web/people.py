# SPDX-License-Identifier: Apache-2.0
"""REST about principals: administrators admit, change and shut out."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web import intake
from open63110.bindings.web.access import ADMINISTRATORS, Access, Caller
from open63110.bindings.web.operations import API, JsonResponse, Operation
from open63110.bindings.web.shapes import show
from open63110.kernel.ids import PrincipalId
from open63110.runtime.principals import Admitted, NewPrincipal, PrincipalChange, Principals


class People:
    """The operations about principals."""

    def __init__(self, access: Access, principals: Principals) -> None:
        """Work on the register."""
        self._access, self._principals = access, principals

    def operations(self) -> Iterator[Operation]:
        """Return what can be done."""
        yield Operation(
            id="createPrincipal",
            method="POST",
            path="principals",
            summary="Admit a person, a system or a station, with exactly one role; its key is shown this once",
            tag="principals",
            roles="admin",
            handler=self._create,
            body=NewPrincipal,
            answer=Admitted,
            status=201,
        )
        yield Operation(
            id="changePrincipal",
            method="PATCH",
            path="principals/{key}",
            summary="Change a principal, shut it out, give it a new password or key",
            tag="principals",
            roles="admin",
            handler=self._change,
            body=PrincipalChange,
            answer=Admitted,
        )

    async def _create(self, request: Request, caller: Caller) -> Response:
        self._access.demand_reader(caller, roles=ADMINISTRATORS)
        admitted = await self._principals.create(caller.principal, intake.read(await request.body(), NewPrincipal))
        shown = {"principal": show(admitted.principal, self._access.seer(caller)), "key": admitted.key}
        return JsonResponse(shown, 201, headers={"Location": f"{API}/principals/{admitted.principal.id}"})

    async def _change(self, request: Request, caller: Caller) -> Response:
        self._access.demand_reader(caller, roles=ADMINISTRATORS)
        change = intake.read(await request.body(), PrincipalChange)
        admitted = await self._principals.change(caller.principal, PrincipalId(request.path_params["key"]), change)
        return JsonResponse({"principal": show(admitted.principal, self._access.seer(caller)), "key": admitted.key})
