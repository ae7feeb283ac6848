# SPDX-License-Identifier: Apache-2.0
"""From energy on an unproven credential (8.4.4, offline policy) to the end of its transfer (6.1)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.policy import StationPolicy
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransferUpdated
from open63110.usecases.sessions.energy_transfer import StopTransfer


def then(event: EnergyTransferUpdated, station: Station, policy: StationPolicy) -> Iterator[Message]:
    """Stop once it has taken as much as an unknown credential may."""
    if not station.local.unproven:
        return
    transfer = station.transfers.get(event.reference)
    if transfer is None or transfer.ended is not None or transfer.subject not in station.local.unproven:
        return
    taken = transfer.imported
    if taken is not None and taken.before_reset + taken.last - taken.first >= policy.offline_most:
        yield StopTransfer(station=station.id, evse=transfer.evse, reason="EnergyLimitReached", trigger="EnergyLimitReached")


FLOW = Flow(role=Role.STATION, on=(EnergyTransferUpdated,), then=then)
