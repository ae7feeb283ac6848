# SPDX-License-Identifier: Apache-2.0
"""SecurityEventNotification (2.0.1): something that concerns security happened at a station."""

from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.translation import Door, Translation, text
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.monitor_station import StationEventReported

COMPONENT = "SecurityCtrlr"
"""What the standard's component model calls the part of a station that watches over its security."""

SEVERITY = 2
"""Severity of a security event, as on every wire: somebody has to look."""

DROPPED = ("variable", "severity", "actual", "cleared", "event_id", "cause", "offline", "evse")
"""A security event has a type, a time and words."""


def from_wire(request: types.SecurityEventNotificationRequest, door: Door) -> tuple[Message, ...]:
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


def to_wire(event: StationEventReported, _: Door) -> types.SecurityEventNotificationRequest:
    """Tell it."""
    return types.SecurityEventNotificationRequest(type=event.code[:50], timestamp=event.at, tech_info=event.text[:255] or UNSET)


def is_security(event: StationEventReported) -> bool:
    """Tell whether an event goes out as this action and no other."""
    return event.security


def heard(_: Any, __: StationEventReported, ___: Door) -> Verdict:
    """Know that it was stored."""
    return Verdict(outcome=Outcome.ACCEPTED)


SECURITY_EVENT_NOTIFICATION = Translation(
    action="SecurityEventNotification",
    sender=Role.STATION,
    carries=(StationEventReported,),
    only=is_security,
    from_wire=from_wire,
    answer=nothing_to_say,
    to_wire=to_wire,
    heard=heard,
)
