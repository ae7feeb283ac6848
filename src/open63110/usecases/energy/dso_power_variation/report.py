# SPDX-License-Identifier: Apache-2.0
"""What came of an order, station by station and in all (R-7.8-4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.units import Watts
from open63110.model.dso import Compliance, ComplianceStatus, DsoOrder, StationEffect, order_constraint
from open63110.ports import GridSites
from open63110.usecases.energy.dso_power_variation.places import Seen, StationSeen

TOLERANCE: Final = 0.01
"""By how much of the order what is measured may be above it: meters are no better."""

NEAR: Final = 140.0
"""What a station may keep to above what it is given now: shares are rounded, and shift a little from look to look [W]."""

READ: Final = timedelta(seconds=60.0)
"""After so long what is measured counts, whenever it was read: the clock of a station may be wrong."""

LOOKS: Final = (5.0, 10.0, 30.0, 60.0, 300.0)
"""How long after it began what is measured is written into the report [s]; and at its end."""


def opened(order: DsoOrder, views: Sequence[Seen], reachable: Watts | None) -> Compliance:
    """Return the report of an order that begins now."""
    stations = sorted((one for view in views for one in view.stations), key=lambda one: one.id)
    return Compliance(
        order_id=order.order_id,
        dso=order.dso,
        t_ack=order.accepted,
        p_before=measured(views),
        reachable=reachable,
        status="non-compliant" if _above(reachable, order) else "pending",
        stations=tuple(StationEffect(station=one.id, p_before=one.measured, missing=one.missing) for one in stations),
    )


def measured(views: Sequence[Seen]) -> Watts | None:
    """Return what is measured at all places together [W]; None: nobody knows it of one of them."""
    loads = [one.load for one in views]
    return None if None in loads else Watts(sum(one or 0.0 for one in loads))


def noted(
    report: Compliance, order: DsoOrder, views: Sequence[Seen], sites: GridSites, *, look: datetime | None, begun: datetime
) -> Compliance:
    """Return the report with what is to be seen now.

    Args:
        report: as it was.
        order: what it is about.
        views: its places now.
        sites: knows what stations confirmed.
        look: when what is measured is taken down, too; None: it is not.
        begun: since when a confirmation counts.
    """
    now = {one.id: one for view in views if _planned(view, order, sites) for one in view.stations}
    known = {one.station: one for one in report.stations}
    every = sorted({*known, *now})
    stations = tuple(
        _effect(known.get(one) or StationEffect(station=one), now.get(one), sites, look=look is not None, begun=begun)
        for one in every
    )
    waiting = [one for one in stations if one.t_effect is None and not one.missing]
    moments = [one.t_effect for one in stations if one.t_effect is not None]
    t_effect = report.t_effect or (None if waiting else max(moments, default=begun))
    after = look is not None and t_effect is not None and (look >= t_effect + READ or _read(stations, sites, t_effect))
    p_after = measured(views) if after else report.p_after
    found = replace(report, stations=stations, t_effect=t_effect, p_after=p_after, reachable=order.reachable)
    return replace(found, status=_status(found, order))


def _read(stations: Sequence[StationEffect], sites: GridSites, since: datetime) -> bool:
    """Tell whether every meter was read since a moment: what was measured before says nothing of what came of an order."""
    here = [known for one in stations if not one.missing and (known := sites.station(one.station)) is not None]
    running = [one for station in here for one in station.transfers.values() if one.ended is None]
    return all(one.newest is not None and one.newest > since for one in running)


def _planned(view: Seen, order: DsoOrder, sites: GridSites) -> bool:
    """Tell whether what is planned at a place is planned by the order already."""
    share = sites.constraint(order_constraint(order.order_id, view.place))
    limit = share.profile[-1].import_max if share is not None else None
    return limit is None or (view.limit is not None and view.limit <= limit + 1.0)


def _effect(effect: StationEffect, seen: StationSeen | None, sites: GridSites, *, look: bool, begun: datetime) -> StationEffect:
    if seen is None:
        return effect
    effect = replace(effect, missing=seen.missing and effect.t_effect is None)
    if look:
        effect = replace(effect, p_after=seen.measured)
    if effect.t_effect is not None or seen.missing or (seen.setpoint is not None and seen.most > seen.setpoint + NEAR):
        return effect
    return replace(effect, limit=seen.setpoint, t_effect=_confirmed(seen, sites, begun))


def _confirmed(seen: StationSeen, sites: GridSites, begun: datetime) -> datetime:
    """Return when a station confirmed what it keeps to; one that kept to it before did so as the order began."""
    station = sites.station(seen.id)
    moments = [one.at for one in station.limits.in_force.values()] if station is not None else []
    return max([one for one in moments if one > begun], default=begun)


def _status(report: Compliance, order: DsoOrder) -> ComplianceStatus:
    if _above(report.reachable, order) or _above(report.p_after, order):
        return "non-compliant"
    return "pending" if report.t_effect is None else "compliant"


def _above(power: Watts | None, order: DsoOrder) -> bool:
    limit = order.p_max_import
    return power is not None and limit is not None and power > limit * (1 + TOLERANCE) + 1.0


def crossed(begun: datetime, last: datetime, now: datetime, marks: Sequence[float]) -> bool:
    """Tell whether one of these ages [s] was reached since it was looked at last."""
    before, age = (last - begun).total_seconds(), (now - begun).total_seconds()
    return any(before < one <= age for one in marks)


def owed(report: Compliance, begun: datetime, now: datetime) -> bool:
    """Tell whether what is measured could not be taken down when it was to be, because meters had not been read again."""
    return report.t_effect is not None and report.p_after is None and now >= begun + timedelta(seconds=LOOKS[0])


def sampled(begun: datetime, last: datetime, now: datetime) -> bool:
    """Tell whether what is measured is to be kept: each second at first, then every ten seconds, then every minute."""
    before, age = max(0.0, (last - begun).total_seconds()), (now - begun).total_seconds()
    every = 1.0 if age <= 15.0 else 10.0 if age <= 120.0 else 60.0
    return int(before // every) != int(age // every)
