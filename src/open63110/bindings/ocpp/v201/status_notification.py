# SPDX-License-Identifier: Apache-2.0
"""StatusNotification (2.0.1): the state of a connector."""

from typing import Any

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.translation import Door, Translation, stored
from open63110.bindings.ocpp.v201.fields import connector_number, evse_number
from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.model.station import ConnectorReported, ConnectorState

_STATE: dict[str, ConnectorState] = {
    "Available": "available",
    "Occupied": "occupied",
    "Reserved": "reserved",
    "Unavailable": "unavailable",
    "Faulted": "faulted",
}
_WIRE_STATE: dict[str, Any] = {ours: wire for wire, ours in _STATE.items()}

DROPPED = ("detail", "error", "info", "vendor_error", "offline")
"""2.x tells faults by NotifyEvent, finer states by TransactionEvent, and nothing of waiting in a queue."""


def from_wire(request: types.StatusNotificationRequest, door: Door) -> tuple[Message, ...]:
    """Read the state of one connector."""
    return (
        ConnectorReported(
            station=door.station,
            at=utc(request.timestamp),
            evse=evse_number(request.evse_id),
            connector=connector_number(request.connector_id),
            state=_STATE[request.connector_status],
        ),
    )


def to_wire(event: ConnectorReported, _: Door) -> types.StatusNotificationRequest:
    """Tell the state of one connector.

    Raises:
        NotSupported: it is the state of a whole station or EVSE, for which 2.x has NotifyEvent only.
    """
    if not (event.evse and event.connector):
        raise NotSupported("StatusNotification tells of connectors only", code="NoConnector", where="connector")
    return types.StatusNotificationRequest(
        timestamp=event.at,
        connector_status=_WIRE_STATE[event.state],
        evse_id=event.evse,
        connector_id=event.connector,
    )


STATUS_NOTIFICATION = Translation(
    action="StatusNotification",
    sender=Role.STATION,
    carries=(ConnectorReported,),
    from_wire=from_wire,
    answer=nothing_to_say,
    to_wire=to_wire,
    heard=stored,
)
