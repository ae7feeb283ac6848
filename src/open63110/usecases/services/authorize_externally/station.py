# SPDX-License-Identifier: Apache-2.0
"""The station does what is asked from outside, where it can (8.4.5)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from open63110.kernel.errors import Refused
from open63110.kernel.messages import Effect
from open63110.model.authorization import (
    GroupLearned,
    StopRemotely,
    hindrance,
    kept_from,
    live_grant,
    open_transfer,
    release_later,
)
from open63110.model.policy import StationPolicy
from open63110.model.station import AuthorizationGranted, Grant, Station
from open63110.usecases.services.authorize_externally.messages import (
    ConnectorUnlocked,
    RemoteStopObeyed,
    StartRemotely,
    UnlockConnector,
)


def start(command: StartRemotely, station: Station, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    """Give the right; a flow starts the transfer when the EV is there.

    Raises:
        Refused: something is in the way at the EVSE, or a reboot waits, or somebody else was first.
    """
    trouble = hindrance(station, command.evse, command.connector)
    if trouble:
        raise Refused(f"EVSE {command.evse}: {trouble}", code=trouble, where="evse")
    if station.blocked_by:
        raise Refused(f"no new session: {station.blocked_by}", code="NotAtThisTime")
    if kept_from(station, command.evse, command.subject, command.group, now) is not None:
        raise Refused("it is reserved for somebody else", code="Reserved", where="evse")
    other = live_grant(station, command.evse, now)
    if other is not None and other.subject != command.subject:
        raise Refused("somebody else is starting here", code="Occupied", where="evse")
    if command.group is not None:
        yield GroupLearned(station=station.id, at=now, subject=command.subject, group=command.group)
    until = now + timedelta(seconds=policy.connection_timeout)
    grant = Grant(
        subject=command.subject, method="remote", at=now, until=until, remote_start=command.remote_start, group=command.group
    )
    yield AuthorizationGranted(station=station.id, at=now, evse=command.evse, grant=grant)
    yield release_later(station.id, command.evse, until)


def stop(command: StopRemotely, station: Station, now: datetime) -> Iterator[Effect]:
    """End the transfer: a flow follows this fact.

    Raises:
        Refused: no such transfer goes on.
    """
    transfer = station.transfers.get(command.reference)
    if transfer is None or transfer.ended is not None:
        raise Refused("there is no such energy transfer", code="UnknownTransaction", where="reference")
    yield RemoteStopObeyed(station=station.id, at=now, reference=command.reference, evse=transfer.evse)


def unlock(command: UnlockConnector, station: Station, now: datetime) -> Iterator[Effect]:
    """Let go of the cable, unless energy flows through it.

    Raises:
        Refused: there is no such connector, or energy flows.
    """
    noun = station.evses.get(command.evse)
    if noun is None or (noun.connectors and command.connector not in noun.connectors):
        raise Refused("there is no such connector", code="UnknownConnector", where="connector")
    if open_transfer(station, command.evse) is not None:
        raise Refused("energy flows through it", code="OngoingTransaction", where="evse")
    yield ConnectorUnlocked(station=station.id, at=now, evse=command.evse, connector=command.connector)
