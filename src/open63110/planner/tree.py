# SPDX-License-Identifier: Apache-2.0
"""From nodes, groups and points to rows and columns: what feeds what, at which voltage, on which phases."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np

from open63110.kernel.errors import Malformed
from open63110.model.limit import PHASE
from open63110.model.site import Site
from open63110.planner.network import Line, Network, Phasors
from open63110.planner.wiring import ANGLES, PHASES, before_delta_wye, conductors, terminals, watts

CLEAN, DIGITS = 1e-12, 14
"""What is smaller, or comes after so many digits, is an error of floating point."""
UNLIMITED = (math.inf, math.inf, math.inf)
"""Amperes of a node that is not limited, but may be later: its rows are there."""


class Node(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A connection to the grid or a feeder."""

    id: str
    parent: str = ""
    """Empty: nothing of this site feeds it."""
    amperes: tuple[float, ...] = ()
    """What each phase carries, L1 first [A]; before the transformer if it is one; inf: a row without a limit; none: no rows."""
    watts: float | None = None
    """What it carries in all [W]; inf: a row without a limit; None: no row."""
    volts: float | None = None
    """From a phase to neutral, behind it [V]; None: as at its parent, or 230 V."""
    winding: Literal["", "delta-wye"] = ""


class Point(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where current is drawn: an EVSE, or another load, whose current is known."""

    id: str
    node: str
    wiring: str = ""
    """As EvsePlan.wiring, of the phases that are used; empty: L1L2L3."""


class Group(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Points that are limited together, wherever they hang: a zone, a station."""

    id: str
    points: tuple[str, ...]
    amperes: tuple[float, ...] = ()
    """Of each phase where the points are, L1 first [A]; none: no rows."""
    watts: float | None = None


class _Entries:
    """Rows as they grow: for each a label, a limit, columns and weights."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.ratings: list[float] = []
        self.places: list[int] = []
        self.columns: list[list[int]] = []
        self.weights: list[list[complex]] = []

    def add(self, place: int, name: str, amperes: Sequence[float], power: float | None) -> None:
        """Make the rows of a place."""
        for phase, limit in [*zip(PHASES, amperes, strict=False), *([("W", power)] if power is not None else [])]:
            self.lines.append(Line(name, phase))
            self.ratings.append(limit)
            self.places.append(place)
            self.columns.append([])
            self.weights.append([])


def compiled(nodes: Iterable[Node], points: Iterable[Point], groups: Iterable[Group] = ()) -> Network:
    """Return the network of some nodes, groups and points: rows in the order of the nodes, those above first, then of the groups.

    Raises:
        Malformed: a parent, node or point is not there, an id is there twice, nodes feed each other, or a wiring is none.
    """
    ordered, loads, together = _downwards(list(nodes)), list(points), list(groups)
    names = tuple(node.id for node in ordered) + tuple(group.id for group in together)
    _unique(names)
    _unique([load.id for load in loads])
    place = {name: at for at, name in enumerate(names)}
    entries = _Entries()
    for node in ordered:
        entries.add(place[node.id], node.id, node.amperes, node.watts)
    for group in together:
        entries.add(place[group.id], group.id, group.amperes, group.watts)
    volts = _volts(ordered)
    _fill(entries, _Paths(ordered, volts, entries), loads)
    _fill_groups(entries, together, loads, volts)
    return _packed(entries, names, ordered, loads)


def _unique(names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        twice = next(name for at, name in enumerate(names) if name in names[:at])
        raise Malformed(f"{twice} is there twice", code="IdTaken", where=twice)


def _downwards(nodes: list[Node]) -> list[Node]:
    known: set[str] = set()
    ordered: list[Node] = []
    waiting = nodes
    while waiting:
        ready = [node for node in waiting if not node.parent or node.parent in known]
        if not ready:
            lost = waiting[0]
            raise Malformed(f"{lost.id} hangs at {lost.parent}, which nothing feeds", code="NoSuchFeeder", where=lost.id)
        ordered += ready
        known.update(node.id for node in ready)
        waiting = [node for node in waiting if node.id not in known]
    return ordered


def volts_at(nodes: list[Node]) -> dict[str, float]:
    """Return the voltage from a phase to neutral behind each node, by id [V].

    Raises:
        Malformed: one hangs at what is not there.
    """
    return _volts(_downwards(nodes))


def _volts(ordered: list[Node]) -> dict[str, float]:
    found: dict[str, float] = {}
    for node in ordered:
        found[node.id] = node.volts or found.get(node.parent, PHASE)
    return found


class _Paths:
    """What one ampere at a node is in the rows above; looked up once per node and wiring."""

    def __init__(self, ordered: list[Node], volts: dict[str, float], entries: _Entries) -> None:
        self._nodes = {node.id: node for node in ordered}
        self._volts = volts
        self._rows = {line: row for row, line in enumerate(entries.lines)}
        self._known: dict[tuple[str, str], list[tuple[int, complex]]] = {}

    def of(self, load: Point) -> list[tuple[int, complex]]:
        """Return rows and weights of a point."""
        key = (load.node, load.wiring)
        if key not in self._known:
            if load.node not in self._nodes:
                raise Malformed(f"{load.id} hangs at {load.node}, which is not there", code="NoSuchFeeder", where=load.id)
            self._known[key] = list(self._climb(self._nodes[load.node], load.wiring))
        return self._known[key]

    def _climb(self, node: Node, wiring: str) -> Iterable[tuple[int, complex]]:
        currents, power = conductors(wiring), watts(wiring, self._volts[node.id])
        while True:
            here, over = self._volts[node.id], self._volts.get(node.parent, PHASE)
            if node.winding:
                currents = before_delta_wye(currents, over, here)
            yield from _weights(self._rows, node.id, currents, power)
            if not node.parent:
                return
            currents = currents if node.winding else currents * (here / over)
            node = self._nodes[node.parent]


def _weights(rows: Mapping[Line, int], place: str, currents: Phasors, power: float) -> Iterable[tuple[int, complex]]:
    turned = np.round(currents / ANGLES, DIGITS)  # so that what is in phase with its conductor has a real weight
    for phase, weight in [*zip(PHASES, turned.tolist(), strict=True), ("W", complex(power))]:
        row = rows.get(Line(place, phase))
        if row is not None and weight:
            yield row, weight


def _fill(entries: _Entries, paths: _Paths, loads: list[Point]) -> None:
    for column, load in enumerate(loads):
        for row, weight in paths.of(load):
            entries.columns[row].append(column)
            entries.weights[row].append(weight)


def _fill_groups(entries: _Entries, groups: list[Group], loads: list[Point], volts: dict[str, float]) -> None:
    column_of = {load.id: column for column, load in enumerate(loads)}
    rows = {line: row for row, line in enumerate(entries.lines)}
    for group in groups:
        for name in group.points:
            if name not in column_of:
                raise Malformed(f"{group.id} holds {name}, which is not there", code="NoSuchPoint", where=group.id)
        for column in sorted({column_of[name] for name in group.points}):
            load = loads[column]
            for row, weight in _weights(rows, group.id, conductors(load.wiring), watts(load.wiring, volts[load.node])):
                entries.columns[row].append(column)
                entries.weights[row].append(weight)


def _straight(weights: Phasors) -> tuple[Phasors, bool]:
    """Turn a row so that it becomes a sum, where all its phasors point one way."""
    if not len(weights):
        return weights, True
    turned = weights * (np.conj(weights[0]) / abs(weights[0]))
    if (np.abs(turned.imag) <= CLEAN * np.abs(weights)).all() and (turned.real > 0).all():
        return turned.real.astype(np.complex128), True
    return weights, False


def _packed(entries: _Entries, names: tuple[str, ...], ordered: list[Node], loads: list[Point]) -> Network:
    straight = [_straight(np.array(weights, dtype=np.complex128)) for weights in entries.weights]
    weights = np.concatenate([np.empty(0, dtype=np.complex128), *(one for one, _ in straight)])
    counts = [len(columns) for columns in entries.columns]
    plain = np.array([flag for _, flag in straight], dtype=np.bool_)
    rows = np.repeat(np.arange(len(counts)), counts)
    place = {name: at for at, name in enumerate(names)}
    phases = [sorted(terminals(load.wiring)) for load in loads]
    above = [place[node.parent] if node.parent else -1 for node in ordered]
    return Network(
        points=tuple(load.id for load in loads),
        lines=tuple(entries.lines),
        ratings=np.array(entries.ratings, dtype=np.float64),
        plain=plain,
        starts=np.concatenate(([0], np.cumsum(counts))).astype(np.intp),
        columns=np.array([column for columns in entries.columns for column in columns], dtype=np.intp),
        rows=rows.astype(np.intp),
        weights=weights,
        real=np.where(plain[rows], weights.real, np.abs(weights)),
        places=names,
        nodes=len(ordered),
        parents=np.array(above + [-1] * (len(names) - len(ordered)), dtype=np.intp),
        place_of_row=np.array(entries.places, dtype=np.intp),
        place_of_point=np.array([place[load.node] for load in loads], dtype=np.intp),
        kinds=np.array([int("".join(str(one + 1) for one in used), 10) for used in phases], dtype=np.intp),
        conductors=np.array([len(used) for used in phases], dtype=np.intp),
    )


def nodes_of(site: Site) -> list[Node]:
    """Return connections and feeders of a site as nodes, with rows for whatever may be limited there, rated or not."""
    first = site.connections[0].id if site.connections else ""
    roots = [
        Node(id=one.id, amperes=(*one.amperes, *UNLIMITED)[:3], watts=one.import_max, volts=one.volts) for one in site.connections
    ]
    feeders = [
        Node(
            id=one.id,
            parent=one.parent or first,
            amperes=(*one.amperes, *UNLIMITED)[:3],
            watts=math.inf if one.import_max is None else one.import_max,
            volts=one.volts,
            winding=one.winding,
        )
        for one in site.feeders
    ]
    return roots + feeders
