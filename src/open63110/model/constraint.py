# SPDX-License-Identifier: Apache-2.0
"""What somebody demands of the power at a place: who, where, how much over time, until when, and what counts once he is silent.

Clause 1.4 of the specification (Constraint), DD-2; arbitration by R-7.5-1: of all that are valid the lowest counts.
"""

from datetime import datetime

import msgspec

from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Amperes, Watts
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
