# SPDX-License-Identifier: Apache-2.0
"""What parties say to each other about energy transfers, beside the facts in model/transfer.py."""

from typing import ClassVar

from open63110.kernel.ids import EvseNumber, TransferReference
from open63110.kernel.messages import Command, Event, Reply
from open63110.model.reading import Reading
from open63110.model.transfer import TransferState


class TransferAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What the reporter of a transfer fact is told."""

    reference: TransferReference
    number: int
    """OCPP 1.6 stations use it as transaction id."""
    duplicate: bool = False


class StartTransfer(Command, frozen=True, kw_only=True, gc=False):
    """At the station: let energy flow, the EV is plugged in and authorized."""

    evse: EvseNumber
    trigger: str = "Authorized"


class StopTransfer(Command, frozen=True, kw_only=True, gc=False):
    """At the station: end the energy transfer of an EVSE."""

    evse: EvseNumber
    reason: str
    """OCPP 2.x stoppedReason words: Local, Remote, EVDisconnected, ImmediateReset, DeAuthorized, EnergyLimitReached …"""
    trigger: str = "StopAuthorized"


class MeterSampled(Event, frozen=True, kw_only=True, gc=False):
    """The hardware of a station took readings, or its EV changed between charging and suspended."""

    evse: EvseNumber
    readings: tuple[Reading, ...]
    state: TransferState | None = None


class EndForgottenTransfer(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: close what no station will ever end (I13)."""

    reference: TransferReference
    reason: str
    superseded: bool = False
    """Another has begun at its EVSE, so there is nothing to wait for."""


class AskTransferStatus(Command, frozen=True, kw_only=True, gc=False):
    """Does the station still hold messages of this transfer (OCPP GetTransactionStatus)?"""

    unasked: ClassVar[frozenset[str]] = frozenset({"asked"})
    reference: TransferReference
    """Empty: of any."""
    asked: int = 0
    """How many times before."""


class ReportTransfer(Command, frozen=True, kw_only=True, gc=False):
    """At the station: say now how energy transfers are."""

    evse: EvseNumber = EvseNumber(0)
    """0: all that go on."""
    trigger: str = "Trigger"
    """Why, in words of OCPP 2.x."""


class TransferStatusAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What a station knows of a transfer; what still waits in its outbox is known there."""

    reference: TransferReference
    ongoing: bool | None
    """None: it does not know the transfer."""


class TransferStatusReported(Event, frozen=True, kw_only=True, gc=False):
    """The station says whether a transfer goes on, and whether messages of it still wait."""

    reference: TransferReference
    ongoing: bool | None
    waiting: bool
