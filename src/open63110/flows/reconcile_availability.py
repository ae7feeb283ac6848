# SPDX-License-Identifier: Apache-2.0
"""From a station that is there again (8.3.15) to what was ordered about the use of its parts (8.3.4)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Registration, RegistrationDecided, Station, StationConnected
from open63110.usecases.stations.change_availability import ReconcileAvailability

AFTER_CONNECTION = 10.0
"""A station that came back may be about to boot [s]."""


def then(event: RegistrationDecided | StationConnected, station: Station) -> Iterator[Message]:
    """After a boot tell all of it again, after a mere reconnection what was not confirmed."""
    if station.registration is Registration.ACCEPTED and station.availability:
        booted = isinstance(event, RegistrationDecided)
        yield ReconcileAvailability(station=station.id, afresh=booted, wait=0.0 if booted else AFTER_CONNECTION)


FLOW = Flow(role=Role.CSMS, on=(RegistrationDecided, StationConnected), then=then)
