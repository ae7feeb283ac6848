# SPDX-License-Identifier: Apache-2.0
"""The CSMS starts, stops and unlocks for those who ask from outside (8.4.5)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from open63110.kernel.errors import Malformed, NotSupported, Refused, Unavailable, Unknown
from open63110.kernel.ids import SubjectRef
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import (
    ReleaseGrant,
    StopRemotely,
    hindrance,
    kept_from,
    live_grant,
    may_be_ordered,
    open_transfer,
    release_later,
    verdict,
)
from open63110.model.policy import Policy
from open63110.model.profile import ChargingProfile, demand_profile
from open63110.model.station import AuthorizationGranted, AuthorizationReleased, Grant, Station
from open63110.model.token import AuthorizationStatus
from open63110.ports import Ids, Tokens
from open63110.usecases.services.authorize_externally.messages import (
    ForgetRemoteStart,
    RemoteStartAnswered,
    StartRemotely,
    UnlockConnector,
)


def start(command: StartRemotely, station: Station, tokens: Tokens, ids: Ids, policy: Policy, now: datetime) -> Iterator[Effect]:
    """Check all that can be known here, then pass the wish on; it is granted when the station accepts.

    Raises:
        Unknown: there is no such EVSE or connector.
        Refused: the credential will not do, the EVSE is taken, or no new session is admitted.
        Malformed: it comes with a profile that is none for the transfer that it begins.
        Unavailable: the station is not there.
    """
    _demand_presence(station)
    if command.profile is not None:
        _demand_profile(command.profile, command, station)
    token = tokens.token(command.subject)
    _demand_free(command, station, command.group or (token.group if token else None), now)
    status = verdict(token, station.id, now, tokens.in_use(command.subject))
    if status is not AuthorizationStatus.ACCEPTED:
        raise Refused(f"the credential is answered with {status.value}", code=f"Token{status.value}", where="subject")
    wish = msgspec.structs.replace(
        command,
        remote_start=command.remote_start or int(ids.transfer()),  # from the same sequence: it promises a transfer
        group=command.group or (token.group if token else None),
    )
    until = now + timedelta(seconds=policy.order_deadline)
    forget = ForgetRemoteStart(station=station.id, evse=command.evse)
    yield Wake(name=_pending(command), at=until, command=forget)
    yield wish


def _demand_profile(profile: ChargingProfile, command: StartRemotely, station: Station) -> None:
    demand_profile(profile, command.evse)
    if profile.purpose != "TxProfile" or profile.transfer:
        words = "with a start goes a TxProfile that names no transfer"
        raise Malformed(words, code="InvalidProfile", where="profile.purpose")
    if not station.wire.startswith("ocpp"):
        raise NotSupported("only on OCPP a profile goes with a start", code="NoProfiles", where="profile")
    if command.evse in station.limits.in_force or command.evse in station.limits.asked:
        words = f"a limit of this CSMS counts at EVSE {command.evse}"
        raise Refused(words, code="LimitCounts", where="profile", remedy="withdraw the limit, or start without a profile")


def _pending(about: StartRemotely | RemoteStartAnswered) -> str:
    return f"remote-start:{about.evse}:{about.subject}"


def _demand_presence(station: Station) -> None:
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station")


def _demand_free(command: StartRemotely, station: Station, group: SubjectRef | None, now: datetime) -> None:
    evse = command.evse
    trouble = hindrance(station, evse, command.connector)
    if trouble.startswith("Unknown"):
        raise Unknown(f"{station.id} has no such EVSE or connector", code=trouble, where=trouble.removeprefix("Unknown").lower())
    if trouble:
        raise Refused(f"EVSE {evse} of {station.id} is {trouble.lower()}", code=trouble, where="evse")
    if station.blocked_by:
        raise Refused(f"{station.id} admits no new session: {station.blocked_by}", code="NotAtThisTime")
    if kept_from(station, evse, command.subject, group, now) is not None:
        raise Refused(f"EVSE {evse} of {station.id} is reserved for somebody else", code="Reserved", where="evse")
    grant = live_grant(station, evse, now)
    if _pending(command) in station.wakeups or (grant is not None and grant.subject == command.subject):
        raise Refused(f"the same start is under way at EVSE {evse}", code="DuplicateRequest")
    if grant is not None or any(name.startswith(f"remote-start:{evse}:") for name in station.wakeups):
        raise Refused(f"somebody else is starting at EVSE {evse}", code="Occupied", where="evse")


def start_answered(event: RemoteStartAnswered, station: Station, policy: Policy, now: datetime) -> Iterator[Effect]:
    """Give the right once the station takes the start, unless energy already flows on it."""
    yield event
    if _pending(event) in station.wakeups:
        yield Wake(name=_pending(event), at=now, command=None)
    if not event.accepted or open_transfer(station, event.evse) is not None:
        return
    until = now + timedelta(seconds=policy.connection_timeout)
    grant = Grant(subject=event.subject, method="remote", at=now, until=until, remote_start=event.remote_start, group=event.group)
    yield AuthorizationGranted(station=station.id, at=now, evse=event.evse, grant=grant)
    yield release_later(station.id, event.evse, until)


def forget_start(command: ForgetRemoteStart) -> Iterator[Effect]:
    """Let somebody else try: that the wakeup is over is all there is to it."""
    yield from ()


def release(command: ReleaseGrant, station: Station, now: datetime) -> Iterator[Effect]:
    """Take a grant back whose time is over; whoever waits for the start is told by this fact (AT-8.4.5-2)."""
    noun = station.evses.get(command.evse)
    if noun is not None and noun.grant is not None and noun.grant.until <= now:
        order = noun.grant.remote_start
        yield AuthorizationReleased(station=station.id, at=now, evse=command.evse, reason="timeout", remote_start=order)


def stop(command: StopRemotely, station: Station) -> Iterator[Effect]:
    """Pass the wish on. Whose session it is has been checked at the door.

    Raises:
        Unknown: there is no such energy transfer.
        Refused: it has ended.
        Unavailable: the station is not there.
    """
    transfer = station.transfers.get(command.reference)
    if transfer is None:
        raise Unknown("there is no such energy transfer", code="UnknownTransaction", where="reference")
    if transfer.ended is not None:
        raise Refused("it has ended already", code="AlreadyEnded", where="reference")
    _demand_presence(station)
    yield command


def unlock(command: UnlockConnector, station: Station) -> Iterator[Effect]:
    """Pass the wish on, unless energy flows through that cable.

    Raises:
        Unknown: there is no such connector.
        Refused: energy flows.
        Unavailable: the station is not there.
    """
    noun = station.evses.get(command.evse)
    if noun is None or (noun.connectors and command.connector not in noun.connectors):
        raise Unknown(f"{station.id} has no such connector", code="UnknownConnector", where="connector")
    transfer = open_transfer(station, command.evse)
    if transfer is not None and transfer.connector in {0, command.connector}:
        raise Refused("energy flows through it", code="OngoingTransaction", remedy="stop the session first")
    _demand_presence(station)
    yield command
