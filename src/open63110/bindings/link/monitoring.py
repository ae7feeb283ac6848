# SPDX-License-Identifier: Apache-2.0
"""What the answer of a station to an order about its monitors means (8.3.5)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from open63110.kernel.messages import Command, Message
from open63110.usecases.stations.monitor_station.installing import NOTHING
from open63110.usecases.stations.monitor_station.monitors import (
    AskMonitors,
    ClearAnswer,
    ClearMonitors,
    GiveUpMonitorReport,
    MonitorAnswer,
    MonitoringBaseSet,
    MonitoringLevelSet,
    MonitorRefused,
    MonitorsCleared,
    MonitorSet,
    MonitorsReported,
    SetMonitor,
    SetMonitoringBase,
    SetMonitoringLevel,
)
from open63110.usecases.stations.monitor_station.watching import wished


def _monitor(order: Any, yes: bool, reason: str, answers: Sequence[Any], now: datetime) -> Iterator[Message]:  # noqa: FBT001 - as all
    said = next((one for one in answers if isinstance(one, MonitorAnswer)), None)
    if yes and said is not None and said.status == "accepted":
        yield MonitorSet(station=order.station, at=now, monitor=said.monitor)
        return
    why = reason if said is None else f"{said.status} {said.reason}".strip()
    yield MonitorRefused(station=order.station, at=now, monitor=wished(order), reason=why)


def _monitors_cleared(order: Any, yes: bool, _: str, answers: Sequence[Any], now: datetime) -> Iterator[Message]:  # noqa: FBT001 - as all
    said = next((one for one in answers if isinstance(one, ClearAnswer)), None)
    if yes and said is not None:
        yield MonitorsCleared(station=order.station, at=now, ids=(*said.cleared, *said.unknown))


def _monitors_asked(order: Any, yes: bool, reason: str, _: Sequence[Any], now: datetime) -> Iterator[Message]:  # noqa: FBT001 - as all
    if reason == NOTHING:
        yield MonitorsReported(station=order.station, at=now, request=order.request)
    elif not yes:
        yield GiveUpMonitorReport(station=order.station, request=order.request)


def _base(order: Any, yes: bool, _: str, __: Sequence[Any], now: datetime) -> Iterator[Message]:  # noqa: FBT001 - as all
    if yes:
        yield MonitoringBaseSet(station=order.station, at=now, base=order.base)


def _level(order: Any, yes: bool, _: str, __: Sequence[Any], now: datetime) -> Iterator[Message]:  # noqa: FBT001 - as all
    if yes:
        yield MonitoringLevelSet(station=order.station, at=now, severity=order.severity)


OF_MONITORS: Final[Mapping[type[Command], Callable[[Any, bool, str, Sequence[Any], datetime], Iterator[Message]]]] = {
    SetMonitor: _monitor,
    ClearMonitors: _monitors_cleared,
    AskMonitors: _monitors_asked,
    SetMonitoringBase: _base,
    SetMonitoringLevel: _level,
}
"""What use cases hear of it."""
