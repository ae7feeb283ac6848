# SPDX-License-Identifier: Apache-2.0
"""What is out of use shows in the state of its connectors, once no energy flows there any more (8.3.4, 6.1 → 8.3.5)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransferEnded
from open63110.usecases.stations.change_availability import AvailabilityChanged
from open63110.usecases.stations.monitor_station import ReportStanding


def then(event: AvailabilityChanged | EnergyTransferEnded, station: Station) -> Iterator[Message]:
    """Look, unless nothing was ever ordered."""
    if station.availability or isinstance(event, AvailabilityChanged):
        yield ReportStanding(station=event.station)


FLOW = Flow(role=Role.STATION, on=(AvailabilityChanged, EnergyTransferEnded), then=then)
