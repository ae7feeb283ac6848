# SPDX-License-Identifier: Apache-2.0
"""From what a station was asked to say (8.3.5) to whoever says it (8.3.15, 8.3.5, 6.1, 8.3.6, 8.3.10)."""

from collections.abc import Iterator
from datetime import datetime

from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.logs import LogState, StationLog
from open63110.model.station import Station
from open63110.ports import Rows, Where
from open63110.usecases.sessions.energy_transfer import ReportTransfer
from open63110.usecases.stations.monitor_station import BeatOnce, ReportReadings, ReportStatus
from open63110.usecases.stations.onboard_station import ReportBoot
from open63110.usecases.stations.retrieve_logs import LogProgressed
from open63110.usecases.stations.trigger_report import Report, ReportTriggered
from open63110.usecases.stations.update_firmware import ReportFirmware


def then(event: ReportTriggered, station: Station, rows: Rows, now: datetime) -> Iterator[Message]:
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
        case Report.FIRMWARE:
            yield ReportFirmware(station=station.id)
        case Report.LOG | Report.DIAGNOSTICS:
            yield _log(station, rows, now, named=event.report == Report.LOG)


def _log(station: Station, rows: Rows, now: datetime, *, named: bool) -> LogProgressed:
    """Say how far the log is that is on its way; that there is none, too. Diagnostics of OCPP 1.6 have no number."""
    under_way = [one for one in rows.load(StationLog, Where("station", "=", station.id)) if one.state is LogState.UPLOADING]
    if not under_way:
        return LogProgressed(station=station.id, at=now, state=None)
    request = under_way[-1].request if named else None
    return LogProgressed(station=station.id, at=now, state=LogState.UPLOADING, request=request)


FLOW = Flow(role=Role.STATION, on=(ReportTriggered,), then=then)
