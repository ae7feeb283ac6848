# SPDX-License-Identifier: Apache-2.0
"""Onboard a charging station.

Clause:     8.3.15
Asked by:   charging station (it boots), operator (registers, admits, rejects)
Done by:    CSMS
Leaves:     a station that is accepted and configured, one that waits in quarantine and was told nothing, or a refusal
"""

from datetime import datetime

from open63110.kernel.messages import Command, Event, Reply
from open63110.model.station import Registration


class RegisterStation(Command, frozen=True, kw_only=True, gc=False):
    """Expect a station under this identity."""

    note: str = ""
    serial: str = ""
    """When given, a boot with another serial number is a clone."""


class AdmitStation(Command, frozen=True, kw_only=True, gc=False):
    """Let a quarantined or rejected station work here."""


class RejectStation(Command, frozen=True, kw_only=True, gc=False):
    """Refuse a station from its next boot on."""

    reason: str = ""


class RegistrationAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What a station is told when it boots."""

    registration: Registration
    interval: float
    """Heartbeat interval if accepted, else when to ask again [s]."""
    now: datetime
    reason: str = ""


class RegistrationAnswered(Event, frozen=True, kw_only=True, gc=False):
    """A station heard what the CSMS said to its boot."""

    registration: Registration
    interval: float
    now: datetime
    """The CSMS's clock when it answered."""


class PoweredUp(Event, frozen=True, kw_only=True, gc=False):
    """The hardware of a station came up."""

    reason: str = "PowerUp"
    """OCPP 2.x BootReason words."""
