# SPDX-License-Identifier: Apache-2.0
"""The tree of what feeds what: which feeders there are, what they hang at, and which phases they bring (4.3)."""

import difflib
import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

from open63110.kernel.errors import Malformed
from open63110.model.site import Feeder, GridConnection, Site, place_id
from open63110.model.wiring import PHASE_NAMES, wired
from open63110.usecases.energy.describe_site.messages import SitePlan

Node = GridConnection | Feeder
"""A place that something can hang at."""

_PHASES = len(PHASE_NAMES)


class Tree:
    """The feeders and connections of a site, looked through upwards."""

    def __init__(self, site: Site | SitePlan) -> None:
        """Know what hangs where; nothing of it has been checked."""
        self._first = site.connections[0].id if site.connections else ""
        nodes: list[Node] = [*site.feeders, *site.connections]
        self.nodes: Mapping[str, Node] = {one.id: one for one in nodes}

    def demand(self, name: str, where: str) -> None:
        """Let a place be one of this site; empty stands for its first connection.

        Raises:
            Malformed: there is none of this name; says which is meant, probably.
        """
        if not name or name in self.nodes:
            return
        near = difflib.get_close_matches(name, self.nodes, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(self.nodes) or 'none'}"
        raise Malformed(f"there is no feeder or connection {name}; {hint}", code="UnknownFeeder", where=where, remedy=hint)

    def above(self, name: str) -> list[Node]:
        """Return the place itself and all that feeds it, upwards; as far as it goes where it is a loop."""
        found: dict[str, Node] = {}
        key = name or self._first
        while key in self.nodes and key not in found:
            found[key] = self.nodes[key]
            key = self.parent(found[key])
        return list(found.values())

    def parent(self, node: Node) -> str:
        """Return what feeds it; empty: it is a connection to the grid, or nothing is there."""
        return (node.parent or self._first) if isinstance(node, Feeder) else ""

    def phases(self, name: str) -> frozenset[int]:
        """Return the phases that a place has; a transformer makes three of three."""
        found = frozenset(range(_PHASES))
        for node in self.above(name):
            if isinstance(node, Feeder) and node.winding:
                break
            found &= phases_of(node)
        return found

    def demand_wired(self, wiring: str, name: str, where: str) -> None:
        """Let a wiring be possible at a place.

        Raises:
            Malformed: it is none, or the place does not have its phases.
        """
        wanted, there = wired(wiring, where).phases, self.phases(name)
        if wiring and not there.issuperset(wanted):
            words = f"{wiring} is not possible at {name or self._first}, which has {_names(there)}"
            raise Malformed(words, code="BadWiring", where=where, remedy="wire it to phases that its feeders carry")


def phases_of(node: Node) -> frozenset[int]:
    """Return the phases that a feeder carries by what it is rated for; all where nothing is said."""
    if not node.amperes:
        return frozenset(range(_PHASES))
    return frozenset(phase for phase, one in enumerate(node.amperes) if one > 0)


def check_tree(site: Site | SitePlan, where: str = "") -> None:
    """Look at feeders and assets, and at what they hang at.

    Raises:
        Malformed: an id that will not do or is there twice, a parent that is not there, a loop, or a rating that cannot be.
    """
    tree = Tree(site)
    _check_nodes(site, where)
    for place, one in enumerate(site.feeders):
        tree.demand(one.parent, f"{where}feeders[{place}].parent")
    for place, one in enumerate(site.feeders):
        _check_root(tree, one, f"{where}feeders[{place}].parent")
        if one.winding and len(tree.phases(tree.parent(one))) < _PHASES:
            words = f"a transformer needs three phases, and {tree.parent(one)} does not have them"
            raise Malformed(words, code="BadWiring", where=f"{where}feeders[{place}].winding")
    check_assets(site, tree, where)


def _check_nodes(site: Site | SitePlan, where: str) -> None:
    every: list[tuple[str, Sequence[Node]]] = [("connections", site.connections), ("feeders", site.feeders)]
    nodes = [(f"{where}{what}[{n}]", one) for what, row in every for n, one in enumerate(row)]
    for at, one in nodes:
        _check_id(one, f"{at}.id")
        demand_amounts((one.import_max, *one.amperes), at)
        if isinstance(one, GridConnection):
            demand_amounts((one.export_max,), at)
        if len(one.amperes) > _PHASES:
            raise Malformed("there are three phases, L1 to L3", code="InvalidValue", where=f"{at}.amperes")
        if one.volts is not None and not (math.isfinite(one.volts) and one.volts > 0):
            raise Malformed("a voltage is a number above 0", code="InvalidValue", where=f"{at}.volts")
    demand_once((one.id for one in site.connections), f"{where}connections", "connection")
    demand_once((one.id for _, one in nodes), f"{where}feeders", "feeder or connection")


def _check_id(node: Node, where: str) -> None:
    if isinstance(node, Feeder):
        place_id(node.id, where)
    elif not node.id:
        raise Malformed("a connection to the grid has an id", code="BadId", where=where)


def _check_root(tree: Tree, feeder: Feeder, where: str) -> None:
    """Let a feeder end at the grid."""
    path = tree.above(feeder.id)
    if isinstance(path[-1], GridConnection):
        return
    if tree.parent(path[-1]) not in tree.nodes:
        raise Malformed("a feeder hangs at a connection to the grid, and the site has none", code="NoConnection", where=where)
    names = " → ".join((*(one.id for one in path), tree.parent(path[-1])))
    raise Malformed(f"feeders feed each other in a circle: {names}", code="FeederLoop", where=where)


def check_assets(site: Site | SitePlan, tree: Tree, where: str) -> None:
    """Look at what a site draws or gives beside its stations.

    Raises:
        Malformed: an id twice, a place or phases that are not there, or a number that cannot be.
    """
    demand_once((one.id for one in site.assets), f"{where}assets", "asset")
    for place, one in enumerate(site.assets):
        at = f"{where}assets[{place}]"
        place_id(one.id, f"{at}.id")
        tree.demand(one.feeder, f"{at}.feeder")
        tree.demand_wired(one.wiring, one.feeder, f"{at}.wiring")
        demand_amounts((one.stale_after, one.import_max, one.export_max, one.capacity), at)
        if len(one.assumed) not in {0, 1, _PHASES} or not all(map(math.isfinite, one.assumed)):
            raise Malformed(
                "what is assumed is one number in all, or three, a phase each", code="InvalidValue", where=f"{at}.assumed"
            )
        if not 0 < one.efficiency <= 1:
            raise Malformed("an efficiency lies above 0, up to 1", code="InvalidValue", where=f"{at}.efficiency")
        if one.kind != "battery" and (one.capacity is not None or one.import_max is not None):
            raise Malformed(f"a {one.kind} has no capacity and no import_max: a battery has", code="InvalidValue", where=at)


def demand_amounts(amounts: Iterable[float | None], where: str) -> None:
    """Let amounts be numbers from 0 on.

    Raises:
        Malformed: one is not.
    """
    if any(one is not None and not (math.isfinite(one) and one >= 0) for one in amounts):
        raise Malformed("powers, currents and times are numbers from 0 on", code="InvalidValue", where=where)


def demand_once(keys: Iterable[Hashable], where: str, what: str) -> None:
    """Let nothing be there twice.

    Raises:
        Malformed: something is.
    """
    twice = [key for key, times in Counter(keys).items() if times > 1]
    if twice:
        raise Malformed(f"{what} {twice[0]} is there twice", code="Twice", where=where)


def _names(phases: Iterable[int]) -> str:
    return ", ".join(PHASE_NAMES[phase] for phase in sorted(phases)) or "no phase"
