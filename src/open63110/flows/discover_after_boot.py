# SPDX-License-Identifier: Apache-2.0
"""From a station that is accepted, or there again (8.3.15), to what it consists of (8.3.3)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.authorization import may_be_ordered
from open63110.model.station import RegistrationDecided, Station, StationConnected
from open63110.usecases.stations.discover_configuration import LookAtInventory


def then(event: RegistrationDecided | StationConnected, station: Station) -> Iterator[Message]:
    """See whether there is anything to ask."""
    if may_be_ordered(station) and not station.via:
        yield LookAtInventory(station=station.id, booted=isinstance(event, RegistrationDecided))


FLOW = Flow(role=Role.CSMS, on=(RegistrationDecided, StationConnected), then=then)
