# SPDX-License-Identifier: Apache-2.0
"""What is said about reboots."""

from enum import StrEnum
from typing import ClassVar

from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Command, Event, Priority, Reply


class RebootMode(StrEnum):
    """When to reboot."""

    IMMEDIATE = "immediate"
    ON_IDLE = "on-idle"
    IMMEDIATE_AND_RESUME = "immediate-and-resume"
    """OCPP 2.1 only: transactions go on afterwards."""


class RebootStation(Command, frozen=True, kw_only=True, gc=False):
    """Start again."""

    priority: ClassVar[Priority] = Priority.CONTROL
    mode: RebootMode = RebootMode.ON_IDLE
    evse: EvseNumber | None = None
    """None: the whole station."""


class RebootIfIdle(Command, frozen=True, kw_only=True, gc=False):
    """At whoever keeps a reboot that waits: carry it out, if nothing holds it up any more."""


class OrderKeptReboot(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: order the reboot that was kept here for a station, and again until the station has booted."""


class RebootScheduled(Event, frozen=True, kw_only=True, gc=False):
    """The station will reboot once it is idle."""

    evse: EvseNumber | None = None
    admit: bool = False
    """New sessions are admitted meanwhile: by policy, or because it is for the station to guard its EVSE."""
    kept: bool = False
    """It is the CSMS that waits, because the station cannot."""


class RebootDropped(Event, frozen=True, kw_only=True, gc=False):
    """The reboot that the CSMS kept will not be ordered: the station refused it, or another order took its place."""

    reason: str = ""


class RebootPlanned(Reply, frozen=True, kw_only=True, gc=False):
    """What the asker of a reboot is told: it happens now, or once the station is idle."""

    scheduled: bool = False

    def remark(self) -> str:
        """Say that yes does not mean now; the same word as a station's own."""
        return "Scheduled" if self.scheduled else ""


class RebootBegun(Event, frozen=True, kw_only=True, gc=False):
    """The station is about to go down; what runs is ended first, in the same turn."""

    evse: EvseNumber | None = None


class StationRebooting(Event, frozen=True, kw_only=True, gc=False):
    """The station goes down now; its hardware follows this fact, and repeats the reason when it powers up."""

    reason: str = "RemoteReset"
    evse: EvseNumber | None = None
    resume: bool = False
    """Energy transfers go on afterwards."""
