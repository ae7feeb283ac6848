# SPDX-License-Identifier: Apache-2.0
"""From an alarm that is raised, gets worse or is over to those who want to be told (8.3.5), in the same commit."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.alarm import StationAlarmChanged
from open63110.model.notice import Notice, NoticeChanged
from open63110.model.policy import Policy
from open63110.ports import Ids

TOLD: Final = frozenset({"raised", "worse", "cleared", "resolved"})


def then(event: StationAlarmChanged, ids: Ids, now: datetime, policy: Policy) -> Iterator[Message]:
    """Queue a notice for each channel; what follows from another alarm is told with that one."""
    alarm = event.station_alarm
    if alarm is None or event.change not in TOLD or alarm.cause:
        return
    for channel in policy.channels:
        if channel.wants(alarm):
            number = ids.row(Notice)
            notice = Notice(
                id=number,
                channel=channel.name,
                station=alarm.station,
                alarm=alarm,
                change=event.change,
                at=now,
                due=now + timedelta(seconds=policy.notice_after),
            )
            yield NoticeChanged(station=alarm.station, at=now, id=number, notice=notice)


FLOW = Flow(role=Role.CSMS, on=(StationAlarmChanged,), then=then)
