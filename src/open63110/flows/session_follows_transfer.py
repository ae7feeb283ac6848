# SPDX-License-Identifier: Apache-2.0
"""A service session follows its energy transfers (6.1 → 6.2)."""

from collections.abc import Iterable

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station
from open63110.model.transfer import (
    EnergyTransferEnded,
    EnergyTransferStarted,
    EnergyTransferUpdated,
    TransferFact,
    TransferSettled,
)
from open63110.usecases.sessions.service_session import PROGRESS, FollowTransfer


def then(event: TransferFact | TransferSettled, station: Station) -> Iterable[Message]:
    """Tell the session where its transfer has moved; most readings move nothing."""
    transfer = station.transfers.get(event.reference)
    if transfer is None:
        return ()
    session = station.sessions.get(transfer.session) if transfer.session is not None else None
    if session is not None and transfer.ended is None and session.state is PROGRESS[transfer.state]:
        return ()
    return (FollowTransfer(station=event.station, reference=event.reference, at=event.at),)


FLOW = Flow(role=Role.CSMS, on=(EnergyTransferStarted, EnergyTransferUpdated, EnergyTransferEnded, TransferSettled), then=then)
