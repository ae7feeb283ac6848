# SPDX-License-Identifier: Apache-2.0
"""A limit for the stations of a zone together: a constraint like any other, with an answer that says how far it has come.

The safety loop of the site shares it out, and never gives more than what the others have confirmed to leave (I15).
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from open63110.kernel.errors import Expired, Malformed, NotAuthorized, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect
from open63110.model.arbitration import claims, limit_of, may_change
from open63110.model.authorization import may_be_ordered
from open63110.model.constraint import Constraint, ConstraintChanged, ConstraintScope, Step
from open63110.model.limit import LimitSource, demand_silence
from open63110.model.site import Zone, ZoneChanged, ZoneKey, ZoneLimit, zone_key
from open63110.ports import PoweredSites
from open63110.usecases.energy.smart_charging.messages import LimitZone, WithdrawZoneLimit, ZoneLimitAnswer

_NOBODY = StationId("")


def constraint_id(zone: ZoneKey, source: LimitSource) -> str:
    """Return by what the limit of a zone is known among the constraints: each source has one."""
    return f"zone/{zone}/{source}"


def ask(command: LimitZone, sites: PoweredSites, now: datetime) -> Iterator[Effect]:
    """Limit the zone from now on.

    Raises:
        Unknown: there is no such zone.
        Malformed: a limit below nothing, or a weight that is none.
        Expired: it would have ended already.
        NotAuthorized: somebody else set one of this source, whose word it may not change.
    """
    zone = _zone(sites, zone_key(command.site, command.zone))
    _check(command, now)
    wanted = _constraint(command, zone, now)
    known = sites.constraint(wanted.id)
    if known is not None and not may_change(known, command.by, command.role):
        raise NotAuthorized(f"the limit of zone {zone.key} was set by {known.actor}", code="NotYours", where="zone")
    yield ConstraintChanged(station=_NOBODY, at=now, id=wanted.id, constraint=wanted, by=command.by)
    others = [one for one in _of(zone, sites) if one.id != wanted.id]
    limit = _begun(zone, [*others, wanted], sites, now)
    if limit is not None:
        yield ZoneChanged(station=_NOBODY, at=now, key=zone.key, zone=replace(zone, limit=limit))
        yield _answer(limit)


def _constraint(command: LimitZone, zone: Zone, now: datetime) -> Constraint:
    return Constraint(
        id=constraint_id(zone.key, command.source),
        source=command.source,
        actor=command.by,
        scope=ConstraintScope(site=command.site, zone=command.zone),
        profile=(Step(since=now, import_max=command.limit),),
        until=command.until,
        critical=command.emergency,
        failsafe=command.failsafe,
        failsafe_after=command.failsafe_after,
        weights=command.weights,
        since=now,
    )


def _of(zone: Zone, sites: PoweredSites) -> list[Constraint]:
    here = ConstraintScope(site=zone.site, zone=zone.id)
    return [one for one in sites.constraints(zone.site) if one.scope == here]


def _begun(zone: Zone, demands: list[Constraint], sites: PoweredSites, now: datetime) -> ZoneLimit | None:
    """Return the limit of a zone before anybody was told his share; None: it is not limited."""
    begun, members = limit_of(zone, claims(demands, now)), sites.members(zone.key)
    return begun and replace(
        begun,
        unreachable=tuple(one.id for one in members if not may_be_ordered(one)),
        waiting=tuple(one.id for one in members if may_be_ordered(one)),
    )


def _check(command: LimitZone, now: datetime) -> None:
    amounts = (command.limit, command.failsafe, command.failsafe_after, *command.weights.values())
    if any(one is not None and not 0 <= one < float("inf") for one in amounts):
        raise Malformed("limits and weights are numbers from 0 on", code="InvalidValue", where="limit")
    demand_silence(command.failsafe_after)
    if command.until is not None and command.until <= now:
        raise Expired("it would have ended already", code="InvalidSchedule", where="until")


def _zone(sites: PoweredSites, key: ZoneKey) -> Zone:
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


def withdraw(command: WithdrawZoneLimit, sites: PoweredSites, now: datetime) -> Iterator[Effect]:
    """Take the limits of the zone back.

    Raises:
        Unknown: there is no such zone, or it is not limited.
        NotAuthorized: it is limited by somebody whose word whoever asks may not change.
    """
    zone = _zone(sites, zone_key(command.site, command.zone))
    known = _of(zone, sites)
    mine = [one for one in known if may_change(one, command.by, command.role)]
    if not known and zone.limit is None:
        raise Unknown(f"zone {zone.key} is not limited", code="UnknownLimit", where="zone")
    if known and not mine:
        raise NotAuthorized(f"the limit of zone {zone.key} was set by {known[0].actor}", code="NotYours", where="zone")
    for one in mine:
        yield ConstraintChanged(station=_NOBODY, at=now, id=one.id, constraint=None, by=command.by, site=zone.site)
    left = _begun(zone, [one for one in known if one not in mine], sites, now)
    yield ZoneChanged(station=_NOBODY, at=now, key=zone.key, zone=replace(zone, limit=left))
