# SPDX-License-Identifier: Apache-2.0
"""REST about files and bulk streams: files that lie here, files sent to stations, logs fetched from them (B.26)."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from open63110.bindings.web import intake
from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.operations import API, Handler, JsonResponse, Operation, Parameter
from open63110.bindings.web.queries import limit_of
from open63110.kernel.errors import Malformed, NotAuthorized, Trouble
from open63110.kernel.ids import StationId
from open63110.model.bulk import BulkFile, BulkStream
from open63110.runtime.node import Node
from open63110.runtime.permissions import PERSONAL, in_scope
from open63110.runtime.principals import durable

WHO = "operator, admin"
ANY = StationId("")


class StreamWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of both: a file to send, or a log to fetch."""

    file: str = ""
    """Name of a file that lies here."""
    fetch: str = ""
    """Name of a log at the station."""


class Bulk:
    """The operations about files and streams."""

    def __init__(self, node: Node, access: Access) -> None:
        """Ask the node's depot."""
        self._node, self._access = node, access

    def operations(self) -> Iterator[Operation]:
        """Return what can be done."""
        yield self._one("listFiles", "GET", "files", "Files that can be sent to stations", self._files, BulkFile, many=True)
        summary = "Let a file lie here, in place of one of the same name; the body is its content"
        yield self._one("putFile", "PUT", "files/{name}", summary, self._put, BulkFile, status=201, raw=True)
        yield self._one("removeFile", "DELETE", "files/{name}", "Take a file away", self._remove, status=204)
        summary = "Send a file to a station, or fetch a log from it, as a stream of priority B; it goes on over cuts and restarts"
        yield self._one(
            "beginStream", "POST", "stations/{station}/streams", summary, self._begin, BulkStream, body=StreamWish, status=202
        )
        filters = (Parameter(name="station", about="Of this station only."), Parameter(name="limit", type=int, about="At most."))
        summary = "Streams with their progress, the newest first"
        yield self._one("listStreams", "GET", "streams", summary, self._streams, BulkStream, many=True, parameters=filters)
        yield self._one("getStream", "GET", "streams/{key}", "One stream", self._stream, BulkStream)
        yield self._one("cancelStream", "DELETE", "streams/{key}", "Give a stream up", self._cancel, BulkStream)
        yield self._one(
            "getContent",
            "GET",
            "streams/{key}/content",
            "The file that a stream has brought",
            self._content,
            content="application/octet-stream",
        )

    def _one(self, id: str, method: str, path: str, summary: str, handler: Handler, answer: Any = None, **more: Any) -> Operation:
        tag = "files" if path.startswith("files") else "streams"
        return Operation(
            id=id, method=method, path=path, summary=summary, tag=tag, roles=WHO, handler=handler, answer=answer, **more
        )

    # -- files --

    async def _files(self, _: Request, caller: Caller) -> Response:
        self._access.demand_reader(caller, roles=PERSONAL)
        return JsonResponse({"items": [msgspec.to_builtins(one) for one in self._node.depot.files()], "next": None})

    async def _put(self, request: Request, caller: Caller) -> Response:
        name = request.path_params["name"]
        with self._audited(caller, "PutFile", name):
            self._demand(caller, ANY)
            made = await self._node.depot.put(name, _pieces(request))
        await self._note(caller, "PutFile", name, f"{made.size} bytes")
        return JsonResponse(msgspec.to_builtins(made), 201)

    async def _remove(self, request: Request, caller: Caller) -> Response:
        name = request.path_params["name"]
        with self._audited(caller, "RemoveFile", name):
            self._demand(caller, ANY)
            self._node.depot.remove(name)
        await self._note(caller, "RemoveFile", name, "")
        return Response(status_code=204)

    # -- streams --

    async def _begin(self, request: Request, caller: Caller) -> Response:
        station = StationId(request.path_params["station"])
        with self._audited(caller, "BeginStream", station):
            self._demand(caller, station)
            wish = intake.read(await request.body(), StreamWish)
            if bool(wish.file) == bool(wish.fetch):
                raise Malformed("name a file to send, or a log to fetch", where="file", remedy='{"file": "firmware-2.bin"}')
            depot, by = self._node.depot, caller.principal.id
            made = await depot.send(wish.file, station, by) if wish.file else depot.fetch(wish.fetch, station, by)
        await self._note(caller, "BeginStream", station, f"{made.name} {made.id}")
        return JsonResponse(msgspec.to_builtins(made), 202, headers={"Location": f"{API}/streams/{made.id}"})

    async def _streams(self, request: Request, caller: Caller) -> Response:
        self._access.demand_reader(caller, roles=PERSONAL)
        said = dict(request.query_params)
        found = [one for one in self._node.depot.every() if in_scope(caller.principal, one.station)]
        wanted = [one for one in found if said.get("station") in {None, one.station}][: limit_of(said)]
        return JsonResponse({"items": [msgspec.to_builtins(one) for one in wanted], "next": None})

    async def _stream(self, request: Request, caller: Caller) -> Response:
        return JsonResponse(msgspec.to_builtins(self._found(request, caller)))

    async def _content(self, request: Request, caller: Caller) -> Response:
        found = self._found(request, caller)
        path = self._node.depot.content(found)
        return FileResponse(path, filename=found.name, media_type="application/octet-stream")

    async def _cancel(self, request: Request, caller: Caller) -> Response:
        found = self._found(request, caller)
        with self._audited(caller, "CancelStream", found.station):
            over = self._node.depot.cancel(found.id)
        await self._note(caller, "CancelStream", found.station, f"{found.name} {found.id}")
        return JsonResponse(msgspec.to_builtins(over))

    # -- who --

    def _found(self, request: Request, caller: Caller) -> BulkStream:
        self._access.demand_reader(caller, roles=PERSONAL)
        found = self._node.depot.find(request.path_params["key"])
        self._access.demand_reader(caller, found.station, roles=PERSONAL)
        return found

    def _demand(self, caller: Caller, station: StationId) -> None:
        principal = caller.principal
        if principal.role not in PERSONAL or not in_scope(principal, station):
            raise NotAuthorized(f"{principal.id} ({principal.role}) may not do this", where=str(station))

    @contextmanager
    def _audited(self, caller: Caller, action: str, target: str) -> Iterator[None]:
        """Write one entry for what is refused, whatever the reason."""
        try:
            yield
        except Trouble as trouble:
            principal = caller.principal
            if isinstance(trouble, NotAuthorized):
                self._access.refuse(principal.id, principal.role, action, target, trouble.message)
            else:
                self._access.note(principal, action, target[:64], "rejected", f"{trouble.code}: {trouble.message}"[:500])
            raise

    async def _note(self, caller: Caller, action: str, target: str, words: str) -> None:
        self._access.note(caller.principal, action, target, "accepted", words)
        await durable(self._node.engine)


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    async for piece in request.stream():
        yield piece
