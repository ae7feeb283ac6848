# SPDX-License-Identifier: Apache-2.0
"""What leaves the system when an alarm is raised or over (8.3.5): to whom, and one notice for each until it has gone out."""

from datetime import datetime
from fnmatch import fnmatchcase
from typing import ClassVar

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.model.alarm import AlarmChange, AlarmKind, StationAlarm


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """Who is told of alarms, and of which. How he is reached is nothing that decisions know."""

    name: str
    severity: int = 3
    """Of alarms up to this severity."""
    stations: tuple[str, ...] = ("*",)
    """Of stations of these names; * stands for anything."""
    sites: tuple[str, ...] = ("*",)
    """Of the power of sites of these ids."""

    def wants(self, alarm: StationAlarm, site: str = "") -> bool:
        """Tell whether he is told of an alarm; ``site``: of one about its power."""
        names, name = (self.sites, site) if alarm.kind is AlarmKind.POWER else (self.stations, alarm.station)
        return alarm.severity <= self.severity and any(fnmatchcase(name, one) for one in names)


class Notice(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One thing to tell one channel."""

    id: int
    channel: str
    station: StationId
    """Empty: it is about the power of a site."""
    alarm: StationAlarm
    """As it was then. One about power has the same shape, so that whoever is told need not read two: its ``component`` is the
    place, its ``code`` the kind."""
    change: AlarmChange
    at: datetime
    due: datetime
    """Not before; later after each attempt that failed."""
    attempts: int = 0
    sent: datetime | None = None
    given_up: datetime | None = None
    error: str = ""
    """Why the last attempt failed."""
    site: str = ""
    """About whose power it is; empty: it is about a station."""

    @property
    def open(self) -> bool:
        """It has to go out still."""
        return self.sent is None and self.given_up is None


class NoticeChanged(Event, frozen=True, kw_only=True, gc=False):
    """There is something to tell, or it has gone out, or it never will."""

    about: ClassVar[str] = "notice"
    notice: Notice | None
    id: int = 0
