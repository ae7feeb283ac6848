# SPDX-License-Identifier: Apache-2.0
"""The page of the tariffs that a station holds: which count where and from when on, and forms for them (8.4.6, 8.4.7)."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Caller
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.site_pages import Page
from open63110.model.charging_tariff import StationTariff, in_force
from open63110.model.tariff_rules import price_lists
from open63110.ports import Query, Where

View = Callable[[Request, Caller], Awaitable[Response]]

ROWS = 200

UNITS = {
    "energy": "kWh",
    "charging_time": "minute of charging",
    "idle_time": "idle minute",
    "reservation_time": "reserved minute",
}
"""What the prices of a list are for; others are fees."""


class TariffPages:
    """What is shown of the tariffs of stations."""

    def __init__(self, parts: Parts, page: Page) -> None:
        """Show what the node knows."""
        self._parts, self._page = parts, page

    def views(self) -> dict[str, View]:
        """Return the pages by path."""
        return {"/stations/{station}/tariffs": self.tariffs}

    async def tariffs(self, request: Request, caller: Caller) -> Response:
        """Tariffs of one station."""
        station = self._parts.queries.station(caller, request.path_params["station"])
        node, mine = self._parts.node, (Where("station", "=", station.id), Where("ended", "null"))
        tariffs = await node.store.find(StationTariff, Query(where=mine, order="key", limit=ROWS))
        now = node.clock.now()
        counting = {evse: in_force(tariffs, evse, now) for evse in sorted(station.evses)}
        return self._page(
            request,
            "tariffs.html",
            caller,
            station=station,
            tariffs=[(one, prices(one)) for one in tariffs],
            counting={evse: one for evse, one in counting.items() if one is not None},
            open=[one for one in station.transfers.values() if one.ended is None],
        )


def prices(row: StationTariff) -> list[str]:
    """Return the prices of a tariff as people read them; nothing of one whose words are not known here."""
    found = []
    for name, one in price_lists(row.tariff) if row.tariff is not None else ():
        taxes = "".join(f" + {tax.percent.normalize():f} % {tax.type}" for tax in one.taxes)
        said = " / ".join(f"{price.price.normalize():f}" for price in one.prices)
        unit = f"per {UNITS[name]}" if name in UNITS else name.replace("_", " ")
        found.append(f"{said} {unit}{taxes}")
    return found
