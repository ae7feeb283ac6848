# SPDX-License-Identifier: Apache-2.0
"""A limit for the stations of a zone together: each gets a share, and what could happen never adds up to more (I15).

Stations that cannot be reached, or did not take their share, count with the highest they may keep to: what they confirmed last,
or what was sent since, or, where nothing is known, all that they can draw. Somebody gets more only once others have confirmed
less.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from open63110.kernel.errors import Expired, Malformed, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect, Wake
from open63110.kernel.units import Watts
from open63110.model.authorization import may_be_ordered
from open63110.model.limit import UNRATED, WHOLE, Limit, LimitScope, LimitSource, place, same
from open63110.model.site import Zone, ZoneChanged, ZoneKey, ZoneLimit, zone_key
from open63110.model.station import Station
from open63110.ports import Sites
from open63110.usecases.energy.smart_charging.messages import (
    BalanceZone,
    LimitPower,
    LimitZone,
    WithdrawLimit,
    WithdrawZoneLimit,
    ZoneLimitAnswer,
)

SHARE = place(WHOLE, LimitScope.ZONE, LimitSource.OPERATOR)
"""By what a station's share of its zone's limit is kept."""

_WAKE = "zone-share"

_NOBODY = StationId("")


class Plan(NamedTuple):
    """What to do about a zone now."""

    limit: ZoneLimit
    """With how far it has come."""
    orders: tuple[LimitPower, ...]
    """What to send now."""


def most(station: Station, now: datetime) -> Watts:
    """Return the highest power that a station may draw by what it confirmed and what was sent since [W]."""
    limits = station.limits
    known = limits.in_force.get(WHOLE)
    held = known.asked.limit if known is not None and known.asked.valid(now) else _rating(station)
    return Watts(max(held, *limits.exposed.get(WHOLE, ()), 0.0))


def _rating(station: Station) -> Watts:
    return Watts(sum(one.import_max or UNRATED for one in station.evses.values()) or UNRATED)


def plan(zone: Zone, limit: ZoneLimit, members: Sequence[Station], now: datetime) -> Plan:
    """Split a limit, and say which shares may be sent already."""
    usable = [one for one in members if may_be_ordered(one) and WHOLE not in one.limits.refused]
    reached = {one.id for one in usable}
    dark = sum(most(one, now) for one in members if one.id not in reached)
    shares = _shares(limit, usable, max(0.0, limit.asked.limit - dark))
    safe = _shares(limit, members, limit.asked.failsafe) if limit.asked.failsafe is not None else {}
    free = limit.asked.limit - dark - sum(most(one, now) for one in usable)
    orders: list[LimitPower] = []
    ok: list[StationId] = []
    waiting: list[StationId] = []
    for one in usable:
        share = _share(zone, limit.asked, shares[one.id], safe.get(one.id))
        if same(one.limits.desired.get(SHARE), share):
            (ok if _keeps(one, share, now) else waiting).append(one.id)
            continue
        waiting.append(one.id)
        more = max(0.0, share.limit - most(one, now))
        if not more or more <= free:
            free -= more
            orders.append(_order(one.id, share))
    outcome = replace(
        limit,
        ok=tuple(ok),
        failed=tuple(one.id for one in members if may_be_ordered(one) and one.id not in reached),
        unreachable=tuple(one.id for one in members if not may_be_ordered(one)),
        waiting=tuple(waiting),
        excess=Watts(max(0.0, dark - limit.asked.limit)),
        reasons={one.id: one.limits.refused[WHOLE] for one in members if may_be_ordered(one) and one.id not in reached},
    )
    return Plan(outcome, tuple(orders))


def _shares(limit: ZoneLimit, members: Iterable[Station], power: float) -> dict[StationId, Watts]:
    """Split by weight, rounded down to the watt so that the sum never exceeds it."""
    weights = {one.id: limit.weights.get(one.id, 1.0) for one in members}
    whole = sum(weights.values()) or 1.0
    return {key: Watts(float(int(power * weight / whole))) for key, weight in weights.items()}


def _share(zone: Zone, asked: Limit, power: Watts, safe: Watts | None) -> Limit:
    return replace(
        asked,
        limit=power,
        scope=LimitScope.ZONE,
        failsafe=None if safe is None else Watts(min(safe, power)),
        failsafe_after=None if safe is None else asked.failsafe_after or zone.failsafe_after,
    )


def _keeps(station: Station, share: Limit, now: datetime) -> bool:
    known = station.limits.in_force.get(WHOLE)
    return known is not None and WHOLE not in station.limits.asked and most(station, now) <= share.limit


def _order(station: StationId, share: Limit) -> LimitPower:
    return LimitPower(
        station=station,
        limit=share.limit,
        until=share.until,
        source=share.source,
        scope=LimitScope.ZONE,
        failsafe=share.failsafe,
        failsafe_after=share.failsafe_after,
        emergency=share.emergency,
    )


def ask(command: LimitZone, sites: Sites, now: datetime) -> Iterator[Effect]:
    """Limit the zone from now on.

    Raises:
        Unknown: there is no such zone.
        Malformed: a limit below nothing, or a weight that is none.
        Expired: it would have ended already.
    """
    zone = _zone(sites, zone_key(command.site, command.zone))
    _check(command, now)
    asked = Limit(
        limit=command.limit,
        since=now,
        until=command.until,
        source=command.source,
        scope=LimitScope.ZONE,
        failsafe=zone.failsafe if command.failsafe is None else command.failsafe,
        failsafe_after=command.failsafe_after,
        emergency=command.emergency,
    )
    found = plan(zone, ZoneLimit(asked=asked, weights=command.weights), sites.members(zone.key), now)
    yield ZoneChanged(station=_NOBODY, at=now, key=zone.key, zone=replace(zone, limit=found.limit))
    yield from found.orders
    yield _answer(found.limit)


def _check(command: LimitZone, now: datetime) -> None:
    amounts = (command.limit, command.failsafe, command.failsafe_after, *command.weights.values())
    if any(one is not None and not 0 <= one < float("inf") for one in amounts):
        raise Malformed("limits and weights are numbers from 0 on", code="InvalidValue", where="limit")
    if command.until is not None and command.until <= now:
        raise Expired("it would have ended already", code="InvalidSchedule", where="until")


def _zone(sites: Sites, key: ZoneKey) -> Zone:
    zone = sites.zone(key)
    if zone is None:
        raise Unknown(f"there is no zone {key}", code="UnknownZone", where="zone")
    return zone


def _answer(limit: ZoneLimit) -> ZoneLimitAnswer:
    return ZoneLimitAnswer(
        ok=limit.ok,
        failed=limit.failed,
        unreachable=limit.unreachable,
        waiting=limit.waiting,
        excess=limit.excess,
        reasons=limit.reasons,
    )


def withdraw(command: WithdrawZoneLimit, sites: Sites, now: datetime) -> Iterator[Effect]:
    """Take the shares back.

    Raises:
        Unknown: there is no such zone, or it is not limited.
    """
    zone = _zone(sites, zone_key(command.site, command.zone))
    if zone.limit is None:
        raise Unknown(f"zone {zone.key} is not limited", code="UnknownLimit", where="zone")
    yield ZoneChanged(station=_NOBODY, at=now, key=zone.key, zone=replace(zone, limit=None))
    for one in sites.members(zone.key):
        if SHARE in one.limits.desired:
            yield WithdrawLimit(station=one.id, scope=LimitScope.ZONE)


def balance(command: BalanceZone, station: Station, sites: Sites, now: datetime) -> Iterator[Effect]:
    """Give what may be given by now; a station that left its zone gives its share back."""
    zone = sites.zone(station.zone) if station.zone else None
    limit = zone.limit if zone else None
    if limit is None and SHARE in station.limits.desired:
        yield Wake(name=_WAKE, at=now, command=WithdrawLimit(station=station.id, scope=LimitScope.ZONE))
    for one in (zone, sites.zone(command.left) if command.left else None):
        if one is not None:
            yield from _balanced(one, station, sites, now)


def _balanced(zone: Zone, station: Station, sites: Sites, now: datetime) -> Iterator[Effect]:
    """Look at a zone in which this station, as it is now, stands or stands no more."""
    if zone.limit is None or not zone.limit.asked.valid(now):
        return
    others = [one for one in sites.members(zone.key) if one.id != station.id]
    here = [station] if station.zone == zone.key else []
    found = plan(zone, zone.limit, sorted(others + here, key=lambda one: one.id), now)
    if found.limit != zone.limit:
        yield ZoneChanged(station=_NOBODY, at=now, key=zone.key, zone=replace(zone, limit=found.limit))
    for order in found.orders:
        yield Wake(name=_WAKE, at=now, command=order) if order.station == station.id else order
