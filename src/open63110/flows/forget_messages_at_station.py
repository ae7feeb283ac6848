# SPDX-License-Identifier: Apache-2.0
"""From an energy transfer that has ended to what was shown for it (6, 8.3.8), in the role of the station."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransferEnded
from open63110.usecases.stations.set_displayed_information import TENDING, ForgetMessagesOf


def then(event: EnergyTransferEnded, station: Station) -> Iterator[Message]:
    """Let it go; where no wakeup of messages is set, none ends with a transfer."""
    if TENDING in station.wakeups:
        yield ForgetMessagesOf(station=station.id, reference=event.reference)


FLOW = Flow(role=Role.STATION, on=(EnergyTransferEnded,), then=then)
