# SPDX-License-Identifier: Apache-2.0
"""What is said about the state of a charging station."""

from datetime import datetime

from open63110.kernel.ids import EvseNumber, TransferReference
from open63110.kernel.messages import Command, Event, Reply
from open63110.model.reading import Reading


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


class StationFellSilent(Event, frozen=True, kw_only=True, gc=False):
    """A connected station was not heard for too long."""


class StationHeardAgain(Event, frozen=True, kw_only=True, gc=False):
    """A station that had fallen silent spoke."""


class StationClockDoubted(Event, frozen=True, kw_only=True, gc=False):
    """A station reports times that cannot be."""

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


class ReportUse(Command, frozen=True, kw_only=True, gc=False):
    """At the station: the EV at an EVSE went over to something else."""

    transfer: TransferReference
    evse: EvseNumber
    detail: str
    """OCPP 1.6 status words: Charging, SuspendedEV, SuspendedEVSE, Finishing."""
