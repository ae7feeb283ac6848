# SPDX-License-Identifier: Apache-2.0
"""The independent checker: every vector of currents passes it before it is sent, whoever made it.

It is a plain loop over rows, shares no code with what makes vectors, and lets nothing pass that is not a number.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from open63110.planner.network import Floats, Line, Network, Phasors, Room

TOLERANCE = 1e-6
"""Share of a limit, and amperes or watts, that count as an error of floating point."""


class Breach(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The first thing wrong with a vector."""

    what: str
    """row, low, high, pilot, or shape."""
    line: Line | None = None
    """Which row; None: it is about a point, or the shape."""
    point: str = ""
    """Which point; empty: it is about a row, or the shape."""
    load: float = 0.0
    """What there would be [A, or W in a row of watts]; of a bound, the current [A]."""
    limit: float = 0.0
    """What may be there at most, or of ``low`` must be there at least [A or W]."""

    @property
    def amount(self) -> float:
        """By how much it is wrong [A or W]; nan where the load is no number."""
        return abs(self.load - self.limit)


def check(
    network: Network, given: Room, currents: Floats, high: Floats, low: Floats | None = None, *, up_to: bool = False
) -> Breach | None:
    """Return the first thing wrong with a vector; None: it may be sent.

    Args:
        network: of N points and R rows.
        given: what the rows allow.
        currents: (N) per phase [A].
        high: (N) what each point may draw at most [A].
        low: (N) what each must draw at least [A]; None: nothing.
        up_to: rows have to hold whatever each draws up to its current, not only if all draw just that.
    """
    if not len(currents) == len(high) == len(network.points) or len(given.limits) != len(network.lines):
        return Breach(what="shape", load=float(len(currents)), limit=float(len(network.points)))
    floor = np.zeros(len(currents)) if low is None else low
    for what, wrong, bound in (
        ("high", ~(currents <= high + TOLERANCE * (1.0 + abs(high))), high),
        ("low", ~(currents >= floor - TOLERANCE * (1.0 + abs(floor))), floor),
    ):
        if wrong.any():
            point = int(np.argmax(wrong))
            return Breach(what=what, point=network.points[point], load=float(currents[point]), limit=float(bound[point]))
    return _first_row(network, given, currents, up_to=up_to)


def check_pilots(network: Network, currents: Floats, sets: Sequence[tuple[float, ...]]) -> Breach | None:
    """Return the first current that a point cannot offer; None: it may be sent.

    Args:
        network: of N points.
        currents: (N) per phase [A].
        sets: (N) as EvsePlan.pilots: a list; two, and anything between them; or none, and anything from 6 A on [A].
    """
    for point, current, offered in zip(network.points, currents.tolist(), sets, strict=True):
        if len(offered) in {0, 2}:
            fits = (offered[0] if offered else 6.0) - TOLERANCE <= current <= (offered[1] if offered else np.inf) + TOLERANCE
        else:
            fits = any(abs(current - one) <= TOLERANCE for one in offered)
        if not (fits or current == 0.0):
            return Breach(what="pilot", point=point, load=current, limit=min(offered, default=6.0))
    return None


def _first_row(network: Network, given: Room, currents: Floats, *, up_to: bool) -> Breach | None:
    ends = network.starts.tolist()
    for row, (limit, base, plain) in enumerate(
        zip(given.limits.tolist(), given.base.tolist(), network.plain.tolist(), strict=True)
    ):
        if limit == np.inf:
            continue
        entries = slice(ends[row], ends[row + 1])
        drawn = network.weights[entries] * currents[network.columns[entries]]
        total = complex(drawn.sum()) + base
        load = total.real if plain else _highest(drawn, base) if up_to else abs(total)
        if not load <= limit + TOLERANCE * (1.0 + abs(limit)):
            return Breach(what="row", line=network.lines[row], load=load, limit=limit)
    return None


def _highest(drawn: Phasors, base: complex) -> float:
    """Return the greatest magnitude of a sum of phasors of which each may be anything from 0 to what is given."""
    edges = np.angle(drawn[drawn != 0.0]) + np.pi / 2.0
    edges = np.sort(np.concatenate((edges, edges + np.pi, [0.0])) % (2.0 * np.pi))
    between = edges + np.diff(edges, append=edges[0] + 2.0 * np.pi) / 2.0  # where nothing is at a right angle, one for each half
    return max(abs(complex(drawn[(drawn * np.exp(-1j * one)).real > 0.0].sum()) + base) for one in between.tolist())
