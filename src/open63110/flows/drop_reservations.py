# SPDX-License-Identifier: Apache-2.0
"""An EVSE that breaks down or goes out of use cannot be kept for anybody (8.3.5, 8.3.4 → 8.4.3)."""

from collections.abc import Iterator

from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station
from open63110.usecases.services.reserve_evse import DropReservations
from open63110.usecases.stations.change_availability import AvailabilityChanged
from open63110.usecases.stations.monitor_station import FaultAppeared


def then(event: FaultAppeared | AvailabilityChanged, station: Station) -> Iterator[Message]:
    """Give up those of the EVSE, of all EVSEs where the whole station is concerned."""
    usable = not event.code if isinstance(event, FaultAppeared) else event.operative or bool(event.connector)
    if station.reservations and not usable:
        yield DropReservations(station=event.station, evse=EvseNumber(event.evse))


FLOW = Flow(role=Role.STATION, on=(FaultAppeared, AvailabilityChanged), then=then)
