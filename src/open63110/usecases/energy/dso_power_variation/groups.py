# SPDX-License-Identifier: Apache-2.0
"""What a DSO may address: groups of places, which the operator puts and removes, each of one DSO."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from open63110.kernel.errors import Malformed, NotAuthorized, Unknown
from open63110.kernel.messages import Effect
from open63110.kernel.roles import Role
from open63110.model.constraint import ConstraintScope
from open63110.model.dso import DsoForecastChanged, DsoGroup, DsoGroupChanged, forecast_constraint, forecast_id
from open63110.model.site import place_id
from open63110.ports import GridSites
from open63110.usecases.energy.dso_power_variation.lifting import lift
from open63110.usecases.energy.dso_power_variation.messages import NOBODY, PutDsoGroup, RemoveDsoGroup
from open63110.usecases.energy.dso_power_variation.places import demand_apart, demand_place, within

MOST_PLACES: Final = 1000


def put(command: PutDsoGroup, sites: GridSites, now: datetime) -> Iterator[Effect]:
    """Let a DSO address these places together.

    Raises:
        Unknown: there is no such place, or no such principal.
        Malformed: it has no place, one twice, or the principal is no DSO.
    """
    place_id(command.id, "id")
    _demand_dso(command.dso, sites)
    if not 0 < len(command.places) <= MOST_PLACES:
        raise Malformed(f"a group has 1 to {MOST_PLACES} places", code="InvalidValue", where="places")
    for one in command.places:
        demand_place(one, sites)
    demand_apart(command.places, sites)
    known = sites.dso_group(command.id)
    wanted = DsoGroup(id=command.id, dso=command.dso, places=command.places, name=command.name)
    if known is not None and (known.dso != wanted.dso or known.places != wanted.places):
        yield from _forget(known, sites, now, forecasts=known.dso != wanted.dso)
    if wanted != known:
        yield DsoGroupChanged(station=NOBODY, at=now, id=wanted.id, dso_group=wanted)


def _demand_dso(principal: str, sites: GridSites) -> None:
    role = sites.role_of(principal)
    add = f"open63110 principal add {principal or 'ID'} --role dso --scope /SITE"
    if role is None:
        raise Unknown(f"there is no principal {principal!r}", code="UnknownPrincipal", where="dso", remedy=add)
    if role is not Role.DSO:
        raise Malformed(f"{principal} is a {role}; a group belongs to a dso", code="WrongRole", where="dso", remedy=add)


def remove(command: RemoveDsoGroup, sites: GridSites, now: datetime) -> Iterator[Effect]:
    """Let the DSO no longer address them; what it published for them counts no more.

    Raises:
        Unknown: there is no such group.
    """
    known = sites.dso_group(command.id)
    if known is None:
        raise Unknown(f"there is no group {command.id}", code="UnknownGroup", where="id")
    yield from _forget(known, sites, now, forecasts=True)
    yield DsoGroupChanged(station=NOBODY, at=now, id=known.id, dso_group=None)


def _forget(group: DsoGroup, sites: GridSites, now: datetime, *, forecasts: bool) -> Iterator[Effect]:
    for place in group.places:
        yield from lift(forecast_constraint(group.id, place), sites, now)
    for horizon in ("day-ahead", "intraday"):
        key = forecast_id(group.id, horizon)
        if forecasts and sites.dso_forecast(key) is not None:
            yield DsoForecastChanged(station=NOBODY, at=now, id=key, dso_forecast=None)


def own(group: str, by: str, sites: GridSites) -> DsoGroup:
    """Return a group of a DSO.

    Raises:
        NotAuthorized: it is none of his; whether it exists is not said.
    """
    found = sites.dso_group(group)
    if found is None or found.dso != by:
        raise NotAuthorized(f"{by} has no group {group}", code="NotYourGroup", where="group", remedy=_mine(by, sites))
    return found


def own_place(scope: ConstraintScope, by: str, sites: GridSites) -> ConstraintScope:
    """Return a place that lies within a group of a DSO.

    Raises:
        NotAuthorized: it does not; whether it exists is not said.
        Malformed: it is a station, or two places at once.
    """
    mine = [place for one in sites.dso_groups() if one.dso == by for place in one.places]
    if not any(within(scope, place, sites) for place in mine):
        words = f"{by} may not speak of that place: it is in none of its groups"
        raise NotAuthorized(words, code="NotYourGroup", where="scope", remedy=_mine(by, sites))
    demand_place(scope, sites)
    return scope


def _mine(by: str, sites: GridSites) -> str:
    names = [one.id for one in sites.dso_groups() if one.dso == by]
    return f"its groups: {', '.join(names)}" if names else "the operator gives it groups: open63110 dso-group put"
