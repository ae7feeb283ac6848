# SPDX-License-Identifier: Apache-2.0
"""A station that was not reached and has a link again, or is heard on it, is reached (8.3.15 → 8.3.5)."""

from collections.abc import Iterator

from open63110.kernel.messages import Event, Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station, StationConnected
from open63110.usecases.stations.monitor_station import UNREACHED, StationHeardAgain, WelcomeBack


def then(event: Event, station: Station) -> Iterator[Message]:
    """Say so only of one that was missed: nearly all that connect were away for a moment."""
    if UNREACHED in station.flags:
        yield WelcomeBack(station=event.station)


FLOW = Flow(role=Role.CSMS, on=(StationConnected, StationHeardAgain), then=then)
