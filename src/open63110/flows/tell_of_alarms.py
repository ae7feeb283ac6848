# SPDX-License-Identifier: Apache-2.0
"""From an alarm that is raised, gets worse or is over to those who want to be told (8.3.5), in the same commit."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.alarm import AlarmChange, StationAlarm, StationAlarmChanged
from open63110.model.notice import Channel, Notice, NoticeChanged
from open63110.model.policy import Policy
from open63110.ports import Ids, Rows, Where

TOLD: Final = frozenset({"raised", "worse", "cleared", "resolved", "explained"})

UNDOES: Final[Mapping[AlarmChange, frozenset[AlarmChange]]] = {
    "raised": frozenset({"cleared"}),
    "explained": frozenset({"raised", "worse"}),
}
"""What need not be told any more, if it was not told yet, and then neither what undoes it, unless it is graver now."""


def then(event: StationAlarmChanged, rows: Rows, ids: Ids, now: datetime, policy: Policy) -> Iterator[Message]:
    """Queue a notice for each channel; what follows from another alarm is told with that one."""
    alarm, change = event.station_alarm, event.change
    if alarm is None or change not in TOLD or (alarm.cause and change != "explained"):
        return
    for channel in policy.channels:
        if channel.wants(alarm):
            early = _not_told_yet(channel, alarm, change, rows, now)
            for one in early:
                off = replace(one, given_up=now, error=f"{change} before it was told")
                yield NoticeChanged(station=alarm.station, at=now, id=one.id, notice=off)
            if not early or (change == "raised" and all(alarm.severity < one.alarm.severity for one in early)):
                yield _queued(channel, alarm, change, ids.row(Notice), now, policy)


def _not_told_yet(channel: Channel, alarm: StationAlarm, change: AlarmChange, rows: Rows, now: datetime) -> list[Notice]:
    """Return the notices of an alarm that a change undoes; one that is due may be on its way out already."""
    undone = UNDOES.get(change)
    if undone is None or (change == "raised" and alarm.count == 1):
        return []
    mine = rows.load(Notice, Where("open", "=", True), Where("due", ">", now), Where("station", "=", alarm.station))  # noqa: FBT003 - a value
    return [one for one in mine if one.channel == channel.name and one.alarm.id == alarm.id and _is_fresh(one, undone)]


def _is_fresh(notice: Notice, undone: frozenset[AlarmChange]) -> bool:
    return notice.attempts == 0 and notice.change in undone


def _queued(
    channel: Channel, alarm: StationAlarm, change: AlarmChange, number: int, now: datetime, policy: Policy
) -> NoticeChanged:
    notice = Notice(
        id=number,
        channel=channel.name,
        station=alarm.station,
        alarm=alarm,
        change=change,
        at=now,
        due=now + timedelta(seconds=policy.notice_after),
    )
    return NoticeChanged(station=alarm.station, at=now, id=number, notice=notice)


FLOW = Flow(role=Role.CSMS, on=(StationAlarmChanged,), then=then)
