# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about an order as it comes: accept it with what will be reached, change it, take it back."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Expired, Malformed, NotAuthorized, Refused, Unavailable, Unknown
from open63110.kernel.messages import Effect
from open63110.kernel.units import Watts
from open63110.model.constraint import ConstraintScope
from open63110.model.dso import ComplianceChanged, DsoOrder, DsoOrderChanged, DsoSample, DsoSampled, order_constraint
from open63110.model.site import place_id
from open63110.ports import GridSites, Ids
from open63110.usecases.energy.dso_power_variation.divide import constraints, reached
from open63110.usecases.energy.dso_power_variation.groups import own, own_place
from open63110.usecases.energy.dso_power_variation.lifting import demand, lift
from open63110.usecases.energy.dso_power_variation.messages import NOBODY, CancelDsoOrder, DsoOrderAnswer, PutDsoOrder
from open63110.usecases.energy.dso_power_variation.places import Seen, seen
from open63110.usecases.energy.dso_power_variation.report import measured, opened

LATE: Final = timedelta(minutes=5)
"""An order may say that it began so long ago: clocks differ, and messages take their time."""


def put(command: PutDsoOrder, sites: GridSites, now: datetime, ids: Ids) -> Iterator[Effect]:
    """Have it count from its start on, and say what will be reached.

    Raises:
        NotAuthorized: it speaks of what is in none of the asker's groups, or one of this id is somebody else's.
        Malformed: it limits nothing, twice, or by what is no number.
        Expired: its time is over already.
        Refused: one of this id is over.
        Unavailable: it is a change of what nobody has measured.
    """
    places = _places(command, sites)
    order_id = place_id(command.order_id, "order_id") if command.order_id else str(ids.order())
    known = sites.dso_order(order_id)
    _check(command, known, now)
    views = [seen(one, sites, now) for one in places]
    order = _order(command, order_id, known, places, views, now)
    if known is not None and _same(known, order):
        yield _answer(known, views)
        return
    gone = [one for one in known.places if one not in places] if known is not None else []
    for place in gone:
        yield from lift(order_constraint(order_id, place), sites, now, command.by)
    yield from _accepted(order, views, sites, now, ids, known)


def _accepted(
    order: DsoOrder, views: Sequence[Seen], sites: GridSites, now: datetime, ids: Ids, known: DsoOrder | None
) -> Iterator[Effect]:
    wanted = constraints(order, views, sites, now)
    order = replace(order, reachable=reached(order.p_max_import, views, wanted))
    yield DsoOrderChanged(station=NOBODY, at=now, order_id=order.order_id, dso_order=order, by=order.dso)
    for one in wanted:
        yield from demand(one, sites, now)
    if order.state == "active":
        yield from begin(order, views, now, ids, fresh=known is None or known.state == "planned", sites=sites)
    yield _answer(order, views)


def begin(order: DsoOrder, views: Sequence[Seen], now: datetime, ids: Ids, *, fresh: bool, sites: GridSites) -> Iterator[Effect]:
    """Begin to write down what comes of an order that is active from now on, or anew of one that was changed."""
    report = opened(order, views, order.reachable)
    before = None if fresh else sites.compliance(order.order_id)
    if before is not None:
        older = {one.station: one.p_before for one in before.stations}
        stations = tuple(replace(one, p_before=older.get(one.station, one.p_before)) for one in report.stations)
        report = replace(report, p_before=before.p_before, stations=stations)
    yield ComplianceChanged(station=NOBODY, at=now, order_id=order.order_id, compliance=report)
    yield sample(order, views, now, ids)


def sample(order: DsoOrder, views: Sequence[Seen], now: datetime, ids: Ids) -> DsoSampled:
    """Return what is measured now at the places of an order."""
    number = ids.row(DsoSample)
    most = Watts(sum(one.most for one in views))
    taken = DsoSample(id=number, order_id=order.order_id, at=now, power=measured(views), most=most)
    return DsoSampled(station=NOBODY, at=now, id=number, dso_sample=taken)


def _places(command: PutDsoOrder, sites: GridSites) -> tuple[ConstraintScope, ...]:
    if bool(command.group) == (command.scope is not None):
        raise Malformed("an order is for a group, or for one place in one", code="InvalidValue", where="group")
    if command.scope is not None:
        return (own_place(command.scope, command.by, sites),)
    return own(command.group, command.by, sites).places


def _check(command: PutDsoOrder, known: DsoOrder | None, now: datetime) -> None:
    if known is not None and known.dso != command.by:
        raise NotAuthorized(f"{command.by} has no order {known.order_id}", code="NotYours", where="order_id", remedy="another id")
    if known is not None and known.state in {"restoring", "over"}:
        raise Refused(f"order {known.order_id} is over", code="OrderOver", where="order_id", remedy="give a new one another id")
    amounts = (command.p_max_import, command.p_max_export, command.duration)
    if any(one is not None and not 0 <= one < float("inf") for one in amounts):
        raise Malformed("powers and times are numbers from 0 on", code="InvalidValue", where="p_max_import")
    if command.delta is not None and not -100 <= command.delta < float("inf"):
        raise Malformed("nothing can become less than by 100 %", code="InvalidValue", where="delta")
    if command.delta is not None and command.p_max_import is not None:
        raise Malformed("it is a power or a change, not both", code="InvalidValue", where="delta")
    if command.delta is None and command.p_max_import is None and command.p_max_export is None:
        raise Malformed("it limits nothing", code="InvalidValue", where="p_max_import")
    start = command.start or now
    if start < now - LATE or (command.duration is not None and start + timedelta(seconds=command.duration) <= now):
        raise Expired("its time is over already", code="OrderOver", where="start")


def _order(
    command: PutDsoOrder,
    order_id: str,
    known: DsoOrder | None,
    places: tuple[ConstraintScope, ...],
    views: Sequence[Seen],
    now: datetime,
) -> DsoOrder:
    active = known is not None and known.state == "active"
    start = known.start if known is not None and active else max(command.start or now, now)
    counted = known if known is not None and known.delta is not None and known.delta == command.delta else None
    wanting = sum(one.wanting for one in views)
    load = measured(views)
    return DsoOrder(
        order_id=order_id,
        dso=command.by,
        places=places,
        group=command.group,
        p_max_import=counted.p_max_import if counted is not None else _limit(command, load),
        p_max_export=command.p_max_export,
        delta=command.delta,
        start=start,
        end=None if command.duration is None else start + timedelta(seconds=command.duration),
        emergency=command.emergency,
        binding=command.binding,
        state="active" if start <= now else "planned",
        accepted=known.accepted if known is not None else now,
        changed=now,
        each=known.each if known is not None else Watts((load or 0.0) / wanting if wanting else 0.0),
    )


def _limit(command: PutDsoOrder, load: Watts | None) -> Watts | None:
    if command.delta is None:
        return command.p_max_import
    if load is None:
        words = "nobody has measured what that would be a change of"
        raise Unavailable(words, code="NotMeasured", where="delta", remedy="order a power in watts: p_max_import")
    return Watts(round(max(0.0, load) * (100.0 + command.delta) / 100.0, 1))


def _same(known: DsoOrder, order: DsoOrder) -> bool:
    """Tell whether an order says what was said before: it was sent twice (I8)."""
    if known.start > known.accepted and order.start != known.start:
        return False
    ended = None if order.end is None else order.end - order.start
    lasted = None if known.end is None else known.end - known.start
    said = replace(
        order,
        start=known.start,
        end=known.end,
        state=known.state,
        changed=known.changed,
        reachable=known.reachable,
        split=known.split,
    )
    return said == known and ended == lasted


def _answer(order: DsoOrder, views: Sequence[Seen]) -> DsoOrderAnswer:
    above = order.reachable is not None and order.p_max_import is not None and order.reachable > order.p_max_import + 1.0
    return DsoOrderAnswer(
        order_id=order.order_id,
        state=order.state,
        p_max_import=order.p_max_import,
        reachable=order.reachable,
        compliance="non-compliant" if above else "pending",
        stations=sum(len(one.stations) for one in views),
        missing=sum(each.missing for one in views for each in one.stations),
    )


def cancel(command: CancelDsoOrder, sites: GridSites, now: datetime) -> Iterator[Effect]:
    """Take it back.

    Raises:
        Unknown: there is no such order of the asker's.
        Refused: it is over already.
    """
    known = sites.dso_order(command.order_id)
    if known is None or known.dso != command.by:
        raise Unknown(f"{command.by} has no order {command.order_id}", code="UnknownOrder", where="order_id")
    if known.state in {"restoring", "over"}:
        raise Refused(f"order {known.order_id} is over", code="OrderOver", where="order_id")
    if known.state == "planned":
        for place in known.places:
            yield from lift(order_constraint(known.order_id, place), sites, now, command.by)
        gone = replace(known, state="over", end=now, ended=now, ended_by="cancelled", restored=now, changed=now)
    else:
        gone = replace(known, end=now, ended_by="cancelled", changed=now)
    yield DsoOrderChanged(station=NOBODY, at=now, order_id=known.order_id, dso_order=gone, by=command.by)
    yield DsoOrderAnswer(order_id=known.order_id, state=gone.state, p_max_import=gone.p_max_import)
