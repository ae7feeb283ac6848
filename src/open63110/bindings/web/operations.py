# SPDX-License-Identifier: Apache-2.0
"""What REST offers, as a table: routes are made of it, and so is the description, which therefore cannot drift apart."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Caller

API = "/api/v1"

Handler = Callable[[Request, Caller], Awaitable[Response]]


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter in the query string."""

    name: str
    type: Any = str
    about: str = ""


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One method on one path."""

    id: str
    method: str
    path: str
    """Below /api/v1, parameters in braces."""
    summary: str
    tag: str
    roles: str
    """Who may, in words."""
    handler: Handler
    body: Any = None
    """Type of what the client sends; None: nothing."""
    answer: Any = None
    """Type of what it gets; None: anything."""
    many: bool = False
    """The answer is a page of these."""
    parameters: tuple[Parameter, ...] = ()
    status: int = 200
    content: str = "application/json"
    raw: bool = False
    """The client sends bytes as they are."""
    order: bool = False
    """It answers as orders do: 202 when the outcome is not known in time."""


class JsonResponse(Response):
    """What msgspec writes."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Write it."""
        return msgspec.json.encode(content)
