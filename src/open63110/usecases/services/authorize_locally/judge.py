# SPDX-License-Identifier: Apache-2.0
"""The CSMS judges a credential, and doubts what runs on one that is not accepted (8.4.4)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import (
    StopRemotely,
    kept_from,
    live_grant,
    open_transfer,
    release_later,
    running_elsewhere,
    verdict,
)
from open63110.model.policy import Policy
from open63110.model.station import AuthorizationGranted, Grant, Station
from open63110.model.token import AuthorizationStatus, CredentialJudged, Token
from open63110.ports import Tokens
from open63110.usecases.services.authorize_locally.messages import (
    AuthorizationAnswer,
    AuthorizeCredential,
    DoubtTransfer,
    TransferDoubted,
)

ACCEPTED = AuthorizationStatus.ACCEPTED

FLAGS = {
    AuthorizationStatus.BLOCKED: "blocked-token",
    AuthorizationStatus.CONCURRENT: "concurrent-token",
    AuthorizationStatus.EXPIRED: "expired-token",
    AuthorizationStatus.INVALID: "unknown-token",
    AuthorizationStatus.NO_CREDIT: "no-credit-token",
    AuthorizationStatus.NOT_ALLOWED_TYPE: "misplaced-token",
    AuthorizationStatus.NOT_AT_THIS_LOCATION: "misplaced-token",
    AuthorizationStatus.NOT_AT_THIS_TIME: "mistimed-token",
    AuthorizationStatus.UNKNOWN: "unknown-token",
}
"""What a transfer is flagged with (I10)."""

SAME_PRESENTATION = timedelta(seconds=60)
"""The same card answered in the same way so soon again is no new fact."""


def judge(
    command: AuthorizeCredential, station: Station, token: Token | None, tokens: Tokens, policy: Policy, now: datetime
) -> Iterator[Effect]:
    """Answer with the finest status; never an error: an unknown credential is an answer too."""
    evse = command.evse or _only_evse(station)
    subject, mine = command.subject, station.transfers.values()
    running = running_elsewhere(tokens.in_use(subject), mine, subject, command.evse, command.reference)
    status = verdict(token, station.id, command.presented or now, running)
    group = token.group if token else None
    kept = station.blocked_by or (evse and kept_from(station, evse, command.subject, group, now))
    if status is ACCEPTED and kept and _wants_in(command, evse, station):
        status = AuthorizationStatus.NOT_AT_THIS_TIME
    if _is_news(command, evse, status, station, now):
        yield CredentialJudged(
            station=station.id,
            at=now,
            subject=command.subject,
            status=status,
            evse=evse,
            known=token is not None,
            reference=command.reference,
        )
    if status is ACCEPTED and token is not None and not _is_told_with_energy(command) and _is_free(station, evse, now):
        until = now + timedelta(seconds=policy.connection_timeout)
        grant = Grant(subject=command.subject, method="csms", at=now, until=until, group=token.group)
        yield AuthorizationGranted(station=station.id, at=now, evse=evse, grant=grant)
        yield release_later(station.id, evse, until)
    yield AuthorizationAnswer(status=status, subject=command.subject, token=token)


def _only_evse(station: Station) -> EvseNumber:
    """Return the EVSE where there is no choice, else 0: OCPP's Authorize does not say where the card was held."""
    numbers = [number for number in station.evses if number]
    return numbers[0] if len(numbers) == 1 else EvseNumber(0)


def _is_told_with_energy(command: AuthorizeCredential) -> bool:
    """Tell a fact about a transfer from a card at the reader: the fact asks for no right, it says that one was used."""
    return command.reference is not None or command.presented is not None


def _wants_in(command: AuthorizeCredential, evse: int, station: Station) -> bool:
    """Tell a new session from energy that flows already, and from a driver who wants to end one."""
    ends = any(
        one.subject == command.subject and one.ended is None and evse in {0, one.evse} for one in station.transfers.values()
    )
    return not _is_told_with_energy(command) and not ends


def _is_news(command: AuthorizeCredential, evse: int, status: AuthorizationStatus, station: Station, now: datetime) -> bool:
    if status is ACCEPTED and _is_told_with_energy(command):
        return False
    transfer = station.transfers.get(command.reference) if command.reference else None
    if transfer is not None:
        return transfer.subject != command.subject or FLAGS.get(status) not in transfer.flags
    last = station.local.judged
    return (
        last is None
        or (last.subject, last.status, last.evse) != (command.subject, status.value, evse)
        or now - last.at >= SAME_PRESENTATION
    )


def _is_free(station: Station, evse: EvseNumber, now: datetime) -> bool:
    return bool(evse) and open_transfer(station, evse) is None and live_grant(station, evse, now) is None


def doubt(command: DoubtTransfer, station: Station, policy: Policy, now: datetime) -> Iterator[Effect]:
    """Flag the transfer, and have it stopped if it still runs after a moment of grace.

    The moment is there because a station that comes back tells its past in order: the end may be the next thing it says.
    """
    transfer = station.transfers.get(command.reference)
    flag = FLAGS.get(command.status)
    if transfer is None or flag is None or flag in transfer.flags:
        return
    yield TransferDoubted(station=station.id, at=now, reference=command.reference, status=command.status)
    if policy.late_rejection == "stop" and transfer.ended is None:
        stop = StopRemotely(station=station.id, reference=command.reference)
        yield Wake(name=f"doubt:{command.reference}", at=now + timedelta(seconds=policy.rejection_grace), command=stop)
