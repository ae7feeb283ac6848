# SPDX-License-Identifier: Apache-2.0
"""From a credential that is not accepted (8.4.4) to the flags of the energy transfer that runs on it (6.1), I10.

A start that names its credential leads here itself; where it came without one, the judgement of the first credential does.
A card that is held to the reader later, to end the transfer, says nothing about who began it. Nothing here can
refuse the fact it follows.
"""

from collections.abc import Iterator
from datetime import datetime

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.authorization import running_elsewhere, verdict
from open63110.model.station import Station
from open63110.model.token import AuthorizationStatus, CredentialJudged, Token
from open63110.model.transfer import EnergyTransferStarted
from open63110.ports import Tokens
from open63110.usecases.services.authorize_locally import DoubtTransfer


def then(
    event: CredentialJudged | EnergyTransferStarted, station: Station, token: Token | None, tokens: Tokens, now: datetime
) -> Iterator[Message]:
    """Doubt the transfer if its credential is not good."""
    transfer = station.transfers.get(event.reference) if event.reference else None
    if transfer is None:
        return
    if isinstance(event, CredentialJudged):
        status = event.status if transfer.subject is None else AuthorizationStatus.ACCEPTED
    else:
        status = _at_start(event, station, token, tokens)
    if status is not AuthorizationStatus.ACCEPTED:
        yield DoubtTransfer(station=station.id, reference=transfer.reference, status=status)


def _at_start(event: EnergyTransferStarted, station: Station, token: Token | None, tokens: Tokens) -> AuthorizationStatus:
    """Judge by the moment it began; the transfer itself is not counted yet."""
    if event.subject is None:
        return AuthorizationStatus.ACCEPTED
    others = [one for one in station.transfers.values() if one.reference != event.reference]
    running = running_elsewhere(tokens.in_use(event.subject), others, event.subject, event.evse, event.reference)
    return verdict(token, station.id, event.at, running)


FLOW = Flow(role=Role.CSMS, on=(CredentialJudged, EnergyTransferStarted), then=then)
