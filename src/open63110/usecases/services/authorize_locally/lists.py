# SPDX-License-Identifier: Apache-2.0
"""The CSMS keeps the local lists of stations as they should be: desired beside reported (8.4.4)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zlib import crc32

import msgspec

from open63110.kernel.errors import NotSupported, Refused, Unavailable
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered, verdict
from open63110.model.deregistration import LEAVING
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.model.token import AuthorizationStatus
from open63110.ports import Tokens
from open63110.usecases.services.authorize_locally.messages import (
    AskLocalListVersion,
    CacheCleared,
    ClearAuthorizationCache,
    LocalListEntry,
    LocalListOffered,
    LocalListReplaced,
    LocalListReported,
    ReconcileLocalList,
    SendLocalList,
)

NOT_SUPPORTED = -1
"""The version told by a station that has no lists: it is not asked again before its next boot."""

NAME = "local-list"

Lines = tuple[LocalListEntry, ...]


def entries_for(station: StationId, tokens: Tokens, now: datetime) -> Lines:
    """Return the list a station should have: what is blocked or expired stands there too, so that it is refused offline."""
    judged = ((token, verdict(token, station, now)) for token in tokens.local_tokens())
    return tuple(
        LocalListEntry(subject=token.ref, status=status, group=token.group, language=token.language)
        for token, status in judged
        if status is not AuthorizationStatus.NOT_AT_THIS_LOCATION
    )


def fingerprint(entries: Lines) -> int:
    """Tell lists apart by content; 0 for an empty one."""
    return crc32(msgspec.msgpack.encode(entries)) or 1 if entries else 0


def send(command: SendLocalList, station: Station, tokens: Tokens, now: datetime) -> Iterator[Effect]:
    """Send the whole list, or what changes of it; the version rises for each station by itself.

    Raises:
        NotSupported: the station has said that it keeps no list.
        Unavailable: it is not there.
    """
    _demand_presence(station)
    if station.local.version == NOT_SUPPORTED:
        raise NotSupported(f"{station.id} has no local lists")
    version = command.version or _next(station, station.local.version)
    if command.differential:
        yield from _change(command, station, version, _wanted(station, tokens, now), now)
        return
    entries = _wanted(station, tokens, now) if command.entries is None else command.entries
    yield from _offer(station, entries, version, now)


def _wanted(station: Station, tokens: Tokens, now: datetime) -> Lines:
    """Return the list a station should have: one that leaves for good takes nobody along (8.3.13)."""
    return () if LEAVING in station.flags else entries_for(station.id, tokens, now)


def _change(command: SendLocalList, station: Station, version: int, whole: Lines, now: datetime) -> Iterator[Effect]:
    """Send what changes. Where that does not lead to the list the station should have, the next look at it sends that whole.

    Raises:
        Refused: nobody knows what the station has, or nothing would change.
    """
    entries = command.entries or ()
    if station.local.version < 1 or station.local.version != station.local.desired:
        raise Refused(f"{station.id} has no list that could be changed", code="VersionMismatch", remedy="send the whole list")
    if not entries and not command.removed:
        raise Refused("that changes nothing", code="NoList", where="entries")
    wanted = {one.subject: one for one in whole}
    leads_there = all(wanted.get(one.subject) == one for one in entries) and not wanted.keys() & set(command.removed)
    digest = fingerprint(whole) if leads_there else fingerprint(entries)
    yield LocalListOffered(station=station.id, at=now, version=version, digest=digest)
    yield msgspec.structs.replace(command, version=version, entries=entries)


def _next(station: Station, reported: int) -> int:
    return max(reported, station.local.desired) + 1


def _offer(station: Station, entries: Lines, version: int, now: datetime) -> Iterator[Effect]:
    yield LocalListOffered(station=station.id, at=now, version=version, digest=fingerprint(entries))
    yield SendLocalList(station=station.id, version=version, entries=entries)


def _demand_presence(station: Station) -> None:
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline")


def ask_version(command: AskLocalListVersion, station: Station) -> Iterator[Effect]:
    """Pass the question on."""
    _demand_presence(station)
    yield command


def reported(event: LocalListReported, station: Station, tokens: Tokens, policy: Policy, now: datetime) -> Iterator[Effect]:
    """Keep the version, and send the desired list if the station has another."""
    if event.version != station.local.version:
        yield event
    if policy.local_lists and event.version != NOT_SUPPORTED and LEAVING not in station.flags:
        yield from _bring_in_step(station, event.version, tokens, policy, now)


def _bring_in_step(station: Station, version: int, tokens: Tokens, policy: Policy, now: datetime) -> Iterator[Effect]:
    """Send the list if it differs, but never the same one twice in short time: the station may not have answered yet."""
    local, entries = station.local, entries_for(station.id, tokens, now)
    same = fingerprint(entries) == local.digest
    offered_just_now = local.offered is not None and now - local.offered < timedelta(seconds=policy.retry)
    if not same or (version != local.desired and not offered_just_now):
        yield from _offer(station, entries, _next(station, version), now)


def replaced(event: LocalListReplaced, now: datetime) -> Iterator[Effect]:
    """Hear that a station took the list over: here its version is enough, the entries are the tokens."""
    yield LocalListReported(station=event.station, at=event.at, version=event.version)


def reconcile(command: ReconcileLocalList, station: Station, tokens: Tokens, policy: Policy, now: datetime) -> Iterator[Effect]:
    """Compare what the station has with what it should have, and again after a while, as long as it is here."""
    if not policy.local_lists or not may_be_ordered(station) or LEAVING in station.flags:
        return
    ask = command.ask and bool(command.wait)
    after = command.wait or policy.local_list_every
    yield Wake(name=NAME, at=now + timedelta(seconds=after), command=ReconcileLocalList(station=station.id, ask=ask))
    if command.wait:
        return
    if command.ask:
        yield AskLocalListVersion(station=station.id)
    elif station.local.version != NOT_SUPPORTED:
        yield from _bring_in_step(station, station.local.version, tokens, policy, now)


def clear_cache(command: ClearAuthorizationCache, station: Station) -> Iterator[Effect]:
    """Pass the wish on."""
    _demand_presence(station)
    yield command


def cache_cleared(event: CacheCleared) -> Iterator[Effect]:
    """Hear that a station has done it."""
    yield event
