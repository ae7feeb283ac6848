# SPDX-License-Identifier: Apache-2.0
"""Who decides what is said about monitors and streams."""

from collections.abc import Mapping
from typing import Final

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Decide
from open63110.usecases.stations.monitor_station import installing, inventorying, levels, reconciling, streaming, watching
from open63110.usecases.stations.monitor_station.monitors import (
    AskMonitors,
    ClearMonitors,
    GiveUpMonitorReport,
    MonitoringBaseSet,
    MonitoringLevelSet,
    MonitorRefused,
    MonitorsCleared,
    MonitorSet,
    MonitorsReported,
    ReconcileMonitors,
    SetMonitor,
    SetMonitoringBase,
    SetMonitoringLevel,
)
from open63110.usecases.stations.monitor_station.streams import (
    AdjustStream,
    AskStreams,
    CloseStream,
    OpenStream,
    StreamAdjusted,
    StreamAnswered,
    StreamSampled,
    StreamsReported,
)

OF_MONITORS: Final[Mapping[tuple[Role, type[Message]], Decide]] = {
    (Role.CSMS, SetMonitor): watching.ask,
    (Role.CSMS, MonitorSet): watching.monitor_set,
    (Role.CSMS, MonitorRefused): watching.monitor_refused,
    (Role.CSMS, ClearMonitors): watching.clear,
    (Role.CSMS, MonitorsCleared): watching.cleared,
    (Role.CSMS, ReconcileMonitors): reconciling.reconcile,
    (Role.CSMS, AskMonitors): inventorying.ask,
    (Role.CSMS, MonitorsReported): inventorying.hear,
    (Role.CSMS, GiveUpMonitorReport): inventorying.give_up,
    (Role.CSMS, SetMonitoringBase): levels.set_base,
    (Role.CSMS, MonitoringBaseSet): levels.base_set,
    (Role.CSMS, SetMonitoringLevel): levels.set_level,
    (Role.CSMS, MonitoringLevelSet): levels.level_set,
    (Role.STATION, SetMonitor): installing.install,
    (Role.STATION, ClearMonitors): installing.uninstall,
    (Role.STATION, AskMonitors): installing.report,
    (Role.STATION, SetMonitoringBase): installing.obey_base,
    (Role.STATION, SetMonitoringLevel): installing.obey_level,
}

OF_STREAMS: Final[Mapping[tuple[Role, type[Message]], Decide]] = {
    (Role.CSMS, OpenStream): streaming.open_stream,
    (Role.CSMS, CloseStream): streaming.close_stream,
    (Role.CSMS, StreamSampled): streaming.hear_samples,
    (Role.CSMS, AdjustStream): streaming.adjust,
    (Role.CSMS, StreamAdjusted): streaming.adjusted,
    (Role.CSMS, AskStreams): streaming.ask,
    (Role.CSMS, StreamsReported): streaming.reported,
    (Role.STATION, StreamAnswered): installing.stream_answered,
    (Role.STATION, AdjustStream): installing.adjust_stream,
    (Role.STATION, AskStreams): installing.show_streams,
}
