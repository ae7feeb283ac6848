# SPDX-License-Identifier: Apache-2.0
"""A station that comes up with open energy transfers ends them, unless it went down to go on with them (8.3.15 → 6.1, I13)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station
from open63110.usecases.sessions.energy_transfer import StopTransfer
from open63110.usecases.stations.onboard_station import PoweredUp
from open63110.usecases.stations.reboot_station import RESUMING


def then(event: PoweredUp, station: Station) -> Iterator[Message]:
    """End each with what its meter showed last."""
    if RESUMING in station.flags:
        return
    reason = "PowerLoss" if event.reason == "PowerUp" else "Reboot"
    for transfer in tuple(station.transfers.values()):
        if transfer.ended is None:
            yield StopTransfer(station=station.id, evse=transfer.evse, reason=reason, trigger="AbnormalCondition")


FLOW = Flow(role=Role.STATION, on=(PoweredUp,), then=then)
