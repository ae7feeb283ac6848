# SPDX-License-Identifier: Apache-2.0
"""From a station that is there again (8.3.15), or told what it consists of (8.3.3), to how it is to be set (8.3.4)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.authorization import may_be_ordered
from open63110.model.inventory import InventoryTaken
from open63110.model.station import RegistrationDecided, Station, StationConnected
from open63110.usecases.stations.update_component_properties import CompareSettings, ReconcileSettings


def then(event: RegistrationDecided | StationConnected | InventoryTaken, station: Station) -> Iterator[Message]:
    """Ask it, or compare; over a new link a little later, for it may have started and say so first."""
    if isinstance(event, InventoryTaken):
        yield CompareSettings(station=station.id)
    elif may_be_ordered(station):
        yield ReconcileSettings(station=station.id, soon=isinstance(event, StationConnected))


FLOW = Flow(role=Role.CSMS, on=(RegistrationDecided, StationConnected, InventoryTaken), then=then)
