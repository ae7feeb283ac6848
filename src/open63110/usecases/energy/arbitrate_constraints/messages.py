# SPDX-License-Identifier: Apache-2.0
"""What is said about constraints (7.5, DD-2)."""

from datetime import datetime
from typing import ClassVar, Self

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Priority
from open63110.kernel.units import Amperes, Seconds, Watts
from open63110.model.arbitration import granted
from open63110.model.constraint import ConstraintScope, Step
from open63110.model.limit import LimitSource
from open63110.model.site import SiteId


class _Asked(Command, frozen=True, kw_only=True, gc=False):
    unasked: ClassVar[frozenset[str]] = frozenset({"by", "role"})
    by: str = ""
    """Id of the principal who asks; empty: this CSMS itself."""
    role: str = ""
    """His role; empty: this CSMS itself."""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with his name."""
        return msgspec.structs.replace(self, by=who, role=role)


class PutConstraint(_Asked, frozen=True, kw_only=True, gc=False):
    """Have a constraint count at a place; one of the same id is replaced. station is empty."""

    id: str
    """Unique in a CSMS."""
    scope: ConstraintScope
    """Where: a site as a whole, or a zone, a feeder or connection, a station, or an EVSE of it."""
    source: LimitSource = LimitSource.OPERATOR
    """Of what kind; whoever asks is granted no higher one than his role has."""
    limit: Watts | None = None
    """Of import, from now on [W]; for what changes over time there is ``profile``."""
    export: Watts | None = None
    """Of export, from now on, as a magnitude [W]."""
    amperes: tuple[Amperes, ...] = ()
    """Of each phase, from now on, L1 first [A]."""
    profile: tuple[Step, ...] = ()
    """What counts from when on; none: limit, export and amperes from now on."""
    until: datetime | None = None
    """None: until it is withdrawn."""
    silence: Seconds | None = None
    """For how long the one who asks may be silent before ``fallback`` counts [s]; None: for ever."""
    fallback: Step | None = None
    """What counts once he is silent; None: the constraint ends then."""
    critical: bool = False
    """For the security of the grid: it goes before everything else on a wire."""
    failsafe: Watts | None = None
    """What the stations there fall back to together once they hear nobody [W]; None: as their zone says."""
    failsafe_after: Seconds | None = None
    """After how long without a link [s]; None: as their zone says."""
    weights: dict[StationId, float] = msgspec.field(default_factory=dict)
    """How much a station gets of it compared with the others; 1 where none is given."""

    @property
    def priority(self) -> Priority:  # type: ignore[override]  # of one command, not of its kind
        """How it queues: before everything else in an emergency."""
        return Priority.EMERGENCY if self.critical else Priority.CONTROL

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with his name, and of a kind that his role may ask for."""
        source = granted(role, self.source)
        return msgspec.structs.replace(self, by=who, role=role, source=source)


class WithdrawConstraint(_Asked, frozen=True, kw_only=True, gc=False):
    """Take a constraint back. station is empty."""

    priority: ClassVar[Priority] = Priority.CONTROL
    id: str
    site: SiteId | None = None
    """Where it counts: to be said if a local CSMS looks after that site; None: this CSMS does."""


class KeepConstraints(_Asked, frozen=True, kw_only=True, gc=False):
    """Say that one is still there: constraints whose actor may not be silent for long go on counting. station is empty."""

    priority: ClassVar[Priority] = Priority.CONTROL
    id: str = ""
    """Of one constraint; empty: all that were set by whoever asks."""
    site: SiteId | None = None
    """Where they count: to be said if a local CSMS looks after that site; None: this CSMS does."""


class EndConstraints(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: take away what will never count again. station is empty."""

    site: SiteId
