# SPDX-License-Identifier: Apache-2.0
"""Where OCPP 1.6 tells in a connector's status whether energy flows, the energy transfer follows (8.3.5 → 6.1)."""

import zlib
from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import ConnectorReported, Station
from open63110.model.transfer import EnergyTransferUpdated, TransferState

STATE: dict[str, TransferState] = {
    "Charging": "charging",
    "SuspendedEV": "suspended-ev",
    "SuspendedEVSE": "suspended-evse",
}


def then(event: ConnectorReported, station: Station) -> Iterator[Message]:
    """Pass the state on to the transfer of that EVSE; a wire with sequence numbers tells it there itself."""
    state = STATE.get(event.detail)
    if state is None:
        return
    for transfer in station.transfers.values():
        if transfer.evse == event.evse and transfer.ended is None and transfer.seq < 0 and transfer.state != state:
            yield EnergyTransferUpdated(
                station=event.station,
                at=event.at,
                reference=transfer.reference,
                seq=-2 - zlib.crc32(f"{event.detail} {event.at.timestamp()}".encode()),
                evse=event.evse,
                state=state,
                trigger="ChargingStateChanged",
            )
            return


FLOW = Flow(role=Role.CSMS, on=(ConnectorReported,), then=then)
