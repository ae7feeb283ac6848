# SPDX-License-Identifier: Apache-2.0
"""What is said about where stations stand (4.3)."""

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command
from open63110.kernel.units import Seconds, Watts
from open63110.model.site import FAILSAFE_AFTER, Asset, EvsePlan, Feeder, GridConnection, SiteId, SiteRules, ZoneId


class PutSite(Command, frozen=True, kw_only=True, gc=False):
    """Add or change a site; its zones stay. station is empty."""

    id: SiteId
    address: str = ""
    """For people."""
    connections: tuple[GridConnection, ...] = ()
    """Where it meets the grid."""
    feeders: tuple[Feeder, ...] = ()
    """What lies between those connections and what they feed, in any order."""
    assets: tuple[Asset, ...] = ()
    """What it draws or gives beside its stations."""
    rules: SiteRules | None = None
    """How EVs are made to wait, and what energy counts for; None: as before."""


class RemoveSite(Command, frozen=True, kw_only=True, gc=False):
    """Forget a site that has no zones any more. station is empty."""

    id: SiteId


class PutZone(Command, frozen=True, kw_only=True, gc=False):
    """Add or change a zone of a site; its stations, and a limit that is set, stay. station is empty."""

    site: SiteId
    id: ZoneId
    import_max: Watts
    """What feeds it carries [W]."""
    export_max: Watts = Watts(0.0)
    """[W]"""
    failsafe: Watts | None = None
    """What its stations may draw together once none of them hears the CSMS [W]; None: as before."""
    failsafe_after: Seconds = FAILSAFE_AFTER
    """After how long without a link [s]."""
    priority_in_site: int = 0
    """Higher goes first."""
    feeder: str = ""
    """What feeds its stations: a feeder or a connection of the site; empty: its first connection."""


class RemoveZone(Command, frozen=True, kw_only=True, gc=False):
    """Forget a zone in which no station stands any more. station is empty."""

    site: SiteId
    id: ZoneId


class PlaceStation(Command, frozen=True, kw_only=True, gc=False):
    """Say in which zone a station stands, and what its EVSEs are. Who was not known is expected from now on."""

    site: SiteId | None = None
    """None, and no zone: it stands in none."""
    zone: ZoneId | None = None
    evses: tuple[EvsePlan, ...] | None = None
    """All of them, from 1 on; None: as before."""
    feeder: str = ""
    """What feeds it: a feeder or a connection of the site; empty: what feeds its zone."""


class StationPlan(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A station of a zone, as the operator describes it."""

    id: StationId
    evses: tuple[EvsePlan, ...] = ()
    """All of them, from 1 on."""
    feeder: str = ""
    """What feeds it; empty: what feeds its zone."""


class ZonePlan(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A zone with its stations."""

    id: ZoneId
    import_max: Watts
    """What feeds it carries [W]."""
    export_max: Watts = Watts(0.0)
    """[W]"""
    failsafe: Watts | None = None
    """What its stations may draw together once none of them hears the CSMS [W]; None: as before."""
    failsafe_after: Seconds = FAILSAFE_AFTER
    """[s]"""
    priority: int = 0
    """Higher goes first."""
    stations: tuple[StationPlan, ...] = ()
    feeder: str = ""
    """What feeds its stations, where they do not say otherwise; empty: the site's first connection."""


class SitePlan(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A site with all that stands there."""

    id: SiteId
    address: str = ""
    connections: tuple[GridConnection, ...] = ()
    zones: tuple[ZonePlan, ...] = ()
    feeders: tuple[Feeder, ...] = ()
    assets: tuple[Asset, ...] = ()
    rules: SiteRules | None = None
    """How EVs are made to wait, and what energy counts for; None: as before."""


class ImportSites(Command, frozen=True, kw_only=True, gc=False):
    """Let sites be as described, whole, or change nothing. No station is lost by not being named. station is empty."""

    sites: tuple[SitePlan, ...]
