# SPDX-License-Identifier: Apache-2.0
"""What the answer of a station to an order about its monitors means (8.3.5)."""

from collections.abc import Iterator, Mapping
from typing import Final

from open63110.bindings.link.answer import Answer, Meaning, find
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


def _monitor(answer: Answer) -> Iterator[Message]:
    order, said = answer.order, find(answer.said, MonitorAnswer)
    if answer.yes and said is not None and said.status == "accepted":
        yield MonitorSet(station=order.station, at=answer.now, monitor=said.monitor)
        return
    why = answer.reason if said is None else f"{said.status} {said.reason}".strip()
    yield MonitorRefused(station=order.station, at=answer.now, monitor=wished(order), reason=why)


def _monitors_cleared(answer: Answer) -> Iterator[Message]:
    said = answer.find(ClearAnswer)
    if said is not None:
        yield MonitorsCleared(station=answer.order.station, at=answer.now, ids=(*said.cleared, *said.unknown))


def _monitors_asked(answer: Answer) -> Iterator[Message]:
    if answer.reason == NOTHING:
        yield MonitorsReported(station=answer.order.station, at=answer.now, request=answer.order.request)
    elif not answer.yes:
        yield GiveUpMonitorReport(station=answer.order.station, request=answer.order.request, refused=True)


def _base(answer: Answer) -> Iterator[Message]:
    if answer.yes:
        yield MonitoringBaseSet(station=answer.order.station, at=answer.now, base=answer.order.base)


def _level(answer: Answer) -> Iterator[Message]:
    if answer.yes:
        yield MonitoringLevelSet(station=answer.order.station, at=answer.now, severity=answer.order.severity)


OF_MONITORS: Final[Mapping[type[Command], Meaning]] = {
    SetMonitor: _monitor,
    ClearMonitors: _monitors_cleared,
    AskMonitors: _monitors_asked,
    SetMonitoringBase: _base,
    SetMonitoringLevel: _level,
}
"""What use cases hear of it."""
