# SPDX-License-Identifier: Apache-2.0
"""What monitoring changes in the picture of a station; the same at the CSMS and in the station itself."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec.structs import replace

from open63110.kernel.ids import ConnectorNumber, EvseNumber
from open63110.model.session import ServiceSession, SessionOpened
from open63110.model.station import (
    CLOCK,
    Connector,
    ConnectorReported,
    Evse,
    Station,
    StationBooted,
    StationConnected,
    StationDisconnected,
)
from open63110.usecases.stations.monitor_station.messages import (
    FaultAppeared,
    StationClockDoubted,
    StationClockTrusted,
    StationEventReported,
    StationFellSilent,
    StationHeardAgain,
)

SILENT = "silent"
"""Flag: connected, but not heard for too long."""

UNREACHED = "unreached"
"""Flag: there is an alarm because it is silent, or has had no link for too long."""

CLOCK_UNCERTAIN = "ClockUncertain"
"""Code of the event by which a station tells that its times are not to be relied on."""

UNCERTAIN = "clock-uncertain"
"""Flag of such a station, of its sessions meanwhile, and so of their records."""

FAULT = "fault/"
"""Begin of the flags that a station keeps for its standing faults."""


def connector_reported(event: ConnectorReported, station: Station) -> Station:
    """Show the newest, whatever came last."""
    if event.evse == 0:  # the whole has no time of its own: what was queued cannot be known to be newer
        return station if event.offline else replace(station, state=event.state)
    evse = station.evses.get(event.evse) or Evse(number=event.evse)
    changed = _whole(evse, event) if event.connector == 0 else _part(evse, event)
    return station if changed is evse else replace(station, evses={**station.evses, event.evse: changed})


def _whole(evse: Evse, event: ConnectorReported) -> Evse:
    return evse if event.offline else replace(evse, state=event.state)


def _part(evse: Evse, event: ConnectorReported) -> Evse:
    known = evse.connectors.get(event.connector)
    if known is not None and known.at > event.at:
        return evse
    return replace(evse, connectors={**evse.connectors, event.connector: seen(event)})


def seen(event: ConnectorReported) -> Connector:
    """Return the connector as a report shows it."""
    return Connector(
        state=event.state,
        at=event.at,
        detail=event.detail,
        error=event.error,
        info=event.info,
        vendor_error=event.vendor_error,
    )


def fell_silent(event: StationFellSilent, station: Station) -> Station:
    """Mark it, and that there is an alarm about it, which outlasts the link."""
    return replace(station, flags=(*without(station.flags, SILENT, UNREACHED), SILENT, UNREACHED))


def heard(event: StationHeardAgain | StationBooted | StationConnected | StationDisconnected, station: Station) -> Station:
    """Take the mark off; of a station without a link nobody expects to hear."""
    return replace(station, flags=without(station.flags, SILENT)) if SILENT in station.flags else station


def clock_doubted(event: StationClockDoubted, station: Station) -> Station:
    """Mark it; the next boot takes the mark off, or the right time."""
    return replace(station, flags=(*without(station.flags, CLOCK), CLOCK), clock_ahead=event.ahead)


def clock_trusted(event: StationClockTrusted, station: Station) -> Station:
    """Take the mark off."""
    del event  # that it happened is all there is to it
    return replace(station, flags=without(station.flags, CLOCK), clock_ahead=0.0)


def event_reported(event: StationEventReported, station: Station) -> Station:
    """Keep that times of a station are not to be relied on; of what runs already nobody knows since when they are not."""
    if event.code != CLOCK_UNCERTAIN:
        return station
    flags = without(station.flags, UNCERTAIN)
    if event.cleared:
        return replace(station, flags=flags)
    sessions = {number: _unsure(one) for number, one in station.sessions.items()}
    return replace(station, flags=(*flags, UNCERTAIN), sessions=sessions)


def session_opened(event: SessionOpened, station: Station) -> Station:
    """Let a session that begins meanwhile bear the flag, too."""
    opened = station.sessions.get(event.session)
    if UNCERTAIN not in station.flags or opened is None:
        return station
    return replace(station, sessions={**station.sessions, event.session: _unsure(opened)})


def _unsure(session: ServiceSession) -> ServiceSession:
    known = session.closed is not None or UNCERTAIN in session.flags
    return session if known else replace(session, flags=(*session.flags, UNCERTAIN))


def fault_appeared(event: FaultAppeared, station: Station) -> Station:
    """Remember a fault until it is gone, one for each EVSE and one for the whole station."""
    others = tuple(flag for flag in station.flags if not flag.startswith(f"{FAULT}{event.evse}/"))
    return replace(station, flags=(*others, _flag(event)) if event.code else others)


def standing_faults(station: Station) -> Iterator[FaultAppeared]:
    """Return the faults that a station still sees."""
    for flag in station.flags:
        if flag.startswith(FAULT):
            _, evse, severity, at, code = flag.split("/", 4)
            when = msgspec.convert(at, datetime, strict=False)
            yield FaultAppeared(station=station.id, at=when, evse=int(evse), severity=int(severity), code=code)


def _flag(event: FaultAppeared) -> str:
    return f"{FAULT}{event.evse}/{event.severity}/{event.at.isoformat()}/{event.code}"


def connectors(station: Station, evse: int) -> Iterator[tuple[EvseNumber, ConnectorNumber, Connector]]:
    """Return the connectors of an EVSE, of all with 0."""
    for number, one in station.evses.items():
        if evse in {0, number}:
            for connector, known in one.connectors.items():
                yield number, connector, known


def without(flags: tuple[str, ...], *gone: str) -> tuple[str, ...]:
    """Leave flags out."""
    return tuple(flag for flag in flags if flag not in gone)
