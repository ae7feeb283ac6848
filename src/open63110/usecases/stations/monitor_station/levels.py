# SPDX-License-Identifier: Apache-2.0
"""Which monitors of its maker a station uses, and how grave something must be for it to tell it: at the CSMS."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, NotSupported
from open63110.kernel.messages import Effect
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door
from open63110.model.monitor import DEBUG, DROPPING
from open63110.model.station import Station
from open63110.ports import Rows
from open63110.usecases.stations.monitor_station.monitors import (
    AskMonitors,
    ClearMonitors,
    MonitoringBaseSet,
    MonitoringLevelSet,
    SetMonitor,
    SetMonitoringBase,
    SetMonitoringLevel,
)
from open63110.usecases.stations.monitor_station.watching import MONITORS, known, told


def set_base(command: SetMonitoringBase, station: Station) -> Iterator[Effect]:
    """Pass it on.

    Raises:
        NotSupported: the station has no monitors.
    """
    if MONITORS in station.lacks:
        raise NotSupported(f"{station.wire} has no monitors", code="NoMonitors", where="base")
    yield command


def base_set(event: MonitoringBaseSet, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Keep it; what it made the station forget is wanted no longer."""
    yield event
    monitoring = replace(known(station.id, rows, now), base=event.base)
    if event.base in DROPPING:
        built_in = tuple(one for one in monitoring.installed if one.origin != "custom")
        monitoring = replace(monitoring, wishes=(), installed=built_in)
    yield told(monitoring, now)


def set_level(command: SetMonitoringLevel, station: Station) -> Iterator[Effect]:
    """Pass it on.

    Raises:
        Malformed: there is no such severity.
        NotSupported: the station tells what it tells.
    """
    if not 0 <= command.severity <= DEBUG:
        raise Malformed(f"severities are 0 to {DEBUG}, not {command.severity}", code="InvalidValue", where="severity")
    if MONITORS in station.lacks:
        raise NotSupported(f"{station.wire} has no levels of monitoring", code="NoMonitors", where="severity")
    yield command


def level_set(event: MonitoringLevelSet, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Keep it, so that the station can be told again after a boot."""
    yield event
    yield told(replace(known(station.id, rows, now), level=event.severity), now)


_WHO: Final = frozenset({Role.OPERATOR})

DOORS: Final = (
    Door(command=SetMonitor, noun="station", verb="set-monitor", roles=_WHO),
    Door(command=ClearMonitors, noun="station", verb="clear-monitors", roles=_WHO),
    Door(command=AskMonitors, noun="station", verb="ask-monitors", roles=_WHO),
    Door(command=SetMonitoringBase, noun="station", verb="set-monitoring-base", roles=_WHO),
    Door(command=SetMonitoringLevel, noun="station", verb="set-monitoring-level", roles=_WHO),
)
"""Ways in from outside."""
