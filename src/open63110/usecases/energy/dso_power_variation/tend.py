# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about orders by itself, each second: begin, divide anew, write down, give back."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from msgspec.structs import replace

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect
from open63110.kernel.units import Seconds, Watts
from open63110.model.authorization import may_be_ordered
from open63110.model.constraint import Constraint, ConstraintScope, Step
from open63110.model.dso import (
    Compliance,
    ComplianceChanged,
    DsoOrder,
    DsoOrderChanged,
    hold_constraint,
    order_constraint,
)
from open63110.model.limit import LimitSource
from open63110.model.policy import Policy
from open63110.ports import GridSites, Ids
from open63110.usecases.energy.dso_power_variation.divide import constraints, reached
from open63110.usecases.energy.dso_power_variation.forecasts import tend_forecasts
from open63110.usecases.energy.dso_power_variation.lifting import demand, lift
from open63110.usecases.energy.dso_power_variation.messages import NOBODY, TendDsoOrders
from open63110.usecases.energy.dso_power_variation.orders import begin, sample
from open63110.usecases.energy.dso_power_variation.places import Seen, seen
from open63110.usecases.energy.dso_power_variation.report import LOOKS, crossed, noted, owed, sampled
from open63110.usecases.energy.dso_power_variation.restore import chosen, pause, span, together

EVERY: Final = Seconds(10.0)
"""How often an order is divided anew at most, as long as its sum holds [s]."""

ANSWERED: Final = Seconds(10.0)
"""How long those that get more are waited for before others do [s]."""

WORTH: Final = 0.02
"""The part of an order by which a share has to change for that to be said to stations."""


class Round(NamedTuple):
    """One look at everything."""

    sites: GridSites
    ids: Ids
    now: datetime
    last: datetime
    """When that was done last."""
    seed: int
    window: Seconds
    """Over how long stations get more again [s]."""


def tend(command: TendDsoOrders, sites: GridSites, now: datetime, ids: Ids, policy: Policy) -> Iterator[Effect]:
    """Look at every order that is not over, and at every forecast."""
    look = Round(sites, ids, now, command.last, command.seed, policy.grid_restore)
    for order in sites.dso_orders():
        views = [seen(one, sites, now) for one in order.places]
        if order.state == "planned" and order.start <= now:
            yield from _begun(order, views, look)
        elif order.state == "active" and order.end is not None and order.end <= now:
            yield from _given_back(order, views, look)
        elif order.state == "active":
            yield from _kept(order, views, look)
        elif order.state == "restoring":
            yield from _restoring(order, views, look)
    yield from tend_forecasts(sites, now)


def _begun(order: DsoOrder, views: Sequence[Seen], look: Round) -> Iterator[Effect]:
    sites, now = look.sites, look.now
    wanted = constraints(order, views, sites, now)
    order = replace(order, state="active", reachable=reached(order.p_max_import, views, wanted), split=now)
    yield DsoOrderChanged(station=NOBODY, at=now, order_id=order.order_id, dso_order=order)
    for one in wanted:
        yield from demand(one, sites, now)
    yield from begin(order, views, now, look.ids, fresh=True, sites=sites)


def _kept(order: DsoOrder, views: Sequence[Seen], look: Round) -> Iterator[Effect]:
    sites, now = look.sites, look.now
    wanted = constraints(order, views, sites, now)
    divided = _divides(order, views, wanted, sites, now)
    reachable = reached(order.p_max_import, views, wanted if divided else _present(order, wanted, sites))
    changed = replace(order, split=now if divided else order.split)
    if _otherwise(order, reachable):
        changed = replace(changed, reachable=reachable)
    if changed != order:
        yield DsoOrderChanged(station=NOBODY, at=now, order_id=order.order_id, dso_order=changed)
    if divided:
        for one in wanted:
            yield from demand(one, sites, now)
    yield from _written(changed, views, look)


def _present(order: DsoOrder, wanted: Sequence[Constraint], sites: GridSites) -> list[Constraint]:
    return [sites.constraint(order_constraint(order.order_id, one.scope)) or one for one in wanted]


def _divides(order: DsoOrder, views: Sequence[Seen], wanted: Sequence[Constraint], sites: GridSites, now: datetime) -> bool:
    """Tell whether shares are to be others: at once where they are gone or the sum would not hold, else not too often."""
    known = [sites.constraint(one.id) for one in wanted]
    if None in known:
        return order.binding  # one that does not bind may be taken back by the operator
    limit = order.p_max_import
    if limit is None or len(wanted) == 1:
        return False
    have = [one.profile[-1].import_max or 0.0 for one in known if one is not None]
    want = [one.profile[-1].import_max or 0.0 for one in wanted]
    if have == want:
        return False
    if sum(max(share, view.floor) for share, view in zip(have, views, strict=True)) > limit + 1.0:
        return True
    moved = max(abs(one - other) for one, other in zip(have, want, strict=True))
    return moved >= WORTH * limit and now >= (order.split or order.changed) + timedelta(seconds=EVERY)


def _otherwise(order: DsoOrder, reachable: Watts | None) -> bool:
    """Tell whether what is reached is worth telling: it complies no more, or again, or differs by a hundredth."""
    limit, known = order.p_max_import, order.reachable
    if reachable is None or known is None or limit is None:
        return reachable != known
    return (reachable > limit + 1.0) != (known > limit + 1.0) or abs(reachable - known) > max(1.0, limit / 100)


def _written(order: DsoOrder, views: Sequence[Seen], look: Round) -> Iterator[Effect]:
    sites, now = look.sites, look.now
    report = sites.compliance(order.order_id)
    begun = max(order.start, order.changed)
    if report is not None:
        due = crossed(begun, look.last, now, LOOKS) or owed(report, begun, now)
        found = noted(report, order, views, sites, look=now if due else None, begun=begun)
        if found != report:
            yield ComplianceChanged(station=NOBODY, at=now, order_id=order.order_id, compliance=found)
    if sampled(begun, look.last, now):
        yield sample(order, views, now, look.ids)


def _given_back(order: DsoOrder, views: Sequence[Seen], look: Round) -> Iterator[Effect]:
    """Let each station wait for its moment with what it has, and lift what held them all."""
    sites, now = look.sites, look.now
    holds = _holds(order, views)
    for station, (scope, power) in holds.items():
        yield from demand(_hold(order, station, scope, power, now), sites, now)
    for place in order.places:
        yield from lift(order_constraint(order.order_id, place), sites, now)
    done = replace(order, state="restoring", ended=now, ended_by=order.ended_by or "time", restored=now, held=len(holds))
    if holds:
        planned = span(len(holds), look.window)
        first = now + timedelta(seconds=pause(planned, len(holds), len(holds), look.seed))
        done = replace(done, restored=now + timedelta(seconds=planned), rises=first)
    yield DsoOrderChanged(station=NOBODY, at=now, order_id=order.order_id, dso_order=done)
    report = sites.compliance(order.order_id)
    if report is not None:
        found = noted(report, order, views, sites, look=now, begun=max(order.start, order.changed))
        yield ComplianceChanged(station=NOBODY, at=now, order_id=order.order_id, compliance=found)
    yield sample(order, views, now, look.ids)


def _holds(order: DsoOrder, views: Sequence[Seen]) -> dict[StationId, tuple[ConstraintScope, Watts]]:
    """Return what stations have that are to wait; of one that nobody limits, or cannot reach, there is nothing to wait for."""
    if order.p_max_import is None:
        return {}
    return {
        one.id: (ConstraintScope(site=view.place.site, station=one.id), one.setpoint)
        for view in views
        for one in view.stations
        if one.setpoint is not None and not one.missing
    }


def _hold(order: DsoOrder, station: StationId, scope: ConstraintScope, power: Watts, now: datetime) -> Constraint:
    return Constraint(
        id=hold_constraint(order.order_id, station),
        source=LimitSource.DSO,
        actor=order.dso,
        scope=scope,
        profile=(Step(since=now, import_max=power),),
        since=now,
    )


def _restoring(order: DsoOrder, views: Sequence[Seen], look: Round) -> Iterator[Effect]:
    sites, now = look.sites, look.now
    if sampled(order.ended or now, look.last, now):
        yield sample(order, views, now, look.ids)
    waiting = _waiting(order, sites)
    if waiting and _goes_on(order, sites, now):
        yield from _more(order, waiting, look)
    if waiting or (order.rises is not None and now < order.rises):
        return
    report: Compliance | None = sites.compliance(order.order_id)
    if report is not None:
        closed = replace(report, closed=True)
        yield ComplianceChanged(station=NOBODY, at=now, order_id=order.order_id, compliance=closed)
    yield DsoOrderChanged(station=NOBODY, at=now, order_id=order.order_id, dso_order=replace(order, state="over"))


def _waiting(order: DsoOrder, sites: GridSites) -> list[StationId]:
    """Return the stations that still wait for more, wherever they are by now."""
    held = ((one.id, one.scope.station) for one in sites.every_constraint())
    return [station for key, station in held if station is not None and key == hold_constraint(order.order_id, station)]


def _goes_on(order: DsoOrder, sites: GridSites, now: datetime) -> bool:
    """Tell whether it is time for others to have more: those before them were told, and have answered, or had time enough."""
    if order.rises is None or now >= order.rises + timedelta(seconds=ANSWERED):
        return True
    return now >= order.rises and _told(order, sites) and not any(_under_way(one, sites) for one in order.rising)


def _told(order: DsoOrder, sites: GridSites) -> bool:
    """Tell whether every place was looked at since some were let have more."""
    seen_at = [power.at for one in order.places if (power := sites.power(one.site)) is not None]
    return order.rose is None or all(at > order.rose for at in seen_at)


def _under_way(station: StationId, sites: GridSites) -> bool:
    """Tell whether a station was sent something that it has not answered."""
    known = sites.station(station)
    return known is not None and may_be_ordered(known) and bool(known.limits.asked)


def _more(order: DsoOrder, waiting: Sequence[StationId], look: Round) -> Iterator[Effect]:
    """Let some have more."""
    now = look.now
    rising = chosen(waiting, together(order.held), look.seed)
    for station in rising:
        yield from lift(hold_constraint(order.order_id, station), look.sites, now)
    left, others = Seconds(((order.restored or now) - now).total_seconds()), len(waiting) - len(rising)
    done = replace(order, rising=rising, rose=now, rises=now + timedelta(seconds=pause(left, others, order.held, look.seed)))
    done = done if others else replace(done, restored=now)
    yield DsoOrderChanged(station=NOBODY, at=now, order_id=order.order_id, dso_order=done)
