# SPDX-License-Identifier: Apache-2.0
"""From a station that is there again (8.3.15) to how it should behave towards the grid (8.2.10)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.authorization import may_be_ordered
from open63110.model.station import RegistrationDecided, Station, StationConnected
from open63110.usecases.energy.frequency_regulation import MUTE, ReconcileDerControls


def then(event: RegistrationDecided | StationConnected, station: Station) -> Iterator[Message]:
    """Look after its controls, if it can be told; after a boot it is asked which it has."""
    if may_be_ordered(station) and station.wire not in MUTE:
        yield ReconcileDerControls(station=station.id, booted=isinstance(event, RegistrationDecided))


FLOW = Flow(role=Role.CSMS, on=(RegistrationDecided, StationConnected), then=then)
