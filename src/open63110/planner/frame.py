# SPDX-License-Identifier: Apache-2.0
"""The network of a site as the safety loop needs it: EVSEs as columns; connections, feeders, zones and the site as places."""

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from open63110.kernel.ids import EvseNumber, StationId
from open63110.model.constraint import ConstraintScope
from open63110.model.limit import PHASE
from open63110.model.site import Asset, Site, Zone
from open63110.planner.network import Floats, Ints, Network, Phasors, carry, narrow
from open63110.planner.points import Spot
from open63110.planner.tree import UNLIMITED, Group, Node, Point, compiled, nodes_of, volts_at
from open63110.planner.wiring import PHASES, terminals, watts

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
    watts_of: dict[str, float]
    """By asset the power of one ampere in each of its columns [W/A]."""
    volts_of: dict[str, float]
    """By node the voltage from a phase to neutral at which currents in its rows flow: before its transformer if it is one [V]."""
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
    count = len(points)
    columns = {one.id: list(_columns(one, known, first)) for one in site.assets}
    loads = [load for those in columns.values() for load in those]
    groups = [*_zones(zones, points, zone_of), *_stations(spots, points)]
    everything = Group(id=SITE, points=tuple(one.id for one in (*points, *loads)), amperes=UNLIMITED, watts=math.inf)
    whole = compiled(nodes(site), [*points, *loads], [everything, *groups])
    behind = volts_at(nodes(site))
    places = {load.id: at for at, load in enumerate(loads)}
    return Frame(
        network=narrow(whole, np.arange(count, dtype=np.intp)),
        loads=narrow(whole, np.arange(count, count + len(loads), dtype=np.intp)),
        load_of={asset: tuple(places[one.id] for one in those) for asset, those in columns.items()},
        watts_of={asset: watts(those[0].wiring, behind[those[0].node]) for asset, those in columns.items()},
        volts_of={one.id: behind.get(one.parent, PHASE) if one.winding else behind[one.id] for one in nodes(site)},
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


def _columns(asset: Asset, known: set[str], first: str) -> Iterator[Point]:
    """Yield where an asset draws or gives: phase by phase, L1 first, or between two; behind a meter on any phase."""
    between = "-" in asset.wiring and asset.kind != "meter"
    phases = range(len(PHASES)) if asset.kind == "meter" else sorted(terminals(asset.wiring))
    for wiring in (asset.wiring,) if between else [PHASES[one] for one in phases]:
        yield Point(id=f"load:{asset.id}/{wiring}", node=asset.feeder if asset.feeder in known else first, wiring=wiring)


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
