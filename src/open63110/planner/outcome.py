# SPDX-License-Identifier: Apache-2.0
"""How far the limit of a zone has come: who confirmed his share, who did not take it, who is away, who is waited for."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from open63110.kernel.ids import StationId
from open63110.kernel.units import Watts
from open63110.model.arbitration import Claim, limit_of
from open63110.model.authorization import may_be_ordered
from open63110.model.site import Zone, ZoneKey, ZoneLimit
from open63110.model.station import Station
from open63110.planner.claimed import Claimed
from open63110.planner.frame import Frame, zone_place
from open63110.planner.loop import Step
from open63110.planner.points import Spot

NEAR: Final = 0.2
"""What a station may be above its share because of rounding [A]."""


def outcomes(
    zones: Sequence[Zone], frame: Frame, spots: Sequence[Spot], found: Claimed, taken: Step, stations: Mapping[StationId, Station]
) -> dict[ZoneKey, ZoneLimit | None]:
    """Return for each zone how far its limit has come; None: it is not limited."""
    inside: list[list[int]] = [[] for _ in zones]
    for at, zone in enumerate(frame.zone_of.tolist()):
        if zone >= 0:
            inside[zone].append(at)
    return {
        zone.key: _outcome(zone, found.places.get(zone_place(zone.id), ()), [(at, spots[at]) for at in mine], taken, stations)
        for zone, mine in zip(zones, inside, strict=True)
    }


def _outcome(
    zone: Zone, claims: Sequence[Claim], mine: Sequence[tuple[int, Spot]], taken: Step, stations: Mapping[StationId, Station]
) -> ZoneLimit | None:
    begun = limit_of(zone, claims)
    if begun is None:
        return None
    away: dict[StationId, None] = {}
    failed: dict[StationId, str] = {}
    waiting: dict[StationId, None] = {}
    dark = 0.0
    for at, spot in mine:
        if spot.refused:
            failed[spot.station] = spot.refused
        elif not may_be_ordered(stations[spot.station]):
            away[spot.station] = None
        elif not _keeps(at, spot, taken, stations[spot.station]):
            waiting[spot.station] = None
        if not spot.usable:
            dark += spot.most * spot.factor
    told = {*away, *failed, *waiting}
    return replace(
        begun,
        ok=tuple(dict.fromkeys(spot.station for _, spot in mine if spot.station not in told)),
        failed=tuple(failed),
        unreachable=tuple(away),
        waiting=tuple(waiting),
        excess=Watts(round(max(0.0, dark - begun.asked.limit), 1)),
        reasons=failed,
    )


def _keeps(at: int, spot: Spot, taken: Step, station: Station) -> bool:
    limits = station.limits
    told = spot.at in limits.in_force and spot.at not in limits.asked and not limits.exposed.get(spot.at)
    return told and spot.most <= float(taken.target[at]) + NEAR and not bool(taken.waits[at])
