# SPDX-License-Identifier: Apache-2.0
"""A station is there again: what it should watch is compared with what it watches, or just seen to."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from open63110.kernel.messages import Effect, Wake
from open63110.model.monitor import Monitoring
from open63110.model.station import Station
from open63110.ports import Rows
from open63110.usecases.stations.monitor_station import inventorying
from open63110.usecases.stations.monitor_station.monitors import AskMonitors, ReconcileMonitors, SetMonitoringLevel
from open63110.usecases.stations.monitor_station.watching import MONITORS, settle

BREATH: Final = timedelta(seconds=5)
"""After a station is there again: what waited for it goes out first."""


def reconcile(command: ReconcileMonitors, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Ask what a station still has that has not said so since it started; else see to what it has yet to set or to clear."""
    monitoring = rows.get(Monitoring, station.id)
    if monitoring is None or station.connected is None or MONITORS in station.lacks:
        return
    if now < station.connected + BREATH:
        name = "monitors-booted" if command.booted else "monitors"
        yield Wake(name=name, at=station.connected + BREATH, command=command)
        return
    if command.booted and monitoring.level is not None:
        yield SetMonitoringLevel(station=station.id, severity=monitoring.level)
    if (command.booted or monitoring.compare) and any(one.state == "set" for one in monitoring.wishes):
        yield from inventorying.ask(AskMonitors(station=station.id, compare=True), station, rows, now)
        return
    yield from settle(monitoring)
