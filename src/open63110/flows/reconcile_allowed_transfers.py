# SPDX-License-Identifier: Apache-2.0
"""From a station that is there again (8.3.15) to what is allowed for the energy transfers that go on there (8.2.8)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.authorization import may_be_ordered
from open63110.model.station import Station, StationConnected
from open63110.usecases.energy.v2g_session import MUTE, ReconcileAllowedTransfers


def then(event: StationConnected, station: Station) -> Iterator[Message]:
    """Look after it, if the station can be told and something goes on there."""
    if station.transfers and may_be_ordered(station) and station.wire not in MUTE:
        yield ReconcileAllowedTransfers(station=event.station)


FLOW = Flow(role=Role.CSMS, on=(StationConnected,), then=then)
