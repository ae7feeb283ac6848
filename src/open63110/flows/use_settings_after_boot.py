# SPDX-License-Identifier: Apache-2.0
"""A station that comes up keeps to what it was told to keep to from its next boot on (8.3.15 → 8.3.4)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station
from open63110.usecases.stations.onboard_station import PoweredUp
from open63110.usecases.stations.update_component_properties import UseWaiting


def then(_: PoweredUp, station: Station) -> Iterator[Message]:
    """Look for what waits."""
    yield UseWaiting(station=station.id)


FLOW = Flow(role=Role.STATION, on=(PoweredUp,), then=then)
