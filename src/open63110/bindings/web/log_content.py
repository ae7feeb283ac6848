# SPDX-License-Identifier: Apache-2.0
"""REST about logs of stations that lie here; the list of them is like others, and asking for one is a door (8.3.10)."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.listings import BY_PLURAL
from open63110.bindings.web.operations import Operation
from open63110.bindings.web.queries import Queries
from open63110.model.logs import StationLog
from open63110.runtime.node import Node
from open63110.runtime.permissions import PERSONAL


class LogContent:
    """What a log holds."""

    def __init__(self, node: Node, access: Access, queries: Queries) -> None:
        """Look onto the node's shelf."""
        self._node, self._access, self._queries = node, access, queries

    def operations(self) -> Iterator[Operation]:
        """Return what can be asked."""
        yield Operation(
            id="getLogContent",
            method="GET",
            path="logs/{key}/content",
            summary="A log as its station has sent it",
            tag="logs",
            roles="operator, admin",
            handler=self._content,
            content="application/octet-stream",
        )

    async def _content(self, request: Request, caller: Caller) -> Response:
        self._access.demand_reader(caller, roles=PERSONAL)
        row: StationLog = await self._queries.one(caller, BY_PLURAL["logs"], request.path_params["key"])
        self._access.demand_reader(caller, row.station, roles=PERSONAL)
        path = self._node.shelf.content(row)
        self._access.note(caller.principal, "ReadLog", row.station, "accepted", row.id)
        return FileResponse(path, filename=row.name, media_type="application/octet-stream")
