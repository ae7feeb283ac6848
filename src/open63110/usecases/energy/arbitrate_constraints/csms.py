# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about constraints: it keeps them; what comes of them is for the safety loop (8.2.3)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from open63110.kernel.errors import Expired, Malformed, NotAuthorized, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect
from open63110.model.arbitration import may_change
from open63110.model.constraint import (
    Constraint,
    ConstraintChanged,
    ConstraintScope,
    Step,
)
from open63110.model.limit import demand_silence
from open63110.model.site import SiteId, zone_key
from open63110.ports import PoweredSites
from open63110.usecases.energy.arbitrate_constraints.messages import (
    EndConstraints,
    KeepConstraints,
    PutConstraint,
    WithdrawConstraint,
)

_NOBODY = StationId("")

MOST_STEPS = 1024
"""In one profile (DD-3)."""

LONGEST_ID = 100


def put(command: PutConstraint, sites: PoweredSites, now: datetime) -> Iterator[Effect]:
    """Have it count from now on.

    Raises:
        Unknown: there is no such place.
        Malformed: a limit below nothing, no limit at all, or a profile that goes back in time.
        Expired: it would have ended already.
        NotAuthorized: one of this id is somebody else's.
    """
    _demand_place(command.scope, sites)
    known = sites.constraint(command.id)
    if known is not None and not may_change(known, command.by, command.role):
        raise NotAuthorized(f"constraint {command.id} was set by {known.actor}", code="NotYours", where="id")
    wanted = _wanted(command, now)
    _check(wanted, now)
    if known is None or replace(wanted, since=known.since, expires=known.expires) != known or command.silence is not None:
        yield ConstraintChanged(station=_NOBODY, at=now, id=wanted.id, constraint=wanted, by=command.by)


def _wanted(command: PutConstraint, now: datetime) -> Constraint:
    at_once = Step(since=now, import_max=command.limit, export_max=command.export, amperes=command.amperes)
    return Constraint(
        id=command.id,
        source=command.source,
        actor=command.by,
        scope=command.scope,
        profile=command.profile or (at_once,),
        until=command.until,
        expires=None if command.silence is None else now + timedelta(seconds=command.silence),
        fallback=command.fallback,
        critical=command.critical,
        failsafe=command.failsafe,
        failsafe_after=command.failsafe_after,
        weights=command.weights,
        since=now,
        silence=command.silence,
    )


def _check(wanted: Constraint, now: datetime) -> None:
    if not 0 < len(wanted.id) <= LONGEST_ID or not wanted.id.isprintable():
        raise Malformed(f"an id has 1 to {LONGEST_ID} characters that can be printed", code="BadId", where="id")
    steps = (*wanted.profile, *((wanted.fallback,) if wanted.fallback else ()))
    amounts = [wanted.failsafe, wanted.failsafe_after, wanted.silence, *wanted.weights.values()]
    for one in steps:
        amounts += [one.import_max, one.export_max, *one.amperes]
    if any(one is not None and not 0 <= one < float("inf") for one in amounts):
        raise Malformed("limits, times and weights are numbers from 0 on", code="InvalidValue", where="profile")
    demand_silence(wanted.failsafe_after)
    if not any(one.import_max is not None or one.export_max is not None or one.amperes for one in steps):
        raise Malformed("it limits nothing", code="InvalidValue", where="limit")
    moments = [one.since for one in wanted.profile]
    if moments != sorted(moments) or len(moments) > MOST_STEPS:
        raise Malformed(f"a profile has at most {MOST_STEPS} steps, in order of time", code="InvalidSchedule", where="profile")
    if wanted.over(now):
        raise Expired("it would have ended already", code="InvalidSchedule", where="until")


def _demand_place(scope: ConstraintScope, sites: PoweredSites) -> None:
    site = sites.site(scope.site)
    if site is None:
        raise Unknown(f"there is no site {scope.site}", code="UnknownSite", where="scope.site")
    if sum(one is not None for one in (scope.zone, scope.feeder, scope.station)) > 1:
        raise Malformed("it counts at one place: a zone, a feeder or a station", code="InvalidValue", where="scope")
    if scope.evse is not None and scope.station is None:
        raise Malformed("an EVSE is named together with its station", code="InvalidValue", where="scope.evse")
    if scope.zone is not None and sites.zone(zone_key(scope.site, scope.zone)) is None:
        raise Unknown(f"there is no zone {scope.zone} at site {scope.site}", code="UnknownZone", where="scope.zone")
    nodes = {one.id for one in site.connections} | {one.id for one in site.feeders}
    if scope.feeder is not None and scope.feeder not in nodes:
        raise Unknown(f"there is no feeder {scope.feeder} at site {scope.site}", code="UnknownFeeder", where="scope.feeder")
    if scope.station is not None and scope.station not in _stations(scope.site, sites):
        raise Unknown(f"{scope.station} does not stand at site {scope.site}", code="UnknownStation", where="scope.station")


def _stations(site: SiteId, sites: PoweredSites) -> set[StationId]:
    return {one.id for zone in sites.zones(site) for one in sites.members(zone.key)}


def withdraw(command: WithdrawConstraint, sites: PoweredSites, now: datetime) -> Iterator[Effect]:
    """Let it count no more.

    Raises:
        Unknown: there is no such constraint, or not at the site that was said.
        NotAuthorized: it is somebody else's, who stands above.
    """
    known = sites.constraint(command.id)
    if known is None or not _meant(known, command.site):
        at = f" at site {command.site}" if command.site is not None else ""
        raise Unknown(f"there is no constraint {command.id}{at}", code="UnknownConstraint", where="id")
    if not may_change(known, command.by, command.role):
        raise NotAuthorized(f"constraint {command.id} was set by {known.actor}", code="NotYours", where="id")
    yield ConstraintChanged(station=_NOBODY, at=now, id=command.id, constraint=None, by=command.by, site=known.scope.site)


def keep(command: KeepConstraints, sites: PoweredSites, now: datetime) -> Iterator[Effect]:
    """Put off the moment at which their actor counts as silent.

    Raises:
        Unknown: whoever asks has no such constraint, or not at the site that was said.
    """
    every = (one for one in sites.every_constraint() if _meant(one, command.site))
    mine = [one for one in every if one.actor == command.by and command.id in {"", one.id}]
    if not mine:
        raise Unknown(f"{command.by} has set no such constraint", code="UnknownConstraint", where="id")
    for one in mine:
        if one.silence is not None:
            heard = replace(one, expires=now + timedelta(seconds=one.silence))
            yield ConstraintChanged(station=_NOBODY, at=now, id=one.id, constraint=heard, by=command.by)


def _meant(one: Constraint, site: SiteId | None) -> bool:
    return site is None or site == one.scope.site


def end(command: EndConstraints, sites: PoweredSites, now: datetime) -> Iterator[Effect]:
    """Take away what is over."""
    for one in sites.constraints(command.site):
        if one.over(now):
            yield ConstraintChanged(station=_NOBODY, at=now, id=one.id, constraint=None, site=one.scope.site)
