# SPDX-License-Identifier: Apache-2.0
"""From a station that is there again (8.3.15) to what it should call its faults (8.3.11)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.authorization import may_be_ordered
from open63110.model.station import RegistrationDecided, Station, StationConnected
from open63110.usecases.stations.provision_fault_codes import ReconcileFaultMap


def then(_: RegistrationDecided | StationConnected, station: Station) -> Iterator[Message]:
    """Tell it what it has not heard yet."""
    if may_be_ordered(station):
        yield ReconcileFaultMap(station=station.id)


FLOW = Flow(role=Role.CSMS, on=(RegistrationDecided, StationConnected), then=then)
