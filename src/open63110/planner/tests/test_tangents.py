# SPDX-License-Identifier: Apache-2.0
"""Rows of phasors as straight lines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.planner.network import room, use
from open63110.planner.tangents import tangents
from open63110.planner.tree import Node, Point, compiled

SIDES = ("L1-L2", "L2-L3", "L3-L1")
NETWORK = compiled(
    [
        Node(id="grid", volts=277.0),
        Node(id="transformer", parent="grid", amperes=(60.0,) * 3, volts=120.0, winding="delta-wye"),
        Node(id="secondary", parent="transformer", amperes=(100.0,) * 3, volts=120.0),
    ],
    [Point(id=str(at), node="secondary", wiring=SIDES[at % 3]) for at in range(9)],
)
WATTS = np.full(9, 208.0)
ALL = np.ones(len(NETWORK.lines), dtype=np.bool_)
NOTHING = np.zeros((len(NETWORK.lines), 1), dtype=np.complex128)


def highest(
    currents: np.ndarray[tuple[int], np.dtype[np.float64]], *, signed: bool = False
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    planes = tangents(NETWORK, WATTS, NOTHING, ALL, signed=signed)
    sums = np.bincount(planes.class_of, currents, len(planes.watts))
    found = np.full(len(NETWORK.lines), -np.inf)
    np.maximum.at(found, planes.row, planes.weights @ sums)
    return found


@given(st.lists(st.floats(0.0, 32.0), min_size=9, max_size=9))
def test_tangents_are_never_above_a_load_and_at_most_a_seventh_of_a_per_cent_below(values: list[float]) -> None:
    currents = np.array(values)
    load = use(NETWORK, currents)
    found = highest(currents)
    assert np.all(found <= load * (1 + 1e-9) + 1e-9)
    assert np.all(found >= load * np.cos(np.radians(3.0)) - 1e-6)


@given(st.lists(st.floats(-32.0, 32.0), min_size=9, max_size=9))
def test_with_currents_that_flow_back_they_surround_the_whole_circle(values: list[float]) -> None:
    currents = np.array(values)
    load = use(NETWORK, currents)
    found = highest(currents, signed=True)
    assert np.all(found <= load * (1 + 1e-9) + 1e-9)
    assert np.all(found >= load * np.cos(np.radians(3.0)) - 1e-6)


def test_points_that_load_all_rows_alike_are_of_one_class() -> None:
    planes = tangents(NETWORK, WATTS, NOTHING, ALL)
    assert len(planes.watts) == 3
    assert [planes.class_of[at] == planes.class_of[at + 3] for at in range(6)] == [True] * 6
    other = np.where(np.arange(9) == 0, 240.0, WATTS)
    assert len(tangents(NETWORK, other, NOTHING, ALL).watts) == 4


def test_a_plain_row_is_one_plane_and_rows_without_a_limit_are_none() -> None:
    network = compiled(
        [Node(id="grid", amperes=(63.0, 63.0, np.inf))], [Point(id="a", node="grid"), Point(id="b", node="grid", wiring="L1")]
    )
    given_room = room(network)
    base = np.zeros((len(network.lines), 1), dtype=np.complex128)
    planes = tangents(network, np.array([690.0, 230.0]), base, np.isfinite(given_room.limits))
    assert planes.row.tolist() == [0, 1]
    assert planes.weights @ np.bincount(planes.class_of, np.array([10.0, 6.0])) == pytest.approx([16.0, 10.0])
