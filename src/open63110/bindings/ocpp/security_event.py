# SPDX-License-Identifier: Apache-2.0
"""What concerns security at a station, as every version of OCPP tells it: a type, a time and words."""

from typing import Any

from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import Door, text
from open63110.kernel.messages import Message
from open63110.usecases.stations.monitor_station import StationEventReported

COMPONENT = "SecurityCtrlr"
"""What the component model of OCPP 2.x calls the part of a station that watches over its security."""

SEVERITY = 2
"""Of a security event: somebody has to look."""

DROPPED = ("variable", "severity", "actual", "cleared", "event_id", "cause", "offline", "evse")
"""What no version has a field for."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read it."""
    return (
        StationEventReported(
            station=door.station,
            at=utc(request.timestamp),
            component=COMPONENT,
            severity=SEVERITY,
            code=request.type,
            text=text(request.tech_info),
            security=True,
        ),
    )


def is_security(event: StationEventReported) -> bool:
    """Tell whether an event goes out as this action and no other."""
    return event.security
