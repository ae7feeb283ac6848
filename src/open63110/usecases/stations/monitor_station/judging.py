# SPDX-License-Identifier: Apache-2.0
"""Which of what a station tells is an alarm, how grave it is, and of which alarm it says that it is over."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Effect
from open63110.model.alarm import LOWEST, AlarmKind, StationAlarm, alarm_key
from open63110.model.monitor import Monitoring
from open63110.model.policy import Policy
from open63110.model.station import Connector, ConnectorReported, Station
from open63110.ports import Rows
from open63110.usecases.stations.monitor_station.messages import StationEventReported
from open63110.usecases.stations.monitor_station.raising import changed, clear_alarm, open_alarms, raise_alarm

SEVERITY_OF_ERROR: Final = {
    "GroundFailure": 1,
    "PowerSwitchFailure": 1,
    "HighTemperature": 2,
    "OverCurrentFailure": 2,
    "OverVoltage": 2,
    "WeakSignal": 6,
}
"""How grave an error code of OCPP 1.6 is, which states none: what can hurt somebody before what is inconvenient."""

FAULTED: Final = 3
"""Of a connector that cannot be used, for whatever reason."""

WARNED: Final = 5
"""Of an error of a connector that can be used all the same."""


def judge_event(event: StationEventReported, station: Station, rows: Rows, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Raise an alarm, or clear one, where an event is one."""
    event = _graded(event, station, rows)
    if event.cleared:
        for one in _meant(event, open_alarms(station.id, rows)):
            yield from clear_alarm(one, event.at, policy)
    elif event.severity <= policy.alarm_severity and event.trigger != "periodic":
        found = open_alarms(station.id, rows)
        alarm = _of_event(event, found)
        yield from raise_alarm(alarm, station, rows, now, policy)
        yield from _explain(alarm, found, now)


def _graded(event: StationEventReported, station: Station, rows: Rows) -> StationEventReported:
    """Return an event with the severity of the monitor that saw it: OCPP 2.0.1 does not say it with the event."""
    monitoring = rows.get(Monitoring, station.id) if event.monitor is not None else None
    if monitoring is None:
        return event
    here = (*(one.monitor for one in monitoring.wishes), *monitoring.installed)
    known = next((one.severity for one in here if one.id == event.monitor), event.severity)
    return replace(event, severity=known)


def _of_event(event: StationEventReported, known: list[StationAlarm]) -> StationAlarm:
    kind = AlarmKind.SECURITY if event.security else AlarmKind.EVENT
    return StationAlarm(
        id=alarm_key(event.station, kind, str(event.evse), event.component, event.variable, event.code),
        station=event.station,
        kind=kind,
        severity=max(0, min(event.severity, LOWEST)),
        since=event.at,
        last=event.at,
        component=f"{event.component}@{event.evse}" if event.evse else event.component,
        variable=event.variable,
        evse=EvseNumber(event.evse),
        code=event.code,
        text=event.text,
        actual=event.actual,
        event=event.event_id,
        cause=_cause(event, known),
        monitor=event.monitor,
        transfer=event.transfer,
        offline=event.offline,
    )


def _cause(event: StationEventReported, known: list[StationAlarm]) -> str:
    """Return the alarm that an event says it follows from; numbers of events may repeat after a boot, so the newest counts."""
    if not event.cause:
        return ""
    found = [one for one in known if one.event == event.cause]
    return max(found, key=lambda one: one.last).id if found else ""


def _explain(alarm: StationAlarm, known: list[StationAlarm], now: datetime) -> Iterator[Effect]:
    """Say of a connector that is faulted for no reason it gave that it follows from this: OCPP 2.x tells the two apart."""
    for one in known:
        same = one.kind is AlarmKind.FAULT and not one.code and not one.cause and one.cleared is None
        if same and alarm.kind is AlarmKind.EVENT and alarm.evse in {0, one.evse}:
            yield changed(replace(one, cause=alarm.id), now, "explained")


def _meant(event: StationEventReported, known: list[StationAlarm]) -> Iterator[StationAlarm]:
    """Return the alarms that an event says are over: those of its monitor, or of its variable, and of its code if it says one."""
    mine = [one for one in known if one.kind is AlarmKind.EVENT and one.evse == event.evse]
    for one in mine:
        if one.monitor == event.monitor if event.monitor is not None else _same(one, event):
            yield one


def _same(alarm: StationAlarm, event: StationEventReported) -> bool:
    """Tell whether an alarm is about the variable of an event, and about its code if it says one."""
    about = (alarm.component.partition("@")[0], alarm.variable) == (event.component, event.variable)
    return about and event.code in {"", alarm.code}


def judge_connector(event: ConnectorReported, station: Station, rows: Rows, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Raise an alarm for a connector that is faulted or says an error, and clear what it does not say any more.

    Nearly all reports say neither, and leave the rows alone.
    """
    known = _known(event, station)
    if known is not None and known.at > event.at:
        return
    before = _wrong(known.state, known.error) if known is not None else event.evse == 0  # of the whole no error is kept
    after = _wrong(event.state, event.error)
    if not before and not after:
        return
    found = [one for one in open_alarms(station.id, rows) if _of_connector(one, event)]
    for one in found:
        if one.code != event.error or not after:
            yield from clear_alarm(one, event.at, policy)
    if after:
        alarm = _of_fault(event, station, rows)
        if not (found and any(one.id == alarm.id and one.severity == alarm.severity for one in found if one.cleared is None)):
            yield from raise_alarm(alarm, station, rows, now, policy)


def _known(event: ConnectorReported, station: Station) -> Connector | None:
    evse = station.evses.get(event.evse)
    return evse.connectors.get(event.connector) if evse is not None else None


def _wrong(state: str, error: str) -> str:
    return error or ("faulted" if state == "faulted" else "")


def _of_connector(alarm: StationAlarm, event: ConnectorReported) -> bool:
    return alarm.kind is AlarmKind.FAULT and (alarm.evse, alarm.connector) == (event.evse, event.connector)


def _of_fault(event: ConnectorReported, station: Station, rows: Rows) -> StationAlarm:
    where = f"{event.evse}.{event.connector}"
    severity = SEVERITY_OF_ERROR.get(event.error, FAULTED if event.state == "faulted" else WARNED)
    causes = [one for one in open_alarms(station.id, rows) if one.kind is AlarmKind.EVENT and one.cleared is None]
    fitting = [one for one in causes if one.evse in {0, event.evse} and one.severity <= FAULTED]
    return StationAlarm(
        id=alarm_key(event.station, AlarmKind.FAULT, where, event.error),
        station=event.station,
        kind=AlarmKind.FAULT,
        severity=severity,
        since=event.at,
        last=event.at,
        component=f"Connector@{where}" if event.evse else "ChargingStation",
        evse=event.evse,
        connector=event.connector,
        code=event.error,
        vendor_code=event.vendor_error,
        text=event.info,
        actual=event.state,
        cause="" if event.error or not fitting else max(fitting, key=lambda one: one.last).id,
        offline=event.offline,
    )
