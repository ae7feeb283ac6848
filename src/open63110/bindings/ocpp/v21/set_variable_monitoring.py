# SPDX-License-Identifier: Apache-2.0
"""SetVariableMonitoring (2.1): as in 2.0.1, with differences from targets, and values that come as a stream."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, given
from open63110.bindings.ocpp.v21.stream_terms import read_terms, terms_type
from open63110.bindings.ocpp.v201 import set_variable_monitoring as before
from open63110.bindings.ocpp.v201.addresses import component_type, variable_type
from open63110.kernel.messages import Message
from open63110.model.device import variable_address
from open63110.model.monitor import StreamTerms
from open63110.usecases.stations.monitor_station.monitors import SetMonitor


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read what is to be watched, and what of it as a stream."""
    wishes = before.from_wire(request, door)
    pairs = zip(wishes, request.set_monitoring_data, strict=True)
    return tuple(_streamed(wish, said) for wish, said in pairs)


def _streamed(wish: Any, said: Any) -> SetMonitor:
    terms = given(said.periodic_event_stream)
    read = StreamTerms() if terms is None else read_terms(terms)
    streamed: SetMonitor = replace(wish, stream_every=read.interval, stream_values=read.values)
    return streamed


def to_wire(command: SetMonitor, _: Door) -> Any:
    """Ask for one."""
    where: Any = variable_address(command.variable)
    terms = StreamTerms(interval=command.stream_every, values=command.stream_values)
    component: Any = component_type(where.component)
    variable: Any = variable_type(where)
    asked = types.SetMonitoringDataType(
        id=command.id or UNSET,
        periodic_event_stream=UNSET if terms == StreamTerms() else terms_type(terms),
        transaction=command.transaction or UNSET,
        value=command.value,
        type=before.WIRE_KINDS[command.kind],
        severity=command.severity,
        component=component,
        variable=variable,
    )
    return types.SetVariableMonitoringRequest(set_monitoring_data=(asked,))


SET_VARIABLE_MONITORING = replace(before.SET_VARIABLE_MONITORING, lacks=(), from_wire=from_wire, to_wire=to_wire)
