# SPDX-License-Identifier: Apache-2.0
"""What is heard of an energy transfer after its session closed corrects the record (6.1 → 8.4.8)."""

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
from open63110.usecases.services.produce_sdr import ProduceSdr


def then(event: TransferFact | TransferSettled, station: Station) -> Iterable[Message]:
    """Look at the record again; while the session goes on there is none."""
    transfer = station.transfers.get(event.reference)
    if transfer is None or transfer.ended is None:
        return ()
    if transfer.session is None or not transfer.complete or (transfer.settled and _settles(event)):
        return ()
    session = station.sessions.get(transfer.session)
    told = session is None or session.settled
    return (ProduceSdr(station=event.station, session=transfer.session),) if told else ()


def _settles(event: TransferFact | TransferSettled) -> bool:
    return isinstance(event, TransferSettled) and not event.flags


FLOW = Flow(role=Role.CSMS, on=(EnergyTransferStarted, EnergyTransferUpdated, EnergyTransferEnded, TransferSettled), then=then)
