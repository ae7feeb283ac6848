# SPDX-License-Identifier: Apache-2.0
"""From an alarm of a station or about the power of a site to those who want to be told (8.3.5), in the same commit."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.alarm import AlarmChange, AlarmKind, AlarmState, StationAlarm, StationAlarmChanged
from open63110.model.notice import Notice, NoticeChanged
from open63110.model.policy import Policy
from open63110.model.power import PowerAlarm, PowerAlarmChanged
from open63110.model.site import SiteId
from open63110.ports import Ids, Rows, Where

TOLD: Final = frozenset({"raised", "worse", "cleared", "resolved", "explained"})

UNDOES: Final[Mapping[AlarmChange, frozenset[AlarmChange]]] = {
    "raised": frozenset({"cleared"}),
    "explained": frozenset({"raised", "worse"}),
}
"""What need not be told any more, if it was not told yet, and then neither what undoes it, unless it is graver now."""


def then(
    event: StationAlarmChanged | PowerAlarmChanged, rows: Rows, ids: Ids, now: datetime, policy: Policy
) -> Iterator[Message]:
    """Queue a notice for each channel; what follows from another alarm is told with that one."""
    notice = _notice(event, now, policy)
    if notice is None or notice.change not in TOLD or (notice.alarm.cause and notice.change != "explained"):
        return
    for channel in policy.channels:
        if channel.wants(notice.alarm, notice.site):
            mine = replace(notice, channel=channel.name)
            early = _not_told_yet(mine, rows)
            for one in early:
                yield _kept(replace(one, given_up=now, error=f"{mine.change} before it was told"), now)
            if not early or (mine.change == "raised" and all(mine.alarm.severity < one.alarm.severity for one in early)):
                yield _kept(replace(mine, id=ids.row(Notice)), now)


def _notice(event: StationAlarmChanged | PowerAlarmChanged, now: datetime, policy: Policy) -> Notice | None:
    """Return what is told of it, for nobody yet; None: it is not kept any more."""
    due = now + timedelta(seconds=policy.notice_after)
    if isinstance(event, StationAlarmChanged):
        alarm, change, site = event.station_alarm, event.change, ""
    else:
        alarm, change, site = (None, "cleared", "") if event.alarm is None else _of_power(event.alarm)
    if alarm is None:
        return None
    return Notice(id=0, channel="", station=event.station, alarm=alarm, change=change, at=now, due=due, site=site)


def _of_power(alarm: PowerAlarm) -> tuple[StationAlarm, AlarmChange, SiteId]:
    """Return an alarm about power in the shape of others, what happened to it, and whose it is."""
    changes: Mapping[AlarmState, AlarmChange] = {"active": "raised", "acknowledged": "acknowledged"}
    told = StationAlarm(
        id=alarm.id,
        station=StationId(""),
        kind=AlarmKind.POWER,
        severity=alarm.severity,
        since=alarm.since,
        last=alarm.since,
        component=alarm.place,
        code=alarm.kind,
        text=alarm.detail,
        cleared=alarm.cleared,
        acknowledged=alarm.acknowledged,
        acknowledged_by=alarm.acknowledged_by,
        resolved=alarm.cleared,
        note=alarm.note,
    )
    return told, changes.get(alarm.state, "cleared"), alarm.site


def _not_told_yet(notice: Notice, rows: Rows) -> list[Notice]:
    """Return the notices of its alarm that one undoes; one that is due may be on its way out already."""
    undone, alarm = UNDOES.get(notice.change), notice.alarm
    if undone is None or (notice.change == "raised" and alarm.count == 1 and alarm.kind is not AlarmKind.POWER):
        return []
    of_it = (Where("due", ">", notice.at), Where("station", "=", notice.station), Where("channel", "=", notice.channel))
    mine = rows.load(Notice, Where("open", "=", True), *of_it)  # noqa: FBT003 - a value
    return [one for one in mine if one.alarm.id == alarm.id and one.attempts == 0 and one.change in undone]


def _kept(notice: Notice, now: datetime) -> NoticeChanged:
    return NoticeChanged(station=notice.station, at=now, id=notice.id, notice=notice)


FLOW = Flow(role=Role.CSMS, on=(StationAlarmChanged, PowerAlarmChanged), then=then)
