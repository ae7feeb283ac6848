# SPDX-License-Identifier: Apache-2.0
"""A station that is about to reboot ends its energy transfers first (8.3.7 → 6.1, AT-8.3.7-1)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station
from open63110.usecases.sessions.energy_transfer import StopTransfer
from open63110.usecases.stations.reboot_station import RebootBegun


def then(event: RebootBegun, station: Station) -> Iterator[Message]:
    """Stop what runs at the EVSE that reboots, or at all of them."""
    for transfer in tuple(station.transfers.values()):
        if transfer.ended is None and event.evse in {None, transfer.evse}:
            yield StopTransfer(station=station.id, evse=transfer.evse, reason="ImmediateReset", trigger="ResetCommand")


FLOW = Flow(role=Role.STATION, on=(RebootBegun,), then=then)
