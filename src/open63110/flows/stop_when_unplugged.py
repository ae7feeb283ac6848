# SPDX-License-Identifier: Apache-2.0
"""At the station: an EV that leaves ends its energy transfer (8.3.5 → 6.1)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import EvUnplugged, Station
from open63110.usecases.sessions.energy_transfer import StopTransfer


def then(event: EvUnplugged, station: Station) -> Iterator[Message]:
    """Stop what still runs at that EVSE."""
    if any(one.evse == event.evse and one.ended is None for one in station.transfers.values()):
        yield StopTransfer(station=event.station, evse=event.evse, reason="EVDisconnected", trigger="EVDeparted")


FLOW = Flow(role=Role.STATION, on=(EvUnplugged,), then=then)
