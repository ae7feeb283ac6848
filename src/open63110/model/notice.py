# SPDX-License-Identifier: Apache-2.0
"""What leaves the system when an alarm is raised or over (8.3.5): to whom, and one notice for each until it has gone out."""

from datetime import datetime
from fnmatch import fnmatchcase
from typing import ClassVar

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.model.alarm import AlarmChange, StationAlarm


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """Who is told of alarms, and of which. How he is reached is nothing that decisions know."""

    name: str
    severity: int = 3
    """Of alarms up to this severity."""
    stations: tuple[str, ...] = ("*",)
    """Of stations of these names; * stands for anything."""

    def wants(self, alarm: StationAlarm) -> bool:
        """Tell whether he is told of an alarm."""
        return alarm.severity <= self.severity and any(fnmatchcase(alarm.station, one) for one in self.stations)


class Notice(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One thing to tell one channel."""

    id: int
    channel: str
    station: StationId
    alarm: StationAlarm
    """As it was then."""
    change: AlarmChange
    at: datetime
    due: datetime
    """Not before; later after each attempt that failed."""
    attempts: int = 0
    sent: datetime | None = None
    given_up: datetime | None = None
    error: str = ""
    """Why the last attempt failed."""

    @property
    def open(self) -> bool:
        """It has to go out still."""
        return self.sent is None and self.given_up is None


class NoticeChanged(Event, frozen=True, kw_only=True, gc=False):
    """There is something to tell, or it has gone out, or it never will."""

    about: ClassVar[str] = "notice"
    notice: Notice | None
    id: int = 0
