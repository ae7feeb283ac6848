# SPDX-License-Identifier: Apache-2.0
"""The network of a site as the safety loop needs it: EVSEs as columns; connections, feeders, zones and the site as places."""

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np

from open63110.kernel.ids import EvseNumber, StationId
from open63110.model.constraint import ConstraintScope
from open63110.model.limit import PHASE
from open63110.model.site import Asset, Site, Zone
from open63110.planner.network import Floats, Ints, Network, Phasors, carry, narrow
from open63110.planner.points import Spot
from open63110.planner.tree import UNLIMITED, Group, Node, Point, compiled, nodes_of
from open63110.planner.wiring import PHASES

SITE: Final = "site"
"""The place that holds everything there."""

ROOT: Final = "grid"
"""The node of a site of which nobody said how it meets the grid."""


class Frame(NamedTuple):
    """A site, compiled; good until what it is made of changes."""

    network: Network
    """Of its EVSEs, in the order of the spots it was made for."""
    loads: Network
    """Of what else draws or gives there, with the same rows: each asset and the unknown rest of each meter, phase by phase."""
    load_of: dict[str, tuple[int, ...]]
    """By asset its columns among the loads, L1 first, or its only one."""
    volts: float
    """From a phase to neutral, where it meets the grid [V]."""
    row_of: dict[tuple[str, str], int]
    """By place and phase, or W."""
    node_of: tuple[str, ...]
    """By column the node it hangs at."""
    zone_of: Ints
    """By column the position of its zone, in the order of the zones; −1: none."""


def frame(site: Site, zones: Sequence[Zone], spots: Sequence[Spot], zone_of: Sequence[int]) -> Frame:
    """Compile a site.

    Args:
        site: connections, feeders and assets.
        zones: all of the site, in order.
        spots: all its EVSEs, in order.
        zone_of: of each spot the position of its zone.

    Raises:
        Malformed: something hangs at what is not there.
    """
    known = {one.id for one in nodes_of(site)}
    first = site.connections[0].id if site.connections else ROOT
    points, node_of = [], []
    for spot, zone in zip(spots, zone_of, strict=True):
        said = spot.node or (zones[zone].feeder if zone >= 0 else "")
        node_of.append(said if said in known else first)
        points.append(Point(id=name(spot.station, spot.evse), node=node_of[-1], wiring=spot.wiring))
    loads, load_of = _loads(site.assets, known, first, len(points))
    groups = [*_zones(zones, points, zone_of), *_stations(spots, points)]
    everything = Group(id=SITE, points=tuple(one.id for one in (*points, *loads)), amperes=UNLIMITED, watts=math.inf)
    whole = compiled(nodes(site), [*points, *loads], [everything, *groups])
    count = len(points)
    return Frame(
        network=narrow(whole, np.arange(count, dtype=np.intp)),
        loads=narrow(whole, np.arange(count, count + len(loads), dtype=np.intp)),
        load_of={asset: tuple(one - count for one in columns) for asset, columns in load_of.items()},
        volts=float(site.connections[0].volts) if site.connections else PHASE,
        row_of={(line.place, line.phase): row for row, line in enumerate(whole.lines)},
        node_of=tuple(node_of),
        zone_of=np.array(zone_of, dtype=np.intp),
    )


def nodes(site: Site) -> list[Node]:
    """Return connections and feeders of a site as nodes; what hangs at nothing hangs at the grid."""
    found = nodes_of(site)
    return found if site.connections else [Node(id=ROOT, amperes=UNLIMITED, watts=math.inf), *(_hung(one) for one in found)]


def _hung(node: Node) -> Node:
    return node if node.parent else Node(**{one: getattr(node, one) for one in Node.__struct_fields__} | {"parent": ROOT})


def name(station: StationId, evse: EvseNumber) -> str:
    """Return by what an EVSE is known among the columns."""
    return f"{station}/{evse}"


def zone_place(zone: str) -> str:
    """Return the place of a zone."""
    return f"zone:{zone}"


def station_place(station: StationId) -> str:
    """Return the place of a station with several EVSEs."""
    return f"station:{station}"


def _loads(assets: Iterable[Asset], known: set[str], first: str, start: int) -> tuple[list[Point], dict[str, tuple[int, ...]]]:
    points: list[Point] = []
    load_of: dict[str, tuple[int, ...]] = {}
    for one in assets:
        node = one.feeder if one.feeder in known else first
        single = one.wiring in PHASES or "-" in one.wiring
        wirings = (one.wiring,) if single else PHASES
        load_of[one.id] = tuple(start + len(points) + at for at in range(len(wirings)))
        points += [Point(id=f"load:{one.id}/{wiring}", node=node, wiring=wiring) for wiring in wirings]
    return points, load_of


def _zones(zones: Sequence[Zone], points: Sequence[Point], zone_of: Sequence[int]) -> list[Group]:
    inside: list[list[str]] = [[] for _ in zones]
    for point, zone in zip(points, zone_of, strict=True):
        if zone >= 0:
            inside[zone].append(point.id)
    return [
        Group(id=zone_place(one.id), points=tuple(ids), amperes=UNLIMITED, watts=float(one.import_max))
        for one, ids in zip(zones, inside, strict=True)
    ]


def _stations(spots: Sequence[Spot], points: Sequence[Point]) -> list[Group]:
    """Return a group for each station with several EVSEs: it may be limited as a whole."""
    inside: dict[StationId, list[str]] = {}
    for spot, point in zip(spots, points, strict=True):
        if spot.at:
            inside.setdefault(spot.station, []).append(point.id)
    return [Group(id=station_place(one), points=tuple(ids), amperes=UNLIMITED, watts=math.inf) for one, ids in inside.items()]


def place_of(scope: ConstraintScope) -> str:
    """Return the place that a constraint is about; empty: a single EVSE or a station, which may have no place of its own."""
    if scope.station is not None:
        return ""
    if scope.zone is not None:
        return zone_place(scope.zone)
    return scope.feeder or SITE


def base_of(frame: Frame, currents: Floats) -> Phasors:
    """Return what loads draw in every row (R) [A or W].

    Args:
        frame: of the site.
        currents: of the loads (L) [A]; negative where they give.
    """
    return carry(frame.loads, currents)
