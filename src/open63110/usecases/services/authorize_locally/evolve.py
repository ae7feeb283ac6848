# SPDX-License-Identifier: Apache-2.0
"""What facts about credentials change (8.4.4)."""

from itertools import islice
from typing import Any

from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber
from open63110.model.authorization import GroupLearned
from open63110.model.station import (
    AuthorizationGranted,
    AuthorizationReleased,
    Evse,
    Grant,
    Judgement,
    LocalAuthorization,
    Station,
    StationBooted,
)
from open63110.model.token import AuthorizationStatus, CredentialJudged
from open63110.model.transfer import EnergyTransferStarted, EnergyTransferUpdated
from open63110.usecases.services.authorize_locally.judge import FLAGS
from open63110.usecases.services.authorize_locally.messages import (
    CacheCleared,
    CredentialAnswered,
    LocalListOffered,
    LocalListReplaced,
    LocalListReported,
    TransferDoubted,
)

REMEMBERED = 500
"""Answers a station remembers; the oldest goes first."""


def granted(event: AuthorizationGranted, station: Station) -> Station:
    """Keep the right to charge; one that was given without knowing the credential is unproven."""
    station = _with_grant(station, event.evse, event.grant)
    if event.grant.method != "offline":
        return station
    return _local(station, unproven=station.local.unproven | {event.grant.subject})


def released(event: AuthorizationReleased, station: Station) -> Station:
    """Drop the right."""
    return _with_grant(station, event.evse, None)


def used(event: EnergyTransferStarted | EnergyTransferUpdated, station: Station) -> Station:
    """Drop the right once energy may flow on it. What happened long ago, offline, used up an older one."""
    if event.subject is None and event.remote_start is None:
        return station
    transfer = station.transfers.get(event.reference)
    number = event.evse or (transfer.evse if transfer else EvseNumber(0))
    noun = station.evses.get(number)
    if noun is None or noun.grant is None:
        return station
    mine = event.subject == noun.grant.subject or (event.remote_start or -1) == noun.grant.remote_start
    return station if event.offline and not mine else _with_grant(station, number, None)


def _with_grant(station: Station, number: EvseNumber, grant: Grant | None) -> Station:
    evse = station.evses.get(number)
    if evse is None:
        if grant is None:
            return station
        evse = Evse(number=number)
    return replace(station, evses={**station.evses, number: replace(evse, grant=grant)})


def _local(station: Station, **changes: Any) -> Station:
    return replace(station, local=replace(station.local, **changes))


def judged(event: CredentialJudged, station: Station) -> Station:
    """Remember the last answer."""
    if event.reference is not None:
        return station
    last = Judgement(subject=event.subject, status=event.status.value, evse=event.evse, at=event.at)
    return _local(station, judged=last)


def answered(event: CredentialAnswered, station: Station) -> Station:
    """Remember what the CSMS said: the newest answer overrules (the station's authorization cache)."""
    local = station.local
    kept = {subject: status for subject, status in local.cache.items() if subject != event.subject}
    kept[event.subject] = event.status.value
    cache = dict(islice(kept.items(), max(0, len(kept) - REMEMBERED), None))
    proven = local.unproven - {event.subject} if event.status is AuthorizationStatus.ACCEPTED else local.unproven
    languages = _languages(local, cache, event)
    return _local(station, cache=cache, groups=_groups(local, cache, event), unproven=proven, languages=languages)


def _languages(local: LocalAuthorization, cache: dict[str, str], event: CredentialAnswered) -> dict[str, str]:
    """Keep languages of those only who stand on the list or in the cache; an answer without one says nothing against it."""
    if not (local.languages or event.language):  # as at most stations
        return local.languages
    kept = {subject: tag for subject, tag in local.languages.items() if subject in local.entries or subject in cache}
    return {**kept, event.subject: event.language} if event.language else kept


def _groups(local: LocalAuthorization, cache: dict[str, str], event: CredentialAnswered | GroupLearned) -> dict[str, str]:
    """Keep groups of those only who stand on the list or in the cache."""
    groups = {subject: group for subject, group in local.groups.items() if subject in local.entries or subject in cache}
    if event.group is not None:
        groups[event.subject] = event.group
    return groups


def group_learned(event: GroupLearned, station: Station) -> Station:
    """Remember the group of somebody who was authorized from outside."""
    return _local(station, groups=_groups(station.local, station.local.cache, event))


def cache_cleared(event: CacheCleared, station: Station) -> Station:
    """Forget answers; the list stays."""
    groups = {subject: group for subject, group in station.local.groups.items() if subject in station.local.entries}
    return _local(station, cache={}, groups=groups)


def doubted(event: TransferDoubted, station: Station) -> Station:
    """Flag the transfer."""
    transfer = station.transfers.get(event.reference)
    flag = FLAGS.get(event.status)
    if transfer is None or flag is None or flag in transfer.flags:
        return station
    transfer = replace(transfer, flags=(*transfer.flags, flag))
    return replace(station, transfers={**station.transfers, event.reference: transfer})


def list_offered(event: LocalListOffered, station: Station) -> Station:
    """Note what the station should have."""
    return _local(station, desired=event.version, digest=event.digest, offered=event.at)


def list_reported(event: LocalListReported, station: Station) -> Station:
    """Note what the station has."""
    return _local(station, version=event.version)


def list_replaced(event: LocalListReplaced, station: Station) -> Station:
    """Take the list over, groups included."""
    entries: dict[str, str] = {entry.subject: entry.status.value for entry in event.entries}
    groups: dict[str, str] = {s: group for s, group in station.local.groups.items() if s in station.local.cache}
    groups |= {entry.subject: entry.group for entry in event.entries if entry.group is not None}
    languages: dict[str, str] = {s: tag for s, tag in station.local.languages.items() if s in station.local.cache}
    languages |= {entry.subject: entry.language for entry in event.entries if entry.language}
    return _local(station, version=event.version, entries=entries, groups=groups, languages=languages)


def booted(event: StationBooted, station: Station) -> Station:
    """Allow one more question for lists: new firmware may have them."""
    return _local(station, version=0) if station.local.version < 0 else station
