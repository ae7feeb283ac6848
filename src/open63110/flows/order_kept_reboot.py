# SPDX-License-Identifier: Apache-2.0
"""A reboot that the CSMS keeps is looked at when a transfer ends or the link is back (6.1, 8.3.15 → 8.3.7, AT-8.3.7-2)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station, StationConnected
from open63110.model.transfer import EnergyTransferEnded
from open63110.usecases.stations.reboot_station import KEPT, RebootIfIdle


def then(event: EnergyTransferEnded | StationConnected, station: Station) -> Iterator[Message]:
    """Ask only if one is kept."""
    if KEPT in station.flags:
        yield RebootIfIdle(station=event.station)


FLOW = Flow(role=Role.CSMS, on=(EnergyTransferEnded, StationConnected), then=then)
