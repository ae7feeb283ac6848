# SPDX-License-Identifier: Apache-2.0
"""What an EV will still take and when it leaves: as it was stated, as far as earlier statements came true; else as before.

People state nearly twice the energy that they take, and a fifth leaves sooner than stated (ACN-Data). A statement is the most
that is planned for, and how much of it is how likely is told by what became of those before.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

import numpy as np

from open63110.model.needs import Needs
from open63110.planner.estimate import ENOUGH, PARTS, Visit, estimate

Basis = Literal["", "stated", "corrected", "estimated"]
"""Where an expectation comes from: nowhere, from a person or the EV, from that and earlier visits, from earlier visits."""

Pieces = tuple[tuple[float, float], ...]

UNKNOWN_ENERGY: Final[Pieces] = ((8_000.0, 1.0), (12_000.0, 0.6), (20_000.0, 0.3))
"""What an EV wants of which nobody said anything, piece by piece [Wh], and how likely."""

UNKNOWN_STAY: Final[Pieces] = ((2 * 3600.0, 0.3), (4 * 3600.0, 0.3), (8 * 3600.0, 0.4))
"""When it leaves [s from now], and how likely."""

SOONEST: Final = 300.0
"""Nobody is planned for to leave sooner [s]."""

LEAST: Final = 100.0
"""Whoever is there and not full wants at least that much [Wh]."""

REST: Final = 0.1
"""How likely all that was stated is wanted, where nobody took it before."""


class Prospect(NamedTuple):
    """What is expected of an EV."""

    wanted: Pieces = UNKNOWN_ENERGY
    """Pieces of energy [Wh], and how likely each is."""
    leaves: Pieces = UNKNOWN_STAY
    """Moments [s from now], and how likely each is."""
    basis: Basis = ""


def prospect(history: Sequence[Visit], now: Visit, needs: Needs | None, delivered: float, moment: datetime) -> Prospect:
    """Return what is expected of an EV.

    Args:
        history: visits that are over, of its site.
        now: its visit so far.
        needs: what was stated; None: nothing.
        delivered: what it has got since that was stated [Wh].
        moment: now.
    """
    said_energy = needs.e_target if needs is not None else None
    said_end = needs.departure if needs is not None else None
    unsaid = said_energy is None or said_end is None
    found = estimate(history, now, Visit()) if unsaid and len(history) >= ENOUGH else None
    known = found is not None and found.visits >= ENOUGH
    wanted: Pieces = UNKNOWN_ENERGY
    leaves: Pieces = UNKNOWN_STAY
    basis: Basis = "estimated" if known else ""
    if known and found is not None:
        wanted = tuple((max(LEAST, piece), chance) for piece, chance in found.wanted) if found.wanted else wanted
        leaves = _moments([after for after, _ in found.leaves])
    corrected = False
    if said_energy is not None:
        wanted, corrected = _energy(_alike(history, now, lambda one: bool(one.stated)), float(said_energy), delivered)
    if said_end is not None:
        left = (said_end - moment).total_seconds()
        leaves, late = _end(_alike(history, now, lambda one: one.meant is not None), left, now.stay)
        corrected = corrected or late
    if said_energy is not None or said_end is not None:
        basis = "corrected" if corrected else "stated"
    return Prospect(wanted, leaves, basis)


def _alike(history: Sequence[Visit], now: Visit, stated: Callable[[Visit], bool]) -> list[Visit]:
    """Return the visits that tell what a statement is worth: of this user, of this station, of this site; none: too few."""
    some = [one for one in history if stated(one)]
    for like in (lambda one: bool(now.user) and one.user == now.user, lambda one: one.station == now.station, lambda _: True):
        found = [one for one in some if like(one)]
        if len(found) >= ENOUGH:
            return found
    return []


def _energy(visits: Sequence[Visit], stated: float, delivered: float) -> tuple[Pieces, bool]:
    """Return what is left of a stated energy, piece by piece, and whether visits told that."""
    left = max(LEAST, stated - delivered)
    parts = [min(1.0, one.energy / (one.stated or 1.0)) * stated - delivered for one in visits]
    more = [one for one in parts if one > LEAST]
    if not more:  # nobody told, or it has taken more than anybody did before
        return ((left, 1.0),), False
    middles = np.minimum(np.quantile(more, (np.arange(PARTS) + 0.5) / PARTS), left)
    pieces = np.diff(middles, prepend=0.0).tolist()
    chances = [1.0 - at / PARTS for at in range(PARTS)]
    found = [(piece, chance) for piece, chance in zip(pieces, chances, strict=True) if piece > 1.0]
    if left - middles[-1] > LEAST:
        found.append((float(left - middles[-1]), REST))
    return tuple(found), True


def _end(visits: Sequence[Visit], left: float, stayed: float) -> tuple[Pieces, bool]:
    """Return when an EV leaves whose driver said when, and whether visits told that."""
    meant = stayed + left
    moments = [meant + one.stay - (one.meant or 0.0) - stayed for one in visits]
    later = [one for one in moments if one > SOONEST]
    if not later:
        return ((max(SOONEST, left), 1.0),), False
    return _moments(np.quantile(later, (np.arange(PARTS) + 0.5) / PARTS).tolist()), True


def _moments(after: Sequence[float]) -> Pieces:
    moments, counts = np.unique(np.maximum(np.round(after), SOONEST), return_counts=True)
    return tuple(zip(moments.tolist(), (counts / len(after)).tolist(), strict=True))


def middle(pieces: Pieces, now: datetime) -> datetime:
    """Return by when an EV has left as likely as not."""
    gone = 0.0
    for after, chance in pieces:
        gone += chance
        if gone >= 0.5 - 1e-9:
            return now + timedelta(seconds=after)
    return now + timedelta(seconds=pieces[-1][0])


def likely(pieces: Pieces) -> float:
    """Return what it wants as likely as not [Wh]."""
    return sum(piece for piece, chance in pieces if chance >= 0.5)
