# SPDX-License-Identifier: Apache-2.0
"""Monitor a charging station: liveness, connector and EVSE states, monitors, events and the alarms that come of them, streams.

Clause:     8.3.5
Asked by:   charging station; of monitors and streams the CSMS, for an operator
Done by:    CSMS; of monitors and streams the charging station
Leaves:     a picture of every connector that is as new as the link allows, what is to be watched watched, and an alarm where
            something is wrong
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import UseCase
from open63110.model.notice import NoticeChanged
from open63110.model.session import SessionOpened
from open63110.model.station import (
    ConnectorReported,
    EvPluggedIn,
    EvUnplugged,
    StationBooted,
    StationConnected,
    StationDisconnected,
)
from open63110.usecases.stations.monitor_station import acting, csms, evolve, levels, raising, reaching, station, streaming
from open63110.usecases.stations.monitor_station.csms import might_be_silent
from open63110.usecases.stations.monitor_station.evolve import UNREACHED
from open63110.usecases.stations.monitor_station.messages import (
    AcknowledgeAlarms,
    Acknowledged,
    BeatEvery,
    BeatOnce,
    BeginReporting,
    CheckAway,
    CheckSilence,
    EndStorm,
    FaultAppeared,
    Heartbeat,
    JudgeClock,
    MeterValuesReported,
    ReportReadings,
    ReportStanding,
    ReportStatus,
    ReportUse,
    ResolveAlarms,
    StationClockDoubted,
    StationClockTrusted,
    StationEventReported,
    StationFellSilent,
    StationHeardAgain,
    StationReached,
    StationWentAway,
    TimeAnswer,
    WelcomeBack,
)
from open63110.usecases.stations.monitor_station.monitors import SetMonitor, SetMonitoringBase, SetMonitoringLevel
from open63110.usecases.stations.monitor_station.station import clock_left_alone, clock_quality, worth_queueing
from open63110.usecases.stations.monitor_station.tables import OF_MONITORS, OF_STREAMS

__all__ = [
    "UNREACHED",
    "USE_CASE",
    "AcknowledgeAlarms",
    "Acknowledged",
    "BeatEvery",
    "BeatOnce",
    "BeginReporting",
    "CheckAway",
    "CheckSilence",
    "EndStorm",
    "FaultAppeared",
    "Heartbeat",
    "JudgeClock",
    "MeterValuesReported",
    "ReportReadings",
    "ReportStanding",
    "ReportStatus",
    "ReportUse",
    "ResolveAlarms",
    "SetMonitor",
    "SetMonitoringBase",
    "SetMonitoringLevel",
    "StationClockDoubted",
    "StationClockTrusted",
    "StationEventReported",
    "StationFellSilent",
    "StationHeardAgain",
    "StationReached",
    "StationWentAway",
    "TimeAnswer",
    "WelcomeBack",
    "clock_left_alone",
    "clock_quality",
    "might_be_silent",
    "worth_queueing",
]

USE_CASE = UseCase(
    clause="8.3.5",
    title="Monitor a CS",
    decide={
        (Role.CSMS, Heartbeat): csms.hear_heartbeat,
        (Role.CSMS, ConnectorReported): csms.hear_connector,
        (Role.CSMS, StationEventReported): csms.hear_event,
        (Role.CSMS, MeterValuesReported): csms.hear_meter_values,
        (Role.CSMS, CheckSilence): csms.check_silence,
        (Role.CSMS, CheckAway): reaching.check_away,
        (Role.CSMS, WelcomeBack): reaching.welcome_back,
        (Role.CSMS, EndStorm): raising.end_storm,
        (Role.CSMS, NoticeChanged): raising.keep_notice,
        (Role.CSMS, AcknowledgeAlarms): acting.acknowledge,
        (Role.CSMS, ResolveAlarms): acting.resolve,
        (Role.CSMS, JudgeClock): csms.judge_clock,
        (Role.STATION, Heartbeat): station.beat,
        (Role.STATION, EvPluggedIn): station.plugged_in,
        (Role.STATION, EvUnplugged): station.unplugged,
        (Role.STATION, FaultAppeared): station.fault,
        (Role.STATION, StationEventReported): station.report,
        (Role.STATION, BeginReporting): station.begin_reporting,
        (Role.STATION, BeatEvery): station.beat_every,
        (Role.STATION, ReportUse): station.report_use,
        (Role.STATION, ReportStanding): station.report_standing,
        (Role.STATION, BeatOnce): station.beat_once,
        (Role.STATION, ReportStatus): station.report_status,
        (Role.STATION, ReportReadings): station.report_readings,
        **OF_MONITORS,
        **OF_STREAMS,
    },
    evolve={
        ConnectorReported: evolve.connector_reported,
        StationFellSilent: evolve.fell_silent,
        StationWentAway: reaching.went_away,
        StationReached: reaching.reached,
        StationHeardAgain: evolve.heard,
        StationBooted: evolve.heard,
        StationConnected: evolve.heard,
        StationDisconnected: evolve.heard,
        StationClockDoubted: evolve.clock_doubted,
        StationClockTrusted: evolve.clock_trusted,
        FaultAppeared: evolve.fault_appeared,
        StationEventReported: evolve.event_reported,
        SessionOpened: evolve.session_opened,
    },
    doors=(*acting.DOORS, *levels.DOORS, *streaming.DOORS),
)
