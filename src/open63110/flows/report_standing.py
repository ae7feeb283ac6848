# SPDX-License-Identifier: Apache-2.0
"""Who may use a connector shows in its state: out of use, reserved, free (8.3.4, 8.4.3, 6.1 → 8.3.5)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted
from open63110.usecases.services.reserve_evse import ReservationEnded, ReservationMade
from open63110.usecases.stations.change_availability import AvailabilityChanged
from open63110.usecases.stations.monitor_station import ReportStanding

Changes = AvailabilityChanged | ReservationMade | ReservationEnded


def then(event: Changes | EnergyTransferStarted | EnergyTransferEnded, station: Station) -> Iterator[Message]:
    """Look; where nothing was ever ordered or reserved, energy that comes and goes changes nothing of that."""
    if station.availability or station.reservations or isinstance(event, Changes):
        yield ReportStanding(station=event.station)


FLOW = Flow(
    role=Role.STATION,
    on=(AvailabilityChanged, ReservationMade, ReservationEnded, EnergyTransferStarted, EnergyTransferEnded),
    then=then,
)
