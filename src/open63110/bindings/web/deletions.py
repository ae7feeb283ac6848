# SPDX-License-Identifier: Apache-2.0
"""REST about deletions of personal data: the itemised report, word by word as its digest in the journal has it (8.3.12)."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.export import file
from open63110.bindings.web.listings import BY_PLURAL
from open63110.bindings.web.operations import Operation
from open63110.bindings.web.queries import Queries
from open63110.model.deletion import DeletionItem, DeletionRequest, Result, SubjectType, report_of
from open63110.ports import Query, Where
from open63110.runtime.node import Node


class ReportedSubject(msgspec.Struct, frozen=True, kw_only=True):
    """Whose data are deleted, without a name."""

    type: SubjectType
    references: list[str]


class ReportedItem(msgspec.Struct, frozen=True, kw_only=True):
    """What one holder had, and what became of it."""

    holder: str
    class_: str = msgspec.field(name="class")
    result: Result
    t: datetime
    reason: str
    count: int


class DeletionReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a deletion so far; once it is closed, for good (DD-6)."""

    request_id: str
    sa: str
    """Who asked."""
    subject: ReportedSubject
    scope: list[str]
    legal_basis: str
    asked: datetime
    deadline: datetime
    closed: datetime | None
    items: list[ReportedItem]


class Deletions:
    """The operations about deletions."""

    def __init__(self, node: Node, access: Access, queries: Queries) -> None:
        """Read what the node keeps."""
        self._node, self._access, self._queries = node, access, queries

    def operations(self) -> Iterator[Operation]:
        """Return what can be asked."""
        yield Operation(
            id="getDeletionReport",
            method="GET",
            path="deletions/{key}/report",
            summary="The report of a deletion; its SHA-256 is the digest of the closed deletion, which the journal has, too",
            tag="deletions",
            roles="viewer, operator, admin, csp of its own",
            handler=self._report,
            answer=DeletionReport,
        )

    async def _report(self, request: Request, caller: Caller) -> Response:
        key = request.path_params["key"]
        found: DeletionRequest = await self._queries.one(caller, BY_PLURAL["deletions"], key)
        items = await self.items(found)
        return file(Response(report_of(found, items), media_type="application/json"), f"deletion-{key}.json")

    async def items(self, request: DeletionRequest) -> list[DeletionItem]:
        """Return what became of a request at each holder."""
        where = (Where("request", "=", request.id),)
        return await self._node.store.find(DeletionItem, Query(where=where, order="id", limit=-1))
