# SPDX-License-Identifier: Apache-2.0
"""A station that is accepted, or has its link back, tells the CSMS all that stands (8.3.15 → 8.3.5)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Registration, Station, StationConnected
from open63110.usecases.stations.monitor_station import BeginReporting
from open63110.usecases.stations.onboard_station import RegistrationAnswered


def then(event: RegistrationAnswered | StationConnected, station: Station) -> Iterator[Message]:
    """Begin with the first heartbeat interval; after a lost link go on with the one there is."""
    if station.registration is Registration.ACCEPTED:
        interval = event.interval if isinstance(event, RegistrationAnswered) else None
        yield BeginReporting(station=station.id, interval=interval)


FLOW = Flow(role=Role.STATION, on=(RegistrationAnswered, StationConnected), then=then)
