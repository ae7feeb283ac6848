# SPDX-License-Identifier: Apache-2.0
"""At the station: who may charge and is plugged in charges (8.4.4, 8.3.5 → 6.1)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import AuthorizationGranted, EvPluggedIn, Station
from open63110.usecases.sessions.energy_transfer import StartTransfer


def then(event: AuthorizationGranted | EvPluggedIn, station: Station) -> Iterator[Message]:
    """Start as soon as both are true."""
    evse = station.evses.get(event.evse)
    if evse is None or evse.grant is None or not any(one.state == "occupied" for one in evse.connectors.values()):
        return
    if any(one.evse == event.evse and one.ended is None for one in station.transfers.values()):
        return
    remote = evse.grant.remote_start is not None
    trigger = "CablePluggedIn" if isinstance(event, EvPluggedIn) else "RemoteStart" if remote else "Authorized"
    yield StartTransfer(station=event.station, evse=event.evse, trigger=trigger)


FLOW = Flow(role=Role.STATION, on=(AuthorizationGranted, EvPluggedIn), then=then)
