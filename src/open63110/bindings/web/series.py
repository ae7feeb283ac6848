# SPDX-License-Identifier: Apache-2.0
"""What came by a stream of values, over time (8.3.5)."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.listings import BY_PLURAL
from open63110.bindings.web.operations import JsonResponse, Operation, Parameter
from open63110.bindings.web.queries import Queries, number_of
from open63110.model.stream import EventStream, StreamChunk
from open63110.ports import Query, Where
from open63110.runtime.node import Node

MOST = 50_000
"""Values in one answer."""

USUAL = 10_000

CHUNK = 500
"""Portions read at a time."""


class SampleSeries(msgspec.Struct, frozen=True, kw_only=True):
    """Columns of equal length, in order of time."""

    stream: str
    variable: str
    times: list[float]
    """Seconds since 1970 UTC, rising."""
    values: list[float | str]


class StreamSeries:
    """The operation that tells it."""

    def __init__(self, node: Node, access: Access, queries: Queries) -> None:
        """Read from the node's store."""
        self._node, self._access, self._queries = node, access, queries

    def operations(self) -> Iterator[Operation]:
        """Return it."""
        yield Operation(
            id="getStreamSamples",
            method="GET",
            path="event-streams/{key}/samples",
            summary="The newest values that came by an event stream, in order of time",
            tag="event-streams",
            roles="viewer, operator, admin",
            handler=self._samples,
            answer=SampleSeries,
            parameters=(Parameter(name="limit", type=int, about=f"At most so many, 1 to {MOST}; {USUAL} if not said."),),
        )

    async def _samples(self, request: Request, caller: Caller) -> Response:
        stream: EventStream = await self._queries.one(caller, BY_PLURAL["event-streams"], request.path_params["key"])
        limit = min(MOST, max(1, number_of(dict(request.query_params), "limit", USUAL)))
        chunks = await self.chunks(stream.id, limit)
        pairs = [
            (one.begin + timedelta(seconds=at), value)
            for one in chunks
            for at, value in zip(one.offsets, one.values, strict=True)
        ]
        newest = pairs[-limit:]
        series = SampleSeries(
            stream=stream.id,
            variable=stream.variable,
            times=[at.timestamp() for at, _ in newest],
            values=[value for _, value in newest],
        )
        return JsonResponse(msgspec.to_builtins(series))

    async def chunks(self, stream: str, limit: int) -> list[StreamChunk]:
        """Return the newest portions of a stream that hold at least so many values, in order of time."""
        found: list[StreamChunk] = []
        count, where = 0, (Where("stream", "=", stream),)
        while count < limit:
            older = (Where("begin", "<", found[-1].begin),) if found else ()
            page = await self._node.store.find(StreamChunk, Query(where=(*where, *older), order="-begin", limit=CHUNK))
            found += page
            count += sum(len(one.offsets) for one in page)
            if len(page) < CHUNK:
                break
        return found[::-1]
