# SPDX-License-Identifier: Apache-2.0
"""NotifyEvent (2.1): as in 2.0.1, and an event can state its severity itself."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v201 import notify_event
from open63110.kernel.messages import Message
from open63110.usecases.stations.monitor_station import StationEventReported

DROPPED = notify_event.DROPPED

SEVERITIES = range(10)


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read each event."""
    return tuple(_event(said, door) for said in request.event_data)


def _event(said: Any, door: Door) -> StationEventReported:
    read = notify_event.event(said, door)
    return replace(read, severity=said.severity) if said.severity in SEVERITIES else read


def to_wire(fact: StationEventReported, door: Door) -> types.NotifyEventRequest:
    """Tell one event."""
    said: Any = notify_event.data(fact)
    fields = {name: getattr(said, name) for name in said.__struct_fields__ if getattr(said, name) is not UNSET}
    event = types.EventDataType(**fields, severity=fact.severity)
    return types.NotifyEventRequest(generated_at=door.now, seq_no=0, event_data=(event,))


NOTIFY_EVENT = replace(notify_event.NOTIFY_EVENT, from_wire=from_wire, to_wire=to_wire)
