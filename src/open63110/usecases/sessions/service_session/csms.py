# SPDX-License-Identifier: Apache-2.0
"""How a service session comes about, follows what happens at its EVSE, and closes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber, SessionNumber, SubjectRef
from open63110.kernel.messages import Effect, Wake
from open63110.model.policy import Policy
from open63110.model.register import exported, imported
from open63110.model.session import (
    TERMINAL,
    ServiceSession,
    SessionAdvanced,
    SessionClosed,
    SessionOpened,
    SessionState,
)
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer, TransferState
from open63110.ports import Ids
from open63110.usecases.sessions.service_session.messages import (
    CloseSession,
    FollowGrant,
    FollowPlug,
    FollowRelease,
    FollowTransfer,
)

S = SessionState

TOLD_AFTERWARDS = timedelta(seconds=60)
"""A transfer reported from offline that began so long before a session opened belongs to an earlier one."""

GONE = frozenset({"EVDisconnected", "EVDeparted"})
"""End reasons that say that the EV is not there any more."""

PROGRESS: dict[TransferState, SessionState] = {
    "pending": S.PENDING,
    "charging": S.CHARGING,
    "discharging": S.DISCHARGING,
    "suspended-ev": S.PAUSED,
    "suspended-evse": S.PAUSED,
    "idle": S.PAUSED,
    "ended": S.ENDED,
}
"""Where a session stands when its energy transfer is in a state."""


def current(station: Station, evse: EvseNumber) -> ServiceSession | None:
    """Return the session that what happens at an EVSE now belongs to; a new plug-in never joins an old one."""
    here = [one for one in station.sessions.values() if one.evse == evse and one.unplugged is None and _goes_on(one)]
    return here[-1] if here else None


def _goes_on(session: ServiceSession) -> bool:
    return session.state not in TERMINAL and session.state is not S.CLOSING


def follow_grant(command: FollowGrant, station: Station, ids: Ids) -> Iterator[Effect]:
    """Open a session, or let the present one know whose it is."""
    session, grant = current(station, command.evse), command.grant
    if session is None or _served_another(session, grant.subject, station):
        yield SessionOpened(
            station=station.id,
            at=grant.at,
            session=ids.session(),
            evse=command.evse,
            state=S.AUTHORIZED,
            subject=grant.subject,
            auth_method=grant.method,
        )
        return
    state = S.AUTHORIZED if session.state in {S.OCCUPIED, S.ENDED} else session.state
    yield SessionAdvanced(
        station=station.id,
        at=grant.at,
        session=session.number,
        state=state,
        subject=grant.subject,
        auth_method=grant.method,
    )
    if session.state is S.ENDED:
        yield _closing(session, grant.at, None)


def _served_another(session: ServiceSession, subject: SubjectRef | None, station: Station) -> bool:
    """Tell whether a session was somebody else's and is over, though nobody saw the EV leave: nobody pays for another."""
    over = bool(session.transfers) and all(one.ended for one in _transfers(session, station))
    return over and session.subject is not None and subject is not None and session.subject != subject


def follow_release(command: FollowRelease, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Go back to where the session was; without EV and energy nothing is left of it."""
    session = current(station, command.evse)
    if session is None or session.state is not S.AUTHORIZED:
        return
    if not session.transfers and session.plugged is None:
        yield SessionClosed(station=station.id, at=command.at, session=session.number, state=S.EXPIRED)
        return
    state = S.ENDED if session.transfers else S.OCCUPIED
    yield SessionAdvanced(station=station.id, at=command.at, session=session.number, state=state)
    if session.transfers:
        yield _closing(session, now, policy)


def follow_plug(command: FollowPlug, station: Station, ids: Ids) -> Iterator[Effect]:
    """Open a session when an EV comes; let the sessions of its time end when it goes."""
    if not command.plugged:
        for one in station.sessions.values():
            if one.evse == command.evse and one.unplugged is None and one.opened <= command.at:
                yield from _unplug(one, station, command.at)
        return
    session = current(station, command.evse)
    at = command.at
    if session is None:
        yield SessionOpened(station=station.id, at=at, session=ids.session(), evse=command.evse, state=S.OCCUPIED, plugged=at)
    elif session.plugged is None:
        yield SessionAdvanced(station=station.id, at=at, session=session.number, state=session.state, plugged=at)


def _unplug(session: ServiceSession, station: Station, at: datetime) -> Iterator[Effect]:
    """An EV that left ends what it was there for; a user who has yet to plug in goes on waiting."""
    if session.state in TERMINAL:
        return
    if session.transfers:
        yield SessionAdvanced(station=station.id, at=at, session=session.number, state=session.state, unplugged=at)
        yield from _close_if_told(replace(session, unplugged=at), station, at)
    elif session.plugged is not None:
        yield SessionClosed(station=station.id, at=at, session=session.number, state=S.ABORTED)


def follow_transfer(command: FollowTransfer, station: Station, now: datetime, ids: Ids, policy: Policy) -> Iterator[Effect]:
    """Bring a session to where its energy transfer is; a transfer without session gets one once its EVSE is known."""
    transfer = station.transfers.get(command.reference)
    if transfer is None or not (transfer.evse or transfer.complete):
        return
    session = _joinable(transfer, station) if transfer.session is None else station.sessions.get(transfer.session)
    if session is None and transfer.session is None:
        opening = _opening(transfer, command.at, ids.session())
        yield opening
        session = ServiceSession(
            station=station.id, number=opening.session, evse=opening.evse, state=opening.state, opened=opening.at
        )
    if session is None or session.state in TERMINAL:
        return  # closed long ago: whether its record has to be corrected is another question
    after = _brought(session, transfer, station)
    if after != session:
        yield _advanced(after, transfer, command.at)
    if S.ENDED in {session.state, after.state} and session.state is not after.state:
        yield _closing(after, now, policy if after.state is S.ENDED else None)
    yield from _close_if_told(after, station, command.at)


def _advanced(after: ServiceSession, transfer: EnergyTransfer, at: datetime) -> SessionAdvanced:
    return SessionAdvanced(
        station=after.station,
        at=at,
        session=after.number,
        state=after.state,
        subject=after.subject,
        auth_method=after.auth_method,
        transfer=transfer.reference,
        unplugged=after.unplugged,
    )


def _joinable(transfer: EnergyTransfer, station: Station) -> ServiceSession | None:
    """Return the session at its EVSE, unless that is busy with another transfer or came later."""
    session = current(station, transfer.evse)
    if session is None or any(not one.ended for one in _transfers(session, station)):
        return None
    if _served_another(session, transfer.subject, station):
        return None
    began = transfer.began or transfer.newest
    if transfer.offline and began is not None and began < session.opened - TOLD_AFTERWARDS:
        return None
    return session


def _opening(transfer: EnergyTransfer, at: datetime, number: SessionNumber) -> SessionOpened:
    return SessionOpened(
        station=transfer.station,
        at=transfer.began or at,
        session=number,
        evse=transfer.evse,
        state=S.PENDING,
        subject=transfer.subject,
    )


def _brought(session: ServiceSession, transfer: EnergyTransfer, station: Station) -> ServiceSession:
    """Return the session as the transfer makes it."""
    others = [one for one in _transfers(session, station) if one.reference != transfer.reference]
    busy = any(one.ended is None for one in others)
    newest = not others or transfer.reference not in session.transfers or session.transfers[-1] == transfer.reference
    moves = session.state is not S.CLOSING and not busy and newest
    state = PROGRESS[transfer.state] if moves else session.state
    joins = transfer.reference not in session.transfers
    return replace(
        session,
        state=state,
        subject=session.subject or transfer.subject,
        auth_method=session.auth_method or ("remote" if transfer.remote_start is not None else ""),
        transfers=(*session.transfers, transfer.reference) if joins else session.transfers,
        unplugged=session.unplugged or (transfer.ended if transfer.end_reason in GONE else None),
    )


def close(command: CloseSession, station: Station, now: datetime) -> Iterator[Effect]:
    """Close it although nobody unplugged; what is still missing of it is waited for."""
    session = station.sessions.get(command.session)
    if session is None or not _goes_on(session) or any(not one.ended for one in _transfers(session, station)):
        return
    yield SessionAdvanced(station=station.id, at=now, session=session.number, state=S.CLOSING)
    yield from _close_if_told(replace(session, state=S.CLOSING), station, now)


def _close_if_told(session: ServiceSession, station: Station, at: datetime) -> Iterator[Effect]:
    """Close a session that is over, once nothing of its transfers is missing."""
    transfers = _transfers(session, station)
    over = session.unplugged is not None or session.state is S.CLOSING
    if not over or not transfers or not all(one.complete for one in transfers):
        return
    if session.state is not S.CLOSING:
        yield SessionAdvanced(station=station.id, at=at, session=session.number, state=S.CLOSING)
    yield _closing(session, at, None)
    served = any(one.subject or imported(one) or exported(one) for one in transfers)
    yield SessionClosed(station=station.id, at=at, session=session.number, state=S.CLOSED if served else S.ABORTED)


def _transfers(session: ServiceSession, station: Station) -> list[EnergyTransfer]:
    return [station.transfers[name] for name in session.transfers if name in station.transfers]


def _closing(session: ServiceSession, now: datetime, policy: Policy | None) -> Wake:
    """Close it after a while; None: not any more."""
    name = f"close:{session.number}"
    if policy is None:
        return Wake(name=name, at=now, command=None)
    command = CloseSession(station=session.station, session=session.number)
    return Wake(name=name, at=now + timedelta(seconds=policy.closing), command=command)
