# SPDX-License-Identifier: Apache-2.0
"""The web application of a node: REST, its description, health, figures, and the operator page."""

from pathlib import Path

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from open63110.bindings.web.access import Access, address_of
from open63110.bindings.web.commands import Commands
from open63110.bindings.web.drop import Drop
from open63110.bindings.web.errors import Unauthenticated, body_of, status_of
from open63110.bindings.web.headers import SecurityHeaders
from open63110.bindings.web.limit import BodyLimit
from open63110.bindings.web.metrics import CONTENT_TYPE, Figures
from open63110.bindings.web.openapi import document
from open63110.bindings.web.operations import API, JsonResponse, Operation
from open63110.bindings.web.pages import Pages
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.pickup import Pickup
from open63110.bindings.web.queries import Queries
from open63110.bindings.web.rest import Rest
from open63110.bindings.web.stream import Stream
from open63110.kernel.errors import Trouble, Unknown
from open63110.runtime.node import Node
from open63110.runtime.principals import Principals

log = structlog.get_logger(__name__)

STATIC = Path(__file__).parent / "static"
LOOPBACK = frozenset({"127.0.0.1", "::1"})


class Door:
    """What lives as long as the application."""

    def __init__(self, node: Node, *, secure: bool) -> None:
        """Put the parts together."""
        self.node = node
        self.principals = Principals(node.engine, node.keys, node.ids)
        self.access = Access(node, self.principals)
        self.commands, self.queries = Commands(node, self.access), Queries(node, self.access)
        self.stream = Stream(node)
        self.figures = Figures(node, self.stream)
        self.rest = Rest(node, self.access, self.commands, self.queries, self.stream, self.principals)
        self.description = document(self.rest.operations)
        self.pages = Pages(
            Parts(
                node=node,
                principals=self.principals,
                access=self.access,
                commands=self.commands,
                queries=self.queries,
                rest=self.rest,
                description=self.description,
                secure=secure,
            )
        )

    async def run(self) -> None:
        """Feed live views for ever."""
        await self.stream.run()

    def close(self) -> None:
        """End live views; what was asked is still answered."""
        self.stream.close()

    def end(self) -> None:
        """Let go of what only requests need, once there are none."""
        self.principals.close()

    def route(self, operation: Operation) -> Route:
        """Make the route of an operation: first who asks, then what."""

        async def endpoint(request: Request) -> Response:
            return await operation.handler(request, self.access.caller(request))

        return Route(f"{API}/{operation.path}", endpoint, methods=[operation.method], name=operation.id)

    async def describe(self, _: Request) -> Response:
        """Return the description of REST; it holds no secrets."""
        return JsonResponse(self.description)

    async def alive(self, _: Request) -> Response:
        """Say that the loop turns."""
        return PlainTextResponse("alive\n")

    async def ready(self, _: Request) -> Response:
        """Say whether what is sent here can be stored."""
        trouble = self.node.engine.commit.trouble
        return PlainTextResponse("ready\n") if trouble is None else PlainTextResponse(f"{trouble.message}\n", 503)

    async def metrics(self, request: Request) -> Response:
        """Return figures to this machine, and to readers from elsewhere."""
        if address_of(request) not in LOOPBACK or "x-forwarded-for" in request.headers:
            self.access.demand_reader(self.access.caller(request))
        return Response(self.figures.text(), headers={"Content-Type": CONTENT_TYPE})


def create(node: Node, *, secure: bool = False) -> Starlette:
    """Make the application.

    Args:
        node: whose door it is.
        secure: people reach it by TLS, here or at a proxy: cookies are bound to that.
    """
    door = Door(node, secure=secure)
    app = Starlette(
        routes=[
            *(door.route(operation) for operation in door.rest.operations),
            Route("/api/openapi.json", door.describe),
            Route("/healthz", door.alive),
            Route("/readyz", door.ready),
            Route("/metrics", door.metrics),
            *Drop(node.shelf).routes(),
            *Pickup(node).routes(),
            *door.pages.routes(),
            Mount("/static", _Static(directory=STATIC)),
        ],
        middleware=[Middleware(SecurityHeaders, secure=secure), Middleware(BodyLimit)],
        exception_handlers={Trouble: _trouble, HTTPException: _http, 500: _broken},
    )
    app.state.door = door
    return app


class _Static(StaticFiles):
    """Assets; their addresses carry the version, so they never change."""

    def file_response(self, *args: "object", **more: "object") -> Response:
        response = super().file_response(*args, **more)  # type: ignore[arg-type] # passed on as it came
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def _for_people(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


async def _trouble(request: Request, fault: Exception) -> Response:
    if not isinstance(fault, Trouble):
        raise fault
    if _for_people(request) or request.headers.get("hx-request"):
        pages: Pages = request.app.state.door.pages
        if isinstance(fault, Unauthenticated):
            return _to_login(request)
        return pages.trouble(request, fault)
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(fault, Unauthenticated) else {}
    return JsonResponse(body_of(fault), status_of(fault), headers=headers)


def _to_login(request: Request) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=200, headers={"HX-Redirect": "/login"})
    there = request.url.path if request.method == "GET" else "/"
    return RedirectResponse(f"/login?next={there}" if there != "/" else "/login", 303)


async def _http(request: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 500
    trouble = Unknown("there is nothing here", where=request.url.path)
    if _for_people(request) and status == 404:
        pages: Pages = request.app.state.door.pages
        return pages.trouble(request, trouble)
    words = trouble if status == 404 else Trouble(str(getattr(fault, "detail", "")), code="Http")
    return JsonResponse(body_of(words), status, headers=getattr(fault, "headers", None))


async def _broken(request: Request, fault: Exception) -> Response:
    log.error("a request failed", path=request.url.path, method=request.method, exc_info=fault)
    return JsonResponse(body_of(Trouble("this is a fault of ours; it was logged")), 500)
