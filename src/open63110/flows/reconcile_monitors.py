# SPDX-License-Identifier: Apache-2.0
"""From a station that is there again (8.3.15) to what it should watch (8.3.5)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Registration, RegistrationDecided, Station, StationConnected
from open63110.usecases.stations.monitor_station.monitors import ReconcileMonitors


def then(event: RegistrationDecided | StationConnected, station: Station) -> Iterator[Message]:
    """After a boot nobody knows what it still knows; after a mere reconnection what it said counts."""
    if station.registration is Registration.ACCEPTED:
        yield ReconcileMonitors(station=station.id, booted=isinstance(event, RegistrationDecided))


FLOW = Flow(role=Role.CSMS, on=(RegistrationDecided, StationConnected), then=then)
