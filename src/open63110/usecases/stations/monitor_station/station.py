# SPDX-License-Identifier: Apache-2.0
"""What a charging station tells of its own state."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered, reserved_for
from open63110.model.availability import ALL, WHOLE, operative
from open63110.model.monitor import Monitoring
from open63110.model.station import (
    Connector,
    ConnectorReported,
    ConnectorState,
    EvPluggedIn,
    EvUnplugged,
    Registration,
    Station,
)
from open63110.ports import Rows
from open63110.usecases.stations.monitor_station.evolve import CLOCK_UNCERTAIN, connectors, fault_appeared, standing_faults
from open63110.usecases.stations.monitor_station.messages import (
    BeatEvery,
    BeatOnce,
    BeginReporting,
    FaultAppeared,
    Heartbeat,
    MeterValuesReported,
    ReportReadings,
    ReportStanding,
    ReportStatus,
    ReportUse,
    StationEventReported,
)

HEARTBEAT = 300.0
"""How often to say that one is there if the CSMS does not mind [s]."""

PLUGGED = "EV connected"
"""Info of a faulted connector, or one that is out of use, that holds a cable: for people, and for the time after that."""

_HEARTBEAT, _ONCE = "heartbeat", "heartbeat-once"


def worth_queueing(event: StationEventReported, severity_level: int) -> bool:
    """Tell whether an event is kept for the CSMS while there is no link: those up to a severity number (AT-8.3.5-2)."""
    return event.severity <= severity_level


def begin_reporting(command: BeginReporting, station: Station, now: datetime) -> Iterator[Effect]:
    """Say how every connector is, what faults stand if the CSMS is new to them, and be heard from then on."""
    for evse, connector, known in connectors(station, 0):
        yield _told(station, now, evse, connector, known)
    if command.interval is None:
        return
    for fault in standing_faults(station):
        yield _told_of(fault, station, cleared=False)
    yield _next_heartbeat(station.id, now, command.interval or HEARTBEAT)


def beat(command: Heartbeat, station: Station, now: datetime) -> Iterator[Effect]:
    """Say that one is there, as long as the CSMS wants to hear it."""
    if station.registration is not Registration.ACCEPTED:
        return
    if station.connected is not None:
        yield command
    yield _next_heartbeat(station.id, now, command.every or HEARTBEAT)


def beat_once(command: BeatOnce, station: Station, now: datetime) -> Iterator[Effect]:
    """Say that one is there in the next turn: what this one answers goes first."""
    if not command.due:
        yield Wake(name=_ONCE, at=now, command=BeatOnce(station=station.id, due=True))
    elif may_be_ordered(station):
        yield Heartbeat(station=station.id)


def beat_every(command: BeatEvery, station: Station, now: datetime) -> Iterator[Effect]:
    """Take the next one at the new pace, if the CSMS hears this station at all."""
    if station.registration is Registration.ACCEPTED:
        yield _next_heartbeat(station.id, now, command.every)


def _next_heartbeat(station: StationId, now: datetime, every: float) -> Wake:
    return Wake(name=_HEARTBEAT, at=now + timedelta(seconds=every), command=Heartbeat(station=station, every=every))


def plugged_in(event: EvPluggedIn, station: Station) -> Iterator[Effect]:
    """Report the connector occupied, before anything that follows from it."""
    yield _held(event, station, held=True)
    yield event


def unplugged(event: EvUnplugged, station: Station) -> Iterator[Effect]:
    """Report the connector free, after everything that follows from it."""
    yield event
    yield _held(event, station, held=False)


def _held(event: EvPluggedIn | EvUnplugged, station: Station, *, held: bool) -> ConnectorReported:
    """Report a connector with or without a cable; a fault goes before both."""
    evse = station.evses.get(event.evse)
    known = evse.connectors.get(event.connector) if evse else None
    error = known.error if known is not None and known.state == "faulted" else ""
    changed = _standing(station, event.evse, event.connector, event.at, held=held, error=error)
    return _told(station, event.at, event.evse, event.connector, changed)


def _standing(
    station: Station, evse: EvseNumber, connector: ConnectorNumber, at: datetime, *, held: bool, error: str
) -> Connector:
    """Return how a connector is: a fault goes before everything, an order that keeps it out of use before a cable.

    Energy that flows is not stopped by such an order (8.3.4); where the cable was just taken out, none does any more.
    """
    info = PLUGGED if held else ""
    if error:
        return Connector(state="faulted", at=at, error=error, info=info)
    if not operative(station.availability, evse, connector) and not (held and _flows(station, evse, connector)):
        return Connector(state="unavailable", at=at, info=info)
    if held:
        return Connector(state="occupied", at=at, detail="Preparing")
    reserved = station.reservations and reserved_for(station, evse, at) is not None
    return Connector(state="reserved" if reserved else "available", at=at)


def _flows(station: Station, evse: EvseNumber, connector: ConnectorNumber = ALL) -> bool:
    """Tell whether energy may flow through a connector; without one at an EVSE, at any with 0."""
    running = (one for one in station.transfers.values() if one.ended is None and evse in {0, one.evse})
    return any(not connector or one.connector in {0, connector} for one in running)


def _holds_cable(known: Connector) -> bool:
    return known.state == "occupied" or known.info == PLUGGED


def report_standing(command: ReportStanding, station: Station, now: datetime) -> Iterator[Effect]:
    """Report every connector whose state is another by now, and the whole where that is in or out of use."""
    out = not operative(station.availability, WHOLE) and not _flows(station, WHOLE)
    state: ConnectorState = "unavailable" if out else "available"
    if state != (station.state or "available"):
        yield _told(station, now, WHOLE, ALL, Connector(state=state, at=now))
    for evse, connector, known in connectors(station, WHOLE):
        error = known.error if known.state == "faulted" else ""
        changed = _standing(station, evse, connector, now, held=_holds_cable(known), error=error)
        if changed.state != known.state:
            yield _told(station, now, evse, connector, changed)


def report_use(command: ReportUse, station: Station, now: datetime) -> Iterator[Effect]:
    """Report what the occupied connector of an EVSE is occupied with, if that is new."""
    for evse, connector, known in connectors(station, command.evse):
        if known.state == "occupied" and known.detail != command.detail:
            yield _told(station, now, evse, connector, Connector(state="occupied", at=now, detail=command.detail))


def report_status(command: ReportStatus, station: Station, now: datetime) -> Iterator[Effect]:
    """Report connectors as they are, whether that is new or not."""
    for evse, connector, known in connectors(station, command.evse):
        if command.connector in {None, 0, connector}:
            yield _told(station, now, evse, connector, known)


def report_readings(command: ReportReadings, station: Station, now: datetime) -> Iterator[Effect]:
    """Report what the meters showed last: whoever reads them did so just before."""
    for number, evse in station.evses.items():
        if command.evse in {0, number} and evse.readings:
            readings = tuple(replace(one, context="trigger") for one in evse.readings)
            yield MeterValuesReported(station=station.id, at=now, evse=number, readings=readings)


def fault(event: FaultAppeared, station: Station, rows: Rows) -> Iterator[Effect]:
    """Report a fault when it comes and when it goes; to a CSMS that has yet to accept the station, afterwards (AT-8.3.5-3)."""
    before = next((known for known in standing_faults(station) if known.evse == event.evse), None)
    if (before.code if before else "") == event.code:
        return
    yield event
    left = list(standing_faults(fault_appeared(event, station)))
    for evse, connector, known in connectors(station, event.evse):
        code = next((other.code for other in left if other.evse in {0, evse}), "")
        changed = _standing(station, evse, connector, event.at, held=_holds_cable(known), error=code)
        yield _told(station, event.at, evse, connector, changed)
    if station.registration is Registration.ACCEPTED:
        yield from (one for one in _events(before, event, station) if audible(one, station, rows))


def clock_left_alone(station: StationId, at: datetime, by: float) -> StationEventReported:
    """Return what a station tells that was to set its clock by so many seconds and did not (B.13)."""
    return StationEventReported(
        station=station,
        at=at,
        component="ClockCtrlr",
        variable="DateTime",
        severity=4,
        actual=at.isoformat(timespec="seconds"),
        code="ClockStepRefused",
        text=f"told to set the clock by {by:+.0f} s, left as it is",
    )


def clock_quality(station: StationId, at: datetime, quality: str, *, cleared: bool) -> StationEventReported:
    """Return what a station tells whose times are not to be relied on, or are again (B.13)."""
    return StationEventReported(
        station=station,
        at=at,
        component="ClockCtrlr",
        variable="TimeQuality",
        severity=4,
        actual=quality,
        code=CLOCK_UNCERTAIN,
        text="its clock was never set" if quality == "never" else "",
        cleared=cleared,
    )


def report(event: StationEventReported, station: Station, rows: Rows) -> Iterator[Effect]:
    """Tell what the controller itself has seen, and what is no fault, if it is as grave as the CSMS wants to hear."""
    if audible(event, station, rows):
        yield event


def audible(event: StationEventReported, station: Station, rows: Rows) -> bool:
    """Tell whether an event is as grave as what the CSMS wants to hear, or graver."""
    monitoring = rows.get(Monitoring, station.id)
    return monitoring is None or monitoring.level is None or event.severity <= monitoring.level


def _events(before: FaultAppeared | None, event: FaultAppeared, station: Station) -> Iterator[StationEventReported]:
    """One event for what is gone, one for what has come."""
    if before is not None:
        yield _told_of(before, station, cleared=True, at=event.at)
    if event.code:
        yield _told_of(event, station, cleared=False)


def _told_of(fault: FaultAppeared, station: Station, *, cleared: bool, at: datetime | None = None) -> StationEventReported:
    return StationEventReported(
        station=station.id,
        at=at or fault.at,
        component="EVSE" if fault.evse else "ChargingStation",
        variable="Problem",
        severity=fault.severity,
        actual="false" if cleared else "true",
        code=fault.code,
        cleared=cleared,
        offline=station.connected is None,
        evse=fault.evse,
    )


def _told(station: Station, at: datetime, evse: EvseNumber, connector: ConnectorNumber, known: Connector) -> ConnectorReported:
    return ConnectorReported(
        station=station.id,
        at=at,
        evse=evse,
        connector=connector,
        state=known.state,
        detail=known.detail,
        error=known.error,
        info=known.info,
        offline=station.connected is None,
    )
