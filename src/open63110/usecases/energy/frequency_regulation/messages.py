# SPDX-License-Identifier: Apache-2.0
"""What is said about grid controls and signals (8.2.10)."""

from datetime import datetime
from typing import ClassVar, Self

import msgspec

from open63110.kernel.messages import Command, Event, Priority, Reply
from open63110.model.der import (
    DerControl,
    DerCurve,
    DerKind,
    DischargeLimit,
    EnterService,
    FixedPowerFactor,
    FixedVar,
    FrequencyDroop,
    RampGradient,
    ReportedDerControl,
)


class SetDerControl(Command, frozen=True, kw_only=True, gc=False):
    """Have a station behave so towards the grid, by itself; a control of the same id is replaced."""

    priority: ClassVar[Priority] = Priority.CONTROL
    unasked: ClassVar[frozenset[str]] = frozenset({"revision", "by"})
    id: str = ""
    """By what it is known at this station; empty: one is made up."""
    kind: DerKind
    default: bool = False
    """It holds always; else it is scheduled."""
    rank: int = 0
    """0 goes before all others of its kind."""
    start: datetime | None = None
    """Of a scheduled one."""
    duration: float | None = None
    """Of a scheduled one [s]."""
    curve: DerCurve | None = None
    enter_service: EnterService | None = None
    fixed_pf: FixedPowerFactor | None = None
    fixed_var: FixedVar | None = None
    droop: FrequencyDroop | None = None
    gradient: RampGradient | None = None
    discharge: DischargeLimit | None = None
    revision: int = 0
    """At the CSMS: which of the controls of this id."""
    by: str = ""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with the name of whoever wants it."""
        del role
        return msgspec.structs.replace(self, by=who)

    def wanted(self) -> DerControl:
        """Return what is to hold."""
        return DerControl(
            id=self.id,
            kind=self.kind,
            default=self.default,
            priority=self.rank,
            start=self.start,
            duration=self.duration,
            curve=self.curve,
            enter_service=self.enter_service,
            fixed_pf=self.fixed_pf,
            fixed_var=self.fixed_var,
            droop=self.droop,
            gradient=self.gradient,
            discharge=self.discharge,
        )


class ClearDerControls(Command, frozen=True, kw_only=True, gc=False):
    """Have controls hold no more: one by its id, or all defaults, or all that are scheduled, of a kind or of any."""

    default: bool = False
    """The defaults are meant; else those that are scheduled."""
    kind: DerKind | None = None
    """None: of any kind."""
    id: str = ""
    """Empty: all of them."""


class AskDerControls(Command, frozen=True, kw_only=True, gc=False):
    """Ask which controls a station has; it tells them afterwards, perhaps in parts."""

    unasked: ClassVar[frozenset[str]] = frozenset({"request"})
    default: bool | None = None
    """Defaults, or those that are scheduled; None: both."""
    kind: DerKind | None = None
    id: str = ""
    request: int = 0
    """Number of the question; the CSMS gives it."""


class DerControlAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What the asker for a control is told."""

    id: str
    superseded: tuple[str, ...] = ()
    """At the station: which controls give way to it."""
    kept: bool = False
    """At the CSMS: the station is not there, it is told when it comes."""

    def remark(self) -> str:
        """Say that yes does not mean now."""
        return "Kept" if self.kept else ""


class DerControlsAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What is told at once of the controls of a station: how many are meant."""

    count: int


class DerControlAnswered(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station took a control, or refused it."""

    id: str
    revision: int = 0
    """Which of the controls of this id was sent."""
    reason: str = ""
    """Empty: it took it."""
    superseded: tuple[str, ...] = ()
    """Which controls give way to it."""


class DerControlsCleared(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station has controls no more, or would not clear them."""

    default: bool
    kind: DerKind | None = None
    id: str = ""
    reason: str = ""
    """Empty: they are gone, or never were there."""


class DerControlsReported(Event, frozen=True, kw_only=True, gc=False):
    """A station says which controls it has: all that were asked for, or another part of them."""

    request: int
    """Number of the question that it answers."""
    controls: tuple[ReportedDerControl, ...] = ()
    more: bool = False
    """Another part is on its way."""


class DerControlSwitched(Event, frozen=True, kw_only=True, gc=False):
    """A scheduled control came into force, or its time is over."""

    id: str
    started: bool
    superseded: tuple[str, ...] = ()
    """Which controls gave way to it."""


class GridAlarmReported(Event, frozen=True, kw_only=True, gc=False):
    """At a station the grid left, or is back within, what a control says."""

    kind: DerKind
    """Of the control."""
    fault: str = ""
    """What of the grid: over-frequency, under-voltage …; empty: it does not say."""
    ended: bool = False
    info: str = ""
    """In the words of the EV."""


class SendGridSignal(Command, frozen=True, kw_only=True, gc=False):
    """Tell a station the signal of the grid's operator (aFRR); what it does at which signal its profile says."""

    priority: ClassVar[Priority] = Priority.CONTROL
    signal: int
    """As the operator of the grid defines it, mostly -100 to 100."""
    moment: datetime | None = None
    """From when on it counts; None: from now on."""


class GridSignalTaken(Event, frozen=True, kw_only=True, gc=False):
    """A station follows another signal of the grid's operator."""

    signal: int
    moment: datetime


class TendDerControls(Command, frozen=True, kw_only=True, gc=False):
    """At a CSMS, and at a station, on a timer: begin and end what is due, tell what was not taken."""

    ask: bool = False
    """Ask the station first which it has: after a boot nobody knows."""


class ReconcileDerControls(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station is there again; see to it that it has what it should have."""

    booted: bool = False
    """It has started anew."""


class GiveUpDerReport(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a report, or the rest of it, should have come by now."""

    request: int
