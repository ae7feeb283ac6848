# SPDX-License-Identifier: Apache-2.0
"""The compiled form of a site's power: a sparse matrix that makes loads of currents, one row per place and phase.

A column is a point where current is drawn; its unknown is the current on each phase that it uses [A]. A row is what one phase of
a place carries [A], or what a place carries in all [W]. A plain row is a sum with weights of at least 0; any other row is the
magnitude of a sum of phasors: so add up currents of loads between two phases, and those before a delta-wye transformer.
"""

from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Phasors = npt.NDArray[np.complex128]
Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


class Line(NamedTuple):
    """What a row limits."""

    place: str
    """Id of a node or a group."""
    phase: str
    """L1, L2 or L3 [A], before the transformer where the node is a delta-wye one; W: all phases together [W]."""


class Network(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """Rows and columns of a site; R rows, N points, E entries, P places. Arrays are never written to."""

    points: tuple[str, ...]
    """(N) ids of the columns."""
    lines: tuple[Line, ...]
    """(R) what each row limits."""
    ratings: Floats
    """(R) what each row carries at most [A or W]; inf: it is not limited by itself."""
    plain: Bools
    """(R) whether the row is a sum with real weights of at least 0, so that its load is exact without phasors."""
    starts: Ints
    """(R + 1) entries of row r are starts[r] to starts[r + 1]."""
    columns: Ints
    """(E) the point of each entry; rising within a row."""
    rows: Ints
    """(E) the row of each entry; never falling."""
    weights: Phasors
    """(E) load in the row per ampere at the point [A/A or W/A]."""
    real: Floats
    """(E) the same where the row is plain, else the magnitude of the weight."""
    places: tuple[str, ...]
    """(P) ids of nodes, those above first, then of groups."""
    nodes: int
    """How many of the places are nodes; the others are groups."""
    parents: Ints
    """(P) the place above each; -1: none."""
    place_of_row: Ints
    """(R)"""
    place_of_point: Ints
    """(N) the node where each point hangs."""
    kinds: Ints
    """(N) which conductors each point uses, as a number: the same for points on the same phases."""
    conductors: Ints
    """(N) how many."""

    @property
    def all_plain(self) -> bool:
        """Whether no row needs phasors."""
        return bool(self.plain.all())

    def row(self, place: str, phase: str) -> int:
        """Return the index of a row; a ValueError where there is none."""
        return self.lines.index(Line(place, phase))


class Room(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """What rows allow at a moment, and what is drawn already by what cannot be changed."""

    limits: Floats
    """(R) [A or W]; inf: not limited. At most a rating: whoever makes it sees to that."""
    base: Phasors
    """(R) load of what is not planned: other loads, PV (negative), stations that cannot be reached [A or W]."""


def room(network: Network, limits: Floats | None = None, base: Phasors | None = None) -> Room:
    """Return the room of a network: limits as given, never above the ratings, and what is drawn beside its points.

    Args:
        network: of R rows.
        limits: (R) [A or W]; None: the ratings.
        base: (R) as of `carry` [A or W]; None: nothing.
    """
    return Room(
        limits=network.ratings if limits is None else np.minimum(limits, network.ratings),
        base=np.zeros(len(network.lines), dtype=np.complex128) if base is None else base,
    )


def carry(network: Network, currents: Floats) -> Phasors:
    """Return the signed load of each row, as a phasor; of plain rows the imaginary part is 0.

    Args:
        network: of N points and R rows.
        currents: (N) per phase [A]; negative where power is given.

    Returns:
        (R) [A or W].
    """
    width = len(network.lines)
    real = np.bincount(network.rows, network.weights.real * currents[network.columns], width)
    if network.all_plain:
        return real.astype(np.complex128)
    return real + 1j * np.bincount(network.rows, network.weights.imag * currents[network.columns], width)


def use(network: Network, currents: Floats, base: Phasors | None = None) -> Floats:
    """Return the load of each row: of plain ones the sum, which PV may make negative, of others the magnitude.

    Args:
        network: of N points and R rows.
        currents: (N) per phase [A].
        base: (R) what is drawn beside the points [A or W]; None: nothing.

    Returns:
        (R) [A or W].
    """
    if network.all_plain:
        real: Floats = np.bincount(network.rows, network.real * currents[network.columns], len(network.lines)).astype(np.float64)
        return real if base is None else real + base.real
    loads = carry(network, currents) if base is None else carry(network, currents) + base
    return np.where(network.plain, loads.real, np.abs(loads))


SECTORS = np.exp(1j * np.radians(np.arange(15.0, 360.0, 30.0)))
"""Directions between any two neighbouring angles that currents can have in a conductor: these are multiples of 30 degrees."""


def peak(network: Network, currents: Floats, base: Phasors | None = None) -> Floats:
    """Return the highest load of each row if every point draws anything from nothing up to its current.

    In a row of phasors points may relieve each other, between L1-L2 and L2-L3 before a transformer for example; who stops then
    raises it. The highest load is where all draw in full that point into one half of the plane, and the others nothing.

    Args:
        network: of N points and R rows.
        currents: (N) per phase, at most [A].
        base: (R) what is drawn beside the points [A or W]; None: nothing.

    Returns:
        (R) at least `use` [A or W].
    """
    found = use(network, currents, base)
    if network.all_plain:
        return found
    kept = np.flatnonzero(~network.plain[network.rows])
    rows, drawn = network.rows[kept], (network.weights * currents[network.columns])[kept]
    beside = np.zeros(len(found), dtype=np.complex128) if base is None else base
    for direction in SECTORS:
        ahead = (drawn * direction.conjugate()).real > 0.0
        real = np.bincount(rows[ahead], drawn.real[ahead], len(found))
        imaginary = np.bincount(rows[ahead], drawn.imag[ahead], len(found))
        found = np.where(network.plain, found, np.maximum(found, np.abs(real + 1j * imaginary + beside)))
    return found


def slack(network: Network, given: Room, currents: Floats) -> Floats:
    """Return what each row has left; negative: by how much it is exceeded.

    Returns:
        (R) [A or W].
    """
    return given.limits - use(network, currents, given.base)


def narrow(network: Network, columns: Ints) -> Network:
    """Return the network of some of its points; it keeps all rows, so limits and loads of one fit the other.

    What made a sum of phasors of a row may be gone; the row stays one, for others may still be drawn beside these points.

    Args:
        network: of N points.
        columns: (n) the points to keep, rising.
    """
    place = np.full(len(network.points), -1, dtype=np.intp)
    place[columns] = np.arange(len(columns))
    target = place[network.columns]
    kept = target >= 0
    rows, weights = network.rows[kept], network.weights[kept]
    counts = np.bincount(rows, minlength=len(network.lines))
    return msgspec.structs.replace(
        network,
        points=tuple([network.points[column] for column in columns.tolist()]),
        starts=np.concatenate(([0], np.cumsum(counts))).astype(np.intp),
        columns=target[kept],
        rows=rows,
        weights=weights,
        real=network.real[kept],
        place_of_point=network.place_of_point[columns],
        kinds=network.kinds[columns],
        conductors=network.conductors[columns],
    )


def part(network: Network, given: Room, currents: Floats, columns: Ints) -> tuple[Network, Room]:
    """Return some points of a network as one of their own, with the room that the others leave them: to plan these anew alone.

    Args:
        network: of N points.
        given: what its rows allow.
        currents: (N) of all points; of those that are planned anew they do not count [A].
        columns: (n) the points to plan anew, rising.
    """
    others = currents.copy()
    others[columns] = 0.0
    return narrow(network, columns), Room(limits=given.limits, base=given.base + carry(network, others))


def above(network: Network, place: int) -> Bools:
    """Return which rows belong to a place or to one above it, (R)."""
    path = np.zeros(len(network.parents), dtype=np.bool_)
    while place >= 0:
        path[place] = True
        place = int(network.parents[place])
    return path[network.place_of_row]


def places_below(network: Network, place: int) -> Bools:
    """Return which places are a place or lie below it, (P)."""
    inside = np.zeros(len(network.parents), dtype=np.bool_)
    inside[place] = True
    for one, parent in enumerate(network.parents.tolist()):  # parents come first
        inside[one] |= parent >= 0 and inside[parent]
    return inside


def below(network: Network, place: int) -> Bools:
    """Return which rows belong to a place or to one below it, (R)."""
    return places_below(network, place)[network.place_of_row]


def under(network: Network, place: int) -> Ints:
    """Return the points that a node feeds or a group holds, rising."""
    if place < network.nodes:
        return np.flatnonzero(places_below(network, place)[network.place_of_point])
    inside = network.place_of_row[network.rows] == place
    return np.unique(network.columns[inside])
