# SPDX-License-Identifier: Apache-2.0
"""A boot is why the transfers that were open before it end by rule, unless they are spoken of again (8.3.15 → 6.1, I13).

It ends none at once: the end may lie in the station's queue, and energy may flow on after a reboot that resumes. When that
time is over decides the use case of the transfers.
"""

from collections.abc import Iterator
from datetime import datetime

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import TRIGGERED, Station, StationBooted
from open63110.usecases.sessions.energy_transfer import EndForgottenTransfer


def then(event: StationBooted, station: Station, now: datetime) -> Iterator[Message]:
    """Ask for their end; of one that was spoken of in the future nobody knows how long that is ago, so it is left alone."""
    if event.reason == TRIGGERED:
        return
    for transfer in tuple(station.transfers.values()):
        newest = transfer.newest or transfer.began
        if transfer.ended is None and newest is not None and newest <= now:
            yield EndForgottenTransfer(station=station.id, reference=transfer.reference, reason="Reboot")


FLOW = Flow(role=Role.CSMS, on=(StationBooted,), then=then)
