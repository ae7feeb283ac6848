# SPDX-License-Identifier: Apache-2.0
"""From the deletion of a person's data at a station (8.3.12) to what it keeps of credentials: cache and local list (8.4.4)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.deletion import StationDeletes
from open63110.model.station import Station
from open63110.usecases.services.authorize_locally import ClearAuthorizationCache, SendLocalList
from open63110.usecases.stations.delete_information import keeps_list


def then(event: StationDeletes, station: Station) -> Iterator[Message]:
    """Have it forget remembered answers, and take the list as it is by now: without the person."""
    yield ClearAuthorizationCache(station=station.id)
    if keeps_list(station):
        yield SendLocalList(station=station.id)


FLOW = Flow(role=Role.CSMS, on=(StationDeletes,), then=then)
