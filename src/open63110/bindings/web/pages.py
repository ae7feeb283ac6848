# SPDX-License-Identifier: Apache-2.0
"""The operator page: what is shown, and to whom. Forms are in forms.py."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.alarm_pages import AlarmPages
from open63110.bindings.web.alarms import alarms, figures
from open63110.bindings.web.deletion_pages import DeletionPages, departure
from open63110.bindings.web.device_pages import DevicePages
from open63110.bindings.web.display_pages import DisplayPages
from open63110.bindings.web.errors import Unauthenticated, status_of
from open63110.bindings.web.firmware_pages import FirmwarePages
from open63110.bindings.web.forms import Forms
from open63110.bindings.web.grid_pages import GridPages
from open63110.bindings.web.levels import POWER, picture
from open63110.bindings.web.listings import BY_PLURAL
from open63110.bindings.web.monitor_pages import MonitorPages
from open63110.bindings.web.offers import ShownZone, least, shown_limits, shown_zones
from open63110.bindings.web.operations import API
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.queries import gathered, number_of, shown_fact, state_of
from open63110.bindings.web.render import Renderer
from open63110.bindings.web.shapes import show, subject
from open63110.bindings.web.site_pages import SitePages
from open63110.bindings.web.site_promises import Promised, promised
from open63110.bindings.web.tariff_pages import TariffPages
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId, SubjectRef
from open63110.kernel.roles import PEOPLE, Role
from open63110.model.logs import StationLog
from open63110.model.order import Order, Outcome
from open63110.model.quarantine import QuarantinedInput
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession, SessionState
from open63110.model.site import SiteId
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer
from open63110.model.voucher import Voucher
from open63110.ports import Query, Where
from open63110.runtime.permissions import PERSONAL, may_use
from open63110.runtime.ways import Ways

ROWS = 50
GRID = 400
"""Stations on the first page; more are found in the list."""

OF_POWER = (Where("kind", "in", tuple(sorted(POWER))),)

View = Callable[[Request, Caller], Awaitable[Response]]

_OF_ITS_OWN = (
    SitePages,
    AlarmPages,
    FirmwarePages,
    DeletionPages,
    MonitorPages,
    GridPages,
    DevicePages,
    DisplayPages,
    TariffPages,
)


class Pages:
    """Every page."""

    def __init__(self, parts: Parts) -> None:
        """Show what REST would answer."""
        self._parts, self._render = parts, Renderer()
        self._node, self._queries = parts.node, parts.queries
        self._forms = Forms(parts, self._render)

    def routes(self) -> list[Route]:
        """Return the pages and their forms."""
        parts = self._parts
        views: dict[str, View] = {
            "/": self.overview,
            "/stations": self.stations,
            "/stations/{station}": self.station,
            "/levels": self.levels,
            **{path: view for kind in _OF_ITS_OWN for path, view in kind(parts, self._page).views().items()},
            "/sessions": self.sessions,
            "/sessions/{key}": self.session,
            "/records": self.records,
            "/records/{key}": self.record,
            "/tokens": self.tokens,
            "/orders": self.orders,
            "/orders/{key}": self.order,
            "/quarantine": self.quarantine,
            "/quarantine/{key}": self.quarantined,
            "/audit": self.audit,
            "/principals": self.principals,
            "/account": self.account,
            "/api/docs": self.docs,
        }
        return [*(Route(path, self._guarded(view), methods=["GET"]) for path, view in views.items()), *self._forms.routes()]

    def _guarded(self, view: View) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            caller = self._access.person(request)
            if caller is None:
                raise Unauthenticated("log in first")
            return await view(request, caller)

        return endpoint

    @property
    def _access(self) -> Access:
        return self._parts.access

    def trouble(self, request: Request, fault: Trouble) -> Response:
        """Show what went wrong: as a page, or where a form says its outcomes."""
        status = status_of(fault)
        if request.headers.get("hx-request"):
            return self._render.page(
                request, "told.html", {"good": False, "words": fault.message, "remedy": fault.remedy, "at": fault.where}, status
            )
        caller = self._access.person(request)
        return self._render.page(request, "trouble.html", {**self._about(caller), "fault": fault, "status": status}, status)

    def _about(self, caller: Caller | None) -> dict[str, Any]:
        """Return what every page is told."""
        role = caller.principal.role if caller else None
        return {
            "caller": caller,
            "csrf": caller.csrf if caller else "",
            "admin": role is Role.ADMIN,
            "personal": role in PERSONAL,
            "node": self._node.name,
            "now": self._node.clock.now(),
            "down": self._node.engine.commit.trouble,
        }

    def _page(self, request: Request, name: str, caller: Caller, **context: Any) -> Response:
        seer = self._access.seer(caller)

        def who(ref: SubjectRef | None) -> str:
            shown = subject(ref, seer) if ref else {"value": "", "ref": ""}
            return shown["value"] or (shown["ref"] and "erased")

        def allowed(command: str, station: StationId) -> bool:
            door = next((one for one in self._node.engine.table.doors if one.command.__name__ == command), None)
            return door is not None and may_use(caller.principal, door, station)

        return self._render.page(request, name, {**self._about(caller), "who": who, "allowed": allowed, **context})

    # -- stations --

    async def overview(self, request: Request, caller: Caller) -> Response:
        """Everything at a glance."""
        stations = self._queries.stations(caller, {})
        waiting = await self._node.store.count(QuarantinedInput, Where("replayed", "null"))
        whole, known = "*" in caller.principal.scope, self._node.engine.known
        power = known.all_alarms.values() if whole else ()
        raised = await AlarmPages(self._parts, self._page).found(caller, {}, 0, GRID)
        found = list(alarms(stations, self._node.engine.commit.trouble, waiting if whole else 0, power, raised))
        recent, _ = await self._queries.page(caller, BY_PLURAL["sessions"], {"limit": "8"})
        return self._page(
            request,
            "overview.html",
            caller,
            figures=figures(stations),
            stations=stations[:GRID],
            more=max(0, len(stations) - GRID),
            alarms=found,
            recent=self._fresh(recent),
            transfers=await self._transfers(recent),
            power=_power,
            zones=self._zones(caller),
        )

    def _zones(self, caller: Caller) -> list[ShownZone]:
        """Return the limited zones, to whoever may see every station (I17)."""
        if "*" not in caller.principal.scope:
            return []
        zones = sorted(self._node.engine.known.all_zones.values(), key=lambda one: one.key)
        return list(shown_zones(zones, self._node.clock.now()))

    async def levels(self, request: Request, caller: Caller) -> Response:
        """The levels of the sites: links, zones, who has the say of power; of a whole node, so for whoever may see all of it."""
        node, whole = self._node, "*" in caller.principal.scope
        ways = node.lookout.read() if whole else Ways()
        zones = {str(key): one for key, one in node.engine.known.all_zones.items()} if whole else {}
        orders = self._newest(await node.store.find(Order, Query(where=OF_POWER, order="-asked", limit=100))) if whole else []
        seen = picture(node.name, ways, self._queries.stations(caller, {}), zones, orders, node.clock.now())
        return self._page(request, "levels.html", caller, seen=seen)

    async def stations(self, request: Request, caller: Caller) -> Response:
        """Stations with their live state."""
        said = _said(request)
        page = number_of(said, "offset", 0)
        found = self._queries.stations(caller, said)
        return self._page(
            request,
            "stations.html",
            caller,
            stations=found[page : page + ROWS],
            total=len(found),
            any=bool(self._node.engine.stations),
            vouchers=await self._vouchers(caller),
            power=_power,
            state_of=state_of,
            **_paging(request, said, page, more=len(found) > page + ROWS),
        )

    async def _vouchers(self, caller: Caller) -> list[Voucher]:
        """Return what machines are expected, to whoever may let them in."""
        if caller.principal.role not in PERSONAL or "*" not in caller.principal.scope:
            return []
        return await self._node.store.find(Voucher, Query(order="id", limit=ROWS))

    async def station(self, request: Request, caller: Caller) -> Response:
        """One station: what it is, what it does, what it said, what it was told."""
        station = self._queries.station(caller, request.path_params["station"])
        mine = (Where("station", "=", station.id),)
        store, part = self._node.store, request.query_params.get("part", "")
        context: dict[str, Any] = {"station": station, "power": _power, "state": state_of(station)}
        limits = context["limits"] = shown_limits(station, self._node.clock.now())
        context["offer"], context["quirks"] = lambda number: least(limits, number), self._queries.quirks(station)
        context["deviations"], context["leaving"] = dict(self._node.deviations(station.id)), departure(store, station.id)
        context["open"] = [one for one in station.transfers.values() if one.ended is None]
        context["orders"] = self._newest(await store.find(Order, Query(where=mine, order="-asked", limit=12)))
        sessions = await store.find(ServiceSession, Query(where=mine, order="-number", limit=10))
        context["sessions"], context["transfers"] = self._fresh(sessions), await self._transfers(sessions)
        readable = caller.principal.role in PERSONAL
        context["frames"] = await self._node.frames.recent(station.id, 25) if readable and part != "live" else []
        facts = await store.facts(station=station.id, newest=True, limit=100)
        context["facts"] = gathered([shown_fact(one, self._access.seer(caller)) for one in facts])[:20]
        logs = await store.find(StationLog, Query(where=mine, order="-asked", limit=8))
        context["logs"] = [(one, self._node.shelf.has(one) if one.open else one.size) for one in logs]
        context["tokens"] = self._tokens(caller) if part != "live" else []
        return self._page(request, "station.html", caller, **context)

    def _tokens(self, caller: Caller) -> list[dict[str, Any]]:
        """Return the credentials one may start with, as they are shown."""
        if caller.principal.role not in PERSONAL or "*" not in caller.principal.scope:
            return []
        seer = self._access.seer(caller)
        tokens = list(self._node.engine.known.tokens.values())[:200]
        return sorted((show(one, seer) for one in tokens), key=lambda one: one["name"] or one["value"])

    def _newest(self, orders: Iterable[Order]) -> list[Order]:
        """Return orders as memory has them: it is ahead of the store."""
        return [self._node.engine.known.orders.get(one.id, one) for one in orders]

    def _fresh(self, sessions: Iterable[ServiceSession]) -> list[ServiceSession]:
        nobody = Station(id=StationId(""))
        stations = self._node.engine.stations
        return [stations.get(one.station, nobody).sessions.get(one.number, one) for one in sessions]

    async def _transfers(self, sessions: Iterable[ServiceSession]) -> dict[int, list[EnergyTransfer]]:
        """Return the energy transfers of some sessions, by session."""
        wanted = tuple(one.number for one in sessions)
        found: dict[int, list[EnergyTransfer]] = {number: [] for number in wanted}
        where = (Where("session", "in", wanted),)
        for one in await self._node.store.find(EnergyTransfer, Query(where=where, order="number", limit=500)) if wanted else ():
            station = self._node.engine.stations.get(one.station)
            fresh = station.transfers.get(one.reference, one) if station else one
            found[int(one.session or 0)].append(fresh)
        return found

    # -- sessions and records --

    async def sessions(self, request: Request, caller: Caller) -> Response:
        """Service sessions, filtered."""
        found, context = await self._list(request, caller, "sessions")
        transfers = await self._transfers(found)
        states = list(SessionState)
        return self._page(
            request, "sessions.html", caller, sessions=self._fresh(found), transfers=transfers, states=states, **context
        )

    async def session(self, request: Request, caller: Caller) -> Response:
        """One service session with its energy transfers and records."""
        stored: ServiceSession = await self._queries.one(caller, BY_PLURAL["sessions"], request.path_params["key"])
        (session,) = self._fresh([stored])
        transfers = (await self._transfers([stored]))[stored.number]
        where = (Where("session", "=", session.number),)
        sdrs = await self._node.store.find(Sdr, Query(where=where, order="produced", limit=20))
        promise = self._promise(session)
        return self._page(request, "session.html", caller, session=session, transfers=transfers, sdrs=sdrs, promise=promise)

    def _promise(self, session: ServiceSession) -> Promised | None:
        """Return what the driver may count on; None: the site's power is not planned, or the session is over."""
        known = self._node.engine.known
        station = known.stations.get(session.station)
        power = known.power(SiteId(station.zone.partition(":")[0])) if station is not None and station.zone else None
        rows = promised(power, {station.id: station}) if station is not None else []
        return next((one for one in rows if one.session == session.number), None)

    async def records(self, request: Request, caller: Caller) -> Response:
        """Service detail records, filtered, with export."""
        found, context = await self._list(request, caller, "sdrs")
        said = {name: value for name, value in _said(request).items() if name != "offset"}
        export = {name: f"{API}/sdrs?{urlencode({**said, 'format': name})}" for name in ("csv", "json")}
        return self._page(request, "records.html", caller, sdrs=found, export=export, **context)

    async def record(self, request: Request, caller: Caller) -> Response:
        """One record, word by word."""
        sdr = await self._queries.one(caller, BY_PLURAL["sdrs"], request.path_params["key"])
        return self._page(request, "record.html", caller, sdr=sdr, shown=show(sdr, self._access.seer(caller)))

    async def _list(self, request: Request, caller: Caller, plural: str) -> tuple[list[Any], dict[str, Any]]:
        """Return a page of a list, and what its template needs to page on."""
        said = _said(request)
        found, following = await self._queries.page(caller, BY_PLURAL[plural], {"limit": str(ROWS), **said})
        total = await self._queries.count(caller, BY_PLURAL[plural], said)
        paging = _paging(request, said, number_of(said, "offset", 0), more=following is not None)
        return found, {"total": total, **paging}

    # -- the rest --

    async def tokens(self, request: Request, caller: Caller) -> Response:
        """Credentials the operator knows."""
        found, context = await self._list(request, caller, "tokens")
        fresh = [self._node.engine.known.tokens.get(one.ref, one) for one in found]
        seer = self._access.seer(caller)
        shown = [(one, show(one, seer)) for one in fresh]
        return self._page(request, "tokens.html", caller, tokens=shown, uses=self._node.engine.known.in_use, **context)

    async def orders(self, request: Request, caller: Caller) -> Response:
        """Orders with their outcomes."""
        found, context = await self._list(request, caller, "orders")
        return self._page(request, "orders.html", caller, orders=self._newest(found), outcomes=list(Outcome), **context)

    async def order(self, request: Request, caller: Caller) -> Response:
        """One order with what was sent and answered."""
        order = await self._parts.commands.order(caller, request.path_params["key"])
        return self._page(request, "order.html", caller, order=order, shown=show(order, self._access.seer(caller)))

    async def quarantine(self, request: Request, caller: Caller) -> Response:
        """What could not be understood."""
        found, context = await self._list(request, caller, "quarantine")
        return self._page(request, "quarantine.html", caller, items=found, **context)

    async def quarantined(self, request: Request, caller: Caller) -> Response:
        """One input as it came."""
        self._access.demand_reader(caller, roles=PERSONAL)
        item = await self._queries.one(caller, BY_PLURAL["quarantine"], request.path_params["key"])
        return self._page(request, "quarantined.html", caller, item=item, shown=show(item, self._access.seer(caller)))

    async def audit(self, request: Request, caller: Caller) -> Response:
        """Who did what, and was it allowed."""
        found, context = await self._list(request, caller, "audit")
        return self._page(request, "audit.html", caller, entries=found, **context)

    async def principals(self, request: Request, caller: Caller) -> Response:
        """Who may ask."""
        found, context = await self._list(request, caller, "principals")
        fresh = [self._node.engine.known.principals.get(one.id, one) for one in found]
        return self._page(request, "principals.html", caller, principals=fresh, roles=list(Role), people=PEOPLE, **context)

    async def account(self, request: Request, caller: Caller) -> Response:
        """One's own password."""
        return self._page(request, "account.html", caller)

    async def docs(self, request: Request, caller: Caller) -> Response:
        """REST for people to read."""
        tags: dict[str, list[Any]] = {}
        for operation in self._parts.operations:
            tags.setdefault(operation.tag, []).append(operation)
        found = {tag: self._described(operations) for tag, operations in sorted(tags.items())}
        return self._page(request, "docs.html", caller, tags=found, schemas=self._parts.description["components"]["schemas"])

    def _described(self, operations: list[Any]) -> list[tuple[Any, Any]]:
        paths = self._parts.description["paths"]
        return [(one, paths[f"{API}/{one.path}"][one.method.lower()]) for one in operations]


def _said(request: Request) -> dict[str, str]:
    """Return the filters of a page: what was filled in, without what only concerns how it is shown."""
    return {name: value for name, value in request.query_params.items() if value and name not in {"part", "limit"}}


def _paging(request: Request, said: dict[str, str], offset: int, *, more: bool) -> dict[str, Any]:
    def link(at: int) -> str:
        return f"{request.url.path}?{urlencode({**said, 'offset': str(at)} if at else _first(said))}"

    return {
        "said": said,
        "offset": offset,
        "earlier": link(max(0, offset - ROWS)) if offset else "",
        "later": link(offset + ROWS) if more else "",
        "part": f"{request.url.path}?{urlencode({**said, 'part': 'live'})}",
    }


def _first(said: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in said.items() if name != "offset"}


def _power(station: Station) -> float:
    return sum(one.power or 0.0 for one in station.transfers.values() if one.ended is None)
