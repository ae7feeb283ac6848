# SPDX-License-Identifier: Apache-2.0
"""From what a station was asked to say (8.3.5) to whoever says it (8.3.15, 8.3.5, 6.1)."""

from collections.abc import Iterator

from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.station import Station
from open63110.usecases.sessions.energy_transfer import ReportTransfer
from open63110.usecases.stations.monitor_station import BeatOnce, ReportReadings, ReportStatus
from open63110.usecases.stations.onboard_station import ReportBoot
from open63110.usecases.stations.trigger_report import Report, ReportTriggered


def then(event: ReportTriggered, station: Station) -> Iterator[Message]:
    """Ask that one."""
    evse = event.evse or EvseNumber(0)
    match event.report:
        case Report.BOOT:
            yield ReportBoot(station=station.id)
        case Report.HEARTBEAT:
            yield BeatOnce(station=station.id)
        case Report.STATUS:
            yield ReportStatus(station=station.id, evse=evse, connector=event.connector)
        case Report.READINGS:
            yield ReportReadings(station=station.id, evse=evse)
        case Report.TRANSFER:
            yield ReportTransfer(station=station.id, evse=evse)


FLOW = Flow(role=Role.STATION, on=(ReportTriggered,), then=then)
