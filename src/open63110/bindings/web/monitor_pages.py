# SPDX-License-Identifier: Apache-2.0
"""The page of what is watched at a station: monitors to set and to clear, and streams of values as curves (8.3.5)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Caller
from open63110.bindings.web.alarms import SEVERITIES
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.site_pages import Page
from open63110.model.monitor import Monitor, Monitoring, MonitorKind, WishState
from open63110.model.stream import EventStream
from open63110.ports import Query, Where
from open63110.usecases.stations.monitor_station.installing import watchable

View = Callable[[Request, Caller], Awaitable[Response]]

TONES: Final[Mapping[WishState, str]] = {"set": "good", "wanted": "warn", "unwanted": "warn", "refused": "bad"}
"""How the state of a wish looks."""

STREAMS = 20
"""Streams on one page, the newest first."""


class ShownMonitor(msgspec.Struct, frozen=True, kw_only=True):
    """A monitor, wanted here or reported by its station."""

    monitor: Monitor
    state: WishState | str
    """Of the wish; of one that nobody here wants, who set it."""
    reason: str = ""
    by: str = ""


class MonitorPages:
    """What is shown of monitors."""

    def __init__(self, parts: Parts, page: Page) -> None:
        """Show what the node knows."""
        self._parts, self._page = parts, page

    def views(self) -> dict[str, View]:
        """Return the pages by path."""
        return {"/stations/{station}/monitors": self.monitors}

    async def monitors(self, request: Request, caller: Caller) -> Response:
        """Monitors and streams of one station."""
        station = self._parts.queries.station(caller, request.path_params["station"])
        store, mine = self._parts.node.store, (Where("station", "=", station.id),)
        found = await store.find(Monitoring, Query(where=mine, limit=1))
        streams = await store.find(EventStream, Query(where=mine, order="-opened", limit=STREAMS))
        return self._page(
            request,
            "monitors.html",
            caller,
            station=station,
            monitoring=found[0] if found else None,
            shown=shown(found[0]) if found else [],
            streams=streams,
            kinds=list(MonitorKind),
            severities=SEVERITIES,
            tones=TONES,
            variables=[str(one) for one in watchable(station)],
        )


def shown(monitoring: Monitoring) -> list[ShownMonitor]:
    """Return what is wanted, then what the station has beside that."""
    wished = [ShownMonitor(monitor=one.monitor, state=one.state, reason=one.reason, by=one.by) for one in monitoring.wishes]
    known = {one.monitor.id for one in wished}
    others = [ShownMonitor(monitor=one, state=one.origin) for one in monitoring.installed if one.id not in known]
    return sorted(wished, key=lambda one: one.monitor.address) + sorted(others, key=lambda one: one.monitor.address)
