# SPDX-License-Identifier: Apache-2.0
"""From a link that is gone, or back, to what a station must be keeping to (7.10, I15)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station, StationConnected, StationDisconnected
from open63110.usecases.energy.smart_charging import DeriveFailSafe


def then(event: StationConnected | StationDisconnected, station: Station) -> Iterator[Message]:
    """Look, if the station keeps to a limit."""
    limits = station.limits
    if limits.in_force or limits.asked or limits.failsafe_since is not None or limits.silent_since is not None:
        yield DeriveFailSafe(station=event.station, since=event.at)


FLOW = Flow(role=Role.CSMS, on=(StationConnected, StationDisconnected), then=then)
