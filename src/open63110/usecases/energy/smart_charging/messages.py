# SPDX-License-Identifier: Apache-2.0
"""What is said about limits of power (8.2.3, 7.10)."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

import msgspec

from open63110.kernel.ids import EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Command, Event, Priority, Reply
from open63110.kernel.units import Amperes, Seconds, Watts
from open63110.model.arbitration import granted
from open63110.model.limit import Ahead, Limit, LimitScope, LimitSource
from open63110.model.needs import PlanPeriod
from open63110.model.site import SiteId, ZoneId


class LimitPower(Command, frozen=True, kw_only=True, gc=False):
    """Draw no more than this. It counts as in force once the station has confirmed it."""

    unasked: ClassVar[frozenset[str]] = frozenset({"profile", "dynamic", "update", "every", "lasts", "setpoint"})
    evse: EvseNumber = EvseNumber(0)
    """0: the station as a whole."""
    limit: Watts
    """Of import [W]."""
    export: Watts | None = None
    """Of export, as a magnitude [W]; None: nothing is said of it."""
    amperes: tuple[Amperes, ...] = ()
    """Of each phase, L1 first [A]; none: only the sum is limited."""
    until: datetime | None = None
    """None: until it is withdrawn."""
    source: LimitSource = LimitSource.OPERATOR
    failsafe: Watts | None = None
    """What the station falls back to when it does not hear the CSMS any more [W]; None: to nothing special."""
    failsafe_after: Seconds | None = None
    """After how long without a link [s]; None: never."""
    emergency: bool = False
    """It goes before everything else on the wire."""
    scope: LimitScope = LimitScope.STATION
    """Whether it is the station's share of a zone's."""
    level: int = 1
    """At one place the valid one of the highest level counts; 0 is what remains when those above it end."""
    ahead: tuple[Ahead, ...] = ()
    """What the limit becomes later, in order of time; none: it stays as it is."""
    transfer: str = ""
    """Reference of the energy transfer it counts for, and ends with; empty: for whatever happens at its place."""
    actor: str = ""
    """Whose word made it what it is: id of a principal; empty: nobody's, or not known here."""
    constraint: str = ""
    """Id of the constraint that did; empty: none."""
    profile: int = 0
    """At a station: id by which whoever set it calls it on OCPP; 0: it has none."""
    dynamic: str = ""
    """In which unit it is updated as a whole (a dynamic profile), W or A; empty: it is not."""
    update: bool = False
    """It goes out as an update of a dynamic one that is there."""
    every: Seconds | None = None
    """At a station: how long after its last update it asks for another [s]; None: it waits for them."""
    lasts: Seconds | None = None
    """At a station: how long after its last update a dynamic one counts [s]; None: until it ends."""
    phase: int | None = None
    """On which single phase of the station the EV is to charge, 1 to 3; None: the station chooses."""
    setpoint: Watts | None = None
    """At a station: what is to be drawn, below 0 given back [W]; None: what the limit allows."""

    @property
    def priority(self) -> Priority:  # type: ignore[override]  # of one command, not of its kind
        """How it queues: before everything else in an emergency."""
        return Priority.EMERGENCY if self.emergency else Priority.CONTROL

    def follows(self) -> bool:
        """Tell whether it is a share: that follows from what limits its zone or site."""
        return self.scope is LimitScope.ZONE

    def wanted(self, now: datetime) -> Limit:
        """Return what it asks for, from now on."""
        return Limit(
            since=now,
            evse=self.evse,
            limit=self.limit,
            export=self.export,
            amperes=self.amperes,
            until=self.until,
            source=self.source,
            scope=self.scope,
            failsafe=self.failsafe,
            failsafe_after=self.failsafe_after,
            emergency=self.emergency,
            level=self.level,
            ahead=self.ahead,
            transfer=self.transfer,
            actor=self.actor,
            constraint=self.constraint,
            profile=self.profile,
            dynamic=self.dynamic,
            update=self.update,
            every=self.every,
            lasts=self.lasts,
            phase=self.phase,
            setpoint=self.setpoint,
        )


class WithdrawLimit(Command, frozen=True, kw_only=True, gc=False):
    """Take a limit back; others at the same place go on counting."""

    priority: ClassVar[Priority] = Priority.CONTROL
    evse: EvseNumber = EvseNumber(0)
    source: LimitSource = LimitSource.OPERATOR
    scope: LimitScope = LimitScope.STATION

    def follows(self) -> bool:
        """Tell whether it takes back a share."""
        return self.scope is LimitScope.ZONE


class AskLimit(Command, frozen=True, kw_only=True, gc=False):
    """How much may flow now, and later?"""

    evse: EvseNumber = EvseNumber(0)
    within: Seconds = Seconds(0.0)
    """For how long from now on [s]; 0: now is all."""


class AskAbilities(Command, frozen=True, kw_only=True, gc=False):
    """How many steps, levels, and which unit do you take in limits?"""


class AbilitiesLearned(Event, frozen=True, kw_only=True, gc=False):
    """A station said what it takes in limits. None, or empty: it did not say."""

    periods: int | None = None
    """Steps over time."""
    levels: int | None = None
    """The highest level."""
    unit: str = ""
    """W or A where it takes one only."""
    dynamic: bool | None = None
    """It takes limits that are updated as a whole."""
    switches: bool | None = None
    """It can be told on which phase an EV is to charge."""


class AbilitiesAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What a station takes in limits."""

    periods: int
    levels: int


class PrioritizeTransfer(Command, frozen=True, kw_only=True, gc=False):
    """Let a transfer charge before others, or no longer."""

    reference: TransferReference
    active: bool


class LimitAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What whoever set a limit is told: what counts, and what makes it so."""

    evse: EvseNumber
    limit: Watts | None
    """[W]; None: nothing limits it."""
    by: str = "command"
    """command, or what clips it: cable, ev, hardware, fail-safe; at the CSMS also the source of a lower limit."""
    until: datetime | None = None
    pending: bool = False
    """Nobody has confirmed it: the station is not here."""
    ahead: tuple[Ahead, ...] = ()
    """What the limit becomes later, as far as was asked; at a station all its limits together, as things are."""

    def remark(self) -> str:
        """Say that yes does not mean that it is in force."""
        return "Pending" if self.pending else ""


class LimitAccepted(Event, frozen=True, kw_only=True, gc=False):
    """A limit is wanted from now on: at the CSMS it is desired, a station was told it."""

    limit: Limit
    place: str = ""
    """By what it is kept; empty: the limit's own place. Whoever sets another at the same place replaces it."""
    sent: bool = False
    """At the CSMS: it is what counts at its place, and was sent in the same moment as it is."""


class LimitSent(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: what counts at a place was sent to the station, which has yet to confirm it."""

    limit: Limit


class LimitInForce(Event, frozen=True, kw_only=True, gc=False):
    """A station keeps to a limit, and says to how much."""

    evse: EvseNumber
    limit: Watts
    """[W]"""
    by: str = "command"
    """What clips it: command, cable, ev, hardware, fail-safe."""
    asked: Limit | None = None
    """What was asked of it; None where it only says what it keeps to."""
    ahead: tuple[Ahead, ...] = ()
    """Where it only says what it keeps to: what that becomes later."""


class LimitRefused(Event, frozen=True, kw_only=True, gc=False):
    """A station did not take a limit, or did not answer."""

    evse: EvseNumber
    reason: str


class LimitDiffers(Event, frozen=True, kw_only=True, gc=False):
    """A station that was asked what it keeps to allows more than it confirmed."""

    evse: EvseNumber
    since: datetime
    """From when on."""
    limit: Watts
    """What it allows then [W]."""
    asked: Watts
    """What it confirmed for then [W]."""


class EvPlanRefused(Event, frozen=True, kw_only=True, gc=False):
    """An EV means to take more than it was offered; what it said does not count, and it is offered the same anew."""

    evse: EvseNumber
    reference: TransferReference
    since: datetime
    """When it is above first."""
    limit: Watts
    """What it may take then [W]."""
    periods: tuple[PlanPeriod, ...]
    """What it said."""


class LimitWithdrawn(Event, frozen=True, kw_only=True, gc=False):
    """A limit is not wanted any more."""

    evse: EvseNumber
    source: LimitSource = LimitSource.OPERATOR
    scope: LimitScope = LimitScope.STATION
    reason: str = ""
    """Empty: somebody withdrew it; expired: its time is over."""
    place: str = ""
    """By what it was kept; empty: that of its source."""


class LimitCleared(Event, frozen=True, kw_only=True, gc=False):
    """A station keeps to no limit at a place any more."""

    evse: EvseNumber


class FailSafeEntered(Event, frozen=True, kw_only=True, gc=False):
    """A station went over to its fail-safe values, because it heard nobody for too long."""

    silent_since: datetime
    limit: Watts | None = None
    """What it draws at most as a whole from now on [W]; None: it is limited EVSE by EVSE."""


class FailSafeLeft(Event, frozen=True, kw_only=True, gc=False):
    """A station hears its CSMS again, and goes back to what it was told."""

    since: datetime
    """When it had entered."""

    @property
    def seconds(self) -> float:
        """How long it lasted [s]."""
        return (self.at - self.since) / timedelta(seconds=1)


class SilenceNoted(Event, frozen=True, kw_only=True, gc=False):
    """At a station: its CSMS is not heard any more, or is heard again."""

    since: datetime | None
    """None: it is heard."""


class RateUnitLearned(Event, frozen=True, kw_only=True, gc=False):
    """A station takes limits in this unit only."""

    unit: str
    """W or A."""


class EvseCapped(Event, frozen=True, kw_only=True, gc=False):
    """The hardware of a station says what cable, ev and hardware of an EVSE allow; it replaces what it said before."""

    evse: EvseNumber
    caps: dict[str, Watts] = msgspec.field(default_factory=dict)
    """[W], by cable, ev, hardware; what is not there does not limit."""


class ReconcileLimits(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: send a station what it should keep to, where it has confirmed something else."""

    afresh: bool = False
    """It has just booted: nobody knows what it still knows."""
    compare: bool = False
    """It is there again: ask it what it keeps to."""


class OfferSchedule(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: an EV said what it needs, and waits for a schedule: send what counts where it stands."""

    evse: EvseNumber


class DeriveFailSafe(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: look whether a station that cannot say so must have gone over to its fail-safe values, or back."""

    since: datetime
    """When its link went, or came."""


class UseFailSafe(Command, frozen=True, kw_only=True, gc=False):
    """At a station: look whether limits have ended or nobody was heard for too long."""

    shared: bool = False
    """Another number of EVs shares the station's limit: what each may have has changed."""


class LimitZone(Command, frozen=True, kw_only=True, gc=False):
    """Let the stations of a zone draw no more than this together. station is empty.

    It is kept as a constraint of its source; others may demand less of the same zone.
    """

    unasked: ClassVar[frozenset[str]] = frozenset({"by", "role"})
    site: SiteId
    zone: ZoneId
    limit: Watts
    """Of import [W]."""
    until: datetime | None = None
    """None: until it is withdrawn."""
    source: LimitSource = LimitSource.OPERATOR
    failsafe: Watts | None = None
    """What they fall back to together [W]; None: the zone's own."""
    failsafe_after: Seconds | None = None
    """After how long without a link [s]; None: the zone's own."""
    emergency: bool = False
    weights: dict[StationId, float] = msgspec.field(default_factory=dict)
    """How much a station gets compared with the others; 1 where none is given."""
    by: str = ""
    """Id of the principal who asks; empty: this CSMS itself."""
    role: str = ""
    """His role; empty: this CSMS itself."""

    @property
    def priority(self) -> Priority:  # type: ignore[override]  # of one command, not of its kind
        """How it queues: before everything else in an emergency."""
        return Priority.EMERGENCY if self.emergency else Priority.CONTROL

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with his name, and of a kind that his role may ask for."""
        return msgspec.structs.replace(self, by=who, role=role, source=granted(role, self.source))


class WithdrawZoneLimit(Command, frozen=True, kw_only=True, gc=False):
    """Take back every limit of a zone that whoever asks may take back. station is empty."""

    priority: ClassVar[Priority] = Priority.CONTROL
    unasked: ClassVar[frozenset[str]] = frozenset({"by", "role"})
    site: SiteId
    zone: ZoneId
    by: str = ""
    """Id of the principal who asks; empty: this CSMS itself."""
    role: str = ""
    """His role; empty: this CSMS itself."""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with his name."""
        return msgspec.structs.replace(self, by=who, role=role)


class ZoneLimitAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """How far the limit of a zone has come."""

    ok: tuple[StationId, ...] = ()
    failed: tuple[StationId, ...] = ()
    unreachable: tuple[StationId, ...] = ()
    waiting: tuple[StationId, ...] = ()
    excess: Watts = Watts(0.0)
    """By how much what cannot be limited exceeds the limit [W]."""
    reasons: dict[StationId, str] = msgspec.field(default_factory=dict)
    """Why those that failed did."""

    def remark(self) -> str:
        """Say that yes does not mean that it is in force."""
        return "Pending" if self.waiting or self.unreachable else ""
