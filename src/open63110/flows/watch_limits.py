# SPDX-License-Identifier: Apache-2.0
"""A station looks at its limits when its link comes or goes, when it starts, and when an EV begins or ends (7.10)."""

from collections.abc import Iterator

from open63110.kernel.messages import Event, Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station, StationConnected, StationDisconnected
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted
from open63110.usecases.energy.smart_charging import UseFailSafe
from open63110.usecases.stations.onboard_station import PoweredUp


def then(event: Event, station: Station) -> Iterator[Message]:
    """Look, if it was ever told a limit."""
    if station.limits.desired or station.limits.silent_since is not None:
        yield UseFailSafe(station=event.station, shared=isinstance(event, EnergyTransferStarted | EnergyTransferEnded))


FLOW = Flow(
    role=Role.STATION,
    on=(StationConnected, StationDisconnected, PoweredUp, EnergyTransferStarted, EnergyTransferEnded),
    then=then,
)
