# SPDX-License-Identifier: Apache-2.0
"""From currents of EVSEs to limits of stations: rounded down, with whose word they are and what remains when nobody is heard."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np

from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Amperes, Seconds, Watts
from open63110.model.arbitration import NOTHING, Claim
from open63110.model.limit import WHOLE, Ahead, Limit, LimitScope
from open63110.model.power import Winner
from open63110.model.site import Zone
from open63110.planner.claimed import Claimed, winner_of
from open63110.planner.frame import SITE, Frame, zone_place
from open63110.planner.loop import Given, Key, Step
from open63110.planner.network import Bools
from open63110.planner.points import Spot
from open63110.planner.wiring import terminals

TENTH: Final = 10.0
"""Currents are said in tenths of an ampere, the finest that wires have."""


class Setting(NamedTuple):
    """What a station is to be told."""

    station: StationId
    limit: Limit
    """Its ``evse`` says where."""
    at: int
    """Which spot it is about; −1: the station as a whole, which has several."""


class Safe(NamedTuple):
    """What EVSEs fall back to."""

    power: Watts
    after: Seconds


def settings(
    given: Given, found: Step, safe: Mapping[int, Safe], ahead: Mapping[Key, tuple[Ahead, ...]], now: datetime
) -> list[Setting]:
    """Return what every EVSE that is limited here is to keep to, told or not; a station of several also as a whole."""
    phased = _phased(given, found.controlled)
    singles = [
        _setting(
            given, found, at, safe.get(at), ahead.get((given.spots[at].station, given.spots[at].evse), ()), now, phased=phased
        )
        for at in np.flatnonzero(found.controlled).tolist()
    ]
    several: dict[StationId, list[Limit]] = {}
    for one in singles:
        if one.limit.evse != WHOLE:
            several.setdefault(one.station, []).append(one.limit)
    return [Setting(station, _whole(parts, now), -1) for station, parts in several.items()] + singles


def _whole(parts: Sequence[Limit], now: datetime) -> Limit:
    """Return the limit of a station whose EVSEs have limits of their own: a second line, for whatever else it has."""
    least = min(parts, key=lambda one: one.limit)
    safe = [one.failsafe for one in parts if one.failsafe is not None]
    return Limit(
        evse=WHOLE,
        limit=Watts(sum(_peak(one) for one in parts)),
        since=now,
        source=least.source,
        scope=LimitScope.ZONE,
        failsafe=Watts(sum(safe)) if len(safe) == len(parts) else None,
        failsafe_after=least.failsafe_after if len(safe) == len(parts) else None,
        emergency=any(one.emergency for one in parts),
        actor=least.actor,
        constraint=least.constraint,
    )


def _peak(limit: Limit) -> float:
    return max([float(limit.limit), *(float(one.limit) for one in limit.ahead)])


def _phased(given: Given, controlled: Bools) -> bool:
    """Tell whether phases are limited anywhere where somebody is: then limits say currents too."""
    lines = given.frame.network.lines
    phases = np.array([one.phase != "W" for one in lines], dtype=np.bool_)
    return bool((phases & np.isfinite(given.limits)).any() and controlled.any())


def _setting(
    given: Given, found: Step, at: int, safe: Safe | None, ahead: tuple[Ahead, ...], now: datetime, *, phased: bool
) -> Setting:
    spot, current = given.spots[at], float(found.target[at])
    winner = winner_for(given, found, at)
    amperes: tuple[Amperes, ...] = ()
    power = float(int(current * spot.said + 1e-6))
    if phased:
        tenths = int(current * TENTH + 1e-6) / TENTH
        amperes = (Amperes(tenths),) * (1 if "-" in spot.whole else len(terminals(spot.whole)))
        power = float(int(tenths * spot.said + 1e-6))
    limit = Limit(
        evse=spot.at,
        limit=Watts(power),
        since=now,
        amperes=amperes,
        source=winner.source,
        scope=LimitScope.ZONE,
        failsafe=None if safe is None else Watts(min(safe.power, power)),
        failsafe_after=None if safe is None else safe.after,
        emergency=winner.constraint in given.claimed.critical and power < spot.most * spot.said,
        actor=winner.actor,
        constraint=winner.constraint,
        ahead=ahead,
    )
    return Setting(spot.station, limit, at)


def winner_for(given: Given, found: Step, at: int) -> Winner:
    """Return whose word made an EVSE's limit what it is."""
    row = int(found.stops[at])
    spot = given.spots[at]
    if row < 0:
        own = given.claimed.caps.get((spot.station, spot.evse)) or given.claimed.caps.get((spot.station, EvseNumber(0)))
        if own is not None:
            return own[1]
        top = int(given.claimed.tops[at])
        return winner_of(given.claimed, top) if top >= 0 else NOTHING
    return winner_of(given.claimed, row)


def safe_values(frame: Frame, spots: Sequence[Spot], zones: Sequence[Zone], claimed: Claimed) -> dict[int, Safe]:
    """Split what zones and the site fall back to over all that stand there, and take the least of each."""
    found: dict[int, Safe] = {}
    for position, zone in enumerate(zones):
        inside = np.flatnonzero(frame.zone_of == position).tolist()
        claims = claimed.places.get(zone_place(zone.id), ())
        _split(found, spots, inside, _asked(claims, zone.failsafe, zone.failsafe_after))
    everything = list(range(len(spots)))
    _split(
        found, spots, everything, _asked(claimed.places.get(SITE, ()), None, zones[0].failsafe_after if zones else Seconds(60.0))
    )
    return found


class _Asked(NamedTuple):
    power: Watts | None
    after: Seconds
    weights: dict[StationId, float]


def _asked(claims: Iterable[Claim], otherwise: Watts | None, after: Seconds) -> _Asked:
    said = [one.constraint for one in claims if one.constraint is not None and one.constraint.failsafe is not None]
    least = min(said, key=lambda one: one.failsafe or 0.0, default=None)
    weights = weights_of(claims)
    if least is None:
        times = [one.constraint.failsafe_after for one in claims if one.constraint is not None and one.constraint.failsafe_after]
        return _Asked(otherwise, min(times, default=after), weights)
    return _Asked(least.failsafe, least.failsafe_after or after, weights)


def weights_of(claims: Iterable[Claim]) -> dict[StationId, float]:
    """Return how stations share what is demanded of their place: as the lowest demand that says something of it wants."""
    said = [one for one in claims if one.constraint is not None and one.constraint.weights and one.step.import_max is not None]
    best = min(said, key=lambda one: one.step.import_max or 0.0, default=None)
    return dict(best.constraint.weights) if best is not None and best.constraint is not None else {}


def _split(found: dict[int, Safe], spots: Sequence[Spot], inside: Sequence[int], asked: _Asked) -> None:
    if asked.power is None or not inside:
        return
    count: dict[StationId, int] = {}
    for at in inside:
        count[spots[at].station] = count.get(spots[at].station, 0) + 1
    weights = [asked.weights.get(spots[at].station, 1.0) / count[spots[at].station] for at in inside]
    whole = sum(weights) or 1.0
    for at, weight in zip(inside, weights, strict=True):
        mine = Safe(Watts(float(int(asked.power * weight / whole))), asked.after)
        known = found.get(at)
        found[at] = mine if known is None or mine.power < known.power else known
