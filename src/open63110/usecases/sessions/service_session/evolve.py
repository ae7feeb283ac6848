# SPDX-License-Identifier: Apache-2.0
"""What facts change in the service sessions of a station."""

from datetime import datetime

from msgspec.structs import replace

from open63110.model.session import (
    ServiceSession,
    SessionAdvanced,
    SessionClosed,
    SessionOpened,
    SessionRecorded,
    SessionState,
)
from open63110.model.station import Station


def opened(event: SessionOpened, station: Station) -> Station:
    """Begin its path."""
    session = ServiceSession(
        station=event.station,
        number=event.session,
        evse=event.evse,
        state=event.state,
        opened=event.at,
        subject=event.subject,
        auth_method=event.auth_method,
        path=((event.state, event.at),),
        plugged=event.plugged,
    )
    return _with(station, session)


def advanced(event: SessionAdvanced, station: Station) -> Station:
    """Go on, and learn; what was known first about the user stays."""
    session = station.sessions.get(event.session)
    if session is None:
        return station
    joins = event.transfer is not None and event.transfer not in session.transfers
    return _with(
        station,
        replace(
            _moved(session, event.state, event.at),
            subject=session.subject or event.subject,
            auth_method=session.auth_method or event.auth_method,
            transfers=(*session.transfers, event.transfer) if joins else session.transfers,
            flags=session.flags + tuple(flag for flag in event.flags if flag not in session.flags),
            plugged=session.plugged or event.plugged,
            unplugged=session.unplugged or event.unplugged,
        ),
    )


def closed(event: SessionClosed, station: Station) -> Station:
    """End its path."""
    session = station.sessions.get(event.session)
    if session is None:
        return station
    flags = session.flags + tuple(flag for flag in event.flags if flag not in session.flags)
    return _with(station, replace(_moved(session, event.state, event.at), closed=event.at, flags=flags))


def recorded(event: SessionRecorded, station: Station) -> Station:
    """Remember what was recorded of it."""
    session = station.sessions.get(event.session) or event.recalled
    if session is None:
        return station
    return _with(station, replace(session, records=(*session.records, event.record), digest=event.digest))


def _moved(session: ServiceSession, state: SessionState, at: datetime) -> ServiceSession:
    return session if state is session.state else replace(session, state=state, path=(*session.path, (state, at)))


def _with(station: Station, session: ServiceSession) -> Station:
    return replace(station, sessions={**station.sessions, session.number: session})
