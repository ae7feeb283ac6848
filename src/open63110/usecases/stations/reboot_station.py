# SPDX-License-Identifier: Apache-2.0
"""Reboot a charging station or one EVSE.

Clause:     8.3.7
Asked by:   CSMS, for an operator
Done by:    charging station
Leaves:     a station that has come up again and says why, or will reboot once it is idle
"""

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


class RebootScheduled(Event, frozen=True, kw_only=True, gc=False):
    """The station will reboot once it is idle."""

    evse: EvseNumber | None = None


class RebootPlanned(Reply, frozen=True, kw_only=True, gc=False):
    """What the asker of a reboot is told: it happens now, or once the station is idle."""

    scheduled: bool = False


class StationRebooting(Event, frozen=True, kw_only=True, gc=False):
    """The station goes down now; its hardware follows this fact."""

    reason: str = "RemoteReset"
    evse: EvseNumber | None = None
