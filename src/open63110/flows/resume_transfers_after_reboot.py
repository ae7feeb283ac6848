# SPDX-License-Identifier: Apache-2.0
"""A station that went down in order to go on says of each energy transfer that it does (8.3.7, 8.3.15 → 6.1, AT-8.3.7-3)."""

from collections.abc import Iterator

from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station
from open63110.usecases.sessions.energy_transfer import ReportTransfer
from open63110.usecases.stations.onboard_station import PoweredUp
from open63110.usecases.stations.reboot_station import RESUMING, StationRebooting

RESUMED = "TxResumed"


def then(event: PoweredUp | StationRebooting, station: Station) -> Iterator[Message]:
    """After the whole has come up again, or at once where one EVSE restarts beside the others."""
    if isinstance(event, PoweredUp):
        if RESUMING in station.flags:
            yield ReportTransfer(station=event.station, trigger=RESUMED)
    elif event.resume and event.evse is not None:
        yield ReportTransfer(station=event.station, evse=EvseNumber(event.evse), trigger=RESUMED)


FLOW = Flow(role=Role.STATION, on=(PoweredUp, StationRebooting), then=then)
