# SPDX-License-Identifier: Apache-2.0
"""What is said about the state of a charging station."""

from datetime import datetime
from typing import ClassVar, Literal, Self

from msgspec.structs import replace

from open63110.kernel.ids import ConnectorNumber, EvseNumber, TransferReference
from open63110.kernel.messages import Command, Event, Reply
from open63110.model.reading import Reading

Trigger = Literal["", "alerting", "delta", "periodic"]
"""Why a component tells something: a threshold was passed, or something is wrong; a value has changed; it is time. Empty: it does
not say."""


class Heartbeat(Command, frozen=True, kw_only=True, gc=False):
    """A station says that it is there, and asks the time."""

    every: float = 0.0
    """At the station: how long until the next one [s]; wires do not carry it."""


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
    evse: int = 0
    """0: of the station as a whole."""
    monitor: int | None = None
    """The station's number of the monitor that saw it; None: it was built to tell it."""
    transfer: TransferReference = TransferReference("")
    """The energy transfer it belongs to; empty: to none."""
    trigger: Trigger = ""


class StationFellSilent(Event, frozen=True, kw_only=True, gc=False):
    """A connected station was not heard for too long."""


class StationHeardAgain(Event, frozen=True, kw_only=True, gc=False):
    """A station that had fallen silent spoke."""


class StationClockDoubted(Event, frozen=True, kw_only=True, gc=False):
    """A station reports times that cannot be."""

    ahead: float
    """Its clock minus ours [s]."""


class StationClockTrusted(Event, frozen=True, kw_only=True, gc=False):
    """What a station tells bears the right time again."""


class JudgeClock(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: what a station tells as it happens bears times that are off by so much. Asked by whoever hears it."""

    ahead: float
    """Its clock minus ours [s]."""


class CheckSilence(Command, frozen=True, kw_only=True, gc=False):
    """Is the station still heard? Asked by whoever keeps the links, for one that might have fallen silent or is marked so."""

    heard: datetime | None = None
    """When its last message came; None if nothing came over its present link. Lives in memory only: a fact for each sign of
    life would cost a write for each heartbeat."""


class MeterValuesReported(Event, frozen=True, kw_only=True, gc=False):
    """Readings that belong to no energy transfer: of the station, or of an idle EVSE."""

    evse: int
    readings: tuple[Reading, ...]


class FaultAppeared(Event, frozen=True, kw_only=True, gc=False):
    """The hardware of a station sees a fault; an empty code means it is gone."""

    evse: int
    """0: the station as a whole."""
    code: str = ""
    severity: int = 3


class BeginReporting(Command, frozen=True, kw_only=True, gc=False):
    """At the station: the CSMS listens now, tell it all that stands."""

    interval: float | None = None
    """How often it wants a heartbeat [s], 0 if it does not mind; None: as before, it only missed a while."""


class ReportStanding(Command, frozen=True, kw_only=True, gc=False):
    """At the station: its connectors may be open to others than before."""


class BeatOnce(Command, frozen=True, kw_only=True, gc=False):
    """At the station: say that it is there, beside the heartbeats at their own times."""

    due: bool = False
    """The answer to whoever wanted it has gone, so now is the time."""


class ReportStatus(Command, frozen=True, kw_only=True, gc=False):
    """At the station: say once more how connectors are."""

    evse: EvseNumber = EvseNumber(0)
    """0: of all EVSEs."""
    connector: ConnectorNumber | None = None
    """None: all of them."""


class ReportReadings(Command, frozen=True, kw_only=True, gc=False):
    """At the station: say what meters show."""

    evse: EvseNumber = EvseNumber(0)
    """0: of all EVSEs."""


class BeatEvery(Command, frozen=True, kw_only=True, gc=False):
    """At the station: say from now on so often that one is there."""

    every: float
    """[s]"""


class ReportUse(Command, frozen=True, kw_only=True, gc=False):
    """At the station: the EV at an EVSE went over to something else."""

    transfer: TransferReference
    evse: EvseNumber
    detail: str
    """OCPP 1.6 status words: Charging, SuspendedEV, SuspendedEVSE, Finishing."""


class CheckAway(Command, frozen=True, kw_only=True, gc=False):
    """Is a station without a link for too long? Asked by whoever keeps the links, of one that might be."""

    since: datetime
    """When it was last known to have one; lives in memory only."""


class StationWentAway(Event, frozen=True, kw_only=True, gc=False):
    """A station had no link for too long."""

    since: datetime


class WelcomeBack(Command, frozen=True, kw_only=True, gc=False):
    """A station that was not reached is: clear what was raised because of that."""


class StationReached(Event, frozen=True, kw_only=True, gc=False):
    """A station that was not reached for too long is back."""


class EndStorm(Command, frozen=True, kw_only=True, gc=False):
    """Has a station gone quiet that raised more alarms than anybody reads?"""


class _AboutAlarms(Command, frozen=True, kw_only=True, gc=False):
    unasked: ClassVar[frozenset[str]] = frozenset({"by"})
    ids: tuple[str, ...] = ()
    """Ids of alarms of the station; none: all that are open."""
    note: str = ""
    """What is to be remembered of it; at most 1000 characters."""
    by: str = ""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with the name of whoever says so."""
        del role
        return replace(self, by=who)


class AcknowledgeAlarms(_AboutAlarms, frozen=True, kw_only=True, gc=False):
    """Say that somebody knows of alarms of a station and looks after them."""


class ResolveAlarms(_AboutAlarms, frozen=True, kw_only=True, gc=False):
    """Have alarms of a station over, because what raised them is mended or will never say that it is gone."""
