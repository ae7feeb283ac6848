# SPDX-License-Identifier: Apache-2.0
"""An installation that waits until no energy flows is looked at when an energy transfer ends (6.1 → 8.3.6)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransferEnded
from open63110.usecases.stations.update_firmware import WAITS, GoOnWithFirmware


def then(event: EnergyTransferEnded, station: Station) -> Iterator[Message]:
    """Ask only if one waits."""
    if WAITS in station.flags:
        yield GoOnWithFirmware(station=event.station)


FLOW = Flow(role=Role.STATION, on=(EnergyTransferEnded,), then=then)
