# SPDX-License-Identifier: Apache-2.0
"""Which monitors a station has: asked for, put together from parts in any order, and compared with what is wanted."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Effect, Wake
from open63110.model.device import variable_address
from open63110.model.monitor import Monitor, Monitoring, MonitorPage, MonitorPageChanged, MonitorWish
from open63110.model.station import Station
from open63110.ports import Rows, Where
from open63110.usecases.stations.monitor_station.messages import Acknowledged
from open63110.usecases.stations.monitor_station.monitors import (
    AskMonitors,
    GiveUpMonitorReport,
    MonitorReportLost,
    MonitorsReported,
)
from open63110.usecases.stations.monitor_station.watching import MONITORS, known, same, settle, told

WITHIN: Final = timedelta(seconds=300)
"""A report that has not become whole after this never will."""

MOST_PAGES: Final = 2_000
"""Parts of one report; more are none that anybody waits for."""

_WAKE: Final = "monitor-report"


def ask(command: AskMonitors, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Ask, under a new number: what comes of an earlier question counts no more. A comparison that is due takes a whole report.

    Raises:
        NotSupported: the station has no monitors.
        Malformed: what is named is no variable.
    """
    if MONITORS in station.lacks:
        raise NotSupported(f"{station.wire} has no monitors", code="NoMonitors")
    for one in command.variables:
        variable_address(one, "variables")
    monitoring = known(station.id, rows, now)
    if command.compare or monitoring.compare:
        command = replace(command, kinds=(), variables=(), compare=True)
    number = monitoring.request + 1
    yield from _forget_pages(station, rows, now)
    partial = bool(command.kinds or command.variables)
    yield told(replace(monitoring, request=number, asked=now, compare=command.compare, partial=partial), now)
    yield Wake(name=_WAKE, at=now + WITHIN, command=GiveUpMonitorReport(station=station.id, request=number))
    yield replace(command, request=number)


def hear(event: MonitorsReported, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Keep a part, and take the whole once all of it is there. What nobody asked for stands in the journal alone."""
    yield event
    monitoring = rows.get(Monitoring, station.id)
    if monitoring is not None and monitoring.asked is not None and event.request == monitoring.request:
        page = MonitorPage(
            id=f"{station.id}:{event.seq}",
            station=station.id,
            request=event.request,
            seq=event.seq,
            monitors=event.monitors,
            more=event.more,
        )
        pages = {one.seq: one for one in rows.load(MonitorPage, Where("station", "=", station.id))}
        pages[event.seq] = page
        if whole(pages):
            yield from _forget_pages(station, rows, now)
            yield from _take(monitoring, pages, now)
        elif 0 <= event.seq < MOST_PAGES:
            yield MonitorPageChanged(station=station.id, at=now, id=page.id, monitor_page=page)
    yield Acknowledged()


def whole(pages: dict[int, MonitorPage]) -> bool:
    """Tell whether all parts are there: from 0 to the one after which there are no more."""
    ends = [seq for seq, one in pages.items() if not one.more]
    return bool(ends) and all(seq in pages for seq in range(min(ends) + 1))


def _take(monitoring: Monitoring, pages: dict[int, MonitorPage], now: datetime) -> Iterator[Effect]:
    found = tuple(one for _, page in sorted(pages.items()) for one in page.monitors)
    yield Wake(name=_WAKE, at=now, command=None)
    if monitoring.partial:
        here = {one.id for one in found}
        found += tuple(one for one in monitoring.installed if one.id not in here)
    wishes = tuple(_compared(one, found, now, compare=monitoring.compare) for one in monitoring.wishes)
    taken = replace(monitoring, installed=found, reported=now, asked=None, compare=False, wishes=wishes)
    yield told(taken, now)
    if monitoring.compare:
        yield from settle(taken)


def _compared(wish: MonitorWish, found: tuple[Monitor, ...], now: datetime, *, compare: bool) -> MonitorWish:
    """Return a wish as the report shows it; one that was fulfilled and is not any more is wanted again, if ``compare``."""
    there = next((one for one in found if same(one, wish.monitor)), None)
    if there is None or there.value != wish.monitor.value:
        lost = compare and wish.state == "set"
        number = there.id if there is not None else 0
        return replace(wish, state="wanted", at=now, monitor=replace(wish.monitor, id=number)) if lost else wish
    fulfilled = replace(wish, monitor=replace(wish.monitor, id=there.id))
    return fulfilled if wish.state == "unwanted" else replace(fulfilled, state="set", reason="")


def give_up(command: GiveUpMonitorReport, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Wait no longer: a part of a report is not what a station has. A comparison that is due takes place when it is back."""
    monitoring = rows.get(Monitoring, station.id)
    if monitoring is None or monitoring.asked is None or monitoring.request != command.request:
        return
    yield MonitorReportLost(station=station.id, at=now, request=command.request, since=monitoring.asked)
    yield from _forget_pages(station, rows, now)
    yield told(replace(monitoring, asked=None, compare=monitoring.compare and not command.refused), now)


def _forget_pages(station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    for one in rows.load(MonitorPage, Where("station", "=", station.id)):
        yield MonitorPageChanged(station=station.id, at=now, id=one.id, monitor_page=None)
