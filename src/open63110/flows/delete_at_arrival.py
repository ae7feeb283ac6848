# SPDX-License-Identifier: Apache-2.0
"""From a station that is there again (8.3.15) to what it has to delete (8.3.12), before anything else is asked of it."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.authorization import may_be_ordered
from open63110.model.deletion import DUE
from open63110.model.station import RegistrationDecided, Station, StationConnected
from open63110.usecases.stations.delete_information import DeleteAtStation


def then(event: RegistrationDecided | StationConnected, station: Station) -> Iterator[Message]:
    """Have it delete what was ordered while it was away."""
    if DUE in station.flags and may_be_ordered(station):
        yield DeleteAtStation(station=station.id)


FLOW = Flow(role=Role.CSMS, on=(RegistrationDecided, StationConnected), then=then)
