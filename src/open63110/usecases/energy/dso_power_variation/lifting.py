# SPDX-License-Identifier: Apache-2.0
"""Setting and taking back what a DSO demands at a place: only what is otherwise is said."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from open63110.kernel.messages import Effect
from open63110.model.constraint import Constraint, ConstraintChanged
from open63110.ports import GridSites
from open63110.usecases.energy.dso_power_variation.messages import NOBODY


def lift(key: str, sites: GridSites, now: datetime, by: str = "") -> Iterator[Effect]:
    """Take a constraint back, if there is such a one."""
    known = sites.constraint(key)
    if known is not None:
        yield ConstraintChanged(station=NOBODY, at=now, id=key, constraint=None, by=by, site=known.scope.site)


def demand(wanted: Constraint, sites: GridSites, now: datetime) -> Iterator[Effect]:
    """Set a constraint, unless it is there already."""
    known = sites.constraint(wanted.id)
    if known is None or replace(wanted, since=known.since) != known:
        yield ConstraintChanged(station=NOBODY, at=now, id=wanted.id, constraint=wanted, by=wanted.actor)
