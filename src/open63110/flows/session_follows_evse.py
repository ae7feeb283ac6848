# SPDX-License-Identifier: Apache-2.0
"""Grants and plugs open service sessions, and their going ends them (8.4.4, 8.3.5 → 6.2)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import AuthorizationGranted, AuthorizationReleased, ConnectorReported, Station
from open63110.usecases.sessions.service_session import FollowGrant, FollowPlug, FollowRelease


def then(event: AuthorizationGranted | AuthorizationReleased | ConnectorReported, station: Station) -> Iterator[Message]:
    """Tell the session of that EVSE."""
    if isinstance(event, AuthorizationGranted):
        yield FollowGrant(station=event.station, evse=event.evse, grant=event.grant)
    elif isinstance(event, ConnectorReported):
        yield from _plug(event, station)
    elif event.reason != "started":
        yield FollowRelease(station=event.station, evse=event.evse, at=event.at)


def _plug(event: ConnectorReported, station: Station) -> Iterator[Message]:
    """Tell of an EV that is there or gone; a connector that is free says nothing while another one is in use."""
    if event.evse == 0 or event.state not in {"occupied", "available"}:
        return
    plugged = event.state == "occupied"
    evse = station.evses.get(event.evse)
    connectors = evse.connectors if evse else {}
    known = connectors.get(event.connector)
    if plugged and known is not None and known.at > event.at:
        return  # told afterwards: whoever was there then is not there now
    if plugged or not any(one.state == "occupied" for number, one in connectors.items() if number != event.connector):
        yield FollowPlug(station=event.station, evse=event.evse, at=event.at, plugged=plugged)


FLOW = Flow(role=Role.CSMS, on=(AuthorizationGranted, AuthorizationReleased, ConnectorReported), then=then)
