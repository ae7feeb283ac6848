# SPDX-License-Identifier: Apache-2.0
"""What flows where in a simulated site: the meter of every feeder and phase, computed by the simulator alone.

Nothing here comes from the planner: whoever judges a CSMS must not use its arithmetic. Currents are phasors, all loads have a
power factor of one. Phase k of a feeder stands at -120° · k; what hangs between two phases flows out of one and into the other.
A delta-wye transformer counts on its primary side: each of its lines carries the difference of two of the secondary's.
"""

import cmath
import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from open63110.kernel.units import Amperes, Volts, Watts
from open63110.simulator.outlet import Winding

PHASES: Final = ("L1", "L2", "L3")

DIRECTION: Final = tuple(cmath.exp(-2j * math.pi * k / 3) for k in range(3))

Phasors = tuple[complex, complex, complex]


class Node(NamedTuple):
    """A place that carries what hangs below it: a connection to the grid, a feeder, a zone."""

    name: str
    """grid main, feeder west, zone north."""
    parent: str = ""
    """Name of the node that feeds it; empty: nothing above it counts."""
    amperes: tuple[Amperes, ...] = ()
    """What each phase carries [A]; none: phases are not limited."""
    most: Watts | None = None
    """What it carries in all [W]; None: not limited."""
    ratio: float = 0.0
    """Of a delta-wye transformer: volts of a secondary phase over those between two primary lines; 0: it is none."""
    electric: bool = True
    """False: no cable but a group of stations, of which only the sum counts."""


class Row(NamedTuple):
    """One thing that is metered: a phase of a node, or its sum."""

    node: str
    phase: str
    """L1, L2, L3; empty: the sum."""
    limit: float
    """[A], or [W] of a sum."""

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.node} {self.phase}".strip()


class Network:
    """The tree of a site with everything that is connected to it; conductors are numbered in the order in which they came."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        """Know the tree, with nothing connected."""
        self._nodes = {one.name: one for one in nodes}
        self.rows: list[Row] = []
        self._row: dict[tuple[str, str], int] = {}
        for node in self._nodes.values():
            self._measure(node)
        self._parts: list[list[tuple[int, complex]]] = []
        """Of each conductor: what an ampere of it adds to which rows."""

    def _measure(self, node: Node) -> None:
        for phase, amperes in zip(PHASES, node.amperes, strict=False):
            self._add(Row(node.name, phase, amperes))
        self._add(Row(node.name, "", math.inf if node.most is None else node.most))

    def _add(self, row: Row) -> None:
        self._row[row.node, row.phase] = len(self.rows)
        self.rows.append(row)

    @property
    def conductors(self) -> int:
        """How many are connected."""
        return len(self._parts)

    def row(self, node: str, phase: str = "") -> int:
        """Return where a node, or a phase of it, is metered."""
        return self._row[node, phase]

    def connect(self, at: Sequence[str], winding: Winding, volts: Volts) -> int:
        """Connect a conductor; return its number.

        Args:
            at: the node that feeds it, and groups it belongs to.
            winding: between what.
            volts: at it [V].
        """
        parts: dict[int, complex] = {}
        for name in at:
            self._climb(name, _spread(winding), volts, parts)
        self._parts.append(list(parts.items()))
        return len(self._parts) - 1

    def _climb(self, name: str, current: Phasors, volts: Volts, parts: dict[int, complex]) -> None:
        while name:
            node = self._nodes[name]
            parts[self.row(name)] = complex(volts)
            if node.ratio:
                a, b, c = (node.ratio * one for one in current)
                current = (a - c, b - a, c - b)
            for phase, part in zip(PHASES[: len(node.amperes)], current, strict=False):
                parts[self.row(name, phase)] = part
            name = node.parent

    def flows(self, amperes: Sequence[float]) -> list[float]:
        """Return what each row carries [A], sums [W].

        Args:
            amperes: of each conductor, in the order in which they were connected.
        """
        found = [0j] * len(self.rows)
        for current, parts in zip(amperes, self._parts, strict=True):
            if current:
                for row, part in parts:
                    found[row] += current * part
        return [one.real if row.phase == "" else abs(one) for one, row in zip(found, self.rows, strict=True)]


def _spread(winding: Winding) -> Phasors:
    """Return what an ampere does to each phase."""
    into = [0j, 0j, 0j]
    if winding.minus is None:
        into[winding.plus] = DIRECTION[winding.plus]
    else:
        along = DIRECTION[winding.plus] - DIRECTION[winding.minus]
        into[winding.plus], into[winding.minus] = along / abs(along), -along / abs(along)
    return into[0], into[1], into[2]
