# SPDX-License-Identifier: Apache-2.0
"""When an EV will leave and how much it will want, where nobody has said so: quantiles of what happened before.

The most special history that holds enough visits speaks: of the user on this kind of day, of the user, of the station on this
kind of day at this time, of the station, of the site. Visits that were shorter than this one is already say nothing about it.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np

from open63110.planner.network import Floats

ENOUGH = 8
"""Visits that make a history."""
HOURS_ALIKE = 2.0
"""By which two arrivals may differ and be alike [h]."""
WORKDAYS = 5
PARTS = 3
"""Quantiles, each for as much of the chance: the middles of its thirds."""


class Visit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An EV that was there, or is."""

    user: str = ""
    """A subject reference; empty: unknown."""
    station: str = ""
    weekday: int = 0
    """Of its arrival, Monday is 0."""
    hour: float = 12.0
    """Of its arrival, local time."""
    stay: float = 0.0
    """How long it was there, or has been until now [s]."""
    energy: float = 0.0
    """What it took, or has taken until now [Wh]."""
    stated: float | None = None
    """What its driver said it would take [Wh]; None: nobody said."""
    meant: float | None = None
    """How long its driver said it would stay [s]; None: nobody said."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a need says, estimated."""

    leaves: tuple[tuple[float, float], ...]
    """Moments [s from now] and their chances."""
    wanted: tuple[tuple[float, float], ...]
    """Pieces of energy [Wh] and how likely each is wanted."""
    visits: int
    """How many it is taken from; 0: from none."""


def estimate(history: Iterable[Visit], now: Visit, otherwise: Visit) -> Estimate:
    """Return when the EV of a visit will leave, and how much energy it still wants.

    Args:
        history: visits that are over, of this site.
        now: the visit, so far.
        otherwise: what to expect where there is no history.
    """
    over = list(history)
    for like in _kinds(now):
        some = [visit for visit in over if like(visit) and visit.stay > now.stay]
        if len(some) >= ENOUGH:
            break
    else:
        some = []
    rest = [visit for visit in some if visit.energy > now.energy]
    stays = _quantiles([visit.stay - now.stay for visit in some] or [max(otherwise.stay - now.stay, 0.0)])
    energies = _quantiles([visit.energy - now.energy for visit in rest] or [max(otherwise.energy - now.energy, 0.0)])
    still = len(rest) / len(some) if some and rest else 1.0
    pieces = np.diff(energies, prepend=0.0)
    chances = still * (1.0 - np.arange(len(pieces)) / len(pieces))
    moments, counts = np.unique(stays, return_counts=True)
    leaves = tuple(zip(moments.tolist(), (counts / len(stays)).tolist(), strict=True))
    wanted = tuple((float(piece), float(chance)) for piece, chance in zip(pieces, chances, strict=True) if piece > 0.0)
    return Estimate(leaves=leaves, wanted=wanted or ((0.0, 1.0),), visits=len(some))


def _kinds(now: Visit) -> Sequence[Callable[[Visit], bool]]:
    """Return what makes visits alike, the most special first."""

    def of_user(visit: Visit) -> bool:
        return bool(now.user) and visit.user == now.user

    def of_station(visit: Visit) -> bool:
        return visit.station == now.station

    def of_day(visit: Visit) -> bool:
        return (visit.weekday < WORKDAYS) is (now.weekday < WORKDAYS)

    def of_time(visit: Visit) -> bool:
        return abs(visit.hour - now.hour) <= HOURS_ALIKE

    return (
        lambda visit: of_user(visit) and of_day(visit),
        of_user,
        lambda visit: of_station(visit) and of_day(visit) and of_time(visit),
        of_station,
        lambda visit: of_day(visit) and of_time(visit),
        lambda _: True,
    )


def _quantiles(values: Sequence[float]) -> Floats:
    """Return the middles of the parts, rising."""
    return np.quantile(np.asarray(values, dtype=np.float64), (np.arange(PARTS) + 0.5) / PARTS)


def days_share(charge: float, days: int, needing: float = 0.6) -> float:
    """Return what this day has to earn with a kilowatt more of peak, of a charge for the whole billing period [currency/kW].

    At the best peak not every day needs it: the charge is earned by those that do. To let a day earn less than its part makes the
    peak that of the busiest day; to let it earn all makes every day pay for the month.

    Args:
        charge: [currency/kW] per billing period.
        days: busy ones left in the period, this one among them.
        needing: which share of them needs the peak.
    """
    return charge / max(1.0, needing * days)
