# SPDX-License-Identifier: Apache-2.0
"""Whether a station is reached at all: an alarm when it is silent on its link, or has none for too long; over once it is back."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from open63110.kernel.messages import Effect
from open63110.model.alarm import AlarmKind, StationAlarm, alarm_key
from open63110.model.policy import Policy
from open63110.model.station import Registration, Station
from open63110.ports import Rows
from open63110.usecases.stations.monitor_station.evolve import UNREACHED, without
from open63110.usecases.stations.monitor_station.messages import (
    CheckAway,
    StationReached,
    StationWentAway,
    WelcomeBack,
)
from open63110.usecases.stations.monitor_station.raising import clear_alarm, raise_alarm

SEVERITY: Final = 3
"""Of a station that nobody reaches; one at which energy flows is a system failure, one graver."""

SILENT: Final = "Silent"
OFFLINE: Final = "Offline"


def check_away(command: CheckAway, station: Station, rows: Rows, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Alarm once when an accepted station has had no link for too long."""
    accepted = station.registration is Registration.ACCEPTED
    late = policy.offline_after > 0 and (now - command.since).total_seconds() >= policy.offline_after
    if station.connected is not None or not accepted or not late or UNREACHED in station.flags:
        return
    yield StationWentAway(station=station.id, at=now, since=command.since)
    words = f"no link since {command.since:%Y-%m-%d %H:%M:%S} UTC"
    yield from raise_alarm(unreached(station, OFFLINE, words, command.since), station, rows, now, policy)


def unreached(station: Station, code: str, words: str, since: datetime) -> StationAlarm:
    """Return the alarm of a station that is not reached."""
    flows = any(one.ended is None for one in station.transfers.values())
    return StationAlarm(
        id=alarm_key(station.id, AlarmKind.UNREACHED),
        station=station.id,
        kind=AlarmKind.UNREACHED,
        severity=SEVERITY - flows,
        since=since,
        last=since,
        code=code,
        text=words,
    )


def welcome_back(command: WelcomeBack, station: Station, rows: Rows, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Clear what was raised because it was not reached."""
    if UNREACHED not in station.flags:
        return
    yield StationReached(station=station.id, at=now)
    known = rows.get(StationAlarm, alarm_key(command.station, AlarmKind.UNREACHED))
    if known is not None:
        yield from clear_alarm(known, now, policy)


def went_away(event: StationWentAway, station: Station) -> Station:
    """Mark it."""
    del event
    return replace(station, flags=(*without(station.flags, UNREACHED), UNREACHED))


def reached(event: StationReached, station: Station) -> Station:
    """Take the mark off."""
    del event
    return replace(station, flags=without(station.flags, UNREACHED))
