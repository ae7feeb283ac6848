# SPDX-License-Identifier: Apache-2.0
"""From a station that is accepted, or has its link back (8.3.15), to the catalogue that explains its fault codes (8.3.11)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Registration, Station, StationConnected
from open63110.usecases.stations.onboard_station import RegistrationAnswered
from open63110.usecases.stations.provision_fault_codes import AnnounceCatalogue


def then(_: RegistrationAnswered | StationConnected, station: Station) -> Iterator[Message]:
    """Say which one it is; OCPP has no words for that."""
    if station.registration is Registration.ACCEPTED and not station.wire.startswith("ocpp"):
        yield AnnounceCatalogue(station=station.id)


FLOW = Flow(role=Role.STATION, on=(RegistrationAnswered, StationConnected), then=then)
