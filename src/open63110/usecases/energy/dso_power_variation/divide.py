# SPDX-License-Identifier: Apache-2.0
"""What an order comes to at each of its places, and what is reached by it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from open63110.kernel.units import Watts
from open63110.model.constraint import Constraint, ConstraintScope, Step
from open63110.model.dso import DsoOrder, order_constraint
from open63110.model.limit import LimitSource
from open63110.ports import GridSites
from open63110.usecases.energy.dso_power_variation.places import Seen
from open63110.usecases.energy.dso_power_variation.split import Held, Need, shares, shifted

STARVED: Final = 0.9
"""A place that draws so much of its share would draw more."""

SPARE: Final = 1.05
"""What a place may grow by before it is looked at again."""

BACKSTOP: Final = timedelta(hours=1)
"""So long after its end the share of an order is over by itself, whatever becomes of those who end it."""


def constraints(order: DsoOrder, views: Sequence[Seen], sites: GridSites, now: datetime) -> list[Constraint]:
    """Return the share of each place, as far as it may be given now.

    Args:
        order: what is divided.
        views: its places as they are.
        sites: knows the shares they have.
        now: the moment.
    """
    begun = now >= order.start
    held = [_share(sites.constraint(order_constraint(order.order_id, one.place))) for one in views]
    imports: Sequence[Watts | None] = [None] * len(views)
    exports: Sequence[Watts | None] = [None] * len(views)
    if order.p_max_import is not None:
        wanted = shares(order.p_max_import, needs(views, held, order.each))
        holds = [Held(share, one.most) for share, one in zip(held, views, strict=True)]
        imports = shifted(order.p_max_import, wanted, holds) if begun else wanted
    if order.p_max_export is not None:
        exports = shares(order.p_max_export, [Need(Watts(0.0), Watts(max(0.0, -(one.load or 0.0)))) for one in views])
    rows = zip(views, imports, exports, strict=True)
    return [_constraint(order, one.place, drawn, given, now) for one, drawn, given in rows]


def needs(views: Sequence[Seen], held: Sequence[Watts | None], each: Watts) -> list[Need]:
    """Return what places need: what is measured, or, where that is all they may have, what their EVs are taken to want."""
    return [Need(one.floor, _want(one, share, each)) for one, share in zip(views, held, strict=True)]


def _want(view: Seen, share: Watts | None, each: Watts) -> Watts:
    load = max(0.0, (view.load or 0.0) - view.floor)
    starved = share is not None and (view.load or 0.0) >= STARVED * share
    if starved or not load:
        return Watts(max(load, view.wanting * each))
    return Watts(load * SPARE)


def _share(known: Constraint | None) -> Watts | None:
    return known.profile[-1].import_max if known is not None and known.profile else None


def _constraint(order: DsoOrder, place: ConstraintScope, drawn: Watts | None, given: Watts | None, now: datetime) -> Constraint:
    return Constraint(
        id=order_constraint(order.order_id, place),
        source=LimitSource.DSO if order.binding else LimitSource.CONTRACT,
        actor=order.dso,
        scope=place,
        profile=(Step(since=order.start, import_max=drawn, export_max=given),),
        until=None if order.end is None else order.end + BACKSTOP,
        critical=order.emergency,
        since=now,
    )


def reached(limit: Watts | None, views: Iterable[Seen], wanted: Iterable[Constraint]) -> Watts | None:
    """Return what is drawn at most once all that can be reached have obeyed [W]; None: import is not limited."""
    if limit is None:
        return None
    return Watts(sum(_reached(one, share.profile[-1].import_max or 0.0) for one, share in zip(views, wanted, strict=True)))


def _reached(view: Seen, share: float) -> float:
    obeyed = view.limit is not None and view.limit <= share + 1.0
    return max(share, view.floor, view.planned if obeyed and view.excess > 0 else 0.0)
