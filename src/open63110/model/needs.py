# SPDX-License-Identifier: Apache-2.0
"""What an EV user needs of an energy transfer: how much, until when, within which powers (DD-1, R-7.4-1)."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from open63110.kernel.ids import EvseNumber, TransferReference
from open63110.kernel.messages import Event, Reply
from open63110.kernel.units import Amperes, Percent, WattHours, Watts

NeedsSource = Literal["ev", "hmi", "csp", "default"]
"""Who said so: the EV itself, somebody at the station, an app, or nobody (assumed)."""


class Needs(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Of one energy transfer. None: nobody said."""

    source: NeedsSource = "default"
    since: datetime | None = None
    """When it was said."""
    departure: datetime | None = None
    e_target: WattHours | None = None
    """To be delivered from ``since`` on [Wh]."""
    e_min: WattHours | None = None
    e_max: WattHours | None = None
    soc_now: Percent | None = None
    soc_target: Percent | None = None
    soc_min: Percent | None = None
    p_max: Watts | None = None
    """What the EV takes at most [W]."""
    p_min: Watts | None = None
    """What it takes at least once it takes anything [W]."""
    p_discharge_max: Watts | None = None
    """A magnitude [W]."""
    i_max: Amperes | None = None
    """Of each phase [A]."""
    phases: int | None = None
    """On how many it charges."""
    modes: tuple[str, ...] = ()
    """Energy transfer modes, in the words of OCPP 2.x."""
    control_mode: Literal["", "scheduled", "dynamic"] = ""
    discharge_consent: bool = False
    priority: bool = False
    """The driver asked for priority charging."""


class NeedsStated(Event, frozen=True, kw_only=True, gc=False):
    """Somebody said what a transfer needs; the latest explicit word of a person wins over the EV's."""

    evse: EvseNumber
    needs: Needs
    reference: TransferReference = TransferReference("")
    """Empty: the one that runs at this EVSE, or the next that begins there."""


class PlanPeriod(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One stretch of a plan over time."""

    start: datetime
    power: Watts
    """At most [W]; of an EV's own plan: what it means to take."""
    phases: int | None = None


class EvPlanStated(Event, frozen=True, kw_only=True, gc=False):
    """An EV said how it will follow the schedule it was offered (8.2.3, step 8)."""

    about: ClassVar[str] = "station"
    evse: EvseNumber
    periods: tuple[PlanPeriod, ...]
    reference: TransferReference = TransferReference("")
    schedule: int | None = None
    """Id of the schedule that it chose of those it was offered; None: nobody said."""
    tolerates: bool | None = None
    """Whether it keeps to the tolerance that came with the schedule (OCPP 2.1); None: nobody said."""


class NeedsAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What whoever stated needs is told; a refusal says why instead."""

    planned: bool = False
    """A schedule that takes them into account is on its way; else one follows within 60 s."""


class EvPlanAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What the station of an EV that stated its plan is told."""

    accepted: bool
    """It stays below the schedule the EV was offered; else another is offered, and this one does not count."""


class PriorityChanged(Event, frozen=True, kw_only=True, gc=False):
    """A transfer charges before others from now on, or no longer; its driver, or somebody for him, wanted it so."""

    reference: TransferReference
    active: bool
