# SPDX-License-Identifier: Apache-2.0
"""NotifyMonitoringReport (2.1): as in 2.0.1, and it says who set a monitor."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v201 import notify_monitoring_report as before
from open63110.bindings.ocpp.v201.addresses import component_type, variable_type
from open63110.bindings.ocpp.v201.set_variable_monitoring import WIRE_KINDS
from open63110.model.monitor import Monitor
from open63110.usecases.stations.monitor_station.monitors import MonitorsReported


def to_wire(event: MonitorsReported, _: Door) -> Any:
    """Tell a part of a report."""
    return types.NotifyMonitoringReportRequest(
        request_id=event.request,
        seq_no=event.seq,
        generated_at=event.at,
        tbc=event.more or UNSET,
        monitor=tuple(_data(where, found) for where, found in before.by_variable(event.monitors).items()) or UNSET,
    )


def _data(where: Any, found: list[Monitor]) -> types.MonitoringDataType:
    component: Any = component_type(where.component)
    variable: Any = variable_type(where)
    return types.MonitoringDataType(
        component=component,
        variable=variable,
        variable_monitoring=tuple(
            types.VariableMonitoringType(
                id=one.id,
                transaction=one.transaction,
                value=one.value,
                type=WIRE_KINDS[one.kind],
                severity=one.severity,
                event_notification_type=before.origin_of(one),
            )
            for one in found
        ),
    )


NOTIFY_MONITORING_REPORT = replace(before.NOTIFY_MONITORING_REPORT, to_wire=to_wire)
