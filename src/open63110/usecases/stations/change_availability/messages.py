# SPDX-License-Identifier: Apache-2.0
"""What is said about the availability of parts of a station."""

from typing import ClassVar

from open63110.kernel.ids import ConnectorNumber, EvseNumber
from open63110.kernel.messages import Command, Event, Priority, Reply
from open63110.model.availability import ALL, WHOLE


class ChangeAvailability(Command, frozen=True, kw_only=True, gc=False):
    """Take a part of a station out of use, or into use again."""

    priority: ClassVar[Priority] = Priority.CONTROL
    operative: bool
    evse: EvseNumber = WHOLE
    """0: the whole station."""
    connector: ConnectorNumber = ALL
    """0: all of the EVSE."""


class AvailabilityPlanned(Reply, frozen=True, kw_only=True, gc=False):
    """What the asker is told: it holds now, or once energy flows no more, or once the station is there."""

    scheduled: bool = False
    kept: bool = False
    """The station is not there: it is told when it comes."""

    def remark(self) -> str:
        """Say that yes does not mean now."""
        return "Scheduled" if self.scheduled else "Kept" if self.kept else ""


class AvailabilityWanted(Event, frozen=True, kw_only=True, gc=False):
    """The CSMS wants it from now on."""

    operative: bool
    evse: EvseNumber = WHOLE
    connector: ConnectorNumber = ALL


class AvailabilityChanged(Event, frozen=True, kw_only=True, gc=False):
    """A station keeps to it, or will once the energy that flows there has ended."""

    operative: bool
    evse: EvseNumber = WHOLE
    connector: ConnectorNumber = ALL
    scheduled: bool = False


class AvailabilityRefused(Event, frozen=True, kw_only=True, gc=False):
    """A station does not want to; the part stays as it was."""

    operative: bool
    evse: EvseNumber = WHOLE
    connector: ConnectorNumber = ALL
    reason: str = ""


class ReconcileAvailability(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: tell a station again what it did not confirm, or may have forgotten."""

    afresh: bool = False
    """It has booted: what it confirmed before is told again, too."""
    wait: float = 0.0
    """Not before so long [s]."""
