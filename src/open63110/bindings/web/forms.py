# SPDX-License-Identifier: Apache-2.0
"""What people send from the page: logging in and out, commands, principals. Each says what became of it."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from open63110.bindings.web import intake
from open63110.bindings.web.access import COOKIE, LASTS, Caller, address_of
from open63110.bindings.web.commands import Patience, RawCallBody
from open63110.bindings.web.display_forms import DisplayForms
from open63110.bindings.web.errors import TooOften, Unauthenticated
from open63110.bindings.web.firmware_upload import FirmwareUpload
from open63110.bindings.web.grid_pages import GridForms
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.render import Renderer, words
from open63110.bindings.web.site_forms import SiteForms
from open63110.kernel.errors import Malformed, NotAuthorized, Unknown
from open63110.kernel.ids import PrincipalId
from open63110.model.order import OPEN, Order, Outcome
from open63110.runtime.principals import Admitted, NewPrincipal, PrincipalChange

PATIENCE = Patience(wait=8.0)
"""People watch the list of orders for what takes longer."""

DAY = re.compile(r"\d{4}-\d\d-\d\d")
MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")

Form = dict[str, str]
Taker = Callable[[Request, Caller, Form], Awaitable[Response]]


class Forms:
    """Takes forms."""

    def __init__(self, parts: Parts, render: Renderer) -> None:
        """Ask as REST would."""
        self._parts, self._render = parts, render

    def routes(self) -> list[Route]:
        """Return where forms are sent to."""
        takers: dict[str, Taker] = {
            "/do/ocpp/{station}": self.call_raw,
            "/do/quarantine/{key}": self.replay,
            "/do/principals": self.create,
            "/do/principals/{key}": self.change,
            "/do/account": self.change_password,
            **SiteForms(self._parts, self._render).takers(),
            **DisplayForms(self._parts, self.told).takers(),
            **GridForms(self._parts, self._told_of).takers(),
            "/do/{path:path}": self.command,
        }
        return [
            Route("/login", self.login_page, methods=["GET"]),
            Route("/login", self.login, methods=["POST"]),
            Route("/logout", self._guarded(self.logout), methods=["POST"]),
            *FirmwareUpload(self._parts, self.told).routes(),
            *(Route(path, self._guarded(taker), methods=["POST"]) for path, taker in takers.items()),
        ]

    def _guarded(self, taker: Taker) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            caller = self._parts.access.person(request)
            if caller is None:
                raise Unauthenticated("log in first")
            form = await _form(request)
            self._parts.access.demand_csrf(caller, form.pop("csrf", ""))
            return await taker(request, caller, form)

        return endpoint

    def told(self, request: Request, said: str, *, good: bool = True, **more: str) -> Response:
        """Say what became of a form, in the place the page keeps for it."""
        context = {"good": good, "words": said, "remedy": "", **more}
        if request.headers.get("hx-request"):
            return self._render.page(request, "told.html", context)
        back = urlsplit(request.headers.get("referer", "/")).path or "/"
        return RedirectResponse(back, 303)

    # -- logging in --

    async def login_page(self, request: Request) -> Response:
        """Ask for name and password."""
        return self._login(request, "", 200)

    def _login(self, request: Request, fault: str, status: int) -> Response:
        there = _inside(request.query_params.get("next", "/"))
        empty = not self._parts.node.engine.known.principals
        context = {"fault": fault, "next": there, "node": self._parts.node.name, "empty": empty}
        return self._render.page(request, "login.html", context, status)

    async def login(self, request: Request) -> Response:
        """Let somebody in, or say no more than that it was wrong.

        Raises:
            NotAuthorized: another site sent the form.
        """
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            raise NotAuthorized("another site sent this form", code="Forged")
        form = await _form(request)
        name, password = form.get("name", "").strip(), form.get("password", "")
        try:
            cookie = await self._parts.access.log_in(name, password, address_of(request))
        except (Unauthenticated, TooOften) as trouble:
            return self._login(request, trouble.message, 429 if isinstance(trouble, TooOften) else 401)
        response = RedirectResponse(_inside(form.get("next", "/")), 303)
        self._set(response, cookie)
        return response

    def _set(self, response: Response, cookie: str) -> None:
        response.set_cookie(
            COOKIE, cookie, max_age=int(LASTS.total_seconds()), secure=self._parts.secure, httponly=True, samesite="strict"
        )

    async def logout(self, _request: Request, _caller: Caller, _said: Form) -> Response:
        """Take the cookie back."""
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE, secure=self._parts.secure, httponly=True, samesite="strict")
        return response

    async def change_password(self, request: Request, caller: Caller, form: Form) -> Response:
        """Change one's own password, which ends one's other sessions.

        Raises:
            Malformed: the new one is missing, or was typed in two ways.
        """
        if form.get("new") != form.get("again"):
            raise Malformed("the two new passwords differ", where="again")
        if not form.get("new"):
            raise Malformed("a new password is needed", where="new")
        principal = caller.principal.id
        await self._parts.principals.change_own_password(principal, form.get("old", ""), form["new"])
        response = self.told(request, "The password is changed; other sessions have ended.", reload="yes")
        self._set(response, self._parts.access.cookie(self._parts.node.engine.known.principals[principal]))
        return response

    # -- commands --

    async def command(self, request: Request, caller: Caller, form: Form) -> Response:
        """Ask through a door, at the path REST has for it.

        Raises:
            Unknown: REST has no such path.
        """
        path = request.path_params["path"].split("/")
        station = path[1] if path[0] == "stations" and len(path) > 2 else ""
        template = "/".join(["stations", "{station}", *path[2:]] if station else path)
        door = self._parts.commands.doors.get(template)
        if door is None:
            raise Unknown("there is no such command", where=request.url.path)
        with self._parts.commands.audited(caller, door, station):
            self._parts.commands.demand(caller, door, station)
            body = intake.taken(_tree(form), intake.body_of(door.command))
            asked = await self._parts.commands.ask(caller, door, station, body, PATIENCE)
        return self._told_of(request, asked.order)

    async def call_raw(self, request: Request, caller: Caller, form: Form) -> Response:
        """Send any call; administrators only.

        Raises:
            Malformed: the payload is no JSON object.
        """
        try:
            payload = msgspec.json.decode((form.get("payload") or "{}").encode())
        except (msgspec.MsgspecError, ValueError) as fault:
            raise Malformed(f"the payload is no JSON: {fault}", where="payload") from fault
        if not isinstance(payload, dict):
            raise Malformed("the payload is a JSON object", where="payload")
        body = RawCallBody(action=form.get("action", "").strip(), payload=payload, unchecked="unchecked" in form)
        asked = await self._parts.commands.call_raw(caller, request.path_params["station"], body, PATIENCE)
        return self._told_of(request, asked.order)

    def _told_of(self, request: Request, order: Order) -> Response:
        name, link = words(order.kind), f"/orders/{order.id}"
        if order.outcome is Outcome.ACCEPTED:
            return self.told(request, f"{name}: accepted.", link=link)
        if order.outcome in OPEN:
            waits = "sent, no answer yet" if order.outcome is Outcome.SENT else "waits for the station"
            return self.told(request, f"{name}: {waits}.", link=link)
        why = ": ".join(one for one in (order.reason, order.detail) if one)
        return self.told(request, f"{name}: {words(order.outcome)}. {why}", good=False, link=link)

    async def replay(self, request: Request, caller: Caller, _: Form) -> Response:
        """Feed a quarantined input in again."""
        number = await self._parts.rest.replay(caller, request.path_params["key"])
        return self.told(request, f"Input {number} was understood now.")

    # -- principals --

    async def create(self, request: Request, caller: Caller, form: Form) -> Response:
        """Admit somebody."""
        admitted = await self._parts.principals.create(caller.principal, intake.taken(_scoped(form), NewPrincipal))
        return self._told_key(request, admitted, f"{admitted.principal.id} is admitted.")

    async def change(self, request: Request, caller: Caller, form: Form) -> Response:
        """Change somebody."""
        change = intake.taken(_scoped(form), PrincipalChange)
        admitted = await self._parts.principals.change(caller.principal, PrincipalId(request.path_params["key"]), change)
        return self._told_key(request, admitted, f"{admitted.principal.id} is changed.")

    def _told_key(self, request: Request, admitted: Admitted, said: str) -> Response:
        return self.told(request, said, secret=admitted.key)


async def _form(request: Request) -> Form:
    """Read a form as browsers send it; of a name given twice the last counts."""
    try:
        text = (await request.body()).decode()
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=200))
    except ValueError as fault:
        raise Malformed("that is no form") from fault


def _tree(form: Form) -> dict[str, Any]:
    """Make objects of dotted names; a field left empty is not said at all."""
    tree: dict[str, Any] = {}
    for name, value in form.items():
        if value.strip() == "":
            continue
        *path, last = name.split(".")
        place = tree
        for step in path:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise Malformed(f"{name} is no field", where=name)
        place[last] = _read(last, value.strip())
    return {name: _listed(value) for name, value in tree.items()}


def _listed(value: Any) -> Any:
    """Return things that are numbered from 0 on as a list, however deep they lie."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(one) for name, one in value.items()}
    return list(inner.values()) if list(inner) == [str(place) for place in range(len(inner))] else inner


def _read(name: str, value: str) -> Any:
    """Read what browsers write differently: a day as its begin, a minute without zone as one of UTC, a list as words."""
    if MINUTE.fullmatch(value):
        return f"{value}:00Z"
    if name.endswith(("_from", "_until", "due")) and DAY.fullmatch(value):
        return f"{value}T00:00:00Z"
    if name == "settings":
        return [_setting(line) for line in value.splitlines() if line.strip()]
    return value.split() if name in {"stations", "ids", "images", "waves", "variables", "modes"} else value


def _setting(line: str) -> dict[str, str]:
    """Read ``component/variable = value``."""
    variable, equals, value = line.partition("=")
    if not equals:
        raise Malformed(f"{line.strip()!r} is no setting", where="settings", remedy="write Component/Variable = value")
    return {"variable": variable.strip(), "value": value.strip()}


def _scoped(form: Form) -> dict[str, Any]:
    """Split the scope into its patterns; an empty field is not said at all."""
    said: dict[str, Any] = {name: value for name, value in form.items() if value != ""}
    if "scope" in said:
        said["scope"] = said["scope"].split()
    return said


def _inside(there: str) -> str:
    """Return a path of ours; whatever else was asked for becomes the first page."""
    return there if there.startswith("/") and not there.startswith(("//", "/\\")) and "\n" not in there else "/"
