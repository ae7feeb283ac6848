# SPDX-License-Identifier: Apache-2.0
"""Limits for people: what is in force and who wins, what is wanted and not confirmed yet, how far zones have come (8.2.3)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Seconds, Watts
from open63110.model.authorization import may_be_ordered
from open63110.model.limit import WHOLE, Limit, LimitScope, same, winner
from open63110.model.site import Zone
from open63110.model.station import Station

SOURCES = {
    "dso": "the DSO",
    "physical": "what is built there",
    "contract": "the contract",
    "operator": "the operator",
    "user": "the user",
    "cable": "the cable",
    "ev": "the EV",
    "hardware": "the hardware",
    "fail-safe": "its fail-safe value",
    "composite": "all its limits together",
}
"""Who or what limits, in words."""


class ShownLimit(msgspec.Struct, frozen=True, kw_only=True):
    """What limits a place, in words."""

    limit: Watts | None
    """In force [W]; None: nothing the station confirmed."""
    by: str = ""
    """Who wins, or what clips it."""
    wanted: Watts | None = None
    """Wanted, and not confirmed [W]; None: what is in force is what is wanted."""
    wanted_by: str = ""
    why: str = ""
    """What holds it up."""
    refused: bool = False
    until: datetime | None = None
    failsafe: Watts | None = None
    """What remains without a link [W]."""
    failsafe_after: Seconds | None = None


class ShownZone(msgspec.Struct, frozen=True, kw_only=True):
    """How far the limit of a zone has come."""

    name: str
    limit: Watts
    by: str
    until: datetime | None
    ok: int
    failed: tuple[str, ...]
    """Stations with their reasons."""
    unreachable: tuple[StationId, ...]
    waiting: int
    excess: Watts


def shown_limit(station: Station, evse: EvseNumber, now: datetime) -> ShownLimit | None:
    """Say what limits a station (0) or one of its EVSEs; None: nothing."""
    limits = station.limits
    known, want = limits.in_force.get(evse), winner(limits, evse, now)
    asked = known.asked if known else None
    if known is None and want is None:
        return None
    safe = asked or want
    shown = ShownLimit(
        limit=known.limit if known else None,
        by=_who(known.asked, known.by) if known else "",
        until=asked.until if asked else None,
        failsafe=safe.failsafe if safe else None,
        failsafe_after=safe.failsafe_after if safe else None,
    )
    if want is None or same(want, asked):
        return shown
    refused = limits.refused.get(evse, "")
    return msgspec.structs.replace(
        shown,
        wanted=want.limit,
        wanted_by=_who(want),
        why=_why(station, refused),
        refused=bool(refused) and may_be_ordered(station),
    )


def _who(limit: Limit, by: str = "command") -> str:
    if by != "command":
        return SOURCES.get(by, by)
    return SOURCES[limit.source] + (", for its zone" if limit.scope is LimitScope.ZONE else "")


def _why(station: Station, refused: str) -> str:
    if not may_be_ordered(station):
        return "the station is not here"
    return f"refused: {refused}" if refused else "not confirmed yet"


def shown_limits(station: Station, now: datetime) -> dict[int, ShownLimit]:
    """Say what limits a station (0) and its EVSEs, as far as anything does."""
    places = (WHOLE, *station.evses)
    return {place: shown for place in places if (shown := shown_limit(station, place, now)) is not None}


def least(shown: Mapping[int, ShownLimit], evse: int) -> Watts | None:
    """Return what is in force at an EVSE, as far as the CSMS knows: the lower of its own limit and the station's [W]."""
    known = [shown[place].limit for place in (WHOLE, evse) if place in shown]
    return min((one for one in known if one is not None), default=None)


def shown_zones(zones: Iterable[Zone], now: datetime) -> Iterator[ShownZone]:
    """Say of each limited zone how far its limit has come."""
    for zone in zones:
        limit = zone.limit
        if limit is not None and limit.asked.valid(now):
            yield ShownZone(
                name=str(zone.key),
                limit=limit.asked.limit,
                by=SOURCES[limit.asked.source],
                until=limit.asked.until,
                ok=len(limit.ok),
                failed=tuple(f"{one} ({limit.reasons.get(one, 'no reason given')})" for one in limit.failed),
                unreachable=limit.unreachable,
                waiting=len(limit.waiting),
                excess=limit.excess,
            )
