# SPDX-License-Identifier: Apache-2.0
"""What parties say to each other about starting and stopping from outside (8.4.5)."""

from typing import ClassVar

from open63110.kernel.ids import ConnectorNumber, EvseNumber, SubjectRef, TransferReference
from open63110.kernel.messages import Command, Event, Priority
from open63110.model.profile import ChargingProfile


class StartRemotely(Command, frozen=True, kw_only=True, gc=False):
    """Let somebody charge at an EVSE."""

    priority: ClassVar[Priority] = Priority.CONTROL
    subject: SubjectRef
    evse: EvseNumber
    connector: ConnectorNumber | None = None
    group: SubjectRef | None = None
    remote_start: int = 0
    """Correlates the start with this order; given by the CSMS when 0."""
    profile: ChargingProfile | None = None
    """What the transfer that begins with it is to keep to (a TxProfile); None: what else counts there. On OCPP only."""


class UnlockConnector(Command, frozen=True, kw_only=True, gc=False):
    """Let go of a cable."""

    priority: ClassVar[Priority] = Priority.CONTROL
    evse: EvseNumber
    connector: ConnectorNumber = ConnectorNumber(1)


class RemoteStartAnswered(Event, frozen=True, kw_only=True, gc=False):
    """A station said whether it takes a remote start; the wire tells this of every answer."""

    subject: SubjectRef
    evse: EvseNumber
    accepted: bool
    remote_start: int = 0
    group: SubjectRef | None = None
    reference: TransferReference | None = None
    """Set where the station had an energy transfer open already (OCPP 2.x transactionId)."""
    reason: str = ""
    """The station's reason code when it refused."""


class ForgetRemoteStart(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: the station never said whether it takes a remote start."""

    evse: EvseNumber


class RemoteStopObeyed(Event, frozen=True, kw_only=True, gc=False):
    """A station will end a transfer because it was told to."""

    reference: TransferReference
    evse: EvseNumber


class ConnectorUnlocked(Event, frozen=True, kw_only=True, gc=False):
    """A station lets go of a cable; its hardware follows this fact."""

    evse: EvseNumber
    connector: ConnectorNumber = ConnectorNumber(1)
