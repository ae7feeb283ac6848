# SPDX-License-Identifier: Apache-2.0
"""What somebody demands of the power at a place: who, where, how much over time, until when, and what counts once he is silent.

Clause 1.4 of the specification (Constraint), DD-2; arbitration by R-7.5-1: of all that are valid the lowest counts.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Event
from open63110.kernel.units import Amperes, Seconds, Watts
from open63110.model.limit import LimitSource
from open63110.model.site import SiteId, ZoneId


class ConstraintScope(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Where it counts: a site as a whole, or one of: a zone, a feeder (or a grid connection), a station, an EVSE of it."""

    site: SiteId
    zone: ZoneId | None = None
    feeder: str | None = None
    """Of a feeder or of a connection to the grid."""
    station: StationId | None = None
    evse: EvseNumber | None = None
    """Only together with the station."""


class Step(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What counts from a moment on, until the next step."""

    since: datetime
    import_max: Watts | None = None
    """Grid → EV [W]; None: not limited by this."""
    export_max: Watts | None = None
    """EV → grid, as a magnitude [W]; None: not limited by this."""
    amperes: tuple[Amperes, ...] = ()
    """Of each phase, L1 first [A]; none: only the sum is limited."""


class Constraint(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A demand on the power at a place."""

    id: str
    """Unique in a CSMS."""
    source: LimitSource
    """Of what kind it is; its order breaks ties and says who may override whom."""
    actor: str
    """Who set it: id of a principal."""
    scope: ConstraintScope
    profile: tuple[Step, ...]
    """In order of time; before the first step nothing is limited."""
    until: datetime | None = None
    """None: until it is withdrawn."""
    expires: datetime | None = None
    """When its actor counts as silent, unless he is heard before; None: he may be silent for ever."""
    fallback: Step | None = None
    """What counts from ``expires`` on; None: the constraint ends then."""
    critical: bool = False
    """For the security of the grid: it goes before everything else on a wire."""
    failsafe: Watts | None = None
    """What the stations there fall back to together once they hear nobody [W]; None: as their zone says."""
    failsafe_after: Seconds | None = None
    """After how long without a link [s]; None: as their zone says."""
    weights: dict[StationId, float] = {}
    """How much a station gets of it compared with the others; 1 where none is given."""
    since: datetime | None = None
    """When it was set."""
    silence: Seconds | None = None
    """For how long its actor may be silent [s]; each word of his puts ``expires`` off by so much. None: for ever."""

    def step(self, now: datetime) -> Step | None:
        """Return what counts by it at a moment; None: nothing does.

        What was to count at once does so even if the clock has been set back since.
        """
        if self.until is not None and now >= self.until:
            return None
        if self.expires is not None and now >= self.expires:
            return self.fallback
        at = now if self.since is None else max(now, self.since)
        return next((one for one in reversed(self.profile) if one.since <= at), None)

    def silent(self, now: datetime) -> bool:
        """Tell whether its actor is not heard any more, so that its fallback counts."""
        return self.expires is not None and now >= self.expires and (self.until is None or now < self.until)

    def over(self, now: datetime) -> bool:
        """Tell whether it will never count again."""
        ended = self.until is not None and now >= self.until
        return ended or (self.silent(now) and self.fallback is None)

    def changes(self, now: datetime) -> datetime | None:
        """Return the next moment at which something else counts by it; None: never."""
        moments = [one.since for one in self.profile] + [one for one in (self.until, self.expires) if one is not None]
        return min((one for one in moments if one > now), default=None)


class ConstraintChanged(Event, frozen=True, kw_only=True, gc=False):
    """A constraint was set, changed or withdrawn, or is over. ``station`` is empty."""

    about: ClassVar[str] = "constraint"
    id: str
    constraint: Constraint | None
    """None: it is gone."""
    by: str = ""
    """Who did it: id of a principal; empty: its time was over."""
    site: str = ""
    """Of one that is gone: where it counted."""


def next_change(constraints: Iterable[Constraint], now: datetime) -> datetime | None:
    """Return the next moment at which any of them changes by itself."""
    return min((at for one in constraints if (at := one.changes(now)) is not None), default=None)
