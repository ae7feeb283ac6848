# SPDX-License-Identifier: Apache-2.0
"""What a station says of its limit, or that it comes or goes, may change what the others of its zone may have (8.2.3, I15)."""

from collections.abc import Iterator

from open63110.kernel.messages import Event, Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.site import StationPlaced
from open63110.model.station import RegistrationDecided, Station, StationConnected, StationDisconnected
from open63110.usecases.energy.smart_charging import BalanceZone, LimitCleared, LimitInForce, LimitRefused


def then(event: Event, station: Station) -> Iterator[Message]:
    """Look at the zone the station stands in, and at the one it left."""
    left = event.left if isinstance(event, StationPlaced) else None
    if station.zone is not None or left is not None:
        yield BalanceZone(station=event.station, left=left)


FLOW = Flow(
    role=Role.CSMS,
    on=(
        LimitInForce,
        LimitRefused,
        LimitCleared,
        StationConnected,
        StationDisconnected,
        RegistrationDecided,
        StationPlaced,
    ),
    then=then,
)
