# SPDX-License-Identifier: Apache-2.0
"""Sites and zones: where stations stand, what feeds them, and whose stations may be limited together (metamodel, Fig. 3)."""

from typing import ClassVar, Literal, NewType

import msgspec

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import EvseNumber, StationId, station_id
from open63110.kernel.messages import Event
from open63110.kernel.units import Amperes, Seconds, Volts, WattHours, Watts
from open63110.model.limit import PHASE, Limit

SiteId = NewType("SiteId", str)
"""At most 48 characters; unique in a CSMS."""

ZoneId = NewType("ZoneId", str)
"""At most 48 characters; unique within its site."""

ZoneKey = NewType("ZoneKey", str)
"""Site and zone with a colon between them, which neither may hold: unique in a CSMS."""

FAILSAFE_AFTER = Seconds(60.0)
"""For how long stations keep a zone's limit without a link, where nobody says otherwise [s]."""

STALE = Seconds(60.0)
"""For how long a reading of a load counts, where nobody says otherwise [s]."""


class GridConnection(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A point at which a site meets the grid."""

    id: str
    import_max: Watts
    """[W]"""
    export_max: Watts = Watts(0.0)
    """[W]"""
    amperes: tuple[Amperes, ...] = ()
    """What each phase carries, L1 first [A]; none: only the sum is limited."""
    volts: Volts = PHASE
    """From a phase to neutral [V]; between two phases it is √3 as much."""


class Feeder(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A cable, a board or a transformer between a connection to the grid and what it feeds; they form trees of any depth."""

    id: str
    """Unique among the feeders and connections of its site."""
    parent: str = ""
    """Of the feeder or the connection that feeds it; empty: the site's first connection."""
    amperes: tuple[Amperes, ...] = ()
    """What each phase carries, L1 first [A]; none: phases are not limited."""
    import_max: Watts | None = None
    """What it carries in all [W]; None: not limited."""
    volts: Volts | None = None
    """Below it, from a phase to neutral [V]; None: as above it."""
    winding: Literal["", "delta-wye"] = ""
    """delta-wye: a transformer whose ratings count on its primary side, and turn phases as such a one does."""


class Asset(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What a site draws or gives beside its stations."""

    id: str
    """Unique in its site."""
    kind: Literal["load", "pv", "battery", "meter"]
    """load: all else that is fed here; meter: measures the sum of what its feeder carries, stations included."""
    feeder: str = ""
    """Where it hangs; empty: at the site's first connection."""
    wiring: str = ""
    """On which phases, as EvsePlan.wiring; empty: on all alike."""
    assumed: tuple[Watts, ...] = ()
    """What counts where nobody measured lately, of each phase or in all [W]; import positive."""
    stale_after: Seconds = STALE
    """How long a reading of it counts [s]."""
    import_max: Watts | None = None
    """Of a battery: what it takes at most [W]."""
    export_max: Watts | None = None
    """Of a battery or PV: what it gives at most, as a magnitude [W]."""
    capacity: WattHours | None = None
    """Of a battery [Wh]."""
    efficiency: float = 1.0
    """Of a battery: of a whole turn, in and out."""


class SiteRules(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """How a site treats EVs when there is not enough for all, and what it counts energy for when it plans ahead (8.2.3)."""

    pauses: int | None = None
    """How often an EV that charges may be made to wait in one energy transfer, unless limits allow nothing else; None: whenever
    others have waited long enough."""
    on: Seconds = Seconds(1_800.0)
    """For how long an EV charges at least before it is made to wait for others [s]."""
    off: Seconds = Seconds(300.0)
    """For how long it then waits at least [s]."""
    value: float | None = None
    """What energy is worth that reaches an EV [currency/kWh]; None: more than it can ever cost, so that prices only say when."""
    carbon_price: float = 0.0
    """What a kilogram of CO2 counts for [currency/kg]."""


class Site(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A charging site."""

    id: SiteId
    address: str = ""
    """For people."""
    connections: tuple[GridConnection, ...] = ()
    feeders: tuple[Feeder, ...] = ()
    assets: tuple[Asset, ...] = ()
    rules: SiteRules | None = None
    """None: the usual ones."""


class ZoneLimit(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A limit that counts for the stations of a zone together, and how far it has come."""

    asked: Limit
    weights: dict[StationId, float] = {}
    """How much of it a station gets compared with the others; 1 where none is given."""
    ok: tuple[StationId, ...] = ()
    """Stations that confirmed their share."""
    failed: tuple[StationId, ...] = ()
    """Stations that did not take it."""
    unreachable: tuple[StationId, ...] = ()
    """Stations that are not here: counted with what they confirmed last, or with what they can draw."""
    waiting: tuple[StationId, ...] = ()
    """Stations that have yet to answer, or get more only once others have less."""
    excess: Watts = Watts(0.0)
    """By how much what those may draw that cannot be reached, or did not obey, exceeds the limit [W]."""
    reasons: dict[StationId, str] = {}
    """Why those that failed did."""


class Zone(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A part of a site whose stations are fed, and limited, together."""

    id: ZoneId
    site: SiteId
    import_max: Watts
    """[W]"""
    export_max: Watts = Watts(0.0)
    """[W]"""
    failsafe: Watts | None = None
    """What its stations may draw together once none of them hears the CSMS any more [W]; None: as before."""
    failsafe_after: Seconds = FAILSAFE_AFTER
    priority: int = 0
    """Among the zones of a site; higher goes first."""
    limit: ZoneLimit | None = None
    """None: it is not limited now."""
    feeder: str = ""
    """What feeds its stations, where they do not say otherwise; empty: the site's first connection."""

    @property
    def key(self) -> ZoneKey:
        """Its site and its id."""
        return zone_key(self.site, self.id)


class SiteChanged(Event, frozen=True, kw_only=True, gc=False):
    """The operator added, changed or removed a site. ``station`` is empty."""

    about: ClassVar[str] = "site"
    id: SiteId
    site: Site | None
    """None: removed."""


class ZoneChanged(Event, frozen=True, kw_only=True, gc=False):
    """A zone was added, changed, limited or removed."""

    about: ClassVar[str] = "zone"
    key: ZoneKey
    zone: Zone | None
    """None: removed."""


class EvsePlan(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What the operator says of an EVSE before anybody has heard of it."""

    number: EvseNumber
    evse_id: str = ""
    """EVSEID, as drivers and roaming partners know it."""
    import_max: Watts | None = None
    """What it can give at most [W]; None: nobody said."""
    export_max: Watts | None = None
    wiring: str = ""
    """Its phases in the order of its terminals: L1L2L3, rotated L2L3L1, single L2, between two phases L1-L2; empty: L1L2L3."""
    pilots: tuple[Amperes, ...] = ()
    """The currents it can offer beside 0, rising [A]; two: anything between them; none: anything from 6 A on."""


class StationPlaced(Event, frozen=True, kw_only=True, gc=False):
    """The operator said where a station stands."""

    zone: ZoneKey | None
    """None: in no zone."""
    evses: tuple[EvsePlan, ...] | None = None
    """None: as before."""
    left: ZoneKey | None = None
    """The zone it stood in before; None: in none, or in the same."""
    feeder: str = ""
    """What feeds it; empty: what feeds its zone."""


def place_id(text: str, where: str) -> str:
    """Check the id of a site or a zone: as a station's, but nothing that stands for several places in an address.

    Raises:
        Malformed: it will not do as a part of an address.
    """
    try:
        station_id(text)
    except ValueError as fault:
        raise Malformed(str(fault).replace("a station id", "an id"), code="BadId", where=where) from fault
    if "*" in text or text.startswith("@"):
        raise Malformed("an id has no asterisk and does not begin with @: these stand for groups", code="BadId", where=where)
    return text


def zone_key(site: str, zone: str) -> ZoneKey:
    """Return what a zone is known by in a CSMS."""
    return ZoneKey(f"{site}:{zone}")


def address(station: StationId, zone: ZoneKey | None) -> str:
    """Return the path of a station: /site/zone/station, or the station alone where nobody said where it stands."""
    return f"/{zone.replace(':', '/')}/{station}" if zone else f"/{station}"
