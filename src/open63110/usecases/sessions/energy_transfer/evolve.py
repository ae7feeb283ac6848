# SPDX-License-Identifier: Apache-2.0
"""What facts change in the energy transfers of a station."""

from msgspec.structs import replace

from open63110.kernel.ids import TransferReference
from open63110.model.session import SessionAdvanced, SessionClosed, SessionRecorded
from open63110.model.station import Evse, Station
from open63110.model.transfer import EnergyTransfer, EnergyTransferStarted, TransferFact, TransferSettled
from open63110.usecases.sessions.energy_transfer.messages import MeterSampled
from open63110.usecases.sessions.energy_transfer.order import arrived

STARTS = 64
"""How many starts a station remembers, so that a repeated one gets the number of the first."""


def heard(event: TransferFact, station: Station) -> Station:
    """Put a fact where it belongs."""
    transfer = station.transfers.get(event.reference) or EnergyTransfer(
        station=event.station, number=event.number, reference=event.reference
    )
    return _with(station, arrived(transfer, event))


def started(event: EnergyTransferStarted, station: Station) -> Station:
    """Put the start where it belongs, and remember the key of one that was named here."""
    station = heard(event, station)
    if event.seq >= 0:
        return station
    return replace(station, starts=(*station.starts, (event.seq, event.reference))[-STARTS:])


def settled(event: TransferSettled, station: Station) -> Station:
    """Wait for nothing any longer."""
    transfer = station.transfers.get(event.reference)
    if transfer is None:
        return station
    flags = transfer.flags + tuple(flag for flag in event.flags if flag not in transfer.flags)
    session = station.sessions.get(transfer.session) if transfer.session is not None else None
    return _with(station, replace(transfer, flags=flags, settled=session is None or session.settled))


def sampled(event: MeterSampled, station: Station) -> Station:
    """Keep what the meter showed last: begin and end of transfers are read from it."""
    evse = station.evses.get(event.evse) or Evse(number=event.evse)
    return replace(station, evses={**station.evses, event.evse: replace(evse, readings=event.readings)})


def joined(event: SessionAdvanced, station: Station) -> Station:
    """Remember to which session a transfer belongs."""
    transfer = station.transfers.get(event.transfer) if event.transfer is not None else None
    return station if transfer is None else _with(station, replace(transfer, session=event.session))


def session_over(event: SessionClosed | SessionRecorded, station: Station) -> Station:
    """Let go of what is complete once its session is told."""
    done: dict[TransferReference, EnergyTransfer] = {
        name: replace(transfer, settled=True)
        for name, transfer in station.transfers.items()
        if transfer.session == event.session and transfer.complete and not transfer.settled
    }
    return replace(station, transfers={**station.transfers, **done}) if done else station


def _with(station: Station, transfer: EnergyTransfer) -> Station:
    return replace(station, transfers={**station.transfers, transfer.reference: transfer})
