# SPDX-License-Identifier: Apache-2.0
"""What an energy transfer does shows in the state of its connector (6.1 → 8.3.5)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated, TransferFact
from open63110.usecases.stations.monitor_station import ReportUse

_WORDS = {
    "charging": "Charging",
    "discharging": "Charging",
    "suspended-ev": "SuspendedEV",
    "suspended-evse": "SuspendedEVSE",
    "idle": "SuspendedEV",
    "pending": "Preparing",
}
"""Transfer state → OCPP 1.6 status; wires with five states leave it out."""


def then(event: TransferFact, station: Station) -> Iterator[Message]:
    """Report it where the state is said or the transfer is over; when the EV has left, that it has left says it all."""
    transfer = station.transfers.get(event.reference)
    if transfer is None:
        return
    if isinstance(event, EnergyTransferEnded):
        word = "" if event.reason == "EVDisconnected" else "Finishing"
    else:
        word = _WORDS.get(event.state or "", "")
    if word:
        yield ReportUse(station=station.id, transfer=event.reference, evse=transfer.evse, detail=word)


FLOW = Flow(role=Role.STATION, on=(EnergyTransferStarted, EnergyTransferUpdated, EnergyTransferEnded), then=then)
