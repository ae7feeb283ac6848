# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a station, until nobody has to know it any more (8.3.5): alarms, and the facts that change them."""

import re
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Literal

import msgspec

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Event

_ODD: Final = re.compile(r"[\s/\\?#%:]")
"""What would end a part of an id, or stand for something else in an address."""

LOWEST: Final = 9
"""Severities go from 0, danger, to this, debug."""


class AlarmKind(StrEnum):
    """What tells of it."""

    EVENT = "event"
    """A component of the station, by an event with a severity."""
    FAULT = "fault"
    """The state of a connector, with an error code or as faulted."""
    SECURITY = "security"
    """A security event of the station; nobody ever says that one is over."""
    UNREACHED = "unreached"
    """The station is not heard, or was offline for too long."""
    STORM = "storm"
    """It raises more alarms than anybody reads: they are counted in this one."""
    POWER = "power"
    """The power of a site; of no station, and only where it is told."""


AlarmState = Literal["active", "acknowledged", "cleared", "over"]
"""active: it lasts, and nobody has said that he knows; acknowledged: it lasts, and somebody knows; cleared: what raised it is
gone, and nobody has said that he knows; over: nobody has to look any more."""


class StationAlarm(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One thing that is wrong at one place of a station; it is one and the same however often it is raised."""

    id: str
    """Station, kind, place, variable and code with colons between them."""
    station: StationId
    kind: AlarmKind
    severity: int
    """0 danger, 1 hardware failure, 2 system failure, 3 critical, 4 error, 5 alert, 6 warning, 7 notice, 8 information,
    9 debug."""
    since: datetime
    """When it was raised, by the clock of whoever saw it; anew each time it was over before."""
    last: datetime
    """When it was raised last."""
    count: int = 1
    """How often it was raised since ``since``."""
    component: str = ""
    """Which part of the station, as ``EVSE@1``, ``Connector@1.2``; empty: the station."""
    variable: str = ""
    evse: EvseNumber = EvseNumber(0)
    connector: ConnectorNumber = ConnectorNumber(0)
    code: str = ""
    """techCode, errorCode, or type of security event, as the station says it."""
    vendor_code: str = ""
    """vendorErrorCode of OCPP 1.6."""
    text: str = ""
    """In the words of the station, or ours."""
    actual: str = ""
    """The value that raised it."""
    cleared: datetime | None = None
    """When what raised it was gone; None: it lasts."""
    acknowledged: datetime | None = None
    acknowledged_by: str = ""
    resolved: datetime | None = None
    """Since when nobody has to look any more; None: somebody has to."""
    resolved_by: str = ""
    """Empty: it was over by itself."""
    note: str = ""
    """What whoever acknowledged or resolved it has to say."""
    event: int = 0
    """The station's number of the event that raised it last; 0: it has none."""
    cause: str = ""
    """Id of the alarm that it follows from; empty: it is a cause, as far as anybody knows."""
    monitor: int | None = None
    """The station's number of the monitor that raised it; None: no monitor did."""
    transfer: TransferReference = TransferReference("")
    """The energy transfer it happened in; empty: in none."""
    offline: bool = False
    """It was told late: there was no link when it happened."""
    tally: dict[str, int] = {}
    """Of a storm: how often what was raised."""

    @property
    def open(self) -> bool:
        """Somebody has to look at it still."""
        return self.resolved is None

    @property
    def state(self) -> AlarmState:
        """What is to be done about it."""
        if self.resolved is not None:
            return "over"
        if self.cleared is not None:
            return "cleared"
        return "active" if self.acknowledged is None else "acknowledged"


AlarmChange = Literal["raised", "repeated", "worse", "cleared", "acknowledged", "resolved", "explained"]
"""What happened to an alarm; raised: it was not there, or was gone; explained: it was found what it follows from."""


class StationAlarmChanged(Event, frozen=True, kw_only=True, gc=False):
    """An alarm of a station was raised, is gone, or somebody said something of it."""

    about: ClassVar[str] = "station_alarm"
    id: str
    station_alarm: StationAlarm | None
    change: AlarmChange = "raised"


def alarm_key(station: StationId, kind: AlarmKind, *parts: str) -> str:
    """Return by what an alarm is known."""
    return ":".join((station, kind, *(_ODD.sub("_", part) for part in parts)))
