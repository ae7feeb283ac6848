# SPDX-License-Identifier: Apache-2.0
"""Who wins where several demand something of the power at a place, and who may change what another demanded (R-7.5-1, 7.8)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from open63110.kernel.roles import Role
from open63110.kernel.units import Amperes, Watts
from open63110.model.constraint import Constraint, Step
from open63110.model.limit import Limit, LimitScope, LimitSource
from open63110.model.power import Winner
from open63110.model.site import Zone, ZoneLimit

ORDER: Final = {one: place for place, one in enumerate(LimitSource)}
"""DSO before physical before contract before operator before user."""

_HIGHEST: Final = {
    Role.DSO: LimitSource.DSO,
    Role.FO: LimitSource.CONTRACT,
    Role.RM: LimitSource.OPERATOR,
    Role.CEM: LimitSource.OPERATOR,
    Role.CSP: LimitSource.USER,
    Role.EVU_DEVICE: LimitSource.USER,
}
"""The highest kind of constraint that a role may set; roles that are not here may set any."""

ABOVE_ALL: Final = frozenset({Role.OPERATOR, Role.ADMIN, Role.CSMS, Role.LOCAL_CSMS, ""})
"""Who may change whatever is not the DSO's."""

NOTHING: Final = Winner()


def granted(role: str, source: LimitSource) -> LimitSource:
    """Return of what kind a constraint of a role is that calls itself ``source``: a DSO's is a DSO's, none is above its role."""
    highest = _HIGHEST.get(role)  # type: ignore[call-overload]  # roles are words
    if highest is None:
        return source
    return highest if highest is LimitSource.DSO or ORDER[source] < ORDER[highest] else source


def may_change(constraint: Constraint, by: str, role: str) -> bool:
    """Tell whether somebody may replace or withdraw a constraint: his own, or, standing above, any that no DSO set."""
    return constraint.actor == by or (role in ABOVE_ALL and constraint.source is not LimitSource.DSO)


class Claim(NamedTuple):
    """What somebody demands at a place now."""

    step: Step
    winner: Winner
    constraint: Constraint | None = None
    """None: it is what the thing itself carries."""


def claims(constraints: Iterable[Constraint], now: datetime) -> list[Claim]:
    """Return what is demanded now, the highest sources first."""
    found = []
    for one in constraints:
        step = one.step(now)
        if step is not None:
            found.append(Claim(step, Winner(source=one.source, actor=one.actor, constraint=one.id), one))
    return sorted(found, key=lambda claim: (ORDER[claim.winner.source], claim.winner.constraint))


def least_power(found: Iterable[Claim]) -> tuple[Watts | None, Winner]:
    """Return the lowest import that is demanded [W], and by whom; None: nobody limits it."""
    limits = [(one.step.import_max, one.winner) for one in found if one.step.import_max is not None]
    return min(limits, key=lambda pair: (pair[0], ORDER[pair[1].source])) if limits else (None, NOTHING)


def least_amperes(found: Iterable[Claim]) -> tuple[tuple[Amperes, ...], Winner]:
    """Return the lowest currents of the phases that are demanded [A], and who demands the lowest of all."""
    rows = [(one.step.amperes, one.winner) for one in found if one.step.amperes]
    width = max((len(row) for row, _ in rows), default=0)
    least = tuple(min(row[phase] for row, _ in rows if len(row) > phase) for phase in range(width))
    winner = min(rows, key=lambda pair: (min(pair[0]), ORDER[pair[1].source]))[1] if rows else NOTHING
    return least, winner


def least_export(found: Iterable[Claim]) -> Watts | None:
    """Return the lowest export that is demanded, as a magnitude [W]; None: nobody limits it."""
    return min((one.step.export_max for one in found if one.step.export_max is not None), default=None)


def limit_of(zone: Zone, found: Sequence[Claim]) -> ZoneLimit | None:
    """Return the limit of a zone as it is demanded, before anybody was told his share; None: it is not limited.

    Args:
        zone: which.
        found: what is demanded of it now.
    """
    power, winner = least_power(found)
    said = next((one.constraint for one in found if one.winner is winner), None)
    if power is None or said is None:
        return None
    asked = Limit(
        limit=power,
        since=said.since or found[0].step.since,
        until=said.until,
        source=said.source,
        scope=LimitScope.ZONE,
        failsafe=zone.failsafe if said.failsafe is None else said.failsafe,
        failsafe_after=said.failsafe_after,
        emergency=said.critical,
        actor=said.actor,
        constraint=said.id,
    )
    return ZoneLimit(asked=asked, weights=said.weights)
