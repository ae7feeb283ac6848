# SPDX-License-Identifier: Apache-2.0
"""The station decides on a credential: by its list, by its cache, by asking, and alone while nobody answers (8.4.4)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from open63110.kernel.errors import NotSupported, Refused
from open63110.kernel.ids import EvseNumber, SubjectRef
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import hindrance, kept_from, live_grant, may_be_ordered, open_transfer, release_later
from open63110.model.policy import StationPolicy
from open63110.model.station import AuthorizationGranted, AuthorizationReleased, Grant, LocalAuthorization, Station
from open63110.model.token import AuthorizationStatus, CredentialJudged
from open63110.usecases.services.authorize_locally.messages import (
    AskLocalListVersion,
    AuthorizeCredential,
    CacheCleared,
    ClearAuthorizationCache,
    CredentialAnswered,
    CredentialPresented,
    DecideAlone,
    LocalListEntry,
    LocalListReplaced,
    LocalListVersionAnswer,
    SendLocalList,
)

ACCEPTED = AuthorizationStatus.ACCEPTED


def same_party(local: LocalAuthorization, one: SubjectRef, other: SubjectRef | None) -> bool:
    """Tell whether one credential may end what the other began: the same, its group's, or one of its group."""
    if other is None:
        return False
    return one == other or local.groups.get(other, other) == local.groups.get(one, one)


def presented(event: CredentialPresented, station: Station, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    """Decide by what is at hand, else ask. The driver of a running transfer wants it ended: a flow does that."""
    if _waiting_name(event.evse, event.subject) in station.wakeups:
        return
    yield event
    running = open_transfer(station, event.evse)
    if running is not None:
        if may_be_ordered(station) and not same_party(station.local, event.subject, running.subject):
            yield from _ask(event, station, policy, now)
    elif station.blocked_by or hindrance(station, event.evse) or _is_kept_from(event, station, now):
        yield _refusal(event, station, AuthorizationStatus.NOT_AT_THIS_TIME, now)
    elif station.local.entries.get(event.subject) == ACCEPTED:
        yield from _grant(event, station, "local-list", policy, now)
    elif not may_be_ordered(station):
        yield from _alone(event, station, policy, now)
    elif event.subject not in station.local.entries and station.local.cache.get(event.subject) == ACCEPTED:
        yield from _grant(event, station, "cache", policy, now)
    else:
        yield from _ask(event, station, policy, now)


def _is_kept_from(event: CredentialPresented, station: Station, now: datetime) -> bool:
    """Tell whether the EVSE is reserved for others. Whose group nobody here knows is asked for where a group may use it."""
    group = _group(station, event.subject)
    other = kept_from(station, event.evse, event.subject, group, now)
    if other is None:
        return False
    return other.group is None or group is not None or not may_be_ordered(station)


def _waiting_name(evse: EvseNumber, subject: SubjectRef) -> str:
    return f"answer:{evse}:{subject}"


def _ask(event: CredentialPresented, station: Station, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    alone = DecideAlone(station=station.id, evse=event.evse, subject=event.subject)
    until = now + timedelta(seconds=policy.answer_within)
    yield Wake(name=_waiting_name(event.evse, event.subject), at=until, command=alone)
    yield AuthorizeCredential(station=station.id, subject=event.subject, evse=event.evse)


def _refusal(
    about: CredentialPresented | DecideAlone | CredentialAnswered,
    station: Station,
    status: AuthorizationStatus,
    now: datetime,
) -> CredentialJudged:
    return CredentialJudged(station=station.id, at=now, subject=about.subject, status=status, evse=about.evse)


def _grant(
    about: CredentialPresented | DecideAlone | CredentialAnswered,
    station: Station,
    method: str,
    policy: StationPolicy,
    now: datetime,
) -> Iterator[Effect]:
    """Give the right once: holding the card again, or an answer that comes late, gives no second one."""
    if live_grant(station, about.evse, now) is not None:
        return
    group = getattr(about, "group", None) or _group(station, about.subject)
    if kept_from(station, about.evse, about.subject, group, now) is not None:
        yield _refusal(about, station, AuthorizationStatus.NOT_AT_THIS_TIME, now)
        return
    until = now + timedelta(seconds=policy.connection_timeout)
    grant = Grant(subject=about.subject, method=method, at=now, until=until, group=group)
    yield AuthorizationGranted(station=station.id, at=now, evse=about.evse, grant=grant)
    yield release_later(station.id, about.evse, until)


def _group(station: Station, subject: SubjectRef) -> SubjectRef | None:
    group = station.local.groups.get(subject)
    return SubjectRef(group) if group else None


def _alone(about: CredentialPresented | DecideAlone, station: Station, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    """Apply the offline rules: the list overrules the cache, and what either refuses is refused."""
    listed = station.local.entries.get(about.subject)
    cached = station.local.cache.get(about.subject) if policy.offline != "list" else None
    known = listed or cached
    if known is not None:
        if known == ACCEPTED:
            yield from _grant(about, station, "local-list" if listed else "cache", policy, now)
        else:
            yield _refusal(about, station, AuthorizationStatus(known), now)
    elif policy.offline == "allow-unknown":
        yield from _grant(about, station, "offline", policy, now)
    else:
        yield _refusal(about, station, AuthorizationStatus.UNKNOWN, now)


def decide_alone(command: DecideAlone, station: Station, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    """Wait no longer, unless something else happened at the EVSE meanwhile."""
    if not station.blocked_by and not hindrance(station, command.evse):
        yield from _alone(command, station, policy, now)


def answered(event: CredentialAnswered, station: Station, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    """Remember the answer, and act on it. What it means for a running transfer is a flow's matter."""
    yield event
    name = _waiting_name(event.evse, event.subject)
    if name in station.wakeups:
        yield Wake(name=name, at=now, command=None)
    grant = live_grant(station, event.evse, now)
    if event.status is not ACCEPTED:
        if grant is not None and grant.subject == event.subject:
            yield AuthorizationReleased(station=station.id, at=now, evse=event.evse, reason="cancelled")
    elif not event.reference and not station.blocked_by and not hindrance(station, event.evse):
        yield from _grant(event, station, "csms", policy, now)


def take_list(command: SendLocalList, station: Station, policy: StationPolicy, now: datetime) -> Iterator[Effect]:
    """Take a list over, unless it is older than the one here; the same again is as good as new.

    Raises:
        NotSupported: no list is kept here.
        Refused: the list here is as new, or newer.
    """
    local, entries = station.local, tuple(_changed(command, station.local)) if command.differential else command.entries or ()
    if not policy.local_list:
        raise NotSupported("there are no local lists here")
    lines: dict[str, str] = {entry.subject: entry.status.value for entry in entries}
    if command.version == local.version and lines == local.entries:
        return
    if command.version <= local.version:
        raise Refused(f"version {local.version} is here already", code="VersionMismatch", where="version")
    yield LocalListReplaced(station=station.id, at=now, version=command.version, entries=entries)


def _changed(command: SendLocalList, local: LocalAuthorization) -> Iterator[LocalListEntry]:
    """Return the list as it will be."""
    said = {one.subject: one for one in command.entries or ()}
    for ref, status in local.entries.items():
        if ref not in said and ref not in command.removed:
            group = local.groups.get(ref)
            yield LocalListEntry(
                subject=SubjectRef(ref), status=AuthorizationStatus(status), group=SubjectRef(group) if group else None
            )
    yield from said.values()


def tell_version(command: AskLocalListVersion, station: Station, policy: StationPolicy) -> Iterator[Effect]:
    """Say which list is here."""
    yield LocalListVersionAnswer(version=station.local.version if policy.local_list else -1)


def forget(command: ClearAuthorizationCache, station: Station, now: datetime) -> Iterator[Effect]:
    """Forget remembered answers."""
    yield CacheCleared(station=station.id, at=now)
