# SPDX-License-Identifier: Apache-2.0
"""REST about the content of firmware images; what they are, and what becomes of them, is said through doors and lists (8.3.6)."""

from collections.abc import AsyncIterator, Iterator

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.operations import JsonResponse, Operation
from open63110.kernel.errors import NotAuthorized, Trouble, Unknown
from open63110.kernel.ids import StationId
from open63110.model.firmware import FirmwareImage
from open63110.runtime.node import Node
from open63110.runtime.permissions import PERSONAL, in_scope
from open63110.runtime.principals import durable


class FirmwareContent:
    """The one operation that derives from nothing."""

    def __init__(self, node: Node, access: Access) -> None:
        """Ask the node."""
        self._node, self._access = node, access

    def operations(self) -> Iterator[Operation]:
        """Return what can be done."""
        yield Operation(
            id="putFirmwareContent",
            method="PUT",
            path="firmware-images/{key}/content",
            summary="Bring the content of an image of which was said what it is; it is checked as it comes",
            tag="firmware-images",
            roles="operator, admin",
            handler=self._put,
            answer=FirmwareImage,
            status=201,
            raw=True,
        )

    async def _put(self, request: Request, caller: Caller) -> Response:
        principal, id = caller.principal, request.path_params["key"]
        if principal.role not in PERSONAL or not in_scope(principal, StationId("")):
            words = f"{principal.id} ({principal.role}) may not do this"
            self._access.refuse(principal.id, principal.role, "PutFirmwareContent", id[:64], words)
            raise NotAuthorized(words)
        door = self._node.firmware
        if door is None:
            raise Unknown("there is no firmware here")
        try:
            made = await door.put(id, _pieces(request), principal.id)
        except Trouble as trouble:
            words = f"{trouble.code}: {trouble.message}"[:500]
            self._access.note(principal, "PutFirmwareContent", id[:64], "rejected", words)
            raise
        self._access.note(principal, "PutFirmwareContent", id[:64], "accepted", f"{made.size} bytes")
        await durable(self._node.engine)
        return JsonResponse(shown(made), 201)


def shown(image: FirmwareImage) -> dict[str, object]:
    """Show an image by the names of its fields."""
    return {name: msgspec.to_builtins(getattr(image, name)) for name in image.__struct_fields__}


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    async for piece in request.stream():
        yield piece
