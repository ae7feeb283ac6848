# SPDX-License-Identifier: Apache-2.0
"""From what is expected at a site to what its planner counts with: what energy costs, what else is drawn, the sun, the battery.

Of a series whose time is over nothing is taken; without any, energy costs nothing, and EVs charge as soon as may be.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import numpy as np

from open63110.model.outlook import Outlook
from open63110.model.power import AssetReading
from open63110.model.site import Asset, Site, SiteRules
from open63110.planner.estimate import days_share
from open63110.planner.frame import Frame, base_of
from open63110.planner.grid import Profile, steady
from open63110.planner.network import Floats, Phasors
from open63110.planner.problem import Battery, Energy, Peak

SOC_GOOD_FOR: Final = timedelta(minutes=15)
"""How long what a battery said of itself counts."""

GRAMS: Final = 1000.0
DAY: Final = 86_400.0

ALWAYS: Final = 10.0
"""Worth of energy in an EV beside the highest price, where a site says nothing of it."""

SLOTS: Final = 12.0
"""A kilowatt-hour in the shortest slot takes so many kilowatts."""

SPREAD: Final = 0.05
"""What it may be worth that energy comes at once, as a share of what prices differ by."""

_USUAL: Final = SiteRules()


class Ahead(NamedTuple):
    """What is known of a site's time ahead."""

    site: Site
    outlooks: Sequence[Outlook]
    meters: Mapping[str, AssetReading]
    reached: float = 0.0
    """The highest mean power that was drawn from the grid lately [W]."""

    def of(self, kind: str, now: datetime) -> list[Outlook]:
        """Return the series of a kind that count."""
        return [one for one in self.outlooks if one.kind == kind and one.valid(now)]


def energy_of(ahead: Ahead, now: datetime) -> tuple[Energy, float]:
    """Return what energy is worth and costs, and the share of its value that it is worth at once; as usual where nobody says."""
    if not any(one.valid(now) for one in ahead.outlooks):
        return Energy(), 0.1
    rules = ahead.site.rules or _USUAL
    price = _one(ahead.of("price", now), now)
    carbon = _one(ahead.of("ghg", now), now, 1.0 / GRAMS)
    feed_in = ahead.of("export-price", now)
    peak = _peak(ahead, now)
    costs = _costs(price, carbon, rules)
    value = rules.value
    if value is None:
        value = max(1.0, ALWAYS * float(max(costs.max(), 0.0)) + SLOTS * (peak.price if peak is not None else 0.0))
    differ = float(costs.max() - costs.min())
    energy = Energy(
        value=value,
        price=price,
        feed_in=_one(feed_in, now) if feed_in else None,
        carbon=carbon,
        carbon_price=rules.carbon_price,
        load=_loads(ahead, now),
        pv=_sum([_profile(one, now) for one in ahead.of("pv", now)]),
        peak=peak,
        battery=_battery(ahead, now),
    )
    return energy, min(0.1, SPREAD * differ / value) if differ > 0.0 and value > 0.0 else 0.1


def _profile(one: Outlook, now: datetime, scale: float = 1.0) -> Profile:
    starts = np.array([(step.since - now).total_seconds() for step in one.steps])
    return Profile(starts, np.array([step.value * scale for step in one.steps]))


def _one(series: Sequence[Outlook], now: datetime, scale: float = 1.0) -> Profile:
    return _profile(series[0], now, scale) if series else steady(0.0)


def _sum(profiles: Sequence[Profile]) -> Profile:
    """Return what several come to together."""
    if not profiles:
        return steady(0.0)
    starts = np.unique(np.concatenate([one.starts for one in profiles]))
    places = [np.maximum(np.searchsorted(one.starts, starts, side="right") - 1, 0) for one in profiles]
    return Profile(starts, np.sum([one.values[place] for one, place in zip(profiles, places, strict=True)], axis=0))


def _costs(price: Profile, carbon: Profile, rules: SiteRules) -> Floats:
    """Return what a kilowatt-hour costs in all, whenever that changes [currency/kWh]."""
    return _sum([price, Profile(carbon.starts, carbon.values * rules.carbon_price)]).values


def _loads(ahead: Ahead, now: datetime) -> Profile:
    said = {one.asset: one for one in ahead.of("load", now)}
    return _sum(
        [
            _profile(said[one.id], now) if one.id in said else steady(_draws(one, ahead.meters.get(one.id), now))
            for one in ahead.site.assets
            if one.kind == "load"
        ]
    )


def _draws(asset: Asset, reading: AssetReading | None, now: datetime) -> float:
    fresh = reading is not None and now - reading.at <= timedelta(seconds=asset.stale_after)
    return float(sum(reading.power if fresh and reading is not None else asset.assumed))


def _peak(ahead: Ahead, now: datetime) -> Peak | None:
    """Return what a kilowatt more costs of which this day has to earn its part; None: nothing."""
    for one in ahead.of("demand-charge", now):
        value = next((step.value for step in reversed(one.steps) if step.since <= now), one.steps[0].value)
        days = math.ceil((one.until - now).total_seconds() / DAY)
        return Peak(price=days_share(value, max(1, days)), paid=max(ahead.reached, float(one.reached or 0.0)))
    return None


def _battery(ahead: Ahead, now: datetime) -> Battery | None:
    for one in batteries(ahead.site):
        reading = ahead.meters.get(one.id)
        if reading is None or reading.soc is None or now - reading.at > SOC_GOOD_FOR:
            continue
        capacity = float(one.capacity or 0.0)
        return Battery(
            capacity=capacity,
            level=capacity * min(100.0, max(0.0, float(reading.soc))) / 100.0,
            charge=float(one.import_max or 0.0),
            discharge=float(one.export_max or 0.0),
            efficiency=math.sqrt(one.efficiency) if 0.0 < one.efficiency <= 1.0 else 1.0,
        )
    return None


def batteries(site: Site) -> list[Asset]:
    """Return the batteries of a site that can be planned: those of which capacity and power are known."""
    return [one for one in site.assets if one.kind == "battery" and one.capacity and (one.import_max or one.export_max)]


def turns(outlooks: Iterable[Outlook], now: datetime) -> list[datetime]:
    """Return when what loads draw, or the sun gives, changes as far as somebody expects it."""
    return [
        step.since for one in outlooks if one.kind in {"load", "pv"} and one.valid(now) for step in one.steps if step.since > now
    ]


def shifted(frame: Frame, loads: Floats, outlooks: Iterable[Outlook], at: datetime) -> Phasors:
    """Return by how much more is drawn beside EVSEs at a moment than now, in every row (R) [A or W].

    Args:
        frame: of the site.
        loads: what they draw now (L) [A].
        outlooks: what is expected.
        at: the moment.
    """
    more = np.zeros(len(loads))
    for one in outlooks:
        columns = list(frame.load_of.get(one.asset, ()))
        step = next((step for step in reversed(one.steps) if step.since <= at), None)
        if one.kind in {"load", "pv"} and columns and step is not None and at < one.until:
            power = -step.value if one.kind == "pv" else step.value
            more[columns] = power / len(columns) / frame.watts_of[one.asset] - loads[columns]
    return base_of(frame, more)
