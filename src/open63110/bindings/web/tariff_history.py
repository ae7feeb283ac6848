# SPDX-License-Identifier: Apache-2.0
"""Which tariff counted at a station at a moment: what drivers could read there, as far as the station has said (8.4.7)."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.operations import JsonResponse, Operation, Parameter
from open63110.bindings.web.queries import Queries, moment_of
from open63110.bindings.web.shapes import show
from open63110.model.charging_tariff import StationTariff, in_force
from open63110.ports import Where
from open63110.runtime.node import Node
from open63110.runtime.rows import TurnRows


class TariffOfEvse(msgspec.Struct, frozen=True, kw_only=True):
    """What counted at one EVSE."""

    evse: int
    since: datetime
    """From when on it counted there."""
    tariff: StationTariff


class TariffHistory:
    """Questions about tariffs that counted."""

    def __init__(self, node: Node, access: Access, queries: Queries) -> None:
        """Answer by what the node knows."""
        self._node, self._access, self._queries = node, access, queries

    def operations(self) -> Iterator[Operation]:
        """Return what REST offers."""
        yield Operation(
            id="listTariffsAt",
            method="GET",
            path="stations/{station}/tariffs",
            summary="Which tariff counted at each EVSE of a station at a moment (8.4.7)",
            tag="tariffs",
            roles="viewer, operator, admin",
            handler=self._at,
            answer=TariffOfEvse,
            many=True,
            parameters=(Parameter(name="at", type=datetime, about="When; now if not said."),),
        )

    async def _at(self, request: Request, caller: Caller) -> Response:
        station = self._queries.station(caller, request.path_params["station"])
        at = moment_of(request.query_params, "at", self._node.clock.now())
        rows = TurnRows(self._node.engine.known.under_way, {}).load(StationTariff, Where("station", "=", station.id))
        seer, counted = self._access.seer(caller), ((evse, in_force(rows, evse, at)) for evse in sorted(station.evses))
        items = [{"evse": evse, "since": one.since, "tariff": show(one, seer)} for evse, one in counted if one is not None]
        return JsonResponse({"items": items, "next": None})
