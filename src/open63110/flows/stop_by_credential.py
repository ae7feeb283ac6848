# SPDX-License-Identifier: Apache-2.0
"""From a credential at a charging EVSE (8.4.4) to the end of its energy transfer (6.1)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.authorization import open_transfer
from open63110.model.station import Station
from open63110.model.token import AuthorizationStatus
from open63110.usecases.services.authorize_locally import CredentialAnswered, CredentialPresented
from open63110.usecases.services.authorize_locally.station import same_party
from open63110.usecases.sessions.energy_transfer import StopTransfer


def then(event: CredentialPresented | CredentialAnswered, station: Station) -> Iterator[Message]:
    """Stop for who began it or belongs to their group, and when the CSMS says that who began it must not."""
    if isinstance(event, CredentialAnswered) and event.reference:
        yield from _late_answer(event, station)
        return
    transfer = open_transfer(station, event.evse)
    allowed = not isinstance(event, CredentialAnswered) or event.status is AuthorizationStatus.ACCEPTED
    if transfer is not None and allowed and same_party(station.local, event.subject, transfer.subject):
        yield StopTransfer(station=station.id, evse=transfer.evse, reason="Local", trigger="StopAuthorized")


def _late_answer(event: CredentialAnswered, station: Station) -> Iterator[Message]:
    transfer = station.transfers.get(event.reference) if event.reference else None
    if transfer is None or transfer.ended is not None or transfer.subject != event.subject:
        return
    if event.status is not AuthorizationStatus.ACCEPTED:
        yield StopTransfer(station=station.id, evse=transfer.evse, reason="DeAuthorized", trigger="Deauthorized")


FLOW = Flow(role=Role.STATION, on=(CredentialPresented, CredentialAnswered), then=then)
