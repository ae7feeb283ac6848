# SPDX-License-Identifier: Apache-2.0
"""SecurityEventNotification (1.6 security): something that concerns security happened at a station."""

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.security_event import from_wire, is_security
from open63110.bindings.ocpp.translation import Door, Translation, stored
from open63110.kernel.roles import Role
from open63110.usecases.stations.monitor_station import StationEventReported


def to_wire(event: StationEventReported, _: Door) -> types.SecurityEventNotificationRequest:
    """Tell it; 1.6 has no message for other events, they show in the connector's state."""
    return types.SecurityEventNotificationRequest(type=event.code[:50], timestamp=event.at, tech_info=event.text[:255] or UNSET)


SECURITY_EVENT_NOTIFICATION = Translation(
    action="SecurityEventNotification",
    sender=Role.STATION,
    carries=(StationEventReported,),
    only=is_security,
    from_wire=from_wire,
    answer=nothing_to_say,
    to_wire=to_wire,
    heard=stored,
)
