# SPDX-License-Identifier: Apache-2.0
"""From a station that has left for good (8.3.13) to its alarms (8.3.5), which nobody has to look at any more."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.deregistration import StationDeregistered
from open63110.usecases.stations.monitor_station import ResolveAlarms


def then(event: StationDeregistered) -> Iterator[Message]:
    """It will never say that anything is over."""
    yield ResolveAlarms(station=event.station, note="the station was deregistered")


FLOW = Flow(role=Role.CSMS, on=(StationDeregistered,), then=then)
