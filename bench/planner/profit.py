# SPDX-License-Identifier: Apache-2.0
"""B3: what a month at the Caltech garage earns, with prices by the hour and a charge for its peak (energy.md 9).

Energy is sold at 0.30 $/kWh; it is bought as SCE TOU-EV-4 of March 2019 has it for the winter, and the highest mean power of five
minutes costs 15.51 $/kW. The clock is that of ACN-Sim, which knows no daylight saving. Profits are shares of the offline optimum,
which knows all sessions before they come. `days_share` has its usual share of busy days that need the peak, which was chosen on
this month, and 1.0 beside it, which was not.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import highspy
import numpy as np

from bench.figure import Figure
from bench.planner.caltech import ANY, SLOT, Sessions, garage
from bench.planner.made import DAY, made, real
from bench.planner.ours import Ours, pilots
from bench.planner.replay import SLOT_WH, Moment, Replayed, replay
from bench.planner.rivals import laxity, most_of, sorted_policy
from bench.planner.table import Asked
from open63110.planner.estimate import days_share
from open63110.planner.grid import Profile
from open63110.planner.network import Floats
from open63110.planner.problem import Energy, Pausing, Peak
from open63110.planner.quiet import Quiet

KILOWATTS = 150.0
REVENUE, CHARGE = 0.30, 15.51
"""[$/kWh], [$/kW]"""
MONTH = 31
BEGIN = datetime(2019, 3, 1)  # noqa: DTZ001  # the clock on the wall there
AHEAD = 48 * 12
"""Slots for which prices are known."""
QUICK = 0.03
CONTINUOUS, QUANTISED = 95.0, 93.0
PUBLISHED = {
    "ASA-PM, Sept 2018, continuous": 96.5,
    "ASA-PM with a hint of 75 % of the peak, Sept 2018, continuous": 98.1,
    "ASA-PM, Sept 2018, quantised, batteries that taper": 88.7,
    "the same with the hint": 89.9,
    "the prototype without a hint, this month, continuous": 95.32,
    "the prototype without a hint, this month, quantised, 4.3 pauses": 95.00,
}


class Market(NamedTuple):
    """What energy costs, and for how long."""

    days: int
    prices: Floats
    """Per slot [$/kWh]."""
    charge: float
    """For the days [$/kW]."""

    def profit(self, power: Floats) -> float:
        """Return what some power per slot [W] earns [$]."""
        energy = power / 1000 * SLOT / 3600
        return float((energy * (REVENUE - self.prices[: len(power)])).sum() - self.charge * power.max() / 1000)

    def busy(self, day: int) -> int:
        """Return how many workdays are left, this day among them if it is one."""
        return sum(_workday(one) for one in range(day, self.days))


def _workday(day: int) -> bool:
    return (BEGIN + timedelta(days=day)).weekday() < 5


def _price(slot: int) -> float:
    moment = BEGIN + timedelta(minutes=5 * slot)
    if not _workday(slot // DAY) or not 8 <= moment.hour < 23:
        return 0.06087
    return 0.0869 if 12 <= moment.hour < 18 else 0.07492


def market(days: int) -> Market:
    """Return the market of the first days of the month."""
    return Market(days, np.array([_price(slot) for slot in range((days + 31) * DAY)]), CHARGE * days / MONTH)


class Buyer:
    """Our planner, told at each moment what energy costs and how high the peak has been."""

    def __init__(self, sold: Market, *, quantised: bool, pausing: Pausing, needing: float) -> None:
        self._sold, self._needing, self._peak = sold, needing, 0.0
        network, given = garage(KILOWATTS)
        kinds = pilots(network, quantised=True) if quantised else (ANY,) * len(network.points)
        self._ours = Ours(network, given, kinds, pausing, self._energy, quick=QUICK)

    def __call__(self, moment: Moment) -> Floats:
        """Plan, and note what is drawn."""
        told = self._ours(moment)
        drawn = float(np.minimum(told, most_of(moment)).sum()) * SLOT_WH * 3600 / SLOT
        self._peak = max(self._peak, drawn)
        return told

    def _energy(self, slot: int) -> Energy:
        prices = self._sold.prices[slot : slot + AHEAD]
        changes = np.concatenate(([0], np.flatnonzero(np.diff(prices)) + 1))
        today = days_share(self._sold.charge, self._sold.busy(slot // DAY), self._needing)
        return Energy(value=REVENUE, price=Profile(changes * SLOT, prices[changes]), peak=Peak(price=today, paid=self._peak))


def optimum(sessions: Sessions, sold: Market) -> tuple[float, float]:
    """Return what could be earned at most if all were known before, and its peak [$, kW]; rows of the garage do not bind."""
    stay = sessions.departure - sessions.arrival
    visit = np.repeat(np.arange(len(sessions)), stay)
    slot = np.concatenate([np.arange(one, other) for one, other in zip(sessions.arrival, sessions.departure, strict=True)])
    times, time = np.unique(slot, return_inverse=True)
    count, visits = len(visit), len(sessions)
    energy = SLOT_WH / 1000
    rows = np.stack((visit, visits + time.reshape(-1)), axis=1).reshape(-1)
    values = np.tile([energy, energy * 3600 / SLOT], count)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count + 1, visits + len(times)
    lp.col_cost_ = np.append((sold.prices[slot] - REVENUE) * energy, sold.charge)
    lp.col_lower_, lp.col_upper_ = np.zeros(count + 1), np.append(sessions.most[visit], np.inf)
    lp.row_lower_ = np.full(lp.num_row_, -np.inf)
    lp.row_upper_ = np.append(sessions.energy / 1000, np.zeros(len(times)))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.append(2 * np.arange(count + 1), 2 * count + len(times)).astype(np.int32)
    lp.a_matrix_.index_ = np.append(rows, visits + np.arange(len(times))).astype(np.int32)
    lp.a_matrix_.value_ = np.append(values, -np.ones(len(times)))
    highs = Quiet()
    for name, value in (("solver", "ipm"), ("run_crossover", "off"), ("presolve", "choose")):
        highs.setOptionValue(name, value)
    highs.passModel(lp)
    highs.run()
    return -highs.getInfo().objective_function_value, float(highs.getSolution().col_value[-1])


def measure(asked: Asked) -> list[Figure]:
    """The month; in the short form, days of it and made ones."""
    network, _ = garage(KILOWATTS)
    sessions = real(asked, network)
    figures = _short("3 made days", made(network, 3), 3)
    if sessions is None:
        return [*figures, Figure(name="../shared/data/caltech_2019-03.csv is not there: B3 not measured", value=0.0)]
    if asked.short:
        return [*figures, *_short("5 real days", sessions.before(5 * DAY), 5)]
    return [*figures, *_month(sessions)]


def _run(sessions: Sessions, sold: Market, *, quantised: bool, pausing: Pausing, needing: float) -> tuple[float, Replayed]:
    network, given = garage(KILOWATTS)
    least = np.array([kind.least for kind in pilots(network, quantised=True)])[sessions.point]
    buyer = Buyer(sold, quantised=quantised, pausing=pausing, needing=needing)
    found = replay(network, given, sessions, least, buyer)
    return sold.profit(found.power), found


def _llf(sessions: Sessions, sold: Market) -> float:
    network, given = garage(KILOWATTS)
    return sold.profit(replay(network, given, sessions, np.full(len(sessions), 6.0), sorted_policy(network, given, laxity)).power)


def _short(name: str, sessions: Sessions, days: int) -> list[Figure]:
    sold = market(days)
    ours, _ = _run(sessions, sold, quantised=False, pausing=Pausing(), needing=1.0)
    llf = _llf(sessions, sold)
    return [
        Figure(name=f"{name}: profit, of the offline optimum", value=100 * ours / optimum(sessions, sold)[0], unit="%"),
        Figure(name=f"{name}: profit", value=ours, unit="$", at_least=round(llf, 2)),
        Figure(name=f"{name}: profit, LLF", value=llf, unit="$"),
    ]


def _month(sessions: Sessions) -> list[Figure]:
    sold = market(MONTH)
    best, peak = optimum(sessions, sold)
    figures = [
        Figure(name="offline optimum: profit", value=best, unit="$"),
        Figure(name="offline optimum: peak", value=peak, unit="kW"),
        Figure(name="LLF: of the optimum", value=100 * _llf(sessions, sold) / best, unit="%"),
    ]
    for name, quantised, pausing, needing, target in (
        ("continuous", False, Pausing(), 0.6, CONTINUOUS),
        ("continuous, all days need the peak", False, Pausing(), 1.0, CONTINUOUS),
        ("quantised, waiting once", True, Pausing(most=1, on=1800.0), 0.6, QUANTISED),
        ("quantised, waiting once, all days need the peak", True, Pausing(most=1, on=1800.0), 1.0, QUANTISED),
        ("quantised, waiting never", True, Pausing(most=0), 0.6, QUANTISED),
    ):
        earned, found = _run(sessions, sold, quantised=quantised, pausing=pausing, needing=needing)
        figures += [
            Figure(name=f"{name}: of the optimum", value=100 * earned / best, unit="%", at_least=target),
            Figure(name=f"{name}: energy", value=found.energy, unit="%"),
            Figure(name=f"{name}: peak", value=found.peak, unit="kW"),
            Figure(name=f"{name}: pauses per session", value=found.pauses, at_most=1.0 if quantised else None),
            Figure(name=f"{name}: CPU", value=found.cpu, unit="s"),
        ]
    return [*figures, *(Figure(name=f"{name}: of the optimum", value=value, unit="%") for name, value in PUBLISHED.items())]
