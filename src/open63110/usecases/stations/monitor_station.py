# SPDX-License-Identifier: Apache-2.0
"""Monitor a charging station: liveness, connector and EVSE states.

Clause:     8.3.5
Asked by:   charging station
Done by:    CSMS
Leaves:     a picture of every connector that is as new as the link allows, and an alarm where it cannot be
"""

from datetime import datetime

from open63110.kernel.messages import Command, Event, Reply
from open63110.model.reading import Reading


class Heartbeat(Command, frozen=True, kw_only=True, gc=False):
    """A station says that it is there, and asks the time."""


class TimeAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """The CSMS's clock."""

    now: datetime


class Acknowledged(Reply, frozen=True, kw_only=True, gc=False):
    """It was stored; there is nothing more to say."""


class StationEventReported(Event, frozen=True, kw_only=True, gc=False):
    """A component of a station reports an event: a fault, a threshold, a security incident."""

    component: str
    variable: str = ""
    severity: int = 9
    """0 danger … 9 debug (OCPP 2.x)."""
    actual: str = ""
    code: str = ""
    """techCode, vendorErrorCode, or type of security event."""
    text: str = ""
    cleared: bool = False
    event_id: int = 0
    cause: int | None = None
    offline: bool = False
    security: bool = False


class StationFellSilent(Event, frozen=True, kw_only=True, gc=False):
    """A connected station was not heard for too long."""


class CheckSilence(Command, frozen=True, kw_only=True, gc=False):
    """Is the station still heard?"""


class MeterValuesReported(Event, frozen=True, kw_only=True, gc=False):
    """Readings that belong to no energy transfer: of the station, or of an idle EVSE."""

    evse: int
    readings: tuple[Reading, ...]


class FaultAppeared(Event, frozen=True, kw_only=True, gc=False):
    """The hardware of a station sees a fault; an empty code means it is gone."""

    evse: int
    code: str = ""
    severity: int = 3
