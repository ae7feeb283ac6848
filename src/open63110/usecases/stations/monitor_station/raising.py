# SPDX-License-Identifier: Apache-2.0
"""How something that is wrong becomes an alarm, and how an alarm ends.

The same at the same place is one alarm: raised again it is counted, raised again soon after it was over it goes on. An alarm
ends when what raised it is gone, or when a person says so; a grave one that ends by itself stays listed until somebody has
acknowledged it. Of a station that raises more alarms than anybody reads, one more tells how often what was raised.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect, Wake
from open63110.model.alarm import AlarmChange, AlarmKind, StationAlarm, StationAlarmChanged, alarm_key
from open63110.model.notice import NoticeChanged
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.ports import Rows, Where
from open63110.usecases.stations.monitor_station.messages import EndStorm

MOST: Final = 200
"""Alarms that one station may have at a time; what comes after them is counted only."""

KINDS_IN_STORM: Final = 50
"""Of so many kinds a storm says how often each came; of others together."""

OTHERS: Final = "others"

_STORM: Final = "alarm-storm"


def open_alarms(station: StationId, rows: Rows) -> list[StationAlarm]:
    """Return the alarms of a station that somebody has to look at."""
    return rows.load(StationAlarm, Where("station", "=", station), Where("open", "=", True))  # noqa: FBT003 - a value


def raise_alarm(alarm: StationAlarm, station: Station, rows: Rows, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Raise an alarm, or count it where it is known.

    Args:
        alarm: as it would be if it were the first of its id.
        station: whose it is.
        rows: the alarms so far.
        now: when it was heard.
        policy: what the operator chose.
    """
    known = rows.get(StationAlarm, alarm.id)
    if known is not None and _goes_on(known, now, policy):
        yield from _again(known, alarm)
    elif alarm.kind is not AlarmKind.STORM and _too_many(station.id, rows, now, policy):
        yield from _storm(alarm, station, rows, now, policy)
    else:
        yield changed(alarm, now, "raised")


def _goes_on(known: StationAlarm, now: datetime, policy: Policy) -> bool:
    """Tell whether an alarm lasts, or was over a moment ago by itself, as one is that flutters."""
    if known.resolved is None:
        return True
    return not known.resolved_by and (now - known.resolved).total_seconds() < policy.alarm_again


def _again(known: StationAlarm, alarm: StationAlarm) -> Iterator[Effect]:
    """Count it; one that was gone meanwhile is raised once more: whoever heard that it was over has to hear of it."""
    worse, back = alarm.severity < known.severity, known.cleared is not None or known.resolved is not None
    counted = replace(
        known,
        severity=min(alarm.severity, known.severity) if known.resolved is None else alarm.severity,
        last=max(known.last, alarm.last),
        count=known.count + 1,
        actual=alarm.actual,
        text=alarm.text or known.text,
        event=alarm.event or known.event,
        monitor=alarm.monitor if alarm.monitor is not None else known.monitor,
        transfer=alarm.transfer,
        cause=alarm.cause or known.cause,
        cleared=None,
        resolved=None,
        acknowledged=None if worse else known.acknowledged,
        acknowledged_by="" if worse else known.acknowledged_by,
    )
    yield changed(counted, alarm.last, "raised" if back else "worse" if worse else "repeated")
    if counted.cause and not known.cause:
        yield changed(counted, alarm.last, "explained")


def _too_many(station: StationId, rows: Rows, now: datetime, policy: Policy) -> bool:
    """Tell whether a station has raised so many alarms lately that one more would not be read."""
    lately = now - timedelta(seconds=policy.storm_within)
    found = open_alarms(station, rows)
    recent = sum(one.since > lately for one in found if one.kind is not AlarmKind.STORM)
    return recent >= policy.storm_alarms or len(found) > MOST


def _storm(alarm: StationAlarm, station: Station, rows: Rows, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Count it in the alarm that stands for all that are too many."""
    key = alarm_key(station.id, AlarmKind.STORM)
    known = rows.get(StationAlarm, key)
    lasts = known is not None and known.cleared is None and known.resolved is None
    tally = dict(known.tally) if known is not None and lasts else {}
    what = alarm.code or alarm.variable or alarm.kind.value
    what = what if what in tally or len(tally) < KINDS_IN_STORM else OTHERS
    tally[what] = tally.get(what, 0) + 1
    worst = min(alarm.severity, known.severity) if known is not None and lasts else alarm.severity
    storm = StationAlarm(
        id=key,
        station=station.id,
        kind=AlarmKind.STORM,
        severity=worst,
        since=known.since if known is not None and lasts else now,
        last=now,
        count=sum(tally.values()),
        text=_summary(tally),
        tally=tally,
        acknowledged=known.acknowledged if known is not None and lasts else None,
        acknowledged_by=known.acknowledged_by if known is not None and lasts else "",
    )
    yield changed(storm, now, "repeated" if lasts else "raised")
    if not lasts:
        yield _storm_ends(station.id, now, policy)


def _summary(tally: dict[str, int]) -> str:
    """Say how often what came, the most frequent first."""
    often = sorted(tally.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{what} {count}" for what, count in often[:5]) + (" …" if len(often) > 5 else "")


def end_storm(command: EndStorm, station: Station, rows: Rows, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Let a storm be over once it was quiet for as long as it takes to begin one."""
    known = rows.get(StationAlarm, alarm_key(command.station, AlarmKind.STORM))
    if known is None or known.cleared is not None or known.resolved is not None:
        return
    if (now - known.last).total_seconds() < policy.storm_within:
        yield _storm_ends(station.id, known.last, policy)
    else:
        yield from clear_alarm(known, now, policy)


def _storm_ends(station: StationId, last: datetime, policy: Policy) -> Wake:
    return Wake(name=_STORM, at=last + timedelta(seconds=policy.storm_within), command=EndStorm(station=station))


def clear_alarm(alarm: StationAlarm, at: datetime, policy: Policy) -> Iterator[Effect]:
    """Let an alarm be gone with what raised it; a grave one that nobody has acknowledged stays listed."""
    if alarm.cleared is not None or alarm.resolved is not None:
        return
    stays = alarm.severity <= policy.alarm_stays and alarm.acknowledged is None
    yield changed(replace(alarm, cleared=at, resolved=None if stays else at), at, "cleared")


def keep_notice(event: NoticeChanged) -> Iterator[Effect]:
    """Have it told, by whoever takes notices out of the house."""
    yield event


def changed(alarm: StationAlarm, at: datetime, change: AlarmChange) -> StationAlarmChanged:
    """Return the fact that an alarm is like this now."""
    return StationAlarmChanged(station=alarm.station, at=at, id=alarm.id, station_alarm=alarm, change=change)
