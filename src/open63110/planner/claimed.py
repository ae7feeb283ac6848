# SPDX-License-Identifier: Apache-2.0
"""What every row of a site may carry now, and whose word that is: of all that is valid the lowest counts (R-7.5-1)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from open63110.kernel.ids import EvseNumber, StationId
from open63110.model.arbitration import NOTHING, Claim, claims, least_amperes, least_power
from open63110.model.constraint import Constraint
from open63110.model.limit import LimitSource
from open63110.model.power import Winner
from open63110.planner.frame import Frame, place_of, station_place
from open63110.planner.network import Floats, Ints
from open63110.planner.points import Spot
from open63110.planner.wiring import PHASES


class Claimed(NamedTuple):
    """Limits of rows and of single EVSEs."""

    limits: Floats
    """(R) [A or W]; inf: not limited."""
    winners: dict[int, Winner]
    """By row; a row that is not here is limited by what it carries, if at all."""
    demanded: frozenset[int]
    """Rows of which somebody demands anything, whether it is lower than what they carry or not."""
    tops: Ints
    """(N) of each EVSE the first row above it that somebody's word limits; −1: there is none."""
    caps: dict[tuple[StationId, EvseNumber], tuple[float, Winner]]
    """By station and EVSE, 0 for the station as a whole: at most so much in all [W]."""
    amperes: dict[tuple[StationId, EvseNumber], tuple[float, Winner]]
    """The same on each phase [A]."""
    places: dict[str, list[Claim]]
    """What is demanded of each place now, the highest sources first."""
    critical: frozenset[str]
    """Ids of constraints that the security of the grid depends on."""


def claimed(frame: Frame, constraints: Iterable[Constraint], spots: Sequence[Spot], now: datetime) -> Claimed:
    """Arbitrate."""
    found = claims(constraints, now)
    places: dict[str, list[Claim]] = {}
    single: dict[tuple[StationId, EvseNumber], list[Claim]] = {}
    several = {spot.station for spot in spots if spot.at}
    for claim in found:
        scope = claim.constraint.scope if claim.constraint is not None else None
        if scope is None:
            continue
        if scope.station is None:
            places.setdefault(place_of(scope), []).append(claim)
        elif scope.evse is None and scope.station in several:
            places.setdefault(station_place(scope.station), []).append(claim)
        else:
            single.setdefault((scope.station, scope.evse or EvseNumber(0)), []).append(claim)
    limits = frame.network.ratings.copy()
    winners: dict[int, Winner] = {}
    demanded = [row for place, those in places.items() for row in _lower(frame, place, those, limits, winners)]
    network = frame.network
    tops = np.full(len(network.points), -1, dtype=np.intp)
    for row in sorted(winners, reverse=True):
        tops[network.columns[network.starts[row] : network.starts[row + 1]]] = row
    return Claimed(
        limits=limits,
        winners=winners,
        demanded=frozenset(demanded),
        tops=tops,
        caps={key: (float(power), who) for key, one in single.items() for power, who in (least_power(one),) if power is not None},
        amperes={key: (float(min(row)), who) for key, one in single.items() for row, who in (least_amperes(one),) if row},
        places=places,
        critical=frozenset(one.constraint.id for one in found if one.constraint is not None and one.constraint.critical),
    )


def _lower(frame: Frame, place: str, those: Sequence[Claim], limits: Floats, winners: dict[int, Winner]) -> Iterator[int]:
    """Lower the rows of a place to what is demanded of them; yield them."""
    power, who = least_power(those)
    wanted: list[tuple[str, float, Winner]] = [("W", power, who)] if power is not None else []
    amperes, whose = least_amperes(those)
    wanted += [(phase, value, whose) for phase, value in zip(PHASES, amperes, strict=False)]
    for phase, value, winner in wanted:
        row = frame.row_of.get((place, phase))
        if row is None:
            continue
        yield row
        if value < limits[row] or (value == limits[row] and winner.source is LimitSource.DSO):
            limits[row], winners[row] = value, winner


def winner_of(found: Claimed, row: int) -> Winner:
    """Return whose word limits a row."""
    return found.winners.get(row, NOTHING)


def finite(found: Claimed) -> Floats:
    """Return which rows are limited at all (R)."""
    return np.isfinite(found.limits).astype(np.float64)
