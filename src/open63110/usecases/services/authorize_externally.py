# SPDX-License-Identifier: Apache-2.0
"""Authorize by external means: an app, a call centre, a web page starts and stops.

Clause:     8.4.5
Asked by:   CSP, EV user's device, operator
Done by:    CSMS, charging station
Leaves:     a session started or stopped, or a refusal, and the asker told which
"""

from typing import ClassVar

from open63110.kernel.ids import ConnectorNumber, EvseNumber, SubjectRef, TransferReference
from open63110.kernel.messages import Command, Priority


class StartRemotely(Command, frozen=True, kw_only=True, gc=False):
    """Let somebody charge at an EVSE."""

    priority: ClassVar[Priority] = Priority.CONTROL
    subject: SubjectRef
    evse: EvseNumber
    connector: ConnectorNumber | None = None
    group: SubjectRef | None = None
    remote_start: int = 0
    """Correlates the start with this order; given by the CSMS when 0."""


class StopRemotely(Command, frozen=True, kw_only=True, gc=False):
    """End an energy transfer."""

    priority: ClassVar[Priority] = Priority.CONTROL
    reference: TransferReference


class UnlockConnector(Command, frozen=True, kw_only=True, gc=False):
    """Let go of a cable."""

    priority: ClassVar[Priority] = Priority.CONTROL
    evse: EvseNumber
    connector: ConnectorNumber = ConnectorNumber(1)


class ReleaseGrant(Command, frozen=True, kw_only=True, gc=False):
    """Nobody plugged in in time (EVConnectionTimeOut)."""

    evse: EvseNumber
