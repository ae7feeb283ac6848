# SPDX-License-Identifier: Apache-2.0
"""The Caltech garage of ACN-Sim (`caltech_acn` of acnportal): 54 EVSEs between two phases of 208 V behind one transformer."""

import math
from pathlib import Path

import msgspec
import numpy as np

from open63110.planner.network import Floats, Network, Room, room
from open63110.planner.pilot import Pilot
from open63110.planner.tree import Group, Node, Point, compiled

VOLTS = 208.0
SLOT = 300.0
"""[s]"""
CC_POD = (322, 493, 496, 320, 495, 321, 323, 494)
AV_POD = (324, 325, 326, 327, 489, 490, 491, 492)
AB = (308, 508, 303, 513, 310, 506, 316, 500, 318, 498, *AV_POD, *CC_POD)
BC = (304, 512, 305, 511, 313, 503, 311, 505, 317, 499, 148, 149, 212, 213)
CA = (307, 509, 309, 507, 306, 510, 315, 501, 319, 497, 312, 504, 314, 502)
ANY, AV, CC = (
    Pilot(),
    Pilot(least=6.0, levels=tuple(float(one) for one in range(6, 33))),
    Pilot(least=8.0, levels=(8.0, 16.0, 24.0, 32.0)),
)
"""Continuous from nothing on; AeroVironment and ClipperCreek."""
CLIPPER = frozenset(f"CA-{one}" for one in CC_POD)


def garage(kilowatts: float) -> tuple[Network, Room]:
    """Return the network and its limits with a transformer of some capacity [kW]."""
    primary, secondary = kilowatts * 1000 / 3 / 277, kilowatts * 1000 / 3 / 120
    nodes = [
        Node(id="grid", volts=480 / math.sqrt(3)),
        Node(id="transformer", parent="grid", amperes=(primary,) * 3, volts=120.0, winding="delta-wye"),
        Node(id="secondary", parent="transformer", amperes=(secondary,) * 3, volts=120.0),
    ]
    sides = {"L1-L2": AB, "L2-L3": BC, "L3-L1": CA}
    points = [Point(id=f"CA-{one}", node="secondary", wiring=side) for side, ones in sides.items() for one in ones]
    pods = [
        Group(id=name, points=tuple(f"CA-{one}" for one in pod), amperes=(80.0, math.inf, math.inf))
        for name, pod in (("CC pod", CC_POD), ("AV pod", AV_POD))
    ]
    network = compiled(nodes, points, pods)
    return network, room(network)


class Sessions(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """Visits of EVs, n of them."""

    point: np.ndarray[tuple[int], np.dtype[np.intp]]
    arrival: np.ndarray[tuple[int], np.dtype[np.intp]]
    """First slot of 5 minutes."""
    departure: np.ndarray[tuple[int], np.dtype[np.intp]]
    """First slot in which it is gone."""
    energy: Floats
    """[Wh]"""
    most: Floats
    """[A]"""

    def __len__(self) -> int:
        """How many."""
        return len(self.point)

    def take(self, some: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> "Sessions":
        """Return some of them."""
        return Sessions(
            point=self.point[some],
            arrival=self.arrival[some],
            departure=self.departure[some],
            energy=self.energy[some],
            most=self.most[some],
        )

    def before(self, slot: int) -> "Sessions":
        """Return those that arrive before a slot."""
        return self.take(self.arrival < slot)


def read(path: Path, network: Network) -> Sessions:
    """Return the sessions of a file with the columns of caltech_2019-03.csv."""
    place = {name: at for at, name in enumerate(network.points)}
    header, *lines = path.read_text().splitlines()
    names = header.split(",")
    rows = [dict(zip(names, line.split(","), strict=True)) for line in lines if line]
    return Sessions(
        point=np.array([place[row["station_id"]] for row in rows], dtype=np.intp),
        arrival=np.array([int(row["arrival_slot"]) for row in rows], dtype=np.intp),
        departure=np.array([int(row["departure_slot"]) for row in rows], dtype=np.intp),
        energy=np.array([1000 * float(row["energy_kwh"]) for row in rows]),
        most=np.minimum([1000 * float(row["max_power_kw"]) / VOLTS for row in rows], 32.0),
    )
