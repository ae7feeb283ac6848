# SPDX-License-Identifier: Apache-2.0
"""What a node holds in memory of DSOs: groups, forecasts, links, orders that are not over (8.2.7); what is expected at sites."""

from collections.abc import MutableMapping
from typing import Any

from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.model.dso import ALIVE, Compliance, DsoForecast, DsoGroup, DsoLink, DsoOrder
from open63110.model.outlook import Outlook
from open63110.model.principal import Principal
from open63110.model.site import SiteId
from open63110.model.station import Station
from open63110.ports import Store, Where


class GridKnowledge:
    """A part of Knowledge: what decisions about orders of DSOs are given."""

    stations: dict[StationId, Station]
    principals: dict[PrincipalId, Principal]
    _store: Store
    _gone: dict[Any, Any]

    def _load_grid(self, store: Store) -> None:
        self.groups: dict[str, DsoGroup] = {one.id: one for one in store.load(DsoGroup)}
        self.forecasts: dict[str, DsoForecast] = {one.id: one for one in store.load(DsoForecast)}
        self.all_outlooks: dict[str, Outlook] = {one.id: one for one in store.load(Outlook)}
        self.dso_links: dict[str, DsoLink] = {one.id: one for one in store.load(DsoLink)}
        alive = store.load(DsoOrder, Where("state", "in", ALIVE))
        self.all_dso_orders: dict[str, DsoOrder] = {one.order_id: one for one in alive}
        reports = (store.get(Compliance, one.order_id) for one in alive)
        self.compliances: dict[str, Compliance] = {one.order_id: one for one in reports if one is not None}

    def _grid_registers(self) -> dict[str, MutableMapping[Any, Any]]:
        return {
            "dso_group": self.groups,
            "dso_forecast": self.forecasts,
            "dso_link": self.dso_links,
            "outlook": self.all_outlooks,
            "dso_order": self.all_dso_orders,
            "compliance": self.compliances,
        }

    def outlooks(self, site: SiteId) -> tuple[Outlook, ...]:
        """Return what is expected at a site, in the order of their ids."""
        return tuple(one for _, one in sorted(self.all_outlooks.items()) if one.site == site)

    def dso_group(self, key: str) -> DsoGroup | None:
        """Return a group of places that a DSO may address, None if there is none."""
        return self.groups.get(key)

    def dso_groups(self) -> tuple[DsoGroup, ...]:
        """Return all of them, in the order of their ids."""
        return tuple(one for _, one in sorted(self.groups.items()))

    def dso_order(self, key: str) -> DsoOrder | None:
        """Return an order of a DSO, also one that is over, None if there is none."""
        return self.all_dso_orders.get(key) or self._gone.get(("dso_order", key)) or self._store.get(DsoOrder, key)

    def dso_orders(self) -> tuple[DsoOrder, ...]:
        """Return the orders that something is still to be done about, in the order of their ids."""
        return tuple(one for _, one in sorted(self.all_dso_orders.items()))

    def report(self, key: str) -> Compliance | None:
        """Return what came of an order, closed or not; None: nobody knows."""
        return self.compliances.get(key) or self._gone.get(("compliance", key)) or self._store.get(Compliance, key)

    def compliance(self, order_id: str) -> Compliance | None:
        """Return what came of such an order so far, None if its time has not come."""
        return self.compliances.get(order_id)

    def dso_forecast(self, key: str) -> DsoForecast | None:
        """Return a forecast, None if there is none."""
        return self.forecasts.get(key)

    def dso_link(self, dso: str) -> DsoLink | None:
        """Return when a DSO was heard last, None if it never was."""
        return self.dso_links.get(dso)

    def role_of(self, principal: str) -> Role | None:
        """Return the role of somebody who may ask, None if there is nobody of that name."""
        known = self.principals.get(PrincipalId(principal))
        return known.role if known is not None else None

    def station(self, key: StationId) -> Station | None:
        """Return a station, None if there is none."""
        return self.stations.get(key)
