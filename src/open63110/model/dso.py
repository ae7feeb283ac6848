# SPDX-License-Identifier: Apache-2.0
"""What a DSO is to a CSMS: the groups it may address, its orders, what it forecasts, whether it is heard, and what came of it.

Clauses 7.8 and 8.2.7, DD-5. Of people it learns nothing: stations are told apart by pseudonyms, power is summed (R-7.4-3).
"""

from datetime import datetime
from typing import ClassVar, Final, Literal

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.kernel.units import Percent, Watts
from open63110.model.constraint import ConstraintScope


class DsoGroup(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Places that one DSO may address together: what OSCP calls a group, such as all that a feeder of its grid serves."""

    id: str
    """As the DSO calls it, at most 48 characters; unique in a CSMS."""
    dso: str
    """Id of the principal that it belongs to."""
    places: tuple[ConstraintScope, ...]
    """Sites, zones, feeders or connections to the grid; none of them lies within another."""
    name: str = ""
    """For people."""


class DsoGroupChanged(Event, frozen=True, kw_only=True, gc=False):
    """The operator put, changed or removed a group. ``station`` is empty."""

    about: ClassVar[str] = "dso_group"
    id: str
    dso_group: DsoGroup | None
    """None: removed."""


DsoOrderState = Literal["planned", "active", "restoring", "over"]
"""planned: its time has not come; restoring: its time is over, and stations get more one after another."""

ALIVE: Final = ("planned", "active", "restoring")
"""States of orders that something is still to be done about."""

DsoOrderEnd = Literal["", "time", "cancelled"]


class DsoOrder(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A power variation that a DSO has ordered (8.2.7)."""

    order_id: str
    """As the DSO calls it."""
    dso: str
    """Id of the principal that ordered it."""
    places: tuple[ConstraintScope, ...]
    """Where it counts, in all of them together."""
    group: str = ""
    """The group it was ordered for; empty: for one place within a group."""
    p_max_import: Watts | None = None
    """What may be drawn at most there, grid → EV [W]; None: not limited."""
    p_max_export: Watts | None = None
    """What may be given at most, EV → grid, as a magnitude [W]; None: not limited."""
    delta: Percent | None = None
    """What was ordered where it was a change [%]; ``p_max_import`` is what that came to, of what was measured then."""
    start: datetime
    end: datetime | None = None
    """None: until it is cancelled."""
    emergency: bool = False
    """For the security of the grid: it goes before everything else on a wire."""
    binding: bool = True
    """Nobody else can take it back (R-7.8-2)."""
    state: DsoOrderState = "planned"
    accepted: datetime
    """When it was first accepted (t_ack)."""
    changed: datetime
    """When it was last ordered otherwise."""
    reachable: Watts | None = None
    """What is drawn there at most once all that can be reached have obeyed [W]; above ``p_max_import``: no less can be had."""
    each: Watts = Watts(0.0)
    """What an EV there drew on average as it was accepted [W]: what those that come later are taken to want."""
    split: datetime | None = None
    """When it was last divided over its places."""
    ended: datetime | None = None
    """When stations began to get more again."""
    ended_by: DsoOrderEnd = ""
    restored: datetime | None = None
    """When the last of them got more; until then, when that is planned."""
    held: int = 0
    """How many stations had to wait for more as it was over."""
    rising: tuple[StationId, ...] = ()
    """Those that were let have more last."""
    rose: datetime | None = None
    """When they were."""
    rises: datetime | None = None
    """Not before this are the next let have more."""


class DsoOrderChanged(Event, frozen=True, kw_only=True, gc=False):
    """An order was accepted, changed, has begun or is over. ``station`` is empty."""

    about: ClassVar[str] = "dso_order"
    order_id: str
    dso_order: DsoOrder | None
    by: str = ""
    """Id of the principal that did it; empty: its time has come."""


class StationEffect(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What came of an order at one station."""

    station: StationId
    limit: Watts | None = None
    """What it was given [W]; None: nothing was planned for it yet."""
    t_effect: datetime | None = None
    """When it confirmed that; it may have kept to less before. None: not yet."""
    p_before: Watts | None = None
    """Measured as the order began [W]; None: nobody knows."""
    p_after: Watts | None = None
    """Measured once all that can be reached have confirmed, and again at the end [W]."""
    missing: bool = False
    """It cannot be reached, or did not obey: it counts with the most it may draw."""


ComplianceStatus = Literal["pending", "compliant", "non-compliant"]


class Compliance(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What came of an order (R-7.8-4, DD-5)."""

    order_id: str
    dso: str
    t_ack: datetime
    t_effect: datetime | None = None
    """When the last station that can be reached confirmed; None: not all have."""
    p_before: Watts | None = None
    """Measured at all its places together as it began [W]; None: nobody knows."""
    p_after: Watts | None = None
    """Measured once all that can be reached have confirmed, and again at the end [W]."""
    reachable: Watts | None = None
    """[W]"""
    status: ComplianceStatus = "pending"
    stations: tuple[StationEffect, ...] = ()
    """In the order of their ids."""
    closed: bool = False
    """Nothing is added to it any more."""

    @property
    def missing(self) -> tuple[StationId, ...]:
        """Stations that cannot be reached or did not obey."""
        return tuple(one.station for one in self.stations if one.missing)


class ComplianceChanged(Event, frozen=True, kw_only=True, gc=False):
    """More is known of what came of an order. ``station`` is empty."""

    about: ClassVar[str] = "compliance"
    order_id: str
    compliance: Compliance | None


class DsoSample(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """The power at all places of an order at one moment."""

    id: int
    order_id: str
    at: datetime
    power: Watts | None
    """Measured [W]; None: nobody knows."""
    most: Watts
    """What could be drawn at most by all that stations keep to or were sent [W]."""


class DsoSampled(Event, frozen=True, kw_only=True, gc=False):
    """The power at the places of an order was noted. ``station`` is empty."""

    about: ClassVar[str] = "dso_sample"
    id: int
    dso_sample: DsoSample | None


BlockType = Literal["CONSUMPTION", "GENERATION", "FALLBACK_CONSUMPTION", "FALLBACK_GENERATION"]
"""As OSCP calls them; fallback blocks count where no other does, and once the DSO is not heard any more."""

Horizon = Literal["day-ahead", "intraday"]
"""What is forecast later counts first."""


class ForecastBlock(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A stretch of time for which the DSO says how much capacity there is."""

    type: BlockType
    start: datetime
    end: datetime
    capacity: Watts
    """A magnitude [W]."""


class DsoForecast(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """The capacity that a DSO publishes for a group (7.8)."""

    id: str
    """Group and horizon with a slash between them."""
    group: str
    dso: str
    horizon: Horizon
    blocks: tuple[ForecastBlock, ...]
    """In order of time."""
    since: datetime
    """When it was published."""


class DsoForecastChanged(Event, frozen=True, kw_only=True, gc=False):
    """A forecast was published, replaced or withdrawn. ``station`` is empty."""

    about: ClassVar[str] = "dso_forecast"
    id: str
    dso_forecast: DsoForecast | None


class DsoLink(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Whether a DSO is heard."""

    id: str
    """Of its principal."""
    heard: datetime
    offline_at: datetime | None = None
    """From when on it counts as silent unless it is heard before; None: it may be silent for ever."""

    def silent(self, now: datetime) -> bool:
        """Tell whether it is not heard any more."""
        return self.offline_at is not None and now >= self.offline_at


class DsoHeard(Event, frozen=True, kw_only=True, gc=False):
    """A DSO said that it is there. ``station`` is empty."""

    about: ClassVar[str] = "dso_link"
    id: str
    dso_link: DsoLink | None


def forecast_id(group: str, horizon: str) -> str:
    """Return by what a forecast is known."""
    return f"{group}/{horizon}"


def place_text(place: ConstraintScope) -> str:
    """Write a place as a path: the site, and the zone or the feeder in it."""
    part = place.zone or (f"feeder:{place.feeder}" if place.feeder else "")
    return f"/{place.site}/{part}" if part else f"/{place.site}"


def order_constraint(order_id: str, place: ConstraintScope) -> str:
    """Return by what the share of an order at a place is known among the constraints."""
    return f"dso/order/{order_id}{place_text(place)}"


def forecast_constraint(group: str, place: ConstraintScope) -> str:
    """Return by what the share of a group's forecast at a place is known among the constraints."""
    return f"dso/forecast/{group}{place_text(place)}"


def hold_constraint(order_id: str, station: StationId) -> str:
    """Return by what a station's wait for more, once an order is over, is known among the constraints."""
    return f"dso/restore/{order_id}/{station}"
