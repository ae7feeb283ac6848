# SPDX-License-Identifier: Apache-2.0
"""An energy transfer session: one EV on one EVSE under one set of negotiated parameters (spec 1.5)."""

from datetime import datetime
from typing import Literal

import msgspec

from open63110.kernel.ids import (
    ConnectorNumber,
    EvseNumber,
    SessionNumber,
    StationId,
    SubjectRef,
    TransferNumber,
    TransferReference,
)
from open63110.kernel.messages import Event
from open63110.kernel.units import Percent, WattHours, Watts
from open63110.model.needs import Needs, PlanPeriod
from open63110.model.reading import Reading, SignedReading
from open63110.model.transaction import Transaction

TransferState = Literal["pending", "charging", "discharging", "suspended-ev", "suspended-evse", "idle", "ended"]


class Register(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A meter register over the transfer: energy = last − first + what was counted before resets (I12)."""

    first: WattHours
    last: WattHours
    first_at: datetime
    last_at: datetime
    before_reset: WattHours = WattHours(0.0)
    first_is_begin: bool = False
    """The first value was taken as the transfer's begin, not merely the earliest heard."""
    last_is_end: bool = False
    peak: WattHours | None = None
    """What it stood at before the drop just seen; the next reading shows whether that was a reset or a slip."""
    doubts: tuple[str, ...] = ()
    """Flags that this register gives rise to."""


TransferFactKind = Literal["start", "update", "end"]


class Mark(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A moment at which a billing condition changed, with the readings that both sides share (spec 1.5 rule 4)."""

    at: datetime
    cause: str
    """start, authorisation, direction."""
    subject: SubjectRef | None = None
    imported: WattHours | None = None
    """Import register; None means the first of the transfer."""
    exported: WattHours | None = None
    import_before_reset: WattHours = WattHours(0.0)
    export_before_reset: WattHours = WattHours(0.0)


class Heard(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What matters of a fact that others may still have to be put before."""

    kind: TransferFactKind
    seq: int
    at: datetime
    evse: EvseNumber = EvseNumber(0)
    connector: ConnectorNumber = ConnectorNumber(0)
    subject: SubjectRef | None = None
    state: TransferState | None = None
    trigger: str = ""
    reason: str = ""
    offline: bool = False
    remote_start: int | None = None
    reservation: int | None = None
    readings: tuple[Reading, ...] = ()
    flags: tuple[str, ...] = ()


class EnergyTransfer(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What is known of one energy transfer session."""

    station: StationId
    number: TransferNumber
    reference: TransferReference
    evse: EvseNumber = EvseNumber(0)
    """0 until a message names it."""
    connector: ConnectorNumber = ConnectorNumber(0)
    state: TransferState = "pending"
    began: datetime | None = None
    """None while the start has not been heard (I9)."""
    ended: datetime | None = None
    end_reason: str = ""
    subject: SubjectRef | None = None
    session: SessionNumber | None = None
    imported: Register | None = None
    exported: Register | None = None
    power: Watts | None = None
    """Import positive, export negative; the newest known."""
    soc: Percent | None = None
    seq: int = -1
    """Highest sequence number heard; −1 where the wire has none."""
    gaps: tuple[tuple[int, int], ...] = ()
    """Missing sequence numbers, inclusive ranges."""
    newest: datetime | None = None
    """The latest moment any fact of this transfer speaks of."""
    offline: bool = False
    """Some of it happened while the station was away."""
    remote_start: int | None = None
    reservation: int | None = None
    parts: tuple[Transaction, ...] = ()
    """Billable parts in order; the last one is open while the transfer is."""
    signed: tuple[SignedReading, ...] = ()
    flags: tuple[str, ...] = ()
    """What the operator has to know before billing: unknown-token, missing-begin, meter-reset, estimated, late …"""
    settled: bool = False
    """Its story is complete: it leaves memory after this write and is recalled when a late fact names it."""
    direction: Literal["", "import", "export"] = ""
    """Which way energy flowed last; empty until it flows."""
    marks: tuple[Mark, ...] = ()
    """Where parts begin."""
    spare: dict[str, Register] = {}
    """Registers to fall back on when there is no total at the outlet: ``direction/interval/…``, ``direction/location/phase``."""
    loose: tuple[Heard, ...] = ()
    """Facts that a missing one may have to be put before, in order."""
    base: "EnergyTransfer | None" = None
    """What was known before the first loose fact; None when there are none."""
    needs: Needs | None = None
    """None: nobody said."""
    plan: tuple[PlanPeriod, ...] = ()
    """What the EV said it will take; none: it did not say."""

    @property
    def complete(self) -> bool:
        """It has ended, and nobody waits for more of it."""
        return self.ended is not None and (not self.gaps or "gap" in self.flags)


ESTIMATED = "estimated"
"""Flag of an end that was made by rule, because no station told one (I13)."""
ESTIMATE = -1
"""Its sequence number."""


class EnergyTransferStarted(Event, frozen=True, kw_only=True, gc=False):
    """Energy may flow from now on."""

    reference: TransferReference
    """Empty where the receiver names the transfer (OCPP 1.6)."""
    seq: int
    """≥ 0: the wire's sequence number. < 0: a hash of the natural key, which orders nothing (I8)."""
    evse: EvseNumber
    connector: ConnectorNumber = ConnectorNumber(0)
    subject: SubjectRef | None = None
    state: TransferState = "pending"
    trigger: str = ""
    offline: bool = False
    remote_start: int | None = None
    reservation: int | None = None
    readings: tuple[Reading, ...] = ()
    number: TransferNumber = TransferNumber(0)
    """Given by the CSMS that hears it; 0 on the way there."""
    flags: tuple[str, ...] = ()


class EnergyTransferUpdated(Event, frozen=True, kw_only=True, gc=False):
    """Readings, a change of state, a credential: anything between start and end."""

    reference: TransferReference
    seq: int
    evse: EvseNumber = EvseNumber(0)
    subject: SubjectRef | None = None
    state: TransferState | None = None
    trigger: str = ""
    offline: bool = False
    remote_start: int | None = None
    readings: tuple[Reading, ...] = ()
    number: TransferNumber = TransferNumber(0)


class EnergyTransferEnded(Event, frozen=True, kw_only=True, gc=False):
    """No more energy will flow under this reference."""

    reference: TransferReference
    seq: int
    evse: EvseNumber = EvseNumber(0)
    subject: SubjectRef | None = None
    reason: str = ""
    trigger: str = ""
    offline: bool = False
    readings: tuple[Reading, ...] = ()
    number: TransferNumber = TransferNumber(0)
    flags: tuple[str, ...] = ()


class TransferSettled(Event, frozen=True, kw_only=True, gc=False):
    """Nobody waits any longer for more of it, by rule or because nothing more can come."""

    reference: TransferReference
    flags: tuple[str, ...] = ()
    """Added to the transfer's: gap."""
    number: TransferNumber = TransferNumber(0)


TransferFact = EnergyTransferStarted | EnergyTransferUpdated | EnergyTransferEnded
