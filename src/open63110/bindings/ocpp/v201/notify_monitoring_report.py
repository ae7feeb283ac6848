# SPDX-License-Identifier: Apache-2.0
"""NotifyMonitoringReport (2.0.1): a part of the monitors that a station has. It does not say in which portions streams come."""

from collections.abc import Iterator
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import EMPTY, utc
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.translation import Door, Translation, given, stored
from open63110.bindings.ocpp.v201.addresses import address, component_type, variable_type
from open63110.bindings.ocpp.v201.set_variable_monitoring import KINDS, WIRE_KINDS
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.model.device import VariableAddress
from open63110.model.monitor import Monitor, MonitorOrigin
from open63110.usecases.stations.monitor_station.monitors import MonitorsReported

ORIGINS: Final[dict[str, MonitorOrigin]] = {
    "CustomMonitor": "custom",
    "PreconfiguredMonitor": "preconfigured",
    "HardWiredMonitor": "hard-wired",
    "HardWiredNotification": "hard-wired",
}
_WIRE_ORIGINS: Final[dict[MonitorOrigin, Any]] = {
    "custom": "CustomMonitor",
    "preconfigured": "PreconfiguredMonitor",
    "hard-wired": "HardWiredMonitor",
}


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read a part of a report."""
    found = tuple(one for said in given(request.monitor) or () for one in _monitors(said))
    return (
        MonitorsReported(
            station=door.station,
            at=utc(request.generated_at),
            request=request.request_id,
            seq=request.seq_no,
            more=given(request.tbc) or False,
            monitors=found,
        ),
    )


def _monitors(said: Any) -> Iterator[Monitor]:
    """Read the monitors of one variable; 2.0.1 does not say who set one."""
    where = address(said)
    for one in said.variable_monitoring:
        origin = getattr(one, "event_notification_type", "CustomMonitor")
        yield Monitor(
            address=where,
            kind=KINDS[one.type],
            value=one.value,
            severity=one.severity,
            id=one.id,
            transaction=one.transaction,
            origin=ORIGINS[origin],
        )


def to_wire(event: MonitorsReported, _: Door) -> Any:
    """Tell a part of a report."""
    return types.NotifyMonitoringReportRequest(
        request_id=event.request,
        seq_no=event.seq,
        generated_at=event.at,
        tbc=event.more or UNSET,
        monitor=tuple(
            types.MonitoringDataType(
                component=component_type(where.component),
                variable=variable_type(where),
                variable_monitoring=tuple(_monitoring(one) for one in found),
            )
            for where, found in by_variable(event.monitors).items()
        )
        or UNSET,
    )


def by_variable(monitors: tuple[Monitor, ...]) -> dict[VariableAddress, list[Monitor]]:
    """Put monitors on the same variable together."""
    found: dict[VariableAddress, list[Monitor]] = {}
    for one in monitors:
        found.setdefault(one.address, []).append(one)
    return found


def _monitoring(one: Monitor) -> types.VariableMonitoringType:
    return types.VariableMonitoringType(
        id=one.id, transaction=one.transaction, value=one.value, type=WIRE_KINDS[one.kind], severity=one.severity
    )


def origin_of(one: Monitor) -> Any:
    """Return what 2.1 calls who set a monitor."""
    return _WIRE_ORIGINS[one.origin]


def blank(_: Door) -> Any:
    """Acknowledge what could not be understood."""
    return EMPTY


NOTIFY_MONITORING_REPORT = Translation(
    action="NotifyMonitoringReport",
    sender=Role.STATION,
    carries=(MonitorsReported,),
    from_wire=from_wire,
    answer=nothing_to_say,
    blank=blank,
    to_wire=to_wire,
    heard=stored,
)
