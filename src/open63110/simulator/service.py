# SPDX-License-Identifier: Apache-2.0
"""Judges what drivers got: energy, demands met, pauses, fairness (energy.md 8, metric 2), by the simulator's own meters."""

from collections.abc import Sequence
from typing import Final

import msgspec

from open63110.kernel.units import Seconds, WattHours

MET: Final = 0.99
"""A demand counts as met from this part of it on."""

WORST: Final = 0.05
"""The part of the visits that got least, of which the best is told."""


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """One visit that is over."""

    need: WattHours
    possible: WattHours
    """What the EV could have taken in its time if nobody else had been there, at most what it needed."""
    taken: WattHours
    pauses: int
    """How often it was stopped although it was not full."""
    asleep: bool
    """It was kept waiting until it never woke up again."""
    waited: Seconds | None
    """From its arrival to the first energy; None: it got none."""


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """What all of them got."""

    visits: int
    needed: WattHours
    possible: WattHours
    delivered: WattHours
    energy: float
    """Delivered, as a part of what was possible."""
    met: float
    """Part of the visits whose demand was met, as far as that was possible."""
    worst: float
    """What the best of the worst-served twentieth got, as a part of what was possible."""
    nothing: int
    """Visits that got nothing at all."""
    pauses: float
    """For each visit."""
    most_pauses: int
    """Of one visit."""
    asleep: int
    """EVs that never woke up again."""
    fairness: float
    """Jain's index of what each got as a part of what was possible: 1 if all got the same part."""


def service(visits: Sequence[Served]) -> Service:
    """Sum up; visits to which nothing could be given do not count."""
    counted = [one for one in visits if one.possible > 0]
    parts = sorted(min(1.0, one.taken / one.possible) for one in counted)
    possible = sum(one.possible for one in counted)
    delivered = sum(one.taken for one in counted)
    number = len(counted)
    return Service(
        visits=number,
        needed=WattHours(sum(one.need for one in counted)),
        possible=WattHours(possible),
        delivered=WattHours(delivered),
        energy=delivered / possible if possible else 1.0,
        met=sum(one >= MET for one in parts) / number if number else 1.0,
        worst=parts[int(number * WORST)] if number else 1.0,
        nothing=sum(one.waited is None for one in counted),
        pauses=sum(one.pauses for one in counted) / number if number else 0.0,
        most_pauses=max((one.pauses for one in counted), default=0),
        asleep=sum(one.asleep for one in counted),
        fairness=jain(parts),
    )


def jain(parts: Sequence[float]) -> float:
    """Return Jain's index of fairness: from 1 / n if one has everything up to 1 if all have the same."""
    squares = sum(one * one for one in parts)
    return sum(parts) ** 2 / (len(parts) * squares) if squares else 1.0
