# SPDX-License-Identifier: Apache-2.0
"""Where stations send logs to by HTTP: one address for each that was asked for, used once, gone on with after a cut (8.3.10).

- ``PUT`` with the file as it is, or with ``Content-Range: bytes 5-9/10`` a piece of it; ``POST`` the same, or as
  ``multipart/form-data``. 201: all of it is here, durably; 202: go on behind ``Upload-Offset``.
- ``HEAD``, or a ``PUT`` of ``Content-Range: bytes */10``, asks how much is here.
- ``Repr-Digest: sha-256=:…:`` has the hash of all of it checked before it is taken.
"""

import base64
import binascii
import re
from collections.abc import AsyncIterator
from typing import Final, NamedTuple
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from open63110.bindings.web.access import address_of
from open63110.bindings.web.errors import TooLarge, Unauthenticated, body_of, status_of
from open63110.bindings.web.multipart import boundary_of, file_of
from open63110.bindings.web.operations import JsonResponse
from open63110.kernel.errors import Malformed, NotAuthorized, Trouble, Unavailable
from open63110.kernel.ids import StationId
from open63110.model.logs import StationLog
from open63110.runtime.node import Shelf

RECEIVE: Final = "/receive/"
"""Begin of every such address."""

_RANGE: Final = re.compile(r"bytes (?:(\d{1,15})-(\d{1,15})|\*)/(\d{1,15}|\*)")
_DIGEST: Final = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]{44}):")

STATUS: Final = {"NotAwaited": 410, "BadOffset": 416, "NoRoom": 507, "BadDigest": 422}
"""What HTTP has a better word for than for a refusal."""


class Span(NamedTuple):
    """Which part of a file a request holds."""

    offset: int
    total: int | None
    """None: it is not said."""
    asks: bool = False
    """It holds nothing, and asks how much is here."""


class Drop:
    """The door of stations that send files; nobody else comes here, so it knows no principals."""

    def __init__(self, shelf: Shelf) -> None:
        """Put what comes onto a shelf."""
        self._shelf = shelf

    def routes(self) -> list[Route]:
        """Return where files come."""
        path = RECEIVE + "{station}/{request}/{key}"
        methods = ["PUT", "POST", "HEAD"]
        return [Route(one, self.receive, methods=methods) for one in (path, path + "/{name:path}")]

    async def receive(self, request: Request) -> Response:
        """Take a file, or a part of one."""
        try:
            row = self._awaited(request)
            if request.method == "HEAD":
                return self._told(row)
            return await self._take(request, row)
        except ClientDisconnect:
            return Response(status_code=400)
        except Trouble as trouble:
            return self._refused(trouble)

    def _awaited(self, request: Request) -> StationLog:
        said = request.path_params
        number = int(said["request"]) if said["request"].isascii() and said["request"].isdecimal() else 0
        shown = _shown(request.headers.get("authorization", ""))
        try:
            return self._shelf.awaited(StationId(said["station"]), number, said["key"], shown, address_of(request))
        except NotAuthorized as fault:
            if shown is None:
                raise Unauthenticated(fault.message, where="Authorization") from fault
            raise

    async def _take(self, request: Request, row: StationLog) -> Response:
        span = _span(request)
        if span.asks:
            return self._told(row)
        name = unquote(request.path_params.get("name", ""))
        pieces: AsyncIterator[bytes] = request.stream()
        boundary = boundary_of(request.headers.get("content-type", "")) if request.method == "POST" else b""
        if boundary:
            found = await file_of(pieces, boundary)
            name, pieces, span = name or found.name, found.pieces, Span(0, None)
        size, sha256 = await self._shelf.take(
            row, pieces, offset=span.offset, total=span.total, name=name, sha256=_digest(request)
        )
        if not sha256:
            return Response(status_code=202, headers={"Upload-Offset": str(size), "Range": f"bytes=0-{max(0, size - 1)}"})
        return JsonResponse({"size": size, "sha256": sha256}, 201, headers={"Upload-Offset": str(size)})

    def _told(self, row: StationLog) -> Response:
        here = self._shelf.has(row)
        headers = {"Upload-Offset": str(here)} | ({"Range": f"bytes=0-{here - 1}"} if here else {})
        return Response(status_code=204, headers=headers)

    def _refused(self, trouble: Trouble) -> Response:
        large = trouble.code == TooLarge.code
        status = 413 if large else STATUS.get(trouble.code, status_of(trouble))
        headers = {"WWW-Authenticate": 'Basic realm="logs"'} if isinstance(trouble, Unauthenticated) else {}
        if isinstance(trouble, Unavailable):
            headers["Retry-After"] = "60"
        return JsonResponse(body_of(trouble), status, headers={**headers, "Connection": "close"})


def _shown(header: str) -> tuple[str, str] | None:
    scheme, _, said = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(said, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return user, password


def _span(request: Request) -> Span:
    """Read which part of the file comes.

    Raises:
        Malformed: that is no range, or not of what comes.
    """
    said, length = request.headers.get("content-range"), request.headers.get("content-length", "")
    size = int(length) if length.isascii() and length.isdecimal() and len(length) < 16 else None
    if said is None:
        return Span(0, size)
    found = _RANGE.fullmatch(said)
    if found is None:
        raise Malformed("that is no range of bytes", code="BadRange", where="Content-Range", remedy="bytes 0-9/100")
    first, last, total = found.groups()
    whole = None if total == "*" else int(total)
    if first is None:
        return Span(0, whole, asks=True)
    begin, end = int(first), int(last)
    if end < begin or (whole is not None and end >= whole) or (size is not None and size != end - begin + 1):
        raise Malformed("the range is not of what comes", code="BadRange", where="Content-Range")
    return Span(begin, whole if whole is not None else end + 2)  # it goes on, nobody says until where


def _digest(request: Request) -> str:
    found = _DIGEST.search(request.headers.get("repr-digest", ""))
    return base64.b64decode(found[1]).hex() if found else ""
