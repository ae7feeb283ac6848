# SPDX-License-Identifier: Apache-2.0
"""A reboot that waits for idle is looked at when an energy transfer ends (6.1 → 8.3.7, AT-8.3.7-2)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransferEnded
from open63110.usecases.stations.reboot_station import SCHEDULED, RebootIfIdle


def then(event: EnergyTransferEnded, station: Station) -> Iterator[Message]:
    """Ask only if one waits."""
    if any(flag.startswith(SCHEDULED) for flag in station.flags):
        yield RebootIfIdle(station=event.station)


FLOW = Flow(role=Role.STATION, on=(EnergyTransferEnded,), then=then)
