# SPDX-License-Identifier: Apache-2.0
"""REST for a DSO: what came of its orders, and the power of its groups; of people it learns nothing (7.8, R-7.4-3, R-7.8-4)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.export import file, lines, moment
from open63110.bindings.web.listings import BY_PLURAL, GRID
from open63110.bindings.web.operations import JsonResponse, Operation, Parameter
from open63110.bindings.web.queries import Queries
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Percent, Watts
from open63110.model.constraint import ConstraintScope
from open63110.model.dso import Compliance, ComplianceStatus, DsoGroup, DsoOrder, DsoOrderState, DsoSample, place_text
from open63110.model.power import PowerSample
from open63110.ports import Query, Where
from open63110.runtime.node import Node
from open63110.usecases.energy.dso_power_variation import loads, seen

BEFORE = timedelta(minutes=10)
"""So long before an order began its report looks back."""

MOST_SAMPLES = 10_000


class StationReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an order at one station."""

    station: str
    """To its operator the station; to a DSO a pseudonym, always the same one."""
    t_effect: datetime | None
    """When it confirmed; null: it has not."""
    missing: bool
    """It cannot be reached, or did not obey."""
    limit: Watts | None = None
    """What it was given [W]; only its operator sees that."""
    p_before: Watts | None = None
    """[W]; only its operator sees that."""
    p_after: Watts | None = None
    """[W]; only its operator sees that."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """The power at all places together, or at the one that is named, at one moment."""

    at: datetime
    power: Watts | None
    """[W]; null: nobody knows."""
    most: Watts | None = None
    """What could be drawn at most [W]."""
    place: str = ""
    """Empty: all of them."""


class ComplianceReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an order (R-7.8-4)."""

    order_id: str
    dso: str
    group: str
    places: list[str]
    state: DsoOrderState
    emergency: bool
    binding: bool
    p_max_import: Watts | None
    p_max_export: Watts | None
    delta: Percent | None
    start: datetime
    end: datetime | None
    t_ack: datetime
    t_effect: datetime | None
    """When the last station that can be reached confirmed."""
    p_before: Watts | None
    p_after: Watts | None
    reachable: Watts | None
    """What is drawn at most once all that can be reached have obeyed [W]."""
    status: ComplianceStatus
    missing: list[str]
    stations: list[StationReport]
    before: list[Measured]
    """What was measured each minute before it began."""
    samples: list[Measured]
    """What was measured from then on: each second at first, then less often."""


class PlaceLoad(msgspec.Struct, frozen=True, kw_only=True):
    """The power at one place of a group."""

    place: str
    power: Watts | None
    most: Watts
    stations: int
    missing: int
    """How many of them cannot be reached."""


class GroupLoad(msgspec.Struct, frozen=True, kw_only=True):
    """The power of a group as it is now."""

    group: str
    at: datetime
    power: Watts | None
    """Measured in all [W]; null: nobody knows it of one of its places."""
    most: Watts
    """What could be drawn at most [W]."""
    places: list[PlaceLoad]


COLUMNS = (
    "order_id",
    "dso",
    "status",
    "p_max_import_W",
    "reachable_W",
    "t_ack",
    "order_t_effect",
    "order_p_before_W",
    "order_p_after_W",
    "station",
    "t_effect",
    "limit_W",
    "p_before_W",
    "p_after_W",
    "missing",
)


class Grid:
    """The operations that answer a DSO."""

    def __init__(self, node: Node, access: Access, queries: Queries) -> None:
        """Read from memory and store."""
        self._node, self._access, self._queries = node, access, queries

    def operations(self) -> Iterator[Operation]:
        """Return what can be asked."""
        roles = ", ".join(sorted(GRID, reverse=True))
        yield Operation(
            id="getCompliance",
            method="GET",
            path="dso-orders/{key}/compliance",
            summary="What came of an order of a DSO: when which station confirmed, what was measured before and after (8.2.7)",
            tag="dso-orders",
            roles=roles,
            handler=self._compliance,
            answer=ComplianceReport,
            parameters=(Parameter(name="format", about="json, or csv: one line for each station."),),
        )
        yield Operation(
            id="getGroupLoad",
            method="GET",
            path="dso-groups/{key}/load",
            summary="The power of a group of a DSO as it is now, summed (7.8)",
            tag="dso-groups",
            roles=roles,
            handler=self._load,
            answer=GroupLoad,
        )

    async def _compliance(self, request: Request, caller: Caller) -> Response:
        order: DsoOrder = await self._queries.one(caller, BY_PLURAL["dso-orders"], request.path_params["key"])
        wanted = request.query_params.get("format") or ("csv" if "text/csv" in request.headers.get("accept", "") else "json")
        if wanted not in {"json", "csv"}:
            raise Malformed(f"a report cannot be had as {wanted}", where="format", remedy="json, csv")
        report = await self._report(caller, order)
        if wanted == "json":
            return JsonResponse(report)
        return file(Response(lines(COLUMNS, _rows(report)), media_type="text/csv"), f"compliance-{order.order_id}.csv")

    async def _report(self, caller: Caller, order: DsoOrder) -> ComplianceReport:
        known = self._node.engine.known.compliance(order.order_id)
        if known is None:
            rows = await self._node.store.find(Compliance, Query(where=(Where("order_id", "=", order.order_id),), limit=1))
            known = rows[0] if rows else Compliance(order_id=order.order_id, dso=order.dso, t_ack=order.accepted)
        names = self._names(caller, known)
        samples = Query(where=(Where("order_id", "=", order.order_id),), order="id", limit=MOST_SAMPLES)
        return ComplianceReport(
            order_id=order.order_id,
            dso=order.dso,
            group=order.group,
            places=[place_text(one) for one in order.places],
            state=order.state,
            emergency=order.emergency,
            binding=order.binding,
            p_max_import=order.p_max_import,
            p_max_export=order.p_max_export,
            delta=order.delta,
            start=order.start,
            end=order.end,
            t_ack=known.t_ack,
            t_effect=known.t_effect,
            p_before=known.p_before,
            p_after=known.p_after,
            reachable=known.reachable if known.reachable is not None else order.reachable,
            status=known.status,
            missing=[names[one] for one in known.missing],
            stations=list(_stations(known, names, whole=caller.principal.role is not Role.DSO)),
            before=[one for place in order.places for one in await self._before(place, order.start)],
            samples=[
                Measured(at=one.at, power=one.power, most=one.most) for one in await self._node.store.find(DsoSample, samples)
            ],
        )

    def _names(self, caller: Caller, report: Compliance) -> dict[StationId, str]:
        """Return what stations are called: to a DSO by pseudonyms that only this installation can make."""
        ids = [one.station for one in report.stations]
        if caller.principal.role is not Role.DSO:
            return {one: str(one) for one in ids}
        return {one: self._node.keys.pseudonym(caller.principal.id, one) for one in ids}

    async def _before(self, place: ConstraintScope, start: datetime) -> list[Measured]:
        where = (Where("site", "=", place.site), Where("at", ">=", start - BEFORE), Where("at", "<", start))
        found: list[PowerSample] = await self._node.store.find(PowerSample, Query(where=where, order="id", limit=MOST_SAMPLES))
        return [Measured(at=one.at, power=loads(place, one.nodes), place=place_text(place)) for one in found]

    async def _load(self, request: Request, caller: Caller) -> Response:
        group: DsoGroup = await self._queries.one(caller, BY_PLURAL["dso-groups"], request.path_params["key"])
        now = self._node.clock.now()
        views = [seen(one, self._node.engine.known, now) for one in group.places]
        places = [
            PlaceLoad(
                place=place_text(one.place),
                power=one.load,
                most=one.most,
                stations=len(one.stations),
                missing=sum(each.missing for each in one.stations),
            )
            for one in views
        ]
        known = [one.load for one in views if one.load is not None]
        power = Watts(sum(known)) if len(known) == len(views) else None
        most = Watts(sum(one.most for one in views))
        return JsonResponse(GroupLoad(group=group.id, at=now, power=power, most=most, places=places))


def _stations(report: Compliance, names: dict[StationId, str], *, whole: bool) -> Iterator[StationReport]:
    found = [
        StationReport(
            station=names[one.station],
            t_effect=one.t_effect,
            missing=one.missing,
            limit=one.limit if whole else None,
            p_before=one.p_before if whole else None,
            p_after=one.p_after if whole else None,
        )
        for one in report.stations
    ]
    yield from sorted(found, key=lambda one: one.station)


def _rows(report: ComplianceReport) -> Iterator[list[Any]]:
    order = [
        report.order_id,
        report.dso,
        report.status,
        report.p_max_import,
        report.reachable,
        moment(report.t_ack),
        moment(report.t_effect),
        report.p_before,
        report.p_after,
    ]
    for one in report.stations:
        mine = [one.station, moment(one.t_effect), one.limit, one.p_before, one.p_after, "yes" if one.missing else "no"]
        yield [*order, *mine]
